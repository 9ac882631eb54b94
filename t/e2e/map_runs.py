#!/usr/bin/env python3
"""Map runs of Step Functions: listed, described, changed, their children
listed and described; over a restart."""

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
    try:
        return call(operation, **params)
    except Refused as e:
        return str(e).split("'")[3].rsplit("#", 1)[-1]


def machine(activity, **more):
    return json.dumps({"StartAt": "Each", "States": {"Each": dict({
        "Type": "Map", "End": True, "ItemsPath": "$.items",
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED",
                                "ExecutionType": "STANDARD"},
            "StartAt": "A", "States": {"A": {
                "Type": "Task", "Resource": activity, "End": True}}}},
        **more)}})


def ended(call, run):
    for _ in range(200):
        seen = call("DescribeExecution", executionArn=run)
        if seen["status"] != "RUNNING":
            return seen
        time.sleep(0.05)
    raise TimeoutError(run)


def children(call, run, **more):
    items, token = [], {}
    while True:
        page = call("ListExecutions", mapRunArn=run, maxResults=3, **token,
                    **more)
        items += page["executions"]
        if "nextToken" not in page:
            return items
        token = {"nextToken": page["nextToken"]}


def story(call):
    """What is to be seen afterwards, again."""
    activity = call("CreateActivity", name="a")["activityArn"]
    arn = call("CreateStateMachine", name="m", roleArn=ROLE,
               definition=machine(activity, Label="Lab", MaxConcurrency=1)
               )["stateMachineArn"]
    run = call("StartExecution", stateMachineArn=arn, name="e",
               input='{"items":[0,1,2,3]}')["executionArn"]
    tasks = [call("GetActivityTask", activityArn=activity)]
    runs = call("ListMapRuns", executionArn=run)["mapRuns"]
    equal([(one["executionArn"], one["stateMachineArn"], "stopDate" in one)
           for one in runs], [(run, arn + "/Lab", False)], "ListMapRuns")
    map_run = runs[0]["mapRunArn"]
    equal(map_run.split(":")[5:7], ["mapRun", "m/Lab"], "the ARN of a map run")
    events = call("GetExecutionHistory", executionArn=run)["events"]
    equal([one["mapRunStartedEventDetails"]["mapRunArn"] for one in events
           if one["type"] == "MapRunStarted"], [map_run],
          "the history has the same")
    seen = call("DescribeMapRun", mapRunArn=map_run)
    equal((seen["status"], seen["executionArn"], seen["maxConcurrency"],
           seen["toleratedFailureCount"], seen["toleratedFailurePercentage"],
           seen["itemCounts"]["running"], seen["executionCounts"]["pending"],
           seen["itemCounts"]["total"]),
          ("RUNNING", run, 1, 0, 0, 1, 3, 4), "DescribeMapRun: one of four")
    equal(call("UpdateMapRun", mapRunArn=map_run, maxConcurrency=0,
               toleratedFailureCount=2 ** 40), {}, "UpdateMapRun")
    tasks += [call("GetActivityTask", activityArn=activity) for _ in range(3)]
    equal(sorted(one["input"] for one in tasks), ["0", "1", "2", "3"],
          "UpdateMapRun: the others begin")
    call("UpdateMapRun", mapRunArn=map_run, toleratedFailurePercentage=12.5,
         maxConcurrency=3, toleratedFailureCount=1)
    seen = call("DescribeMapRun", mapRunArn=map_run)
    equal((seen["maxConcurrency"], seen["toleratedFailureCount"],
           seen["toleratedFailurePercentage"]), (3, 1, 12.5),
          "UpdateMapRun: all that it changes")
    tasks.sort(key=lambda one: one["input"])
    for one in tasks[:3]:
        call("SendTaskSuccess", taskToken=one["taskToken"], output="1")
    # A run that fails counts what it has heard of: children tell it later.
    for _ in range(200):
        counts = call("DescribeMapRun", mapRunArn=map_run)["executionCounts"]
        if counts["succeeded"] == 3:
            break
        time.sleep(0.05)
    equal((counts["succeeded"], counts["running"]), (3, 1),
          "three of four have told")
    call("SendTaskFailure", taskToken=tasks[3]["taskToken"], error="E")
    equal(ended(call, run)["status"], "FAILED",
          "one failure of four is more than 12.5 %")
    equal(refused(call, "UpdateMapRun", mapRunArn=map_run, maxConcurrency=1),
          "ValidationException", "UpdateMapRun: of one that is over")

    # None, and no label.
    other = call("CreateStateMachine", name="n", roleArn=ROLE,
                 definition=machine(activity))["stateMachineArn"]
    empty = call("StartExecution", stateMachineArn=other, name="e",
                 input='{"items":[]}')["executionArn"]
    equal(ended(call, empty)["status"], "SUCCEEDED", "a map of nothing")
    none = call("ListMapRuns", executionArn=empty)["mapRuns"][0]["mapRunArn"]
    return arn, run, map_run, none


