#!/usr/bin/env python3
"""Amazon SWF: histories event by event, many pollers of one list, deciders and
workers whose server dies under them, reloads.
swf.py [long]; long: the full numbers."""

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

LONG = "long" in sys.argv[1:]
RUNS = 600 if LONG else 60
DEATHS = 60 if LONG else 8
PARKED = 2000 if LONG else 300

server_of.CONF = server_of.CONF.replace("cloudflow_api cloudflow;",
                                        "cloudflow_api cloudflow swf;")
tap = Tap()


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body
        self.kind = body.get("__type", "").split("#")[-1]


class Client:
    """One connection that stays."""

    def __init__(self, port):
        self.port, self.connection = port, None

    def call(self, operation, **params):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                         timeout=70)
        try:
            self.connection.request("POST", "/", json.dumps(params), {
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": "SimpleWorkflowService." + operation})
            answer = self.connection.getresponse()
            body = json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            self.connection.close()
            self.connection = None
            raise
        if answer.status != 200:
            raise Refused(answer.status, body)
        return body

    def insist(self, operation, seconds=30, **params):
        """Also over a worker's death.  None: it was refused; after a crash the
        first try may have been heard."""
        until, again = time.time() + seconds, False
        while True:
            try:
                return self.call(operation, **params)
            except (OSError, http.client.HTTPException, ValueError, Refused) as e:
                if isinstance(e, Refused) and e.status == 400:
                    if again:
                        return None
                    raise
                if time.time() > until:
                    raise
                again = True
                time.sleep(0.02)


TIMEOUTS = {"defaultTaskScheduleToStartTimeout": "NONE",
            "defaultTaskScheduleToCloseTimeout": "NONE",
            "defaultTaskStartToCloseTimeout": "NONE",
            "defaultTaskHeartbeatTimeout": "NONE"}


def prepare(client):
    client.call("RegisterDomain", name="d",
                workflowExecutionRetentionPeriodInDays="1")
    for name, tasks in ("wf", "dl"), ("child", "kids"):
        client.call("RegisterWorkflowType", domain="d", name=name, version="1",
                    defaultTaskList={"name": tasks}, defaultChildPolicy="TERMINATE",
                    # what a decider lost with its server comes again then
                    defaultTaskStartToCloseTimeout="20",
                    defaultExecutionStartToCloseTimeout="600")
    client.call("RegisterActivityType", domain="d", name="act", version="1",
                defaultTaskList={"name": "al"}, **TIMEOUTS)


def decision(kind, **attributes):
    member = kind[0].lower() + kind[1:] + "DecisionAttributes"
    return {"decisionType": kind, member: attributes}


def activity(name, **more):
    return decision("ScheduleActivityTask", activityId=name,
                    activityType={"name": "act", "version": "1"}, **more)


def start(client, name, kind="wf", **more):
    return client.insist("StartWorkflowExecution", domain="d", workflowId=name,
                         workflowType={"name": kind, "version": "1"},
                         **more)["runId"]


def polled(client, tasks="dl", **more):
    return client.call("PollForDecisionTask", domain="d",
                       taskList={"name": tasks}, **more)


def decide(client, *decisions, tasks="dl", **more):
    task = polled(client, tasks)
    client.call("RespondDecisionTaskCompleted", taskToken=task["taskToken"],
                decisions=list(decisions), **more)
    return task


def history(client, name, run):
    events, token = [], {}
    while True:
        page = client.insist("GetWorkflowExecutionHistory", domain="d",
                             execution={"workflowId": name, "runId": run},
                             maximumPageSize=7, **token)
        events += page["events"]
        if "nextPageToken" not in page:
            return events
        token = {"nextPageToken": page["nextPageToken"]}


def types(events):
    return [event["eventType"] for event in events]


def attributes(event):
    kind = event["eventType"]
    return event[kind[0].lower() + kind[1:] + "EventAttributes"]


FIRST = ["WorkflowExecutionStarted", "DecisionTaskScheduled",
         "DecisionTaskStarted", "DecisionTaskCompleted"]
DECIDED = ["DecisionTaskScheduled", "DecisionTaskStarted",
           "DecisionTaskCompleted"]


def equal(got, wanted, name):
    if not tap.ok(got == wanted, name):
        tap.note(f"got    {got}")
        tap.note(f"wanted {wanted}")


def one_activity(client):
    run = start(client, "w1", input="order-17")
    task = decide(client, activity("charge", input="17"))
    equal((task["startedEventId"], task["previousStartedEventId"],
           len(task["events"])), (3, 0, 3), "the first decision task")
    work = client.call("PollForActivityTask", domain="d", identity="me",
                       taskList={"name": "al"})
    equal((work["activityId"], work["input"], work["startedEventId"]),
          ("charge", "17", 6), "the activity task")
    client.call("RespondActivityTaskCompleted", taskToken=work["taskToken"],
                result="paid")
    task = decide(client, decision("CompleteWorkflowExecution",
                                   result="shipped"))
    equal((task["startedEventId"], task["previousStartedEventId"],
           len(task["events"])), (9, 3, 9), "the second decision task")
    events = history(client, "w1", run)
    equal(types(events), FIRST + [
        "ActivityTaskScheduled", "ActivityTaskStarted", "ActivityTaskCompleted",
        *DECIDED, "WorkflowExecutionCompleted"], "one activity: the history")
    equal([event["eventId"] for event in events],
          list(range(1, len(events) + 1)), "event ids have no gaps")
    equal(attributes(events[5]), {"identity": "me", "scheduledEventId": 5},
          "who started it")
    seen = client.call("DescribeWorkflowExecution", domain="d",
                       execution={"workflowId": "w1", "runId": run})
    equal((seen["executionInfo"]["executionStatus"],
           seen["executionInfo"]["closeStatus"],
           seen["openCounts"]["openActivityTasks"]),
          ("CLOSED", "COMPLETED", 0), "it is described")


def signal_in_between(client):
    run = start(client, "w2")
    task = polled(client)
    client.call("SignalWorkflowExecution", domain="d", workflowId="w2",
                signalName="more", input="x")
    client.call("RespondDecisionTaskCompleted", taskToken=task["taskToken"],
                decisions=[decision("CompleteWorkflowExecution")])
    task = decide(client, decision("CompleteWorkflowExecution"))
    equal((len(task["events"]), task["startedEventId"]), (8, 8),
          "the pending task is delivered")
    equal(types(history(client, "w2", run)), FIRST[:3] + [
        "WorkflowExecutionSignaled", "DecisionTaskScheduled",
        "DecisionTaskCompleted", "CompleteWorkflowExecutionFailed",
        "DecisionTaskStarted", "DecisionTaskCompleted",
        "WorkflowExecutionCompleted"], "a signal during a decision")


def timers(client):
    run = start(client, "w3")
    decide(client, decision("StartTimer", timerId="slow",
                            startToFireTimeout="600"),
           decision("StartTimer", timerId="fast", startToFireTimeout="1"))
    began = time.time()
    task = decide(client, decision("CancelTimer", timerId="slow"),
                  decision("RecordMarker", markerName="note"),
                  decision("CompleteWorkflowExecution"))
    tap.ok(0.8 < time.time() - began < 5, "the timer took its second")
    equal(len(task["events"]), 9, "and made a decision task")
    equal(types(history(client, "w3", run)), FIRST + [
        "TimerStarted", "TimerStarted", "TimerFired", *DECIDED,
        "TimerCanceled", "MarkerRecorded", "WorkflowExecutionCompleted"],
          "timers and a marker")


def child(client):
    run = start(client, "w4")
    decide(client, decision("StartChildWorkflowExecution", workflowId="kid",
                            workflowType={"name": "child", "version": "1"}))
    decide(client)
    seen = client.call("DescribeWorkflowExecution", domain="d",
                       execution={"workflowId": "w4", "runId": run})
    equal(seen["openCounts"]["openChildWorkflowExecutions"], 1, "a child is open")
    task = decide(client, decision("FailWorkflowExecution", reason="no",
                                   details="really"), tasks="kids")
    equal(attributes(task["events"][0])["parentWorkflowExecution"],
          {"workflowId": "w4", "runId": run}, "it knows its parent")
    decide(client, decision("CompleteWorkflowExecution"))
    events = history(client, "w4", run)
    equal(types(events), FIRST + [
        "StartChildWorkflowExecutionInitiated", "ChildWorkflowExecutionStarted",
        *DECIDED, "ChildWorkflowExecutionFailed", *DECIDED,
        "WorkflowExecutionCompleted"], "a child that fails")
    equal({key: attributes(events[9])[key] for key in
           ("reason", "details", "initiatedEventId", "startedEventId")},
          {"reason": "no", "details": "really", "initiatedEventId": 5,
           "startedEventId": 6}, "the parent hears why")


def cancel(client):
    run = start(client, "w5")
    decide(client, activity("long", heartbeatTimeout="60"))
    work = client.call("PollForActivityTask", domain="d", taskList={"name": "al"})
    equal(client.call("RecordActivityTaskHeartbeat", taskToken=work["taskToken"],
                      details="half"), {"cancelRequested": False}, "a heartbeat")
    client.call("RequestCancelWorkflowExecution", domain="d", workflowId="w5")
    decide(client, decision("RequestCancelActivityTask", activityId="long"))
    equal(client.call("RecordActivityTaskHeartbeat", taskToken=work["taskToken"]),
          {"cancelRequested": True}, "the worker hears that it is to stop")
    client.call("RespondActivityTaskCanceled", taskToken=work["taskToken"],
                details="rolled back")
    decide(client, decision("CancelWorkflowExecution"))
    equal(types(history(client, "w5", run)), FIRST + [
        "ActivityTaskScheduled", "ActivityTaskStarted",
        "WorkflowExecutionCancelRequested", *DECIDED,
        "ActivityTaskCancelRequested", "ActivityTaskCanceled", *DECIDED,
        "WorkflowExecutionCanceled"], "cancelling, down to the worker")


def timeouts(client):
    run = start(client, "w6", taskStartToCloseTimeout="1")
    decide(client, activity("never", scheduleToStartTimeout="1"))
    lost = polled(client)
    task = polled(client)
    try:
        client.call("RespondDecisionTaskCompleted", taskToken=lost["taskToken"])
        tap.ok(False, "a task that timed out is over")
    except Refused as e:
        equal((e.kind, e.body["message"]),
              ("UnknownResourceFault", "Unknown decision task, scheduledEventId = 7"),
              "a task that timed out is over")
    client.call("RespondDecisionTaskCompleted", taskToken=task["taskToken"],
                decisions=[decision("CompleteWorkflowExecution")])
    equal(types(history(client, "w6", run)), FIRST + [
        "ActivityTaskScheduled", "ActivityTaskTimedOut", "DecisionTaskScheduled",
        "DecisionTaskStarted", "DecisionTaskTimedOut", *DECIDED,
        "WorkflowExecutionCompleted"], "time-outs of an activity and a decision")


def anew(client):
    first = start(client, "w7", input="1")
    decide(client, decision("ContinueAsNewWorkflowExecution", input="2"))
    events = history(client, "w7", first)
    equal(types(events), FIRST + ["WorkflowExecutionContinuedAsNew"],
          "continue as new: the old run")
    second = attributes(events[-1])["newExecutionRunId"]
    client.call("SignalWorkflowExecution", domain="d", workflowId="w7",
                signalName="s")
    decide(client, decision("CompleteWorkflowExecution"))
    events = history(client, "w7", second)
    equal(types(events), FIRST[:2] + [
        "WorkflowExecutionSignaled", "DecisionTaskStarted",
        "DecisionTaskCompleted", "WorkflowExecutionCompleted"], "and the new one")
    equal((attributes(events[0])["input"],
           attributes(events[0])["continuedExecutionRunId"]), ("2", first),
          "which knows the old one")


def external(client):
    target = start(client, "target", taskList={"name": "tl2"})
    run = start(client, "w8")
    decide(client, decision("SignalExternalWorkflowExecution", input="I",
                            workflowId="target", signalName="hey", control="C"))
    decide(client, decision("SignalExternalWorkflowExecution",
                            workflowId="ghost", signalName="boo"))
    decide(client, decision("CompleteWorkflowExecution"))
    equal(types(history(client, "w8", run)), FIRST + [
        "SignalExternalWorkflowExecutionInitiated",
        "ExternalWorkflowExecutionSignaled", *DECIDED,
        "SignalExternalWorkflowExecutionInitiated",
        "SignalExternalWorkflowExecutionFailed", *DECIDED,
        "WorkflowExecutionCompleted"], "signals between workflows")
    heard = attributes(history(client, "target", target)[2])
    equal(heard, {"signalName": "hey", "input": "I", "externalInitiatedEventId": 5,
                  "externalWorkflowExecution": {"workflowId": "w8", "runId": run}},
          "what the other one heard")
    client.call("TerminateWorkflowExecution", domain="d", workflowId="target")


def failures(client):
    run = start(client, "w9")
    decide(client, decision("ScheduleActivityTask", activityId="a1",
                            activityType={"name": "nosuch", "version": "1"}),
           activity("a2"), activity("a2"))
    decide(client, decision("RequestCancelActivityTask", activityId="a2"),
           decision("CancelTimer", timerId="t"))
    decide(client, decision("CompleteWorkflowExecution"))
    events = history(client, "w9", run)
    equal(types(events)[:12], FIRST + [
        "ScheduleActivityTaskFailed", "ActivityTaskScheduled",
        "ScheduleActivityTaskFailed", *DECIDED, "ActivityTaskCancelRequested",
        "CancelTimerFailed"], "decisions that fail")
    equal([attributes(events[i])["cause"] for i in (4, 6, 11)],
          ["ACTIVITY_TYPE_DOES_NOT_EXIST", "ACTIVITY_ID_ALREADY_IN_USE",
           "TIMER_ID_UNKNOWN"], "and why")


def backlog(client):
    start(client, "w10")
    count = client.call("CountPendingDecisionTasks", domain="d",
                        taskList={"name": "dl"})
    equal(count, {"count": 1, "truncated": False}, "a decision is pending")
    decide(client, *[activity(f"p{n}", taskPriority=str(n)) for n in (0, 5, 1)])
    count = client.call("CountPendingActivityTasks", domain="d",
                        taskList={"name": "al"})
    equal(count["count"], 3, "three activities are")
    got = [client.call("PollForActivityTask", domain="d",
                       taskList={"name": "al"})["activityId"] for _ in range(3)]
    equal(got, ["p5", "p1", "p0"], "higher priorities first")
    client.call("TerminateWorkflowExecution", domain="d", workflowId="w10",
                reason="enough")


def listed(client):
    since = {"startTimeFilter": {"oldestDate": 0}}
    closed = client.call("ListClosedWorkflowExecutions", domain="d", **since)
    names = [one["execution"]["workflowId"] for one in closed["executionInfos"]]
    tap.ok(len(names) == 13 and names[-1] == "w1" and "w9" in names,
           f"closed runs are listed, newest first: {names}")
    equal(client.call("CountOpenWorkflowExecutions", domain="d", **since),
          {"count": 0, "truncated": False}, "none is open")
    some, token = [], {}
    while True:
        page = client.call("ListClosedWorkflowExecutions", domain="d",
                           maximumPageSize=2, reverseOrder=True, **since, **token)
        some += [one["execution"]["workflowId"] for one in page["executionInfos"]]
        if "nextPageToken" not in page:
            break
        token = {"nextPageToken": page["nextPageToken"]}
    equal(sorted(some), sorted(names), "page by page, and from the other end")
    equal(client.call("CountClosedWorkflowExecutions", domain="d",
                      closeStatusFilter={"status": "FAILED"}, **since)["count"],
          1, "by the way they closed")


def transcripts():
    with Server(workers=2, limits="cloudflow_swf_poll 5s;") as server:
        client = Client(server.start().port)
        prepare(client)
        for part in (one_activity, signal_in_between, timers, child, cancel,
                     timeouts, anew, external, failures, backlog, listed):
            try:
                part(client)
            except Exception as e:      # the others still tell something
                tap.ok(False, f"{part.__name__}: {type(e).__name__}: {e}")
        alarms = server.alarms()
        tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))


