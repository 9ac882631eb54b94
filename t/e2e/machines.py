#!/usr/bin/env python3
"""State machines of every kind of state while workers and masters die by
kill -9 and configurations are reloaded.

No acknowledged start may be lost, none may run twice, no child may run twice,
histories have neither gaps nor loose ends, every execution ends as it should.
machines.py [ROUNDS] [SEED]; every fifth round kills everything, every seventh
reloads."""

import http.client
import json
import os
import random
import signal
import sys
import threading
import time

import server as server_of
from server import Server, Tap

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 15
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30)
ARN = "arn:aws:states:us-east-1:123456789012:"
ROLE = "arn:aws:iam::123456789012:role/r"

server_of.CONF = server_of.CONF.replace(
    "cloudflow_api cloudflow;", "cloudflow_api cloudflow stepfunctions;")


class Refused(Exception):
    pass


class Client:
    def __init__(self, port):
        self.port, self.connection = port, None

    def call(self, operation, **body):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=70)
        try:
            self.connection.request("POST", "/", json.dumps(body), {
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": "AWSStepFunctions." + operation})
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        if answer.status != 200:
            raise Refused(f"{answer.status} {text.decode(errors='replace')}")
        return json.loads(text)

    def surely(self, operation, **body):
        """Again until there is an answer."""
        until = time.time() + 30
        while True:
            try:
                return self.call(operation, **body)
            except (OSError, http.client.HTTPException):
                if time.time() > until:
                    raise
                time.sleep(0.02)

    def pages(self, operation, key, **body):
        found, token = [], {}
        while True:
            answer = self.surely(operation, **body, **token)
            found += answer[key]
            if "nextToken" not in answer:
                return found
            token = {"nextToken": answer["nextToken"]}


def machine(start, **states):
    return {"StartAt": start, "States": states}


def one(name, **state):
    return machine(name, **{name: dict(state, End=True)})


def start_of(name, **more):
    return dict({"Type": "Task",
                 "Resource": "arn:aws:states:::states:startExecution.sync:2",
                 "Parameters": {"StateMachineArn": ARN + "stateMachine:" + name,
                                "Input": {"n.$": "$.n"}}}, **more)


GOOD = machine("Rest", Rest={"Type": "Wait", "Seconds": 1, "Next": "Say"},
               Say={"Type": "Pass", "End": True})
BAD = machine("Bad", Bad={"Type": "Fail", "Error": "Bad", "Cause": "why"})

ALL = machine(
    "First",
    First={"Type": "Pass", "Next": "Which",
           "Parameters": {"n.$": "$.n", "list.$": "States.ArrayRange(1, 3, 1)"}},
    Which={"Type": "Choice", "Default": "Never",
           "Choices": [{"Variable": "$.n", "NumericGreaterThanEquals": 0,
                        "Next": "Inline"}]},
    Never={"Type": "Fail", "Error": "Never"},
    Inline={"Type": "Map", "ItemsPath": "$.list", "ResultPath": "$.inline",
            "MaxConcurrency": 2, "Next": "Both", "ItemProcessor": one(
                "Add", Type="Pass", Parameters={"v.$": "States.MathAdd($, 10)"})},
    Both={"Type": "Parallel", "ResultPath": "$.both", "Next": "Spread",
          "Branches": [one("Slow", Type="Wait", Seconds=1),
                       one("Quick", Type="Pass", Result="quick")],
          "ResultSelector": {"quick.$": "$[1]"}},
    Spread={"Type": "Map", "ItemsPath": "$.list", "ResultPath": "$.spread",
            "MaxConcurrency": 2, "Next": "Child",
            "ItemProcessor": dict(machine(
                "Rest", Rest={"Type": "Wait", "Seconds": 1, "Next": "Say"},
                Say={"Type": "Pass", "End": True}),
                ProcessorConfig={"Mode": "DISTRIBUTED",
                                 "ExecutionType": "STANDARD"})},
    Child=start_of("good:live", Next="Trouble", ResultPath="$.child",
                   ResultSelector={"out.$": "$.Output"}),
    Trouble=start_of(
        "bad", Next="Never", ResultPath="$.bad",
        Retry=[{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 1,
                "MaxAttempts": 1}],
        Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.caught",
                "Next": "Work"}]),
    Work={"Type": "Task", "Resource": ARN + "activity:work",
          "TimeoutSeconds": 3, "ResultPath": "$.work", "Next": "Last",
          "Retry": [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 1,
                     "MaxAttempts": 50, "BackoffRate": 1}]},
    Last={"Type": "Pass", "End": True, "Parameters": {
        "n.$": "$.n", "inline.$": "$.inline[*].v", "both.$": "$.both.quick",
        "spread.$": "$.spread", "child.$": "$.child.out.n",
        "caught.$": "$.caught.Error", "work.$": "$.work.done"}})


