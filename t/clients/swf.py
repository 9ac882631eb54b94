"""A client of Amazon SWF, unmodified, against a running server:

    swf.py CLIENT PROFILE      CLIENT: one of aws_drivers.DRIVERS

The same story through each: every operation that the client knows must have
been answered well before it ends.  AWS_ENDPOINT_URL_SWF, region and keys
(profiles of a credentials file) are set by who starts this."""

import os
import re
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "e2e"))
from aws_drivers import DRIVERS, Refused  # noqa: E402
from server import Tap  # noqa: E402

OPERATIONS = os.path.join(os.path.dirname(TOP), "src", "wire",
                          "aws_swf_operations.def")
ARN = "arn:aws:swf:eu-central-1:123456789012:/domain/"
EVER = {"oldestDate": 0}
GIVEN = "a b+c*d~e/\u00e9=&%\U0001f600"
NEVER = {"defaultTaskScheduleToStartTimeout": "NONE",
         "defaultTaskScheduleToCloseTimeout": "NONE",
         "defaultTaskStartToCloseTimeout": "NONE",
         "defaultTaskHeartbeatTimeout": "NONE"}
DEFAULTS = {"defaultTaskStartToCloseTimeout": "60",
            "defaultExecutionStartToCloseTimeout": "600",
            "defaultTaskList": {"name": "dl"},
            "defaultChildPolicy": "TERMINATE"}


def decision(kind, **attributes):
    member = kind[0].lower() + kind[1:] + "DecisionAttributes"
    return {"decisionType": kind, member: attributes}


def activity(name):
    return decision("ScheduleActivityTask", activityId=name, input=GIVEN,
                    activityType={"name": "act", "version": "1"})


def attributes(event):
    kind = event["eventType"]
    return event[kind[0].lower() + kind[1:] + "EventAttributes"]


def types(events):
    return [event["eventType"] for event in events]


class Story:
    def __init__(self, driver, profile):
        self.driver, self.profile = driver, profile
        self.domain = f"{driver.__class__.__name__.lower()}-{os.getpid()}"
        self.answered, self.run = set(), None
        self.tap = Tap()

    def call(self, operation, **params):
        try:
            answer = self.driver.call(operation, params, self.profile)
        except Refused as e:
            e.args = (f"{operation}: {e}",)
            raise
        self.answered.add(operation)
        return answer

    def here(self, operation, **params):
        """In the domain of this story."""
        return self.call(operation, domain=self.domain, **params)

    def ok(self, condition, name, got=None):
        if not self.tap.ok(condition, f"{self.driver.name}: {name}"):
            self.tap.note(f"got {got!r}")

    def equal(self, got, want, name):
        self.ok(got == want, name, got)

    def refused(self, code, message, operation, profile=None, typed=True,
                **params):
        """Refused by this error, which the client has a class for."""
        name = f"{operation}: {code}"
        try:
            answer = self.driver.call(operation, params,
                                      profile or self.profile)
        except Refused as e:
            self.ok(e.code == code and e.message == message
                    and (e.typed or not typed) and e.status in (None, 400),
                    name, (e.code, e.message, e.typed, e.status))
        else:
            self.ok(False, name, answer)

    def pages(self, operation, member, **params):
        rows, token = [], {}
        while True:
            answer = self.call(operation, **token, **params)
            rows += answer[member]
            if not answer.get("nextPageToken"):
                return rows
            token = {"nextPageToken": answer["nextPageToken"]}

    def start(self, name, version="1", **more):
        return {"workflowId": name, "runId": self.here(
            "StartWorkflowExecution", workflowId=name,
            workflowType={"name": "wf", "version": version},
            **more)["runId"]}

    def polled(self, tasks="dl", **more):
        return self.here("PollForDecisionTask", taskList={"name": tasks},
                         **more)

    def decide(self, *decisions, tasks="dl", **more):
        task = self.polled(tasks)
        self.answer(task, *decisions, **more)
        return task

    def answer(self, task, *decisions, **more):
        self.call("RespondDecisionTaskCompleted", taskToken=task["taskToken"],
                  decisions=list(decisions), **more)

    def work(self):
        return self.here("PollForActivityTask", taskList={"name": "al"},
                         identity="worker")

    def described(self, execution):
        return self.here("DescribeWorkflowExecution", execution=execution)

    def closed(self, execution):
        info = self.described(execution)["executionInfo"]
        return info["executionStatus"], info.get("closeStatus")

    def history(self, execution, **more):
        return self.pages("GetWorkflowExecutionHistory", "events",
                          domain=self.domain, execution=execution, **more)


