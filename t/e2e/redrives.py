#!/usr/bin/env python3
"""RedriveExecution of Step Functions: what failed, was stopped or timed out
goes on from there; over kill -9 right after the answer, and restarts."""

import json
import sys
import time

import server as server_of
from activities import Client, Refused, ROLE
from server import Server, Tap

server_of.CONF = server_of.CONF.replace("cloudflow_api cloudflow;",
                                        "cloudflow_api cloudflow stepfunctions;")
tap = Tap()


def equal(got, wanted, name):
    tap.ok(got == wanted, name)
    if got != wanted:
        tap.note(f"{got!r} instead of {wanted!r}")


def refused(call, operation, **params):
    """Code and message."""
    try:
        return call(operation, **params)
    except Refused as e:
        body = eval(str(e).split(" ", 1)[1])
        return (body["__type"].rsplit("#", 1)[-1],
                body.get("message") or body.get("Message"))


def until(call, run, status):
    for _ in range(400):
        seen = call("DescribeExecution", executionArn=run)
        if seen["status"] == status:
            return seen
        time.sleep(0.05)
    raise TimeoutError(f"{run}: {seen['status']} instead of {status}")


def history(call, run):
    events, token = [], {}
    while True:
        page = call("GetExecutionHistory", executionArn=run, **token)
        events += page["events"]
        if "nextToken" not in page:
            return events
        token = {"nextToken": page["nextToken"]}


def types(call, run):
    return [one["type"] for one in history(call, run)]


def create(call, name, states, **more):
    return call("CreateStateMachine", name=name, roleArn=ROLE,
                definition=json.dumps(dict(
                    {"StartAt": next(iter(states)), "States": states}, **more))
                )["stateMachineArn"]


def start(call, machine, name, data=None):
    return call("StartExecution", stateMachineArn=machine, name=name,
                input=json.dumps(data or {}))["executionArn"]


def task(call, activity):
    got = call("GetActivityTask", activityArn=activity)
    return got["taskToken"], json.loads(got["input"])


def succeed(call, token, value):
    call("SendTaskSuccess", taskToken=token, output=json.dumps(value))


def fail(call, token, error="E"):
    call("SendTaskFailure", taskToken=token, error=error, cause="c")


def linear(call, activity):
    return create(call, "linear", {
        "A": {"Type": "Task", "Resource": activity, "Next": "B",
              "Assign": {"v.$": "$.a"}},
        "B": {"Type": "Task", "Resource": activity, "TimeoutSeconds": 60,
              "Parameters": {"v.$": "$v", "i.$": "$"},
              "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1,
                         "IntervalSeconds": 1}],
              "End": True}})


def failed(call, activity, machine, name):
    """One that has failed in B."""
    run = start(call, machine, name, {"n": name})
    token, _ = task(call, activity)
    succeed(call, token, {"a": 1})
    for _ in range(2):
        token, given = task(call, activity)
        equal(given, {"v": 1, "i": {"a": 1}}, "B is given the output of A")
        fail(call, token)
    until(call, run, "FAILED")
    return run


def basics(call, activity):
    machine = linear(call, activity)
    run = start(call, machine, "early")
    equal(refused(call, "RedriveExecution", executionArn=run),
          ("ExecutionNotRedrivable",
           "Execution is RUNNING and cannot be redriven"),
          "what runs is not redriven")
    succeed(call, task(call, activity)[0], {"a": 0})
    succeed(call, task(call, activity)[0], 0)
    until(call, run, "SUCCEEDED")
    equal(refused(call, "RedriveExecution", executionArn=run),
          ("ExecutionNotRedrivable",
           "Execution is SUCCEEDED and cannot be redriven"),
          "what has succeeded is not redriven")
    equal(refused(call, "RedriveExecution", executionArn=run + "x")[0],
          "ExecutionDoesNotExist", "an execution that is none")
    equal(refused(call, "RedriveExecution", executionArn=machine)[0],
          "InvalidArn", "an ARN of something else")
    equal(refused(call, "RedriveExecution", executionArn=run,
                  clientToken="x" * 65)[0],
          "ValidationException", "a token that is too long")

    run = failed(call, activity, machine, "one")
    before = call("DescribeExecution", executionArn=run)
    equal((before["redriveCount"], before["redriveStatus"],
           "redriveDate" in before), (0, "REDRIVABLE", False),
          "what has failed can be redriven")
    began = call("RedriveExecution", executionArn=run, clientToken="t1")
    again = call("RedriveExecution", executionArn=run, clientToken="t1")
    equal(began, again, "the same token is the same call")
    seen = call("DescribeExecution", executionArn=run)
    equal((seen["status"], seen["redriveCount"], seen["redriveDate"],
           seen["redriveStatus"], seen["redriveStatusReason"],
           seen["startDate"], "stopDate" in seen, "error" in seen),
          ("RUNNING", 1, began["redriveDate"], "NOT_REDRIVABLE",
           "Execution is RUNNING and cannot be redriven",
           before["startDate"], False, False), "it runs again")
    # Retries begin anew.
    for _ in range(2):
        token, given = task(call, activity)
        equal(given, {"v": 1, "i": {"a": 1}}, "the state has the same input")
        fail(call, token)
    until(call, run, "FAILED")
    equal(call("RedriveExecution", executionArn=run, clientToken="t1"), began,
          "a token is good for one redrive")
    equal(call("DescribeExecution", executionArn=run)["status"], "FAILED",
          "which is that one")
    call("RedriveExecution", executionArn=run)
    succeed(call, task(call, activity)[0], "out")
    seen = until(call, run, "SUCCEEDED")
    equal((seen["redriveCount"], seen["output"]), (2, '"out"'), "to its end")
    events = history(call, run)
    equal([one["executionRedrivenEventDetails"] for one in events
           if one["type"] == "ExecutionRedriven"],
          [{"redriveCount": 1}, {"redriveCount": 2}], "two events say so")
    equal([one["id"] for one in events], list(range(1, len(events) + 1)),
          "of one history")
    equal(sum(one["type"] == "TaskStateEntered" for one in events), 2,
          "no state is entered twice")
    equal(types(call, run).count("ActivityScheduled"), 6, "but called again")

    run = failed(call, activity, machine, "two")
    call("StopExecution", executionArn=run)
    call("RedriveExecution", executionArn=run)
    call("StopExecution", executionArn=run, error="Stop", cause="why")
    seen = until(call, run, "ABORTED")
    equal((seen["error"], seen["redriveCount"]), ("Stop", 1),
          "it can be stopped")
    call("RedriveExecution", executionArn=run)
    token, _ = task(call, activity)
    succeed(call, token, 2)
    until(call, run, "SUCCEEDED")
    return machine