def output_of(n):
    return {"n": n, "inline": [11, 12, 13], "both": "quick",
            "spread": [1, 2, 3], "child": n, "caught": "States.TaskFailed",
            "work": n}


class Starter(threading.Thread):
    def __init__(self, server, no, rate):
        super().__init__(daemon=True)
        self.client, self.no, self.rate = Client(server.port), no, rate
        self.started, self.refused, self.quit = {}, [], False

    def run(self):
        made = 0
        while not self.quit:
            made += 1
            n = self.no * 1000000 + made
            name = f"r{SEED}-{n}"
            try:
                # The same name and input again is the same execution.
                answer = self.client.surely(
                    "StartExecution", name=name, input=json.dumps({"n": n}),
                    stateMachineArn=ARN + "stateMachine:all")
                self.started[answer["executionArn"]] = n
            except Refused as refusal:
                self.refused.append(str(refusal))
            except OSError:
                self.refused.append("no answer")
            time.sleep(self.rate)


class Worker(threading.Thread):
    def __init__(self, server):
        super().__init__(daemon=True)
        self.client, self.quit, self.done = Client(server.port), False, set()

    def run(self):
        while not self.quit:
            try:
                task = self.client.call("GetActivityTask",
                                        activityArn=ARN + "activity:work")
                if not task.get("taskToken"):
                    continue
                n = json.loads(task["input"])["n"]
                # Whether it was taken is seen by the execution's output: the
                # answer may be lost with who would give it.
                self.done.add(n)
                self.client.surely(
                    "SendTaskSuccess", taskToken=task["taskToken"],
                    output=json.dumps({"done": n}))
            except (Refused, OSError, http.client.HTTPException):
                time.sleep(0.02)


ENDS = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted",
        "ExecutionTimedOut"}


def history_faults(events):
    faults = []
    types = [event["type"] for event in events]
    if [event["id"] for event in events] != list(range(1, len(events) + 1)):
        faults.append("gaps")
    # The first state follows nothing that is shown.
    if any(event.get("previousEventId", 0) >= event["id"]
           or (event["id"] > 2 and event.get("previousEventId", 0) < 1)
           for event in events):
        faults.append("loose ends")
    if any(a["timestamp"] > b["timestamp"] for a, b in zip(events, events[1:])):
        faults.append("back in time")
    if types[0] != "ExecutionStarted" or types.count("ExecutionStarted") != 1:
        faults.append("starts")
    if types[-1] not in ENDS or sum(t in ENDS for t in types) != 1:
        faults.append("ends")
    for state in ("First", "Work", "Last"):
        count = sum((e.get("stateEnteredEventDetails") or {}).get("name")
                    == state for e in events)
        if count != 1:
            faults.append(f"{state} entered {count} times")
    return faults


