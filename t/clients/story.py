"""The official Python client, unmodified, against a running server:

    story.py PORT ID SECRET [TOKEN]

It signs whatever the server demands (V1) and, unlike the generic clients,
reads every answer into a class of its own."""

import json
import os
import sys
import time
import urllib.request

from alibabacloud_fnf20190315 import models
from alibabacloud_fnf20190315.client import Client
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.runtime import RuntimeOptions

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "e2e"))
from server import Tap  # noqa: E402

PASSING = """Type: StateMachine
SpecVersion: v1
Name: f
StartAt: greet
States:
  - Type: Pass
    Name: greet
    OutputConstructor:
      text.$: format("hello {}", $Input.who)
    End: true
"""

WAITING = """version: v1
type: flow
steps:
  - type: wait
    name: pause
    duration: %d
  - type: pass
    name: after
    outputMappings:
      - target: who
        source: $input.who
"""

ASKING = """version: v1
type: flow
steps:
  - type: task
    name: greet
    resourceArn: acs:fc:::services/demo/functions/greet
  - type: task
    name: ask
    resourceArn: acs:fc:::services/demo/functions/keep
    pattern: waitForCallback
    inputMappings:
      - target: token
        source: $context.task.token
      - target: name
        source: $input.name
"""

MAPPING = """Type: StateMachine
SpecVersion: v1
Name: f
StartAt: Each
States:
  - Type: Map
    Name: Each
    ItemsPath: $Input.names
    MaxConcurrency: 1
    ProcessorConfig:
      ExecutionMode: Standard
    ItemConstructor:
      name.$: $Item
    Processor:
      StartAt: Ask
      States:
        - Type: Task
          Name: Ask
          Action: FC:InvokeFunction
          TaskMode: WaitForCustomCallback
          Parameters:
            resourceArn: acs:fc:cn:1:functions/keep
            body:
              token.$: $Context.Current.TaskToken
              name.$: $Input.name
          End: true
    End: true
"""

EXPRESS = """Type: StateMachine
SpecVersion: v1
Name: f
StartAt: which
States:
  - Type: Choice
    Name: which
    Branches:
      - Condition: $Input.who == "nobody"
        Next: refuse
    Default: greet
  - Type: Fail
    Name: refuse
    Code: Nobody
    Detail: is there
  - Type: Pass
    Name: greet
    OutputConstructor:
      text.$: format("hello {}", $Input.who)
    End: true
"""

NEVER = "1970-01-01T00:00:00Z"
RUNTIME = RuntimeOptions(read_timeout=70000, connect_timeout=5000,
                         autoretry=False)

tap = Tap()
called = set()  # what was answered well


def client(port, key_id, secret, token=None):
    return Client(Config(
        endpoint=f"127.0.0.1:{port}", protocol="http", access_key_id=key_id,
        access_key_secret=secret, security_token=token,
        type="sts" if token else "access_key"))


def pascal(name):
    return "".join(part.capitalize() for part in name.split("_"))


def call(who, action, /, **members):
    """create_flow, name=... -> the body of the typed answer."""
    request = getattr(models, pascal(action) + "Request")(**members)
    method = getattr(who, action + "_with_options")
    body = method(request, RUNTIME).body
    called.add(pascal(action))
    return body


def ok(condition, name, got=None):
    if not tap.ok(condition, "alibabacloud_fnf20190315: " + name):
        tap.note(f"got {got!r}")


def equal(got, want, name):
    ok(got == want, name, got)


def refused(who, name, status, code, message, action, /, **members):
    try:
        answer = call(who, action, **members)
    except Exception as e:
        got = (getattr(e, "status_code", None), getattr(e, "code", None),
               str(getattr(e, "message", e)))
        ok(got[0] == status and got[1] == code
           and (message is None or message in got[2]), name, got)
    else:
        ok(False, name, answer.to_map())


def pages(who, action, member, /, **members):
    everything, token = [], None
    while True:
        answer = call(who, action, next_token=token, **members)
        everything += getattr(answer, member)
        token = answer.next_token
        if not token:
            return everything


