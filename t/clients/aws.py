"""A client of AWS Step Functions, unmodified, against a running server:

    aws.py CLIENT PORT PROFILE      CLIENT: as aws_drivers.py names them

The same story through each: every operation that the client knows must have
been answered well before it ends.  AWS_ENDPOINT_URL_SFN, region and keys
(profiles of a credentials file) are set by who starts this."""

import json
import os
import sys
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "e2e"))
from aws_drivers import DRIVERS, Refused  # noqa: E402
from server import Tap  # noqa: E402

ROLE = "arn:aws:iam::123456789012:role/r"
ARN = "arn:aws:states:eu-central-1:123456789012:"
# The client puts "sync-" before the host of these.
SYNC = {"StartSyncExecution", "TestState"}


def machine(**states):
    """States by name, the first of them the start."""
    return json.dumps({"StartAt": next(iter(states)), "States": states})


PASSING = machine(Greet={
    "Type": "Pass", "End": True,
    "Parameters": {"text.$": "States.Format('hello {}', $.who)"}})
WAITING = machine(Pause={"Type": "Wait", "Seconds": 3600, "Next": "After"},
                  After={"Type": "Succeed"})
FAILING = machine(Refuse={"Type": "Fail", "Error": "Nobody",
                          "Cause": "is there & waits"})


class Story:
    def __init__(self, driver, profile):
        self.driver, self.profile = driver, profile
        self.name = f"{driver.__class__.__name__.lower()}_{os.getpid()}"
        self.answered = set()
        self.tap = Tap()

    def knows(self, operation):
        return operation in self.driver.operations

    def call(self, operation, **params):
        try:
            answer = self.driver.call(operation, params, self.profile,
                                      operation in SYNC)
        except Refused as e:
            e.args = (f"{operation}: {e}",)
            raise
        self.answered.add(operation)
        return answer

    def ok(self, condition, name, got=None):
        if not self.tap.ok(condition, f"{self.driver.name}: {name}"):
            self.tap.note(f"got {got!r}")

    def equal(self, got, want, name):
        self.ok(got == want, name, got)

    def refused(self, code, text, operation, typed=True, profile=None,
                **params):
        """Refused by this error, which the client has a class for."""
        name = f"{operation}: {code}"
        try:
            answer = self.driver.call(operation, params,
                                      profile or self.profile,
                                      operation in SYNC)
        except Refused as e:
            self.ok(e.code == code and text in e.message
                    and (e.typed or not typed) and e.status in (None, 400),
                    name, (e.code, e.message, e.typed, e.status))
        else:
            self.ok(False, name, answer)

    def pages(self, operation, member, **params):
        rows, token = [], {}
        while True:
            answer = self.call(operation, **token, **params)
            rows += answer[member]
            if not answer.get("nextToken"):
                return rows
            token = {"nextToken": answer["nextToken"]}

    def create(self, name, definition, **more):
        return self.call("CreateStateMachine", name=name, roleArn=ROLE,
                         definition=definition, **more)["stateMachineArn"]

    def start(self, arn, name, given, **more):
        return self.call("StartExecution", stateMachineArn=arn, name=name,
                         input=json.dumps(given), **more)["executionArn"]

    def until(self, ready, operation, **params):
        """The answer that is as it should be; the last one otherwise."""
        end = time.monotonic() + 30
        while True:
            answer = self.call(operation, **params)
            if ready(answer) or time.monotonic() > end:
                return answer
            time.sleep(0.05)

    def ended(self, arn):
        return self.until(lambda seen: seen["status"] != "RUNNING",
                          "DescribeExecution", executionArn=arn)

    def events(self, arn, **more):
        return self.pages("GetExecutionHistory", "events", executionArn=arn,
                          **more)

    def next_task(self, arn):
        """Token and input of the next task of this activity."""
        task = self.call("GetActivityTask", activityArn=arn, workerName="w")
        return task["taskToken"], json.loads(task["input"])

    def working(self, activity, **more):
        return dict({"Type": "Task", "Resource": activity, "End": True},
                    **more)