def again(call, arn, run, map_run, none):
    seen = call("DescribeMapRun", mapRunArn=map_run)
    counts = seen["executionCounts"]
    equal((seen["status"], counts["succeeded"], counts["failed"],
           counts["total"], seen["startDate"] <= seen["stopDate"]),
          ("FAILED", 3, 1, 4, True), "DescribeMapRun: the end")
    seen = call("DescribeMapRun", mapRunArn=none)
    equal((seen["status"], seen["itemCounts"]["total"],
           seen["maxConcurrency"]), ("SUCCEEDED", 0, 0),
          "DescribeMapRun: of nothing")
    items = children(call, map_run)
    equal(sorted(one["status"] for one in items),
          ["FAILED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED"],
          "ListExecutions: of a map run, page by page")
    equal({(one["mapRunArn"], one["stateMachineArn"]) for one in items},
          {(map_run, arn + "/Lab")}, "ListExecutions: what they are of")
    equal([one["status"] for one in children(call, map_run,
                                             statusFilter="FAILED")],
          ["FAILED"], "ListExecutions: of a map run, by status")
    equal([len(children(call, map_run, redriveFilter=how))
           for how in ("REDRIVEN", "NOT_REDRIVEN")], [0, 4],
          "ListExecutions: of a map run, by redrives")
    equal(children(call, none), [], "ListExecutions: of none")
    for one in items:
        seen = call("DescribeExecution", executionArn=one["executionArn"])
        events = call("GetExecutionHistory",
                      executionArn=one["executionArn"])["events"]
        equal((seen["name"], seen["executionArn"], seen["status"],
               seen["mapRunArn"], events[-1]["type"]),
              (one["name"], one["executionArn"], one["status"], map_run,
               "Execution" + one["status"].title()),
              "a child is described, and its history told")
    equal([one["name"] for one in call("ListExecutions",
                                       stateMachineArn=arn)["executions"]],
          ["e"], "ListExecutions: of the machine alone")
    for bad in (map_run[:-8] + "00000000", map_run.replace("/Lab", "/Law"),
                map_run.replace("m/Lab", "n/Lab"), map_run[:-30],
                map_run.replace("m/Lab", "x/Lab"), map_run + "zz"):
        equal([refused(call, operation, mapRunArn=bad)
               for operation in ("DescribeMapRun", "UpdateMapRun",
                                 "ListExecutions")],
              3 * ["ResourceNotFound"], f"{bad[-46:]} is none")
    equal(refused(call, "DescribeMapRun", mapRunArn=arn), "InvalidArn",
          "DescribeMapRun: of a machine")
    equal(refused(call, "ListMapRuns", executionArn=run + "x"),
          "ExecutionDoesNotExist", "ListMapRuns: of no execution")
    for params in {}, {"mapRunArn": map_run, "stateMachineArn": arn}:
        equal(refused(call, "ListExecutions", **params),
              "ValidationException", "ListExecutions: of one or the other")


def main():
    with Server().start() as server:
        known = story(Client(server.port).call)
        again(Client(server.port).call, *known)
        server.stop()
        server.start()
        again(Client(server.port).call, *known)
        tap.ok(not server.alarms(), "nothing alarming in the log")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
