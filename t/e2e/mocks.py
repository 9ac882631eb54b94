#!/usr/bin/env python3
"""Mock configurations of Step Functions Local: which answer a task gets, that
no service hears of it, and that neither kill -9 nor a reload makes another."""

import json
import os
import signal
import sys
import time

from activities import Client, Refused      # the server speaks Step Functions
from server import Server, Tap

ROLE = "arn:aws:iam::123456789012:role/r"
LAMBDA = "arn:aws:states:::lambda:invoke"
RETRY = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 3}]
tap = Tap()


def task(resource=LAMBDA, **more):
    ends = {} if "Next" in more else {"End": True}
    return {"Type": "Task", "Resource": resource, **ends,
            "Parameters": {"FunctionName": "f", "Payload.$": "$"}, **more}


def given(value):
    return {"Return": value}


def thrown(error, cause="why"):
    return {"Throw": {"Error": error, "Cause": cause}}


CONFIG = {
    "Comment": "unknown members are nobody's concern",
    "StateMachines": {
        "m": {"TestCases": {
            "Happy": {"A": "Good", "B": "Text"},
            "Retry": {"A": "AfterThree", "B": "Text"},
            "Short": {"A": "OnlyFirst", "B": "Text"},
            "Half": {"A": "Good"},
            "Nothing": {"A": "Empty"}}},
        "map": {"TestCases": {"C": {"A": "Numbers"}}},
        "par": {"TestCases": {"C": {"L": "Numbers", "R": "Good"}}},
        "loop": {"TestCases": {"C": {"A": "Counted"}}},
        "token": {"TestCases": {"C": {"A": "Good"}, "F": {"A": "Bad"}}},
        "sync": {"TestCases": {"C": {"A": "Job"}, "F": {"A": "Bad"}}},
        "act": {"TestCases": {"C": {"A": "Good"}, "F": {"A": "Bad"}}},
        "outer": {"TestCases": {"C": {}}},
        "dist": {"TestCases": {"C": {"A": "Numbers"}}},
        "express": {"TestCases": {"C": {"A": "AfterThree"}}},
        "slow": {"TestCases": {"C": {"A": "Numbers"}}},
    },
    "MockedResponses": {
        "Good": {"0-99": given({"StatusCode": 200, "Payload": {"ok": True}})},
        "Bad": {"0": thrown("Boom")},
        "Text": {"0": given("text")},
        "AfterThree": {"0": thrown("Lambda.ResourceNotReadyException"), "1-2": thrown("Lambda.TimeoutException"),
                       "3": given({"Payload": "late"})},
        "OnlyFirst": {"0": thrown("Boom")},
        "Empty": {},
        "Numbers": {str(n): given(n) for n in range(100)},
        "Counted": {"0-2": given({"more": True}), "3": given({"more": False})},
        "Job": {"0": given({"Output": {"x": 1}, "Status": "SUCCEEDED"})},
    }}

HTTP = """
    cloudflow_mock_config {path};
    cloudflow_wait_speed {speed};
    cloudflow_resource "arn:aws:states:::*" /service;
"""
LOCATION = "} location /service { internal; access_log logs/calls.log; return 500; "


class Bench:
    def __init__(self, speed=100, **options):
        self.server = Server(location=LOCATION, http="", **options)
        self.path = os.path.join(self.server.root, "mocks.json")
        self.write(CONFIG)
        self.server.options["http"] = HTTP.format(path=self.path, speed=speed)
        self.server.write_conf()
        self.server.start()
        self.client = Client(self.server.port)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.server.close()

    def write(self, config):
        with open(self.path, "w") as f:
            json.dump(config, f, indent=1)

    def machine(self, name, states, start="A", **more):
        return self.client.insist("CreateStateMachine", name=name, roleArn=ROLE,
                                  definition=json.dumps({"StartAt": start, "States": states}),
                                  **more)["stateMachineArn"]

    def start(self, arn, test_case, data=None, **more):
        return self.client.insist("StartExecution", stateMachineArn=f"{arn}#{test_case}",
                                  input=json.dumps(data or {}), **more)["executionArn"]

    def end(self, execution, seconds=20):
        until = time.time() + seconds
        while time.time() < until:
            state = self.client.insist("DescribeExecution", executionArn=execution)
            if state["status"] != "RUNNING":
                return state
            time.sleep(0.02)
        return state

    def run(self, arn, test_case, data=None, **more):
        return self.end(self.start(arn, test_case, data, **more))

    def events(self, execution):
        return self.client.insist("GetExecutionHistory", executionArn=execution, maxResults=1000)["events"]

    def types(self, execution):
        return [e["type"] for e in self.events(execution)]

    def calls(self):
        try:
            with open(os.path.join(self.server.root, "logs/calls.log")) as f:
                return len(f.readlines())
        except FileNotFoundError:
            return 0