def domains(story):
    name = story.domain
    arn = ARN + name
    story.call("RegisterDomain", name=name, description="d \u00e9",
               workflowExecutionRetentionPeriodInDays="1",
               tags=[{"key": "team", "value": "a + b"}])
    story.refused("DomainAlreadyExistsFault", name, "RegisterDomain",
                  name=name, workflowExecutionRetentionPeriodInDays="1")
    seen = story.call("DescribeDomain", name=name)
    story.equal((seen["domainInfo"], seen["configuration"]),
                ({"name": name, "status": "REGISTERED",
                  "description": "d \u00e9", "arn": arn},
                 {"workflowExecutionRetentionPeriodInDays": "1"}),
                "DescribeDomain")
    story.refused("UnknownResourceFault", f"Unknown domain: {name}x",
                  "DescribeDomain", name=name + "x")
    story.call("TagResource", resourceArn=arn, tags=[
        {"key": "team", "value": "\u00e9"}, {"key": "cost", "value": ""}])
    story.call("UntagResource", resourceArn=arn, tagKeys=["team", "none"])
    story.equal(story.call("ListTagsForResource", resourceArn=arn)["tags"],
                [{"key": "cost", "value": ""}], "ListTagsForResource")

    others = [f"{name}-{end}" for end in "abc"]
    for other in others:
        story.call("RegisterDomain", name=other,
                   workflowExecutionRetentionPeriodInDays="NONE")
        story.call("DeprecateDomain", name=other)
    story.refused("DomainDeprecatedFault", others[0], "DeprecateDomain",
                  name=others[0])
    story.equal([one["name"] for one in story.pages(
        "ListDomains", "domainInfos", registrationStatus="DEPRECATED",
        maximumPageSize=2, reverseOrder=True)
        if one["name"].startswith(name + "-")], others[::-1],
        "ListDomains: in pages, in reverse")
    story.call("UndeprecateDomain", name=others[0])
    story.refused("DomainAlreadyExistsFault", others[0], "UndeprecateDomain",
                  name=others[0])