def check_all(tap, client, started):
    """Ends, outputs, histories of all that was acknowledged."""
    errors, until = [], time.time() + 90
    for arn, n in started.items():
        seen = client.surely("DescribeExecution", executionArn=arn)
        while seen["status"] == "RUNNING" and time.time() < until:
            time.sleep(0.1)
            seen = client.surely("DescribeExecution", executionArn=arn)
        if (seen["status"] != "SUCCEEDED"
                or json.loads(seen["output"]) != output_of(n)):
            errors.append(f"{arn}: {seen['status']} {seen.get('output')} "
                          f"{seen.get('error')} {seen.get('cause')}")
    tap.ok(not errors, "every acknowledged start ended as it should: "
           + "; ".join(errors[:3]))
    errors = []
    for arn in started:
        events = client.pages("GetExecutionHistory", "events",
                              executionArn=arn, maxResults=1000)
        faults = history_faults(events)
        if faults:
            errors.append(f"{arn}: {faults} "
                          f"{[event['type'] for event in events]}")
    tap.ok(not errors, "histories are whole: " + "; ".join(errors[:2]))


def check_children(tap, client):
    count = {name: len(client.pages("ListExecutions", "executions",
                                    stateMachineArn=ARN + "stateMachine:" + name,
                                    maxResults=1000))
             for name in ("all", "good", "bad")}
    tap.ok(count["good"] == count["all"],
           f"each started one child that ends well: {count}")
    tap.ok(count["bad"] == 2 * count["all"],
           f"and one that fails, and once again: {count}")
    running = [e["executionArn"] for name in count for e in client.pages(
        "ListExecutions", "executions", maxResults=1000, statusFilter="RUNNING",
        stateMachineArn=ARN + "stateMachine:" + name)]
    tap.ok(not running, f"nothing still runs: {running[:3]}")


def disturb(server, rng, no):
    if no % 5 == 4:
        server.kill_all()
        server.start(wait=False)
        server.wait_ready()
    elif no % 7 == 6:
        os.kill(server.pid(), signal.SIGHUP)
    else:
        workers = server.workers()
        if workers:
            os.kill(rng.choice(workers), signal.SIGKILL)


def main():
    tap = Tap()
    rng = random.Random(SEED)
    tap.note(f"{ROUNDS} rounds, seed {SEED}")
    server = Server(shards=3)
    server.start()
    client = Client(server.port)
    for name, definition in ("all", ALL), ("good", GOOD), ("bad", BAD):
        client.call("CreateStateMachine", name=name, roleArn=ROLE,
                    definition=json.dumps(definition))
    # Only what the alias leads to ends well.
    version = client.call("PublishStateMachineVersion",
                          stateMachineArn=ARN + "stateMachine:good")
    client.call("CreateStateMachineAlias", name="live", routingConfiguration=[
        {"weight": 100,
         "stateMachineVersionArn": version["stateMachineVersionArn"]}])
    client.call("UpdateStateMachine", definition=json.dumps(BAD),
                stateMachineArn=ARN + "stateMachine:good")
    client.call("CreateActivity", name="work")
    starters = [Starter(server, no, 0.15) for no in range(4)]
    workers = [Worker(server) for _ in range(4)]
    for thread in starters + workers:
        thread.start()
    for no in range(ROUNDS):
        time.sleep(rng.uniform(0.1, 0.9))
        disturb(server, rng, no)
    for starter in starters:
        starter.quit = True
    for starter in starters:
        starter.join(60)
    started, refused = {}, []
    for starter in starters:
        started.update(starter.started)
        refused += starter.refused
    tap.note(f"{len(started)} starts acknowledged")
    tap.ok(len(started) > ROUNDS, "there was load")
    tap.ok(not refused, "no start was refused: " + "; ".join(refused[:3]))
    check_all(tap, Client(server.port), started)
    check_children(tap, Client(server.port))
    for worker in workers:
        worker.quit = True
    done = set().union(*(worker.done for worker in workers))
    tap.ok(set(started.values()) <= done, "workers did the work: all but "
           f"{sorted(set(started.values()) - done)[:3]}")
    alarms = server.alarms()
    tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))
    server.close()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