def machines(story):
    name = story.name
    tags = [{"key": "team", "value": "a + b"}]
    arn = story.create(name, PASSING, tags=tags)
    story.equal(arn, f"{ARN}stateMachine:{name}", "CreateStateMachine")
    story.equal(story.create(name, PASSING, tags=tags), arn,
                "CreateStateMachine: the same again is no error")
    story.refused("StateMachineAlreadyExists", arn, "CreateStateMachine",
                  name=name, definition=WAITING, roleArn=ROLE)
    story.refused("InvalidDefinition", "", "CreateStateMachine",
                  name=name + "_x", definition="{}", roleArn=ROLE)
    story.refused("InvalidName", "", "CreateStateMachine", name="a b",
                  definition=PASSING, roleArn=ROLE)
    story.refused("InvalidArn", "", "DescribeStateMachine",
                  stateMachineArn="nonsense")
    story.refused("StateMachineDoesNotExist", arn + "x",
                  "DescribeStateMachine", stateMachineArn=arn + "x")
    seen = story.call("DescribeStateMachine", stateMachineArn=arn)
    story.equal((seen["name"], seen["definition"], seen["roleArn"],
                 seen["type"], seen["status"],
                 seen["loggingConfiguration"]["level"],
                 bool(seen["creationDate"])),
                (name, PASSING, ROLE, "STANDARD", "ACTIVE", "OFF", True),
                "DescribeStateMachine")
    changed = story.call("UpdateStateMachine", stateMachineArn=arn,
                         definition=WAITING, roleArn=ROLE + "2")
    story.ok(changed.get("updateDate"), "UpdateStateMachine", changed)
    seen = story.call("DescribeStateMachine", stateMachineArn=arn)
    story.equal((seen["definition"], seen["roleArn"]), (WAITING, ROLE + "2"),
                "UpdateStateMachine: is shown")
    story.refused("MissingRequiredParameter", "", "UpdateStateMachine",
                  stateMachineArn=arn)

    more = [story.create(f"{name}_{end}", PASSING) for end in "abc"]
    own = [one["stateMachineArn"] for one in story.pages(
        "ListStateMachines", "stateMachines", maxResults=2)
        if one["name"].startswith(name)]
    story.equal(sorted(own), sorted([arn] + more),
                "ListStateMachines: in pages")
    story.refused("InvalidToken", "", "ListStateMachines",
                  nextToken="nonsense")
    for one in more + [arn]:
        story.call("DeleteStateMachine", stateMachineArn=one)
    story.refused("StateMachineDoesNotExist", more[0],
                  "StartExecution", stateMachineArn=more[0])


def tags(story):
    arn = story.create(story.name + "_tags", PASSING,
                       tags=[{"key": "team", "value": "a + b"}])

    def seen():
        return {one["key"]: one["value"] for one in story.call(
            "ListTagsForResource", resourceArn=arn)["tags"]}

    story.equal(seen(), {"team": "a + b"}, "ListTagsForResource")
    story.call("TagResource", resourceArn=arn, tags=[
        {"key": "team", "value": "\u00e9"}, {"key": "cost", "value": ""}])
    story.equal(seen(), {"team": "\u00e9", "cost": ""}, "TagResource")
    story.call("UntagResource", resourceArn=arn, tagKeys=["team"])
    story.equal(seen(), {"cost": ""}, "UntagResource")
    story.refused("ResourceNotFound", arn + "x", "TagResource",
                  resourceArn=arn + "x", tags=[{"key": "a", "value": "b"}])
    story.refused("TooManyTags", "", "TagResource", resourceArn=arn,
                  tags=[{"key": f"k{i}", "value": "v"} for i in range(60)])
    story.call("DeleteStateMachine", stateMachineArn=arn)


def versions(story):
    if not story.knows("PublishStateMachineVersion"):
        return
    arn = story.create(story.name + "_versions", PASSING)
    made = [story.call("PublishStateMachineVersion", stateMachineArn=arn,
                       description="a + b")["stateMachineVersionArn"]]
    for definition in WAITING, FAILING:
        made.append(story.call(
            "UpdateStateMachine", stateMachineArn=arn, publish=True,
            definition=definition)["stateMachineVersionArn"])
    story.equal(made, [f"{arn}:{i}" for i in (1, 2, 3)],
                "PublishStateMachineVersion")
    story.equal([one["stateMachineVersionArn"] for one in story.pages(
        "ListStateMachineVersions", "stateMachineVersions",
        stateMachineArn=arn, maxResults=2)], made[::-1],
        "ListStateMachineVersions: in pages")
    seen = story.call("DescribeStateMachine", stateMachineArn=made[0])
    story.equal((seen["stateMachineArn"], seen["definition"],
                 seen["description"]), (made[0], PASSING, "a + b"),
                "DescribeStateMachine: a version")
    story.refused("ConflictException", "", "PublishStateMachineVersion",
                  stateMachineArn=arn, revisionId="nonsense")
    aliases(story, arn, made)
    story.call("DeleteStateMachineVersion", stateMachineVersionArn=made[2])
    story.refused("StateMachineDoesNotExist", made[2], "DescribeStateMachine",
                  stateMachineArn=made[2])
    story.call("DeleteStateMachine", stateMachineArn=arn)