def registrations(story):
    """What is said of workflow types is said of activity types too."""
    domain = story.domain
    for kind, defaults in ("Workflow", DEFAULTS), ("Activity", dict(
            NEVER, defaultTaskList={"name": "al"})):
        name = "wf" if kind == "Workflow" else "act"
        member = kind.lower() + "Type"
        first = {member: {"name": name, "version": "1"}}
        second = {member: {"name": name, "version": "2"}}
        shown = f"{kind}Type=[name={name}, version=%d]"
        story.here(f"Register{kind}Type", name=name, version="1",
                   description="t", **defaults)
        story.here(f"Register{kind}Type", name=name, version="2")
        story.refused("TypeAlreadyExistsFault", shown % 1,
                      f"Register{kind}Type", domain=domain, name=name,
                      version="1")
        seen = story.here(f"Describe{kind}Type", **first)
        story.equal((seen["typeInfo"][member], seen["typeInfo"]["status"],
                     bool(seen["typeInfo"]["creationDate"]),
                     seen["configuration"]),
                    (first[member], "REGISTERED", True, defaults),
                    f"Describe{kind}Type")
        story.equal(story.here(f"Describe{kind}Type", **second)
                    ["configuration"], {},
                    f"Describe{kind}Type: without defaults")
        story.equal([one[member]["version"] for one in story.pages(
            f"List{kind}Types", "typeInfos", domain=domain, name=name,
            registrationStatus="REGISTERED", maximumPageSize=1)], ["1", "2"],
            f"List{kind}Types: in pages")
        story.refused("TypeNotDeprecatedFault", shown % 2,
                      f"Delete{kind}Type", domain=domain, **second)
        story.here(f"Deprecate{kind}Type", **second)
        story.refused("TypeDeprecatedFault", shown % 2,
                      f"Deprecate{kind}Type", domain=domain, **second)
        story.here(f"Undeprecate{kind}Type", **second)
        story.refused("TypeAlreadyExistsFault", shown % 2,
                      f"Undeprecate{kind}Type", domain=domain, **second)
        story.here(f"Deprecate{kind}Type", **second)
        story.ok(story.here(f"Describe{kind}Type", **second)["typeInfo"]
                 .get("deprecationDate"), f"Deprecate{kind}Type")
        story.here(f"Delete{kind}Type", **second)
        story.refused("UnknownResourceFault", "Unknown type: " + shown % 2,
                      f"Describe{kind}Type", domain=domain, **second)


def beginning(story):
    """A run is started, signaled and decided on."""
    domain = story.domain
    run = story.run = story.start("order", input=GIVEN, tagList=["red", "big"])
    again = dict(domain=domain, workflowId="order",
                 workflowType={"name": "wf", "version": "1"})
    story.refused("WorkflowExecutionAlreadyStartedFault", "Already Started",
                  "StartWorkflowExecution", **again)
    story.refused("UnknownResourceFault",
                  "Unknown type: WorkflowType=[name=wf, version=2]",
                  "StartWorkflowExecution", **dict(
                      again, workflowType={"name": "wf", "version": "2"}))
    story.here("RegisterWorkflowType", name="wf", version="3")
    story.refused("DefaultUndefinedFault", "executionStartToCloseTimeout",
                  "StartWorkflowExecution", **dict(
                      again, workflowType={"name": "wf", "version": "3"},
                      workflowId="other"))
    story.here("SignalWorkflowExecution", workflowId="order",
               signalName="more", input=GIVEN)
    story.equal(story.here("CountPendingDecisionTasks",
                           taskList={"name": "dl"})["count"], 1,
                "CountPendingDecisionTasks")
    task = story.polled(identity="decider \u00e9", maximumPageSize=3)
    more = story.polled(identity="decider \u00e9", maximumPageSize=3,
                        nextPageToken=task["nextPageToken"])
    events = task["events"] + more["events"]
    story.equal((task["workflowExecution"], task["workflowType"],
                 task["startedEventId"], task["previousStartedEventId"],
                 types(events), attributes(events[0])["input"],
                 attributes(events[2])["input"],
                 attributes(events[3]).get("identity")),
                (run, {"name": "wf", "version": "1"}, 4, 0,
                 ["WorkflowExecutionStarted", "DecisionTaskScheduled",
                  "WorkflowExecutionSignaled", "DecisionTaskStarted"],
                 GIVEN, GIVEN, "decider \u00e9"),
                "PollForDecisionTask: in pages")
    story.equal((more["taskToken"], more.get("nextPageToken")),
                (task["taskToken"], None),
                "PollForDecisionTask: the second page is of the same task")
    token = {"taskToken": task["taskToken"]}
    story.refused("ValidationException", "Close must be last decision in list",
                  "RespondDecisionTaskCompleted", typed=False, decisions=[
                      decision("CompleteWorkflowExecution"),
                      decision("RecordMarker", markerName="m")], **token)
    story.answer(
        task, activity("charge"), decision("RecordMarker", markerName="note",
                                           details=GIVEN),
        decision("StartTimer", timerId="slow", startToFireTimeout="600"),
        decision("StartChildWorkflowExecution", workflowId="kid",
                 workflowType={"name": "wf", "version": "1"},
                 taskList={"name": "kids"}, control="c"),
        executionContext="seen 1")
    story.refused("UnknownResourceFault",
                  "Unknown decision task, scheduledEventId = 2",
                  "RespondDecisionTaskCompleted", **token)
    seen = story.described(run)
    story.equal((seen["latestExecutionContext"],
                 {name: seen["openCounts"][name] for name in (
                     "openActivityTasks", "openTimers")},
                 seen["executionInfo"]["tagList"],
                 seen["executionInfo"]["cancelRequested"],
                 seen["executionConfiguration"]),
                ("seen 1", {"openActivityTasks": 1, "openTimers": 1},
                 ["red", "big"], False,
                 {"taskStartToCloseTimeout": "60",
                  "executionStartToCloseTimeout": "600",
                  "taskList": {"name": "dl"}, "childPolicy": "TERMINATE"}),
                "DescribeWorkflowExecution")