def flows(sdk, name):
    variable = models.CreateFlowRequestEnvironmentVariables(
        name="K", value="v + w", description="d")
    made = call(sdk, "create_flow", name=name, definition=PASSING,
                description="a + b", type="FDL", role_arn="acs:ram::1:role/r",
                environment=models.CreateFlowRequestEnvironment(
                    variables=[variable]))
    equal((made.name, made.definition, made.description, made.type,
           made.execution_mode, made.role_arn),
          (name, PASSING, "a + b", "FDL", "Standard", "acs:ram::1:role/r"),
          "create_flow")
    equal([one.to_map() for one in made.environment.variables],
          [{"Name": "K", "Value": "v + w", "Description": "d"}],
          "create_flow: environment")
    refused(sdk, "create_flow: the name is taken", 409, "FlowAlreadyExists",
            f"Flow '{name}' already exists.", "create_flow", name=name,
            definition=PASSING, description="x", type="FDL")
    seen = call(sdk, "describe_flow", name=name)
    equal((seen.id, seen.definition, seen.created_time),
          (made.id, made.definition, made.created_time), "describe_flow")
    refused(sdk, "describe_flow: no such flow", 404, "FlowNotExists",
            f"Flow '{name}x' does not exist.", "describe_flow",
            name=name + "x")
    changed = call(sdk, "update_flow", name=name, definition=WAITING % 1)
    equal((changed.definition, changed.description, changed.id),
          (WAITING % 1, "a + b", made.id), "update_flow")

    more = [name + "_" + end for end in "abc"]
    for one in more:
        call(sdk, "create_flow", name=one, definition=PASSING,
             description="", type="FDL")

    def own(rows):
        return [one.name for one in rows if one.name.startswith(name)]

    equal(own(pages(sdk, "list_flows", "flows", limit=2)), [name] + more,
          "list_flows: in pages")
    equal(own(call(sdk, "list_flows", limit=1000).flows), [name] + more,
          "list_flows: at once")
    for one in more:
        call(sdk, "delete_flow", name=one)
    refused(sdk, "delete_flow", 404, "FlowNotExists", None, "describe_flow",
            name=more[0])


def executions(sdk, name):
    text = json.dumps({"who": "a b+c*d~e/\u00e9=&%"}, ensure_ascii=False)
    began = time.monotonic()
    started = call(sdk, "start_execution", flow_name=name,
                   execution_name="first", input=text)
    equal((started.name, started.status, started.input, started.output,
           started.stopped_time, started.flow_definition),
          ("first", "Running", text, "", NEVER, WAITING % 1),
          "start_execution")
    again = call(sdk, "start_execution", flow_name=name,
                 execution_name="first", input="{}")
    equal((again.started_time, again.input), (started.started_time, text),
          "start_execution: a running name is the same execution")
    ended = call(sdk, "describe_execution", flow_name=name,
                 execution_name="first", wait_time_seconds=20)
    took = time.monotonic() - began
    equal((ended.status, json.loads(ended.output or "null"),
           ended.environment.variables[0].to_map()),
          ("Succeeded", json.loads(text), {"Name": "K", "Value": "v + w"}),
          "describe_execution: long poll to the end")
    ok(0.9 <= took < 5, f"describe_execution: after {took:.1f} s")
    refused(sdk, "start_execution: the name of an ended one", 400,
            "ExecutionAlreadyExists",
            f"Execution 'first' for flow '{name}' already exists.",
            "start_execution", flow_name=name, execution_name="first")
    refused(sdk, "describe_execution: none", 404, "ExecutionNotExists",
            f"Execution 'none' for flow '{name}' does not exist.",
            "describe_execution", flow_name=name, execution_name="none")
    unnamed = call(sdk, "start_execution", flow_name=name)
    ok(len(unnamed.name) == 36, "start_execution: a name is made",
       unnamed.name)

    events = pages(sdk, "get_execution_history", "events", flow_name=name,
                   execution_name="first", limit=4)
    equal([one.event_id for one in events], list(range(1, 11)),
          "get_execution_history: in pages")
    equal((events[0].type, events[1].step_name, events[-1].type,
           json.loads(events[-1].event_detail)),
          ("ExecutionStarted", "pause", "ExecutionSucceeded",
           {"output": json.loads(text)}), "get_execution_history: events")