def aliases(story, arn, made):
    def routes(*weights):
        return [{"stateMachineVersionArn": version, "weight": weight}
                for version, weight in zip(made, weights)]

    alias = story.call("CreateStateMachineAlias", name="prod",
                       description="d", routingConfiguration=routes(30, 70)
                       )["stateMachineAliasArn"]
    story.equal(alias, arn + ":prod", "CreateStateMachineAlias")
    story.call("CreateStateMachineAlias", name="test",
               routingConfiguration=routes(100))
    story.refused("ConflictException", "", "CreateStateMachineAlias",
                  name="prod", routingConfiguration=routes(100))
    story.refused("ConflictException", "", "DeleteStateMachineVersion",
                  stateMachineVersionArn=made[0])
    seen = story.call("DescribeStateMachineAlias", stateMachineAliasArn=alias)
    story.equal((seen["name"], seen["description"],
                 seen["routingConfiguration"]), ("prod", "d", routes(30, 70)),
                "DescribeStateMachineAlias")
    story.call("UpdateStateMachineAlias", stateMachineAliasArn=alias,
               routingConfiguration=routes(100))
    seen = story.call("DescribeStateMachineAlias", stateMachineAliasArn=alias)
    story.equal((seen["description"], seen["routingConfiguration"]),
                ("d", routes(100)), "UpdateStateMachineAlias")
    story.equal(sorted(one["stateMachineAliasArn"] for one in story.pages(
        "ListStateMachineAliases", "stateMachineAliases", stateMachineArn=arn,
        maxResults=1)), [alias, arn + ":test"],
        "ListStateMachineAliases: in pages")
    began = story.start(alias, "through", {"who": "alias"})
    seen = story.ended(began)
    story.equal((seen["status"], seen.get("output"),
                 seen["stateMachineAliasArn"],
                 seen["stateMachineVersionArn"]),
                ("SUCCEEDED", '{"text":"hello alias"}', alias, made[0]),
                "StartExecution: through an alias")
    story.equal([one["name"] for one in story.pages(
        "ListExecutions", "executions", stateMachineArn=alias)], ["through"],
        "ListExecutions: of an alias")
    for one in alias, arn + ":test":
        story.call("DeleteStateMachineAlias", stateMachineAliasArn=one)
    story.refused("ResourceNotFound", "", "DescribeStateMachineAlias",
                  stateMachineAliasArn=alias)


def executions(story):
    arn = story.create(story.name + "_runs", PASSING)
    given = {"who": "a b+c*d~e/\u00e9=&%\U0001f600"}
    first = story.start(arn, "first", given)
    story.equal(first, f"{ARN}execution:{story.name}_runs:first",
                "StartExecution")
    seen = story.ended(first)
    story.equal((seen["name"], seen["status"], json.loads(seen["input"]),
                 json.loads(seen["output"]), seen["stateMachineArn"],
                 seen["startDate"] <= seen["stopDate"]),
                ("first", "SUCCEEDED", given,
                 {"text": "hello " + given["who"]}, arn, True),
                "DescribeExecution")
    seen = story.call("DescribeStateMachineForExecution", executionArn=first)
    story.equal((seen["stateMachineArn"], seen["definition"],
                 seen["roleArn"]), (arn, PASSING, ROLE),
                "DescribeStateMachineForExecution")
    story.refused("ExecutionAlreadyExists", first, "StartExecution",
                  stateMachineArn=arn, name="first", input='{"who":"x"}')
    story.refused("InvalidExecutionInput", "", "StartExecution",
                  stateMachineArn=arn, input="{")
    story.refused("ExecutionDoesNotExist", first + "x", "DescribeExecution",
                  executionArn=first + "x")

    rows = story.events(first, maxResults=2)
    story.equal([(one["id"], one["previousEventId"], one["type"])
                 for one in rows],
                [(1, 0, "ExecutionStarted"), (2, 0, "PassStateEntered"),
                 (3, 2, "PassStateExited"), (4, 3, "ExecutionSucceeded")],
                "GetExecutionHistory: in pages")
    story.equal((rows[1]["stateEnteredEventDetails"]["name"],
                 rows[3]["executionSucceededEventDetails"]["output"]),
                ("Greet", json.dumps({"text": "hello " + given["who"]},
                                     ensure_ascii=False,
                                     separators=(",", ":"))),
                "GetExecutionHistory: details")
    story.equal(story.events(first, maxResults=3, reverseOrder=True),
                rows[::-1], "GetExecutionHistory: in reverse")
    bare = story.events(first, includeExecutionData=False)
    story.ok("input" not in bare[0]["executionStartedEventDetails"],
             "GetExecutionHistory: without data", bare[0])
    story.call("DeleteStateMachine", stateMachineArn=arn)