def names(call, **params):
    return sorted(one["name"] for one in
                  call("ListExecutions", **params)["executions"])


def listed(call, machine):
    equal(names(call, stateMachineArn=machine, redriveFilter="REDRIVEN"),
          ["one", "two"], "ListExecutions: REDRIVEN")
    equal(names(call, stateMachineArn=machine, redriveFilter="NOT_REDRIVEN"),
          ["early"], "ListExecutions: NOT_REDRIVEN")
    equal(sorted((one["name"], one["redriveCount"], "redriveDate" in one)
                 for one in call("ListExecutions", stateMachineArn=machine
                                 )["executions"]),
          [("early", 0, False), ("one", 2, True), ("two", 2, True)],
          "ListExecutions: how often")


def forks(call, activity):
    machine = create(call, "forks", {
        "P": {"Type": "Parallel", "End": True, "Branches": [
            {"StartAt": "X", "States": {"X": {
                "Type": "Task", "Resource": activity, "End": True,
                "Parameters": {"x": 1}}}},
            {"StartAt": "M", "States": {"M": {
                "Type": "Map", "ItemsPath": "$.items", "End": True,
                "ItemProcessor": {"StartAt": "Y", "States": {"Y": {
                    "Type": "Task", "Resource": activity, "End": True}}}}}}]}})
    run = start(call, machine, "e", {"items": [10, 20]})
    got = {json.dumps(given): token for token, given in
           (task(call, activity) for _ in range(3))}
    succeed(call, got["10"], "ten")
    fail(call, got['{"x": 1}'])
    until(call, run, "FAILED")
    call("RedriveExecution", executionArn=run)
    got = {json.dumps(given): token for token, given in
           (task(call, activity) for _ in range(2))}
    equal(sorted(got), ["20", '{"x": 1}'],
          "branches and iterations that did not succeed")
    succeed(call, got["20"], "twenty")
    succeed(call, got['{"x": 1}'], "x")
    equal(json.loads(until(call, run, "SUCCEEDED")["output"]),
          ["x", ["ten", "twenty"]], "what succeeded before is kept")


def timed_out(call, activity):
    machine = create(call, "late", {"A": {
        "Type": "Task", "Resource": activity, "End": True}}, TimeoutSeconds=2)
    run = start(call, machine, "e")
    task(call, activity)
    until(call, run, "TIMED_OUT")
    call("RedriveExecution", executionArn=run)
    equal(until(call, run, "TIMED_OUT")["redriveCount"], 1,
          "its time begins anew")
    call("RedriveExecution", executionArn=run)
    succeed(call, task(call, activity)[0], 1)
    until(call, run, "SUCCEEDED")


def killed(server, activity, machine, count):
    """kill -9 of everything right after the answer."""
    call = Client(server.port).call
    runs = [failed(call, activity, machine, f"k{i}") for i in range(count)]
    began = [call("RedriveExecution", executionArn=run, clientToken="k")
             for run in runs]
    server.kill_all()
    server.start()
    call = Client(server.port).call
    seen = [call("DescribeExecution", executionArn=run) for run in runs]
    equal([(one["status"], one["redriveDate"]) for one in seen],
          [("RUNNING", one["redriveDate"]) for one in began],
          "kill -9: they all run again")
    equal([call("RedriveExecution", executionArn=run, clientToken="k")
           for run in runs], began, "kill -9: the call again")
    for _ in runs:
        succeed(call, task(call, activity)[0], "k")
    for run in runs:
        until(call, run, "SUCCEEDED")
    equal([types(call, run).count("ExecutionRedriven") for run in runs],
          count * [1], "kill -9: redriven once")


def main():
    with Server().start() as server:
        call = Client(server.port).call
        activity = call("CreateActivity", name="a")["activityArn"]
        machine = basics(call, activity)
        listed(call, machine)
        forks(call, activity)
        timed_out(call, activity)
        server.stop()
        server.start()
        call = Client(server.port).call
        listed(call, machine)
        killed(server, activity, machine, 10)
        tap.ok(not server.alarms(), "nothing alarming in the log")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