def stops_and_lists(sdk, name):
    call(sdk, "update_flow", name=name, definition=WAITING % 3600)
    for i in range(5):
        call(sdk, "start_execution", flow_name=name,
             execution_name=f"long{i}")
        time.sleep(0.005)
    stopped = call(sdk, "stop_execution", flow_name=name,
                   execution_name="long1", error="Enough", cause="late")
    equal((stopped.name, stopped.status), ("long1", "Stopped"),
          "stop_execution")
    refused(sdk, "stop_execution: twice", 400, "ExecutionAlreadyCompleted",
            f"Execution 'long1' for flow '{name}' has already completed.",
            "stop_execution", flow_name=name, execution_name="long1")

    def names(**members):
        members.setdefault("limit", 100)
        return [one.name for one in pages(sdk, "list_executions",
                                          "executions", flow_name=name,
                                          **members)]

    equal(names(execution_name_prefix="long", limit=2),
          ["long4", "long3", "long2", "long1", "long0"],
          "list_executions: prefix, in pages")
    equal(names(status="Stopped"), ["long1"], "list_executions: status")
    rows = {one.name: one for one in call(
        sdk, "list_executions", flow_name=name, limit=100,
        metadata_only=True).executions}
    equal((rows["long2"].input, rows["long2"].status), (None, "Running"),
          "list_executions: metadata only")
    equal(names(started_time_begin=rows["long1"].started_time,
                started_time_end=rows["long3"].started_time),
          ["long3", "long2", "long1"], "list_executions: time range")
    call(sdk, "delete_flow", name=name)
    refused(sdk, "delete_flow: its executions are gone", 404,
            "FlowNotExists", None, "list_executions", flow_name=name)


def versions(sdk, name):
    call(sdk, "create_flow", name=name, definition=PASSING, description="",
         type="FDL")
    made = call(sdk, "publish_flow_version", flow_name=name,
                description="a + b")
    equal((made.flow_name, made.version, made.description),
          (name, "1", "a + b"), "publish_flow_version")
    call(sdk, "update_flow", name=name, definition=WAITING % 1)
    for number in "234":
        equal(call(sdk, "publish_flow_version", flow_name=name).version,
              number, f"publish_flow_version: {number}")
    equal([one.version for one in pages(sdk, "list_flow_versions",
                                        "flow_versions", flow_name=name,
                                        limit="3")],
          ["4", "3", "2", "1"], "list_flow_versions: in pages")
    equal(call(sdk, "describe_flow", name=name, flow_version="1").definition,
          PASSING, "describe_flow: a version")

    def routes(model, *pairs):
        part = getattr(models, model + "RoutingConfigurations")
        return [part(version=version, weight=weight)
                for version, weight in pairs]

    def shown(parts):
        return [(part.version, part.weight) for part in parts]

    alias = call(sdk, "create_flow_alias", flow_name=name, name="prod",
                 description="d", routing_configurations=routes(
                     "CreateFlowAliasRequest", ("1", 30), ("2", 70)))
    equal((alias.flow_name, alias.name, alias.description,
           shown(alias.routing_configurations)),
          (name, "prod", "d", [("1", 30), ("2", 70)]), "create_flow_alias")
    refused(sdk, "delete_flow_version: in use", 409, "FlowVersionInUse",
            f"Version '2' of flow '{name}' is used by alias 'prod'.",
            "delete_flow_version", flow_name=name, flow_version="2")
    changed = call(sdk, "update_flow_alias", flow_name=name, name="prod",
                   routing_configurations=routes(
                       "UpdateFlowAliasRequest", ("1", 20))).alias
    equal((changed.name, changed.description,
           shown(changed.routing_configurations)),
          ("prod", "d", [("1", 20)]), "update_flow_alias")
    seen = call(sdk, "describe_flow_alias", flow_name=name,
                name="prod").alias
    equal((seen.to_map()), changed.to_map(), "describe_flow_alias")
    listed = call(sdk, "list_flow_aliases", flow_name=name).aliases
    equal([shown(one.routing_configurations) for one in listed],
          [[("1", "20")]], "list_flow_aliases: weights are strings")

    started = call(sdk, "start_execution", flow_name=name,
                   execution_name="q", qualifier="prod",
                   input='{"who":"q"}')
    equal(started.flow_definition, PASSING, "start_execution: qualifier")
    refused(sdk, "start_execution: no such version", 404,
            "FlowVersionNotExists", f"Version '9' for flow '{name}' does not "
            "exist.", "start_execution", flow_name=name, qualifier="9")
    equal([one.name for one in call(sdk, "list_executions", flow_name=name,
                                    qualifier="1").executions], ["q"],
          "list_executions: qualifier")
    call(sdk, "delete_flow_alias", flow_name=name, name="prod")
    refused(sdk, "delete_flow_alias", 404, "FlowAliasNotExists", None,
            "describe_flow_alias", flow_name=name, name="prod")
    call(sdk, "delete_flow_version", flow_name=name, flow_version="4")
    equal(call(sdk, "publish_flow_version", flow_name=name).version, "5",
          "delete_flow_version: its number is not used again")
    call(sdk, "delete_flow", name=name)