def stops_and_lists(story):
    arn = story.create(story.name + "_long", WAITING)
    runs = []
    for i in range(4):
        runs.append(story.start(arn, f"long{i}", {}))
        time.sleep(0.002)
    stopped = story.call("StopExecution", executionArn=runs[1],
                         error="Enough", cause="late & dear")
    story.ok(stopped["stopDate"], "StopExecution", stopped)
    seen = story.ended(runs[1])
    story.equal((seen["status"], seen.get("error", "Enough"),
                 seen.get("cause", "late & dear")),
                ("ABORTED", "Enough", "late & dear"),
                "StopExecution: is shown")
    last = story.events(runs[1], maxResults=1, reverseOrder=True)[0]
    story.equal((last["type"], last["executionAbortedEventDetails"]),
                ("ExecutionAborted", {"error": "Enough",
                                      "cause": "late & dear"}),
                "StopExecution: is an event")

    def names(**more):
        return [one["name"] for one in story.pages(
            "ListExecutions", "executions", stateMachineArn=arn, **more)]

    story.equal(names(maxResults=2), ["long3", "long2", "long1", "long0"],
                "ListExecutions: in pages")
    story.equal(names(statusFilter="ABORTED"), ["long1"],
                "ListExecutions: of a status")
    story.refused("StateMachineDoesNotExist", arn + "x", "ListExecutions",
                  stateMachineArn=arn + "x")
    for one in runs:
        story.call("StopExecution", executionArn=one)
    story.call("DeleteStateMachine", stateMachineArn=arn)


def sync(story):
    arn = story.create(story.name + "_express", PASSING, type="EXPRESS")
    seen = story.call("StartSyncExecution", stateMachineArn=arn, name="one",
                      input='{"who":"express"}')
    story.equal((seen["status"], seen["output"], seen["name"],
                 seen["stateMachineArn"], seen["startDate"]
                 <= seen["stopDate"]),
                ("SUCCEEDED", '{"text":"hello express"}', "one", arn, True),
                "StartSyncExecution")
    story.ok(seen["executionArn"].startswith(
        f"{ARN}express:{story.name}_express:one:"),
        "StartSyncExecution: ARN", seen["executionArn"])
    lost = story.create(story.name + "_lost", FAILING, type="EXPRESS")
    seen = story.call("StartSyncExecution", stateMachineArn=lost)
    story.equal((seen["status"], seen["error"], seen["cause"]),
                ("FAILED", "Nobody", "is there & waits"),
                "StartSyncExecution: of one that fails")
    story.refused("StateMachineDoesNotExist", arn + "x",
                  "StartSyncExecution", stateMachineArn=arn + "x")
    standard = story.create(story.name + "_standard", PASSING)
    story.refused("StateMachineTypeNotSupported", "", "StartSyncExecution",
                  stateMachineArn=standard)
    for one in arn, lost, standard:
        story.call("DeleteStateMachine", stateMachineArn=one)