"""
Many pollers
"""


class Poller(threading.Thread):
    def __init__(self, port):
        super().__init__(daemon=True)
        self.client, self.got = Client(port), None
        self.start()

    def run(self):
        try:
            self.got = self.client.call("PollForActivityTask", domain="d",
                                        taskList={"name": "al"})
        except Exception as e:
            self.got = e


def parked():
    with Server(workers=2, limits="cloudflow_swf_poll 30s;") as server:
        client = Client(server.start().port)
        prepare(client)
        pollers = [Poller(server.port) for _ in range(PARKED)]
        time.sleep(1)
        for no in range(PARKED // 50):
            start(client, f"p{no}")
            decide(client, *[activity(f"{no}-{i}") for i in range(50)])
        for poller in pollers:
            poller.join(40)
        got = [p.got.get("activityId") if isinstance(p.got, dict) else p.got
               for p in pollers]
        wanted = {f"{no}-{i}" for no in range(PARKED // 50) for i in range(50)}
        tap.ok(set(got) == wanted and len(got) == len(wanted),
               f"{PARKED} tasks, each to one of as many pollers: "
               f"{len(set(got) & wanted)}")


"""
Deaths
"""


class Decider(threading.Thread):
    """Two activities, a timer, a marker, then the end."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.client, self.quit, self.faults = Client(server.port), False, []
        self.start()

    def run(self):
        while not self.quit:
            try:
                task = polled(self.client)
                if "taskToken" in task:
                    self.answer(task)
            except Refused as e:
                if e.status == 400 and e.kind != "UnknownResourceFault":
                    self.faults.append(str(e))
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.02)

    def answer(self, task):
        events = list(task["events"])
        while "nextPageToken" in task:
            task = polled(self.client, nextPageToken=task["nextPageToken"])
            events += task["events"]
        seen = types(events)
        done = sum(seen.count(kind) for kind in
                   ("ActivityTaskCompleted", "TimerFired"))
        decisions = []
        if "ActivityTaskScheduled" not in seen:
            decisions = [activity("a"), activity("b"),
                         decision("StartTimer", timerId="t", startToFireTimeout="1")]
        elif done == 3:
            decisions = [decision("RecordMarker", markerName="m"),
                         decision("CompleteWorkflowExecution", result="ok")]
        self.client.insist("RespondDecisionTaskCompleted", decisions=decisions,
                           taskToken=task["taskToken"])


class Worker(threading.Thread):
    def __init__(self, server):
        super().__init__(daemon=True)
        self.client, self.quit, self.done = Client(server.port), False, 0
        self.start()

    def run(self):
        while not self.quit:
            try:
                task = self.client.call("PollForActivityTask", domain="d",
                                        taskList={"name": "al"})
                if "taskToken" in task:
                    self.client.insist("RespondActivityTaskCompleted",
                                       taskToken=task["taskToken"], result="r")
                    self.done += 1
            except (Refused, OSError, http.client.HTTPException, ValueError):
                time.sleep(0.02)


def faults_of(events):
    """What no history may have."""
    ids = [event["eventId"] for event in events]
    if ids != list(range(1, len(ids) + 1)):
        return "gaps"
    for kind, key in (("DecisionTaskStarted", "scheduledEventId"),
                      ("ActivityTaskStarted", "scheduledEventId"),
                      ("ActivityTaskCompleted", "scheduledEventId"),
                      ("TimerFired", "startedEventId")):
        of = [attributes(event)[key] for event in events
              if event["eventType"] == kind]
        if len(of) != len(set(of)):
            return f"two {kind} of one"
    seen = types(events)
    for kind, count in (("ActivityTaskScheduled", 2), ("ActivityTaskCompleted", 2),
                        ("TimerFired", 1), ("MarkerRecorded", 1)):
        if seen.count(kind) != count:
            return f"{seen.count(kind)} {kind}"
    return None if seen[-1] == "WorkflowExecutionCompleted" else "not complete"


def deaths():
    rng = random.Random(int(os.environ.get("SEED", time.time())))
    with Server(workers=2, shards=3, limits="cloudflow_swf_poll 3s;") as server:
        client = Client(server.start().port)
        prepare(client)
        deciders = [Decider(server) for _ in range(4)]
        workers = [Worker(server) for _ in range(4)]
        runs, gap = {}, RUNS // DEATHS
        for no in range(DEATHS):
            for i in range(gap):
                name = f"k{no}-{i}"
                try:
                    runs[name] = start(client, name)
                except (Refused, TypeError):
                    pass            # heard before the crash, its id was not
            if no % 4 == 3:
                server.kill_all()
                server.start()
            elif no % 4 == 2:
                os.kill(server.pid(), signal.SIGHUP)
            else:
                os.kill(rng.choice(server.workers()), signal.SIGKILL)
            time.sleep(rng.uniform(0, 0.4))
        until, left = time.time() + 60, set(runs)
        while left and time.time() < until:
            left = {name for name in left if client.insist(
                "DescribeWorkflowExecution", domain="d",
                execution={"workflowId": name, "runId": runs[name]})
                ["executionInfo"]["executionStatus"] == "OPEN"}
            time.sleep(0.2)
        tap.ok(not left, f"{len(runs)} workflows over {DEATHS} deaths and "
               f"reloads all end: {sorted(left)[:3]}")
        faults = {name: faults_of(history(client, name, run))
                  for name, run in runs.items() if name not in left}
        faults = {name: fault for name, fault in faults.items() if fault}
        tap.ok(not faults, f"their histories are whole: {list(faults.items())[:3]}")
        for thread in deciders + workers:
            thread.quit = True
        refused = [fault for decider in deciders for fault in decider.faults]
        tap.ok(not refused, f"no decision was refused: {refused[:2]}")
        alarms = server.alarms()
        tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))


def reload():
    with Server(workers=2, limits="cloudflow_swf_poll 20s;") as server:
        client = Client(server.start().port)
        prepare(client)
        pollers = [Poller(server.port) for _ in range(20)]
        time.sleep(0.5)
        began = time.time()
        os.kill(server.pid(), signal.SIGHUP)
        for poller in pollers:
            poller.join(15)
        tap.ok(all(p.got == {"startedEventId": 0} for p in pollers)
               and time.time() - began < 10,
               "at a reload parked polls are answered, with nothing: "
               f"{[p.got for p in pollers][:2]}")


transcripts()
parked()
deaths()
reload()
sys.exit(tap.done())