def workers(story):
    """Activities complete, fail and are canceled."""
    story.equal(story.here("CountPendingActivityTasks",
                           taskList={"name": "al"})["count"], 1,
                "CountPendingActivityTasks")
    task = story.work()
    story.equal((task["activityId"], task["input"], task["activityType"],
                 task["workflowExecution"]),
                ("charge", GIVEN, {"name": "act", "version": "1"}, story.run),
                "PollForActivityTask")
    token = {"taskToken": task["taskToken"]}
    story.equal(story.call("RecordActivityTaskHeartbeat", details="1/2",
                           **token)["cancelRequested"], False,
                "RecordActivityTaskHeartbeat")
    story.call("RespondActivityTaskCompleted", result=GIVEN, **token)
    story.refused("UnknownResourceFault",
                  "Unknown activity, scheduledEventId = "
                  "6",
                  "RespondActivityTaskCompleted", **token)
    story.refused("ValidationException", "Invalid token", typed=False,
                  operation="RespondActivityTaskCompleted",
                  taskToken="nonsense")
    story.decide(activity("bad"), decision("CancelTimer", timerId="slow"))
    story.call("RespondActivityTaskFailed", taskToken=story.work()["taskToken"],
               reason="Refused", details="too dear & late")
    story.decide(activity("long"), decision(
        "SignalExternalWorkflowExecution", workflowId="kid",
        signalName="hurry", input=GIVEN, control="c"))
    token = {"taskToken": story.work()["taskToken"]}
    story.decide(decision("RequestCancelActivityTask", activityId="long"))
    story.equal(story.call("RecordActivityTaskHeartbeat", **token)
                ["cancelRequested"], True,
                "RecordActivityTaskHeartbeat: cancel requested")
    story.call("RespondActivityTaskCanceled", details="rolled back", **token)