def activities(story):
    made = [story.call("CreateActivity", name=f"{story.name}_{end}")
            ["activityArn"] for end in "abc"]
    activity = made[0]
    story.equal(activity, f"{ARN}activity:{story.name}_a", "CreateActivity")
    story.equal(story.call("DescribeActivity", activityArn=activity)["name"],
                f"{story.name}_a", "DescribeActivity")
    story.equal(sorted(one["activityArn"] for one in story.pages(
        "ListActivities", "activities", maxResults=2)
        if one["name"].startswith(story.name + "_")), made,
        "ListActivities: in pages")

    arn = story.create(story.name + "_asks", machine(Ask=story.working(
        activity, HeartbeatSeconds=60)))
    got = {}
    worker = threading.Thread(target=lambda: got.update(
        zip(("token", "input"), story.next_task(activity))))
    worker.start()
    time.sleep(0.3)
    good = story.start(arn, "good", {"n": 1})
    worker.join()
    story.equal(got.get("input"), {"n": 1},
                "GetActivityTask: gets the task")
    story.call("SendTaskHeartbeat", taskToken=got["token"])
    story.refused("InvalidOutput", "", "SendTaskSuccess",
                  taskToken=got["token"], output="{")
    story.call("SendTaskSuccess", taskToken=got["token"],
               output='{"by":"\u00e9+&"}')
    seen = story.ended(good)
    story.equal((seen["status"], json.loads(seen.get("output", "null"))),
                ("SUCCEEDED", {"by": "\u00e9+&"}), "SendTaskSuccess")
    story.equal([one["type"] for one in story.events(good)],
                ["ExecutionStarted", "TaskStateEntered", "ActivityScheduled",
                 "ActivityStarted", "ActivitySucceeded", "TaskStateExited",
                 "ExecutionSucceeded"], "a worker: events")
    story.refused("TaskTimedOut", "", "SendTaskHeartbeat",
                  taskToken=got["token"])

    bad = story.start(arn, "bad", {})
    token, _ = story.next_task(activity)
    story.call("SendTaskFailure", taskToken=token, error="Refused",
               cause="too dear & late")
    seen = story.ended(bad)
    last = story.events(bad, reverseOrder=True, maxResults=1)[0]
    story.equal((seen["status"], last["executionFailedEventDetails"]),
                ("FAILED", {"error": "Refused", "cause": "too dear & late"}),
                "SendTaskFailure")
    story.refused("InvalidToken", "", "SendTaskSuccess",
                  taskToken="nonsense", output="{}")
    for one in made:
        story.call("DeleteActivity", activityArn=one)
    story.refused("ActivityDoesNotExist", activity, "DescribeActivity",
                  activityArn=activity)
    story.call("DeleteStateMachine", stateMachineArn=arn)


def redrive(story):
    if not story.knows("RedriveExecution"):
        return
    activity = story.call("CreateActivity", name=story.name + "_again"
                          )["activityArn"]
    arn = story.create(story.name + "_again", machine(
        Ask=story.working(activity)))
    run = story.start(arn, "one", {"n": 1})
    token, _ = story.next_task(activity)
    story.call("SendTaskFailure", taskToken=token, error="E")
    story.equal(story.ended(run)["redriveStatus"], "REDRIVABLE",
                "DescribeExecution: can be redriven")
    began = story.call("RedriveExecution", executionArn=run,
                       clientToken="once")
    story.ok(began["redriveDate"], "RedriveExecution", began)
    story.equal(story.call("RedriveExecution", executionArn=run,
                           clientToken="once"), began,
                "RedriveExecution: the same token")
    story.refused("ExecutionNotRedrivable", "Execution is RUNNING",
                  "RedriveExecution", executionArn=run)
    token, given = story.next_task(activity)
    story.equal(given, {"n": 1}, "RedriveExecution: the task runs again")
    story.call("SendTaskSuccess", taskToken=token, output='{"ok":true}')
    seen = story.ended(run)
    story.equal((seen["status"], seen.get("output"), seen["redriveCount"],
                 seen["redriveStatus"]),
                ("SUCCEEDED", '{"ok":true}', 1, "NOT_REDRIVABLE"),
                "RedriveExecution: to its end")
    story.equal([one["name"] for one in story.pages(
        "ListExecutions", "executions", stateMachineArn=arn,
        redriveFilter="REDRIVEN")], ["one"], "ListExecutions: REDRIVEN")
    story.refused("ExecutionNotRedrivable", "Execution is SUCCEEDED",
                  "RedriveExecution", executionArn=run)
    story.refused("ExecutionDoesNotExist", "", "RedriveExecution",
                  executionArn=run + "x")
    story.refused("InvalidArn", "", "RedriveExecution", executionArn=arn)
    story.ok("ExecutionRedriven" in [one["type"]
                                     for one in story.events(run)],
             "RedriveExecution: is an event")
    story.call("DeleteActivity", activityArn=activity)
    story.call("DeleteStateMachine", stateMachineArn=arn)