def token_of(name):
    """The token that a function was given under this name."""
    with urllib.request.urlopen(f"{os.environ['CLOUDFLOW_SERVICE']}/{name}", timeout=30) as answer:
        return answer.read().decode()


def tasks(sdk, name):
    call(sdk, "create_flow", name=name, definition=ASKING, description="", type="FDL")
    for one in "good", "bad":
        call(sdk, "start_execution", flow_name=name, execution_name=one,
             input=json.dumps({"who": one, "name": f"{name}_{one}"}))
    good, bad = (token_of(f"{name}_{one}") for one in ("good", "bad"))
    answer = call(sdk, "report_task_succeeded", task_token=good, output='{"by":"e+v&\u00e9"}')
    ok(answer.event_id > 0 and len(answer.request_id) == 36,
       "report_task_succeeded", answer.to_map())
    seen = call(sdk, "describe_execution", flow_name=name, execution_name="good",
                wait_time_seconds=20)
    equal((seen.status, json.loads(seen.output or "null")),
          ("Succeeded", {"text": "hello good", "by": "e+v&\u00e9"}),
          "report_task_succeeded: is the output, after a call of a service")
    refused(sdk, "report_task_succeeded: a second time", 400, "TaskAlreadyCompleted",
            None, "report_task_succeeded", task_token=good, output="{}")
    call(sdk, "report_task_failed", task_token=bad, error="Refused", cause="too dear")
    seen = call(sdk, "describe_execution", flow_name=name, execution_name="bad",
                wait_time_seconds=20)
    equal(seen.status, "Failed", "report_task_failed")
    refused(sdk, "report_task_failed: a token that is none", 400, "InvalidArgument",
            None, "report_task_failed", task_token="nonsense", error="E")


def map_runs(sdk, name):
    call(sdk, "create_flow", name=name, definition=MAPPING, description="", type="FDL")
    names = [f"{name}_{i}" for i in range(2)]
    call(sdk, "start_execution", flow_name=name, execution_name="e",
         input=json.dumps({"names": names}))
    tokens = [token_of(names[0])]
    events = pages(sdk, "get_execution_history", "events", flow_name=name, execution_name="e")
    run = [json.loads(one.event_detail)["output"]["MapRunName"] for one in events
           if one.type == "MapRunStarted"][0]
    which = dict(flow_name=name, execution_name="e", map_run_name=run)
    seen = call(sdk, "describe_map_run", **which)
    equal((seen.map_run_name, seen.execution_name, seen.status, seen.concurrency,
           seen.item_counts.to_map()),
          (run, "e", "Running", 1, {"Total": 2, "Pending": 1, "Running": 1, "Succeed": 0,
                                    "Failed": 0, "Aborted": 0}), "describe_map_run")
    changed = call(sdk, "update_map_run", concurrency=2, tolerated_failed_percentage=50, **which)
    equal((changed.map_run_name, changed.concurrency, changed.tolerated_failed_percentage),
          (run, 2, 50), "update_map_run")
    tokens.append(token_of(names[1]))
    call(sdk, "report_task_failed", task_token=tokens[0], error="E")
    call(sdk, "report_task_succeeded", task_token=tokens[1], output='{"n":1}')
    end = call(sdk, "describe_execution", flow_name=name, execution_name="e",
               wait_time_seconds=20)
    equal((end.status, json.loads(end.output or "null")),
          ("Succeeded", {"Items": [None, {"n": 1}]}), "a map run: half may fail")
    seen = call(sdk, "describe_map_run", **which)
    equal((seen.status, seen.item_counts.succeed, seen.item_counts.failed),
          ("Succeeded", 1, 1), "describe_map_run: the end")
    refused(sdk, "describe_map_run: no such run", 404, "MapRunNotExists", None,
            "describe_map_run", **dict(which, map_run_name="0" * 32))