def ending(story):
    """The child sees its signal and ends, then its parent."""
    task = story.decide(decision("CompleteWorkflowExecution", result="kid"),
                        tasks="kids")
    signal = [attributes(event) for event in task["events"]
              if event["eventType"] == "WorkflowExecutionSignaled"][0]
    story.equal((signal["signalName"], signal["input"],
                 signal["externalWorkflowExecution"],
                 attributes(task["events"][0])["parentWorkflowExecution"]),
                ("hurry", GIVEN, story.run, story.run),
                "SignalExternalWorkflowExecution: reaches the child")
    until = time.monotonic() + 20
    while "ChildWorkflowExecutionCompleted" not in types(
            story.history(story.run, reverseOrder=True, maximumPageSize=3)) \
            and time.monotonic() < until:
        time.sleep(0.05)
    story.decide(decision("CompleteWorkflowExecution", result=GIVEN))
    events = story.history(story.run, maximumPageSize=15)
    story.equal([event["eventId"] for event in events],
                list(range(1, len(events) + 1)),
                "GetWorkflowExecutionHistory: in pages")
    story.equal(events, story.history(story.run, maximumPageSize=20,
                                      reverseOrder=True)[::-1],
                "GetWorkflowExecutionHistory: in reverse")
    by_type = {event["eventType"]: attributes(event) for event in events}
    story.ok({"ActivityTaskScheduled", "ActivityTaskStarted",
              "ActivityTaskCompleted", "ActivityTaskFailed",
              "ActivityTaskCancelRequested", "ActivityTaskCanceled",
              "TimerStarted", "TimerCanceled", "MarkerRecorded",
              "StartChildWorkflowExecutionInitiated",
              "ChildWorkflowExecutionStarted",
              "ChildWorkflowExecutionCompleted",
              "SignalExternalWorkflowExecutionInitiated",
              "ExternalWorkflowExecutionSignaled"} < set(by_type),
             "GetWorkflowExecutionHistory: all that happened", types(events))
    story.equal((by_type["MarkerRecorded"]["details"],
                 by_type["ActivityTaskCompleted"]["result"],
                 by_type["ActivityTaskFailed"]["reason"],
                 by_type["ActivityTaskFailed"]["details"],
                 by_type["ActivityTaskCanceled"]["details"],
                 by_type["ChildWorkflowExecutionCompleted"]["result"],
                 events[-1]["eventType"],
                 by_type["WorkflowExecutionCompleted"]["result"]),
                (GIVEN, GIVEN, "Refused", "too dear & late", "rolled back",
                 "kid", "WorkflowExecutionCompleted", GIVEN),
                "GetWorkflowExecutionHistory: attributes")


def other_ends(story):
    """Canceled, failed, terminated, continued; then lists and counts."""
    domain = story.domain
    run = story.start("dropped")
    story.here("RequestCancelWorkflowExecution", **run)
    story.equal(story.described(run)["executionInfo"]["cancelRequested"],
                True, "RequestCancelWorkflowExecution")
    story.decide(decision("CancelWorkflowExecution", details="d"))
    story.equal(story.closed(run), ("CLOSED", "CANCELED"),
                "CancelWorkflowExecution")
    story.refused("UnknownResourceFault", "Unknown execution: "
                  "WorkflowExecution=[workflowId=dropped, "
                  f"runId={run['runId']}]", "SignalWorkflowExecution",
                  domain=domain, signalName="s", **run)
    run = story.start("again", input="1")
    story.decide(decision("ContinueAsNewWorkflowExecution", input="2",
                          tagList=["blue"]))
    last = story.history(run)[-1]
    story.equal((story.closed(run), attributes(last)["input"]),
                (("CLOSED", "CONTINUED_AS_NEW"), "2"),
                "ContinueAsNewWorkflowExecution")
    story.here("TerminateWorkflowExecution", workflowId="again",
               reason="enough", details=GIVEN, childPolicy="ABANDON")
    story.refused("UnknownResourceFault",
                  "Unknown execution, workflowId = again",
                  "TerminateWorkflowExecution", domain=domain,
                  workflowId="again")
    story.equal(story.closed({"workflowId": "again", "runId": attributes(
        last)["newExecutionRunId"]}), ("CLOSED", "TERMINATED"),
        "TerminateWorkflowExecution")
    seen = story.polled("nobody")
    story.equal((seen.get("taskToken"), seen["startedEventId"]), (None, 0),
                "PollForDecisionTask: nothing comes")