def map_runs(story):
    if not story.knows("ListMapRuns"):
        return
    activity = story.call("CreateActivity", name=story.name + "_items"
                          )["activityArn"]
    arn = story.create(story.name + "_map", machine(Each={
        "Type": "Map", "End": True, "ItemsPath": "$.items", "Label": "Each",
        "MaxConcurrency": 1, "ItemProcessor": dict(
            json.loads(machine(Ask=story.working(activity))),
            ProcessorConfig={"Mode": "DISTRIBUTED",
                             "ExecutionType": "STANDARD"})}))
    run = story.start(arn, "e", {"items": [0, 1, 2, 3]})
    token, item = story.next_task(activity)
    runs = story.pages("ListMapRuns", "mapRuns", executionArn=run)
    story.equal([(one["executionArn"], one["stateMachineArn"])
                 for one in runs], [(run, arn + "/Each")], "ListMapRuns")
    map_run = runs[0]["mapRunArn"]
    seen = story.call("DescribeMapRun", mapRunArn=map_run)
    counts = seen["itemCounts"]
    story.equal((seen["status"], seen["maxConcurrency"],
                 seen["toleratedFailureCount"], counts["total"],
                 counts["running"], counts["pending"]),
                ("RUNNING", 1, 0, 4, 1, 3), "DescribeMapRun: one of four")
    story.call("UpdateMapRun", mapRunArn=map_run, maxConcurrency=4,
               toleratedFailureCount=1)
    tasks = [(token, item)] + [story.next_task(activity) for _ in range(3)]
    story.equal(sorted(item for _, item in tasks), [0, 1, 2, 3],
                "UpdateMapRun: the others begin")
    for token, item in tasks:
        if item == 3:
            story.call("SendTaskFailure", taskToken=token, error="E")
        else:
            story.call("SendTaskSuccess", taskToken=token, output=str(item))
    seen = story.ended(run)
    story.equal(seen["status"], "SUCCEEDED",
                "UpdateMapRun: one failure is tolerated")
    seen = story.call("DescribeMapRun", mapRunArn=map_run)
    counts = seen["itemCounts"]
    story.equal((seen["status"], counts["succeeded"], counts["failed"],
                 seen["executionCounts"]["total"],
                 seen["startDate"] <= seen["stopDate"]),
                ("SUCCEEDED", 3, 1, 4, True), "DescribeMapRun: the end")
    story.equal(sorted(one["status"] for one in story.pages(
        "ListExecutions", "executions", mapRunArn=map_run)),
        ["FAILED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED"],
        "ListExecutions: of a map run")
    story.refused("ResourceNotFound", "", "DescribeMapRun",
                  mapRunArn=map_run[:-8] + "00000000")
    story.call("DeleteActivity", activityArn=activity)
    story.call("DeleteStateMachine", stateMachineArn=arn)


def trials(story):
    if not story.knows("TestState"):
        return
    state = json.loads(PASSING)["States"]["Greet"]
    seen = story.call("TestState", definition=json.dumps(state),
                      roleArn=ROLE, input='{"who":"test"}')
    story.equal((seen["status"], seen["output"]),
                ("SUCCEEDED", '{"text":"hello test"}'), "TestState")
    seen = story.call("TestState", definition=json.dumps(state),
                      roleArn=ROLE, input='{"who":"test"}',
                      inspectionLevel="DEBUG")
    story.equal(json.loads(seen["inspectionData"]["afterParameters"]),
                {"text": "hello test"}, "TestState: DEBUG")
    seen = story.call("TestState", roleArn=ROLE, input='{"n":1}',
                      definition=json.dumps({
                          "Type": "Choice", "Default": "Other", "Choices": [{
                              "Variable": "$.n", "NumericEquals": 1,
                              "Next": "One"}]}))
    story.equal((seen["status"], seen["nextState"]), ("SUCCEEDED", "One"),
                "TestState: a Choice")
    seen = story.call("TestState", roleArn=ROLE, definition=json.dumps(
        json.loads(FAILING)["States"]["Refuse"]))
    story.equal((seen["status"], seen["error"], seen["cause"]),
                ("FAILED", "Nobody", "is there & waits"),
                "TestState: of one that fails")
    story.refused("InvalidDefinition", "", "TestState", definition="{}",
                  roleArn=ROLE)