def output(state):
    return json.loads(state["output"]) if state["status"] == "SUCCEEDED" else state


def simple(bench):
    m = bench.machine("m", {"A": task(Retry=RETRY, Next="B"), "B": task()})
    state = bench.run(m, "Happy")
    tap.ok(output(state) == "text" and bench.calls() == 0, "a test case answers, whatever JSON it is")
    tap.ok(state["stateMachineArn"] == m, "the execution is the machine's")
    tap.ok(bench.types(state["executionArn"]) == [
        "ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded",
        "TaskStateExited", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded",
        "TaskStateExited", "ExecutionSucceeded"], "events as of real calls")
    state = bench.run(m, "Retry")
    failed = [e["taskFailedEventDetails"] for e in bench.events(state["executionArn"]) if e["type"] == "TaskFailed"]
    tap.ok(output(state) == "text" and [f["error"] for f in failed] == [
        "Lambda.ResourceNotReadyException", "Lambda.TimeoutException", "Lambda.TimeoutException"]
        and failed[0]["cause"] == "why", "retries hear the answers of their numbers")
    state = bench.run(m, "Short")
    tap.ok(state["status"] == "FAILED" and state["error"] == "States.Runtime" and "call 1" in state["cause"],
           "a call without an answer fails the execution, whatever is retried")
    state = bench.run(m, "Nothing")
    tap.ok(state["status"] == "FAILED" and state["error"] == "States.Runtime", "so does an empty response")
    tap.ok(bench.calls() == 0, "no service has heard of any")
    state = bench.run(m, "Half")
    tap.ok(state["status"] == "FAILED" and bench.calls() == 1, "a state that is not mocked is called")
    calls = bench.calls()
    state = bench.run(m, "")
    tap.ok(state["status"] == "FAILED" and bench.calls() > calls, "with nothing behind the mark none is mocked")
    try:
        bench.run(m, "None")
        tap.ok(False, "an unknown test case")
    except Refused as e:
        tap.ok("ValidationException" in str(e) and "'None'" in str(e), "an unknown test case is refused")
    try:
        bench.run(m.replace(":m", ":other"), "Happy")
        tap.ok(False, "an unknown machine")
    except Refused as e:
        tap.ok("StateMachineDoesNotExist" in str(e), "an unknown machine is refused")
    try:
        bench.client.call("DescribeStateMachine", stateMachineArn=m + "#Happy")
        tap.ok(False, "only starts have test cases")
    except Refused as e:
        tap.ok("StateMachineDoesNotExist" in str(e), "only starts have test cases")