def lists(story):
    domain = story.domain
    for name in "open1", "open2", "open3":
        story.start(name, tagList=["t-" + name])
    story.equal([one["execution"]["workflowId"] for one in story.pages(
        "ListOpenWorkflowExecutions", "executionInfos", domain=domain,
        startTimeFilter=EVER, maximumPageSize=2)],
        ["open3", "open2", "open1"], "ListOpenWorkflowExecutions: in pages")

    def closed(**more):
        return [one["execution"]["workflowId"] for one in story.here(
            "ListClosedWorkflowExecutions", **more)["executionInfos"]]

    story.equal(closed(closeTimeFilter=EVER, reverseOrder=True),
                ["kid", "order", "dropped", "again", "again"],
                "ListClosedWorkflowExecutions: by close time, in reverse")
    story.equal(closed(startTimeFilter=EVER,
                       closeStatusFilter={"status": "COMPLETED"}),
                ["kid", "order"],
                "ListClosedWorkflowExecutions: by status")
    story.equal(closed(startTimeFilter=EVER, tagFilter={"tag": "red"}),
                ["order"], "ListClosedWorkflowExecutions: by tag")
    story.equal(closed(startTimeFilter={"oldestDate": 0, "latestDate": 1}),
                [], "ListClosedWorkflowExecutions: long ago")
    story.equal([story.here(
        "CountOpenWorkflowExecutions", startTimeFilter=EVER,
        executionFilter={"workflowId": "open2"})["count"], story.here(
            "CountClosedWorkflowExecutions", closeTimeFilter=EVER, typeFilter={
                "name": "wf", "version": "1"})["count"]], [1, 5],
        "CountOpen- and CountClosedWorkflowExecutions")
    story.refused("ValidationException", "Must specify time filter",
                  "CountClosedWorkflowExecutions", typed=False, domain=domain)


def keys(story):
    """Profiles that the server must, and must not, let in."""
    name = story.domain
    for profile in "plain", "swf", "swf-reader":
        answer = story.driver.call("DescribeDomain", {"name": name}, profile)
        story.equal(answer["domainInfo"]["name"], name, f"{profile}: let in")
    for profile, code in (("wrong", "InvalidSignatureException"),
                          ("nobody", "UnrecognizedClientException"),
                          ("no-token", "UnrecognizedClientException"),
                          ("expired", "ExpiredTokenException"),
                          ("swf-reader", "OperationNotPermittedFault")):
        try:
            got = story.driver.call("DeprecateDomain", {"name": name}, profile)
        except Refused as e:
            got = e.code
            story.ok(e.typed or code != "OperationNotPermittedFault",
                     f"{profile}: the client has a class for it", e)
        story.equal(got, code, f"{profile}: DeprecateDomain is refused")
    for profile in "swf", "swf-reader":
        for forbidden in name, "forbidden-" + name:
            if profile == "swf" and forbidden == name:
                continue
            try:
                got = story.driver.call("RegisterDomain", {
                    "name": forbidden,
                    "workflowExecutionRetentionPeriodInDays": "1"}, profile)
            except Refused as e:
                got = e.code
            story.equal(got, "OperationNotPermittedFault",
                        f"{profile}: its policy counts for {forbidden}")


def main(client, profile):
    driver = DRIVERS[client]("swf", os.environ["AWS_ENDPOINT_URL_SWF"])
    story = Story(driver, profile)
    parts = [domains, registrations, beginning, workers, ending, other_ends,
             lists]
    if os.environ.get("CLOUDFLOW_SIGNED"):
        parts.append(keys)
    for part in parts:
        try:
            part(story)
        except Exception as e:
            story.ok(False, f"{part.__name__}: the story breaks off: "
                     + f"{type(e).__name__} {e}".replace("\n", " "))
    with open(OPERATIONS) as f:
        offered = set(re.findall(r"^OPERATION\((\w+)", f.read(), re.M))
    known = driver.operations
    # Earlier clients know fewer, none knows one that is not there.
    story.ok(len(offered) == 39 and len(known) >= 37 and known <= offered,
             f"knows {len(known)} of 39 operations", known ^ offered)
    for operation in sorted(known):
        story.ok(operation in story.answered, f"{operation} was answered")
    driver.close()
    return story.tap.done()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