def newer(story):
    """Members that came with the later operations."""
    if not story.knows("ValidateStateMachineDefinition"):
        return
    arn = story.create(story.name + "_newer", PASSING)
    first = story.call("DescribeStateMachine", stateMachineArn=arn)
    changed = story.call("UpdateStateMachine", stateMachineArn=arn,
                         tracingConfiguration={"enabled": True})
    seen = story.call("DescribeStateMachine", stateMachineArn=arn)
    story.equal((seen["revisionId"], seen["tracingConfiguration"]),
                (changed["revisionId"], {"enabled": True}),
                "UpdateStateMachine: tracing, a new revision")
    story.ok(first.get("revisionId") != seen["revisionId"],
             "DescribeStateMachine: revisions differ", seen)
    run = story.start(arn, "one", {"who": "x"})
    story.ended(run)
    seen = story.call("DescribeExecution", executionArn=run,
                      includedData="METADATA_ONLY")
    story.equal((seen["status"], seen.get("input"), seen.get("output"),
                 seen["redriveCount"], seen["redriveStatus"]),
                ("SUCCEEDED", None, None, 0, "NOT_REDRIVABLE"),
                "DescribeExecution: metadata only")
    seen = story.call("DescribeStateMachineForExecution", executionArn=run,
                      includedData="METADATA_ONLY")
    story.equal((seen["stateMachineArn"], seen["revisionId"]),
                (arn, changed["revisionId"]),
                "DescribeStateMachineForExecution: metadata only")
    for how, names in ("NOT_REDRIVEN", ["one"]), ("REDRIVEN", []):
        story.equal([one["name"] for one in story.pages(
            "ListExecutions", "executions", stateMachineArn=arn,
            redriveFilter=how)], names, f"ListExecutions: {how}")
    story.refused("ValidationException", "1 validation error detected",
                  "StartExecution", stateMachineArn=arn, name="n" * 81)
    story.call("DeleteStateMachine", stateMachineArn=arn)


def checks(story):
    if not story.knows("ValidateStateMachineDefinition"):
        return
    seen = story.call("ValidateStateMachineDefinition", definition=PASSING)
    story.equal((seen["result"], seen["diagnostics"]), ("OK", []),
                "ValidateStateMachineDefinition")
    seen = story.call("ValidateStateMachineDefinition",
                      definition=machine(A={"Type": "Pass", "Next": "B"}))
    story.ok(seen["result"] == "FAIL" and all(
        one["severity"] == "ERROR" and one["code"] and one["message"]
        for one in seen["diagnostics"]) and seen["diagnostics"],
        "ValidateStateMachineDefinition: what is wrong", seen)


def keys(story):
    """Profiles that the server must, and must not, let in."""
    for profile in "plain", "sts":
        answer = story.driver.call("ListActivities", {"maxResults": 1},
                                   profile)
        story.ok("activities" in answer, f"{profile}: let in", answer)
    for profile, code in (("wrong", "InvalidSignatureException"),
                          ("nobody", "UnrecognizedClientException"),
                          ("no-token", "UnrecognizedClientException"),
                          ("other-token", "UnrecognizedClientException"),
                          ("expired", "ExpiredTokenException")):
        for operation, params in (("ListActivities", {}),
                                  ("StartSyncExecution", {
                                      "stateMachineArn":
                                      ARN + "stateMachine:x"})):
            try:
                got = story.driver.call(operation, params, profile,
                                        operation in SYNC)
            except Refused as e:
                got = e.code
            story.equal(got, code, f"{profile}: {operation} is refused")


def main(client, port, profile):
    driver = DRIVERS[client](
        os.environ["AWS_ENDPOINT_URL_SFN"], f"http://cloudflow.test:{port}",
        f"http://127.0.0.1:{port}")
    story = Story(driver, profile)
    parts = [machines, tags, versions, executions, stops_and_lists, sync,
             activities, redrive, map_runs, trials, checks, newer]
    if os.environ.get("CLOUDFLOW_SIGNED"):
        parts.append(keys)
    for part in parts:
        try:
            part(story)
        except Exception as e:
            story.ok(False, f"{part.__name__}: the story breaks off: "
                     + f"{type(e).__name__} {e}".replace("\n", " "))
    known = driver.operations
    story.ok(len(known) >= 20, f"knows {len(known)} operations", known)
    for operation in sorted(known):
        story.ok(operation in story.answered, f"{operation} was answered")
    driver.close()
    return story.tap.done()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
