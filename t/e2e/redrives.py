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


def children(call, map_run, **more):
    return {one["name"].rsplit("-", 1)[1]: one for one in
            call("ListExecutions", mapRunArn=map_run, **more)["executions"]}


def tasks(call, activity, count):
    return {given: token for token, given in
            (task(call, activity) for _ in range(count))}


def map_runs(server, activity):
    """Of five items one succeeds, one fails, two run then, one never began;
    kill -9 of everything between the answer of the redrive and its work."""
    call = Client(server.port).call
    machine = create(call, "each", {"Each": {
        "Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 3,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED",
                                "ExecutionType": "STANDARD"},
            "StartAt": "A", "States": {
                "A": {"Type": "Pass", "Parameters": {"i.$": "$"},
                      "ResultPath": "$", "Next": "B"},
                "B": {"Type": "Task", "Resource": activity,
                      "InputPath": "$.i", "End": True}}},
        "Label": "L", "End": True}})
    run = start(call, machine, "e", {"items": [0, 1, 2, 3, 4]})
    open_ = tasks(call, activity, 3)
    equal(sorted(open_), [0, 1, 2], "three at a time")
    succeed(call, open_[0], "zero")
    open_.update(tasks(call, activity, 1))
    fail(call, open_[1])
    until(call, run, "FAILED")
    map_run = call("ListMapRuns", executionArn=run)["mapRuns"][0]["mapRunArn"]
    for _ in range(100):
        seen = children(call, map_run)
        if all(one["status"] != "RUNNING" for one in seen.values()):
            break
        time.sleep(0.05)
    equal({name: one["status"] for name, one in seen.items()},
          {"0": "SUCCEEDED", "1": "FAILED", "2": "ABORTED", "3": "ABORTED"},
          "the run has failed, what ran was stopped")
    child = call("DescribeExecution", executionArn=seen["1"]["executionArn"])
    equal(child["redriveStatus"], "REDRIVABLE_BY_MAP_RUN",
          "a child is redriven by its map run")
    equal(refused(call, "RedriveExecution",
                  executionArn=child["executionArn"])[0],
          "ExecutionNotRedrivable", "and by nothing else")

    began = call("RedriveExecution", executionArn=run)
    server.kill_all()
    server.start()
    call = Client(server.port).call
    open_ = tasks(call, activity, 3)
    equal(sorted(open_), [1, 2, 3], "those that did not succeed go on")
    seen = call("DescribeMapRun", mapRunArn=map_run)
    equal((seen["status"], seen["redriveCount"], seen["redriveDate"],
           "stopDate" in seen), ("RUNNING", 1, began["redriveDate"], False),
          "DescribeMapRun: redriven")
    equal({name: seen["executionCounts"][name] for name in
           ("pending", "running", "succeeded", "failed", "aborted", "total",
            "pendingRedrive", "failuresNotRedrivable")},
          {"pending": 1, "running": 3, "succeeded": 1, "failed": 0,
           "aborted": 0, "total": 5, "pendingRedrive": 0,
           "failuresNotRedrivable": 0}, "DescribeMapRun: counts")
    equal(sorted(children(call, map_run, redriveFilter="REDRIVEN")),
          ["1", "2", "3"], "ListExecutions: redriven children")
    equal(sorted(children(call, map_run, redriveFilter="NOT_REDRIVEN")),
          ["0"], "ListExecutions: children that were not")

    # Once more, with two that wait for their turn.
    call("UpdateMapRun", mapRunArn=map_run, maxConcurrency=1)
    fail(call, open_[1])
    until(call, run, "FAILED")
    call("RedriveExecution", executionArn=run)
    (first, token), = tasks(call, activity, 1).items()
    counts = call("DescribeMapRun", mapRunArn=map_run)["executionCounts"]
    equal((first, counts["pendingRedrive"], counts["running"],
           counts["pending"]), (1, 2, 1, 1), "one at a time")
    equal({name: one["status"] for name, one in
           children(call, map_run).items()},
          {"0": "SUCCEEDED", "1": "RUNNING", "2": "PENDING_REDRIVE",
           "3": "PENDING_REDRIVE"}, "ListExecutions: who waits for a redrive")
    equal([sorted(children(call, map_run, statusFilter=status)) for status in
           ("PENDING_REDRIVE", "ABORTED", "RUNNING", "SUCCEEDED")],
          [["2", "3"], [], ["1"], ["0"]],
          "ListExecutions: who waits for a redrive, by status")
    for item in (1, 2, 3, 4):
        if item > 1:
            (first, token), = tasks(call, activity, 1).items()
        equal(first, item, "in their order")
        succeed(call, token, str(item))
    equal(json.loads(until(call, run, "SUCCEEDED")["output"]),
          ["zero", "1", "2", "3", "4"], "the results of both")
    equal([one["redriveCount"] for _, one in
           sorted(children(call, map_run).items())], [0, 2, 2, 2, 0],
          "how often each was redriven")
    equal([one["mapRunRedrivenEventDetails"] for one in history(call, run)
           if one["type"] == "MapRunRedriven"],
          [{"mapRunArn": map_run, "redriveCount": n} for n in (1, 2)],
          "MapRunRedriven")
    equal(len(call("ListMapRuns", executionArn=run)["mapRuns"]), 1,
          "one run all along")
    events = types(call, children(call, map_run)["1"]["executionArn"])
    equal((events.count("ExecutionRedriven"), events.count("PassStateEntered"),
           events[-1]), (2, 1, "ExecutionSucceeded"),
          "a child goes on where it was")


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
        map_runs(server, activity)
        tap.ok(not server.alarms(), "nothing alarming in the log")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