def sync(sdk, name):
    made = call(sdk, "create_flow", name=name, definition=EXPRESS, description="",
                type="FDL", execution_mode="Express")
    equal(made.execution_mode, "Express", "create_flow: Express")
    for who in "a b+c*d~e/\u00e9=&%", "again":
        seen = call(sdk, "start_sync_execution", flow_name=name, execution_name="one",
                    input=json.dumps({"who": who}))
        equal((seen.flow_name, seen.status, json.loads(seen.output or "null"),
               seen.error_code, seen.error_message, seen.name[:4], len(seen.name)),
              (name, "Succeeded", {"text": "hello " + who}, None, None, "one:", 40),
              "start_sync_execution: its end is the answer")
    lost = call(sdk, "start_sync_execution", flow_name=name, input='{"who":"nobody"}')
    equal((lost.status, lost.error_code, lost.error_message),
          ("Failed", "Nobody", "is there"), "start_sync_execution: a failed one")
    refused(sdk, "start_execution: of an Express flow", 400, "ActionNotSupported",
            "Express execution is not supported", "start_execution", flow_name=name)
    call(sdk, "delete_flow", name=name)


def schedules(sdk, name):
    call(sdk, "create_flow", name=name, definition=PASSING, description="", type="FDL")
    which = dict(flow_name=name, schedule_name="s")
    made = call(sdk, "create_schedule", cron_expression="0 0 3 * * ?", description="a + b",
                payload='{"who": "payload"}', enable=False, **which)
    equal((made.schedule_name, made.cron_expression, made.description, made.payload,
           made.enable), ("s", "0 0 3 * * ?", "a + b", '{"who": "payload"}', False),
          "create_schedule")
    seen = call(sdk, "describe_schedule", **which)
    equal(dict(seen.to_map(), RequestId=0), dict(made.to_map(), RequestId=0),
          "describe_schedule")
    refused(sdk, "create_schedule: the name is taken", 409, "ScheduleAlreadyExists",
            f"The schedule 's' already exists in flow '{name}'.", "create_schedule",
            cron_expression="@every 9m", **which)
    call(sdk, "create_schedule", flow_name=name, schedule_name="r",
         cron_expression="@every 99m")
    equal([(one.schedule_name, one.enable)
           for one in pages(sdk, "list_schedules", "schedules", flow_name=name, limit=1)],
          [("r", True), ("s", False)], "list_schedules: by name, in pages")

    second = time.strftime("%S %M %H * * ?", time.gmtime(time.time() + 3))
    changed = call(sdk, "update_schedule", cron_expression=second, enable=True, **which)
    equal((changed.enable, changed.payload, changed.schedule_id),
          (True, made.payload, made.schedule_id), "update_schedule")
    fired, until = [], time.monotonic() + 15
    while not fired and time.monotonic() < until:
        time.sleep(0.05)
        fired = call(sdk, "list_executions", flow_name=name).executions
    equal([one.input for one in fired], [made.payload], "a schedule starts an execution")
    for one in "r", "s":
        call(sdk, "delete_schedule", flow_name=name, schedule_name=one)
    refused(sdk, "delete_schedule", 404, "ScheduleNotExists",
            f"The schedule 's' for flow '{name}' does not exist.", "describe_schedule",
            **which)
    equal(call(sdk, "list_schedules", flow_name=name).schedules, [],
          "delete_schedule: all are gone")
    call(sdk, "delete_flow", name=name)


def regions(sdk, port):
    for members in {}, {"accept_language": "en-US"}:
        seen = call(sdk, "describe_regions", **members)
        equal([one.to_map() for one in seen.regions.region],
              [{"RegionId": "local", "LocalName": "local",
                "RegionEndpoint": f"127.0.0.1:{port}"}],
              f"describe_regions: {members}")


def keys(port, key_id, secret, token):
    refused(client(port, key_id, secret + "x", token), "a wrong secret", 403,
            "SignatureNotMatch", None, "list_flows")
    refused(client(port, "nobody", secret, token), "an unknown key", 403,
            "InvalidAccessKeyID", "'nobody'", "list_flows")


def main(port, key_id, secret, token=None):
    name = f"python_{os.getpid()}"
    sdk = client(port, key_id, secret, token)
    try:
        flows(sdk, name)
        executions(sdk, name)
        stops_and_lists(sdk, name)
        versions(sdk, name)
        tasks(sdk, name + "_tasks")
        map_runs(sdk, name + "_map")
        sync(sdk, name + "_sync")
        schedules(sdk, name + "_schedules")
        regions(sdk, port)
        if os.environ.get("CLOUDFLOW_SIGNED"):
            keys(port, key_id, secret, token)
    except Exception as e:
        ok(False, f"the story breaks off: {type(e).__name__} {e}")
    print("# called alibabacloud_fnf20190315 " + " ".join(sorted(called)), flush=True)
    return tap.done()


sys.exit(main(*sys.argv[1:]))