def forks(bench):
    iterator = {"StartAt": "A", "States": {"A": task()}}
    arn = bench.machine("map", {"M": {"Type": "Map", "Iterator": iterator, "MaxConcurrency": 1, "End": True}},
                        "M")
    tap.ok(output(bench.run(arn, "C", [1, 2, 3])) == [0, 1, 2],
           "the iterations of a Map count on")
    arn = bench.machine("par", {"P": {"Type": "Parallel", "End": True, "Branches": [
        {"StartAt": "L", "States": {"L": task()}}, {"StartAt": "R", "States": {"R": task()}}]}}, "P")
    tap.ok(output(bench.run(arn, "C")) == [0, {"StatusCode": 200, "Payload": {"ok": True}}],
           "the branches of a Parallel have states of their own")
    arn = bench.machine("loop", {"A": task(Next="C"),
                                 "C": {"Type": "Choice", "Default": "E", "Choices": [
                                     {"Variable": "$.more", "BooleanEquals": True, "Next": "A"}]},
                                 "E": {"Type": "Succeed"}})
    tap.ok(output(bench.run(arn, "C")) == {"more": False}, "a state that is entered again counts on")
    iterator["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    arn = bench.machine("dist", {"M": {"Type": "Map", "ItemProcessor": iterator, "End": True}}, "M")
    tap.ok(output(bench.run(arn, "C", [1, 2])) == [0, 0],
           "children of a map run have the test case, and counts of their own")
    tap.ok(bench.calls() == 0, "no service has heard of any")


def jobs(bench):
    token = {"MessageBody": {"t.$": "$$.Task.Token"}, "QueueUrl": "http://q/1/q"}
    arn = bench.machine("token", {"A": task(resource="arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                                            Parameters=token)})
    happy, sad = bench.run(arn, "C"), bench.run(arn, "F")
    shown = ["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted"]
    tap.ok(output(happy)["StatusCode"] == 200 and bench.types(happy["executionArn"])
           == shown + ["TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"], "waitForTaskToken")
    tap.ok(sad["error"] == "Boom" and bench.types(sad["executionArn"]) == shown + ["TaskFailed", "ExecutionFailed"],
           "waitForTaskToken that fails")
    arn = bench.machine("sync", {"A": task(resource="arn:aws:states:::states:startExecution.sync:2",
                                           Parameters={"StateMachineArn": arn, "Input": {}})})
    happy, sad = bench.run(arn, "C"), bench.run(arn, "F")
    tap.ok(output(happy)["Output"] == {"x": 1} and bench.types(happy["executionArn"])
           == shown + ["TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"], "sync")
    tap.ok(sad["error"] == "Boom" and bench.types(sad["executionArn"]) == shown + ["TaskFailed", "ExecutionFailed"],
           "sync that fails")
    activity = bench.client.call("CreateActivity", name="a")["activityArn"]
    arn = bench.machine("act", {"A": {"Type": "Task", "Resource": activity, "End": True}})
    happy, sad = bench.run(arn, "C"), bench.run(arn, "F")
    shown = ["ExecutionStarted", "TaskStateEntered", "ActivityScheduled", "ActivityStarted"]
    tap.ok(output(happy)["StatusCode"] == 200 and bench.types(happy["executionArn"])
           == shown + ["ActivitySucceeded", "TaskStateExited", "ExecutionSucceeded"], "an activity")
    tap.ok(sad["error"] == "Boom" and bench.types(sad["executionArn"])
           == shown + ["ActivityFailed", "ExecutionFailed"], "an activity that fails")
    inner = arn.replace(":act", ":m")
    bench.machine("m", {"A": task(Next="B"), "B": task()})
    arn = bench.machine("outer", {"A": task(resource="arn:aws:states:::states:startExecution.sync:2",
                                            Parameters={"StateMachineArn": inner + "#Happy", "Input": {}})})
    tap.ok(output(bench.run(arn, "C"))["Output"] == "text", "a nested execution may be a test case")
    tap.ok(bench.calls() == 0, "no service has heard of any")


def express(bench):
    arn = bench.machine("express", {"A": task(Retry=RETRY)}, type="EXPRESS")
    answer = bench.client.call("StartSyncExecution", stateMachineArn=arn + "#C")
    tap.ok(answer["status"] == "SUCCEEDED" and json.loads(answer["output"]) == {"Payload": "late"},
           "StartSyncExecution")


def crash():
    """Killed again and again between the iterations of a Map."""
    with Bench(speed=1, workers=2, shards=2) as bench:
        wait = {"Type": "Wait", "Seconds": 1, "Next": "A"}
        iterator = {"StartAt": "W", "States": {"W": wait, "A": task()}}
        arn = bench.machine("slow", {"M": {"Type": "Map", "Iterator": iterator, "MaxConcurrency": 2, "End": True}},
                            "M")
        started = [bench.start(arn, "C", list(range(8)), name=f"e{n}") for n in range(20)]
        for _ in range(4):
            time.sleep(0.7)
            for pid in bench.server.workers():
                os.kill(pid, signal.SIGKILL)
        ended = [bench.end(e, 40) for e in started]
        tap.ok(all(sorted(output(e)) == list(range(8)) for e in ended if e["status"] == "SUCCEEDED")
               and all(e["status"] == "SUCCEEDED" for e in ended),
               "kill -9: each call is counted once")
        tap.ok(bench.calls() == 0, "no service has heard of any")


def reload():
    with Bench() as bench:
        m = bench.machine("m", {"A": task(Next="B"), "B": task()})
        tap.ok(output(bench.run(m, "Happy")) == "text", "before the reload")
        config = json.loads(json.dumps(CONFIG))
        config["MockedResponses"]["Text"]["0"]["Return"] = "other"
        bench.write(config)
        bench.server.command("-s", "reload")
        until = time.time() + 15
        while output(bench.run(m, "Happy")) != "other" and time.time() < until:
            time.sleep(0.2)
        tap.ok(output(bench.run(m, "Happy")) == "other", "a reload reads it again")
        bench.write({"StateMachines": {"m": {"TestCases": {"Happy": {"A": "None"}}}}})
        bench.server.command("-s", "reload")
        time.sleep(1)
        tap.ok(output(bench.run(m, "Happy")) == "other", "what is wrong does not replace it")


def main():
    for part in (simple, forks, jobs, express):
        with Bench() as bench:
            part(bench)
            tap.ok(not bench.server.alarms(), f"{part.__name__}: no alarm")
    crash()
    reload()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
