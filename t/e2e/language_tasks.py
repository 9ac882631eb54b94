#!/usr/bin/env python3
"""The second opinion of language.py, for what works outside of itself: random
flows of both generations with tasks, callbacks, sub-flows, branches, iterations,
retries and catches, against services that answer as their names say.  Server
and model must agree on the end and on every event of every branch; what order
branches have among each other is nobody's business.

language_tasks.py [SEED] [COUNT]: COUNT flows of each generation, two runs each.
Flows in which two branches of a fork fail are passed over: either may win."""

import concurrent.futures
import copy
import http.client
import http.server
import html
import json
import random
import re
import sys
import threading

import language
from language import (ANY, COUNT, KEYS, MISSING, SEED, Failed, Legacy,
                      LegacyModel, Modern, ModernModel, Unclear, bare, equal,
                      expected, history, mapped, value, walk, written)
from server import Failure, Server, Tap, call_on, free_port

THREADS = 4
FC, MNS, FLOW = ("acs:fc:::services/s/functions/",
                 "acs:mns:::/topics/{}/messages", "acs:fnf:::flow/")
ERRORS = ["FnF.ALL", "E1", "FC.ResourceThrottled", "HTTP.429", "Sad", "Told",
          "FC.InternalServerError", "FnF.InvalidLocal", "FnF.RuntimeError",
          "FnF.InvalidExpression", "ocr.Boom", "FnF.InvalidOutput"]
HTTP = """
    keepalive_requests  100000;
    cloudflow_resource  acs:*   /fc;
    cloudflow_resource  acs:mns:*  /mns;
    cloudflow_resource  http://*   /http;
    cloudflow_resource  ocr:*      /fc;
    upstream services {{ server 127.0.0.1:{services}; keepalive 32; }}
    server {{
        listen 127.0.0.1:{tasks};
        cloudflow_tasks;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        location /fc   {{ internal; proxy_pass http://services/$cloudflow_task_function; }}
        location /mns  {{ internal; proxy_pass http://services/$cloudflow_task_function; }}
        location /http {{ internal; proxy_pass http://services$cloudflow_task_uri; }}
    }}
"""


# --- the services -----------------------------------------------------------

ANY_TEXT = "\x00any"


def dumps(x):
    return json.dumps(x, default=lambda _: ANY_TEXT)


def loads(text):
    """What dumps() was given, if it was the model."""
    def known(x):
        if isinstance(x, dict):
            return {key: known(item) for key, item in x.items()}
        if isinstance(x, list):
            return [known(item) for item in x]
        return ANY if x == ANY_TEXT else x
    return known(json.loads(text))


def echo(body, attempt):
    if isinstance(body, dict):
        return {"a": body.get("a"), "d": attempt}
    return {"c": body}


def behave(name, attempt, body):
    """(status, error type or None, text) of a service by its name."""
    kind, _, argument = name.partition("-")
    if kind == "flaky" and attempt < int(argument):
        return 429, None, json.dumps({"ErrorCode": "ResourceThrottled"})
    if kind == "raise":
        return 200, "Handled", json.dumps({"errorType": argument})
    if kind == "down":
        return 500, None, json.dumps({"ErrorCode": "Boom"})
    if kind == "text":
        return 200, None, "no {JSON"
    if kind == "list":
        return 200, None, json.dumps([1, {"a": 2}])
    if kind == "take":
        return 202, None, json.dumps({"taken": True})
    return 200, None, dumps(echo(body, attempt))


def told(name, attempt, body):
    """(output, None) or (None, error) that is reported on the token."""
    if name.endswith("bad"):
        return None, "Told"
    return echo(body, attempt), None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    api = None                          # port of the server that is tested

    def log_message(self, *unused):
        pass

    def report(self, name, token, attempt, body):
        output, error = told(name, attempt, body)
        connection = http.client.HTTPConnection("127.0.0.1", self.api, timeout=20)
        try:
            if error:
                call_on(connection, "ReportTaskFailed", TaskToken=token,
                        Error=error, Cause="as told")
            else:
                call_on(connection, "ReportTaskSucceeded", TaskToken=token,
                        Output=json.dumps(output))
        except Failure as failure:
            # Another branch has failed, and the task was given up.
            if failure.code != "TaskAlreadyCompleted":
                raise
        finally:
            connection.close()

    def do_POST(self):
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        name = self.path.rsplit("/", 1)[1]
        attempt = int(self.headers["x-fnf-attempt"])
        is_message = text.startswith("<?xml")
        if is_message:
            text = html.unescape(re.search(r"<MessageBody>(.*)</MessageBody>",
                                           text, re.S).group(1))
        try:
            body = json.loads(text)
        except ValueError:
            body = None
        token = self.headers.get("x-fnf-task-token")
        if not token and isinstance(body, dict):
            token = body.get("token")
        if token and name.startswith("early"):
            self.report(name, token, attempt, body)
        status, error, text = behave(name, attempt, body)
        if is_message and status == 200:
            text = "<Message><MessageId>m</MessageId></Message>"
        data = text.encode()
        self.send_response(status)
        if error:
            self.send_header("X-Fc-Error-Type", error)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()
        if token and name.startswith(("late", "take")):
            threading.Thread(target=self.report, daemon=True,
                             args=(name, token, attempt, body)).start()

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError):
            pass


class Services(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True


KIDS = {
    "kid": {"version": "v1", "type": "flow", "steps": [
        {"type": "pass", "name": "p", "outputMappings": [
            {"target": "a", "source": "$input.a"}]}]},
    "kid-sad": {"version": "v1", "type": "flow", "steps": [
        {"type": "fail", "name": "f", "error": "Sad", "cause": "so sad"}]}
}


# --- what a task comes to, in the model ----------------------------------------

class Task:
    """The events of one attempt.  mode: 0 the answer is it, 1 sync, 2 token."""

    def __init__(self, trace, step, mode):
        self.trace, self.step, self.mode = trace, step, mode

    def fail(self, error, cause, is_submission=True):
        kind = "TaskSubmitFailed" if self.mode and is_submission else "TaskFailed"
        failed = Failed(error, cause)
        self.trace.fail(kind, self.step, failed)
        raise failed

    def succeed(self, output):
        self.trace.emit("TaskSucceeded", self.step, output=output)
        return output

    def submitted(self):
        self.trace.emit("TaskSubmitted", self.step, output=ANY)

    def reported(self, name, attempt, body):
        self.submitted()
        output, error = told(name, attempt, body)
        if error:
            self.fail(error, "as told", False)
        return self.succeed(output)

    def child(self, flow, given, is_legacy):
        if self.mode == 0:
            name = "Name" if is_legacy else "ExecutionName"
            more = {"Status": "Running", "StartedTime": ANY, "RequestId": ANY} \
                if is_legacy else {"RequestID": ANY}
            return self.succeed({"FlowName": flow, name: ANY, **more})
        self.submitted()
        if flow == "kid-sad":
            self.fail("Sad", "so sad", False)
        return self.succeed({"a": given["a"]} if "a" in given else {})

    def function(self, name, attempt, body, service, wrap):
        """A service whose errors are spelled by service(status, code)."""
        status, error, text = behave(name, attempt, body)
        content = loads(text) if text.startswith(("{", "[")) else text
        if status >= 300:
            self.fail(service(status, content["ErrorCode"]), text)
        if error and service(500, "") == "FC.InternalServerError":
            self.fail(content["errorType"], text)
        if self.mode == 2 or status == 202:
            return self.reported(name, attempt, body)
        if wrap:
            content = {"Code": status, "Header": ANY, "Body": content}
        elif isinstance(content, str):
            self.fail("FnF.InvalidLocal", "The result is not a JSON object.")
        return self.succeed(content)


def fc_error(status, code):
    return "FC.InternalServerError" if status >= 500 else "FC." + code


def ocr_error(_, code):
    return "ocr." + code


def http_error(status, _):
    return f"HTTP.{status}"


def rule_of(rules, key, error):
    """The first that names the error, its place first."""
    for no, rule in enumerate(rules):
        if error in rule[key] or "FnF.ALL" in rule[key]:
            return no, rule
    return None, None


def tried(rules, key, most, attempt):
    """attempt(number of retries) until it succeeds or rules are used up."""
    counts, tries = {}, 0
    while True:
        try:
            return attempt(tries)
        except Failed as failed:
            no, rule = rule_of(rules, key, failed.error)
            if rule is None or counts.get(no, 0) >= rule[most]:
                raise
            counts[no] = counts.get(no, 0) + 1
            tries += 1


def fork(model, step, kind, width, inputs, branch):
    """Results of branch(no, input) for each input; events of each aside."""
    branches, results, failures = [], [], []
    outer = model.trace
    for no, given in enumerate(inputs):
        model.trace = language.Trace()
        made = {"input": given, "events": model.trace.events, "output": MISSING}
        branches.append(made)
        try:
            made["output"] = branch(no, given)
            results.append(made["output"])
        except Failed as failed:
            failures.append((no, failed))
    model.trace = outer
    if len(failures) > 1:
        raise Unclear()
    if branches:
        outer.events.append(("fork", step, kind, width, branches))
    if failures:
        raise failures[0][1]
    return results


def function_name(rng):
    return rng.choice(["echo"] * 8 + ["flaky-1", "flaky-2", "raise-E1", "down",
                                      "list", "text"])


# --- generation 1 --------------------------------------------------------------

class LegacyWork(Legacy):
    loops = False
    context = [name for name in Legacy.context if "eventId" not in name]

    def steps(self, depth):
        steps = super().steps(depth)
        for no, step in enumerate(steps[:-1]):
            if step["type"] == "task" and self.rng.random() < 0.6:
                step["catch"] = [{
                    "errors": self.errors(),
                    "goto": self.rng.choice(steps[no + 1:])["name"]}
                    for _ in range(self.rng.randrange(1, 3))]
                if self.rng.random() < 0.6:
                    step["errorMappings"] = [
                        {"target": "b", "source": "$local.error"},
                        {"target": self.rng.choice(KEYS), "source": "$input.a"}]
        return steps

    def errors(self):
        return self.rng.sample(ERRORS, self.rng.randrange(1, 3))

    def step(self, depth):
        kind = self.rng.random()
        if depth == 0 or kind > 0.75:
            return super().step(depth)
        if kind < 0.55:
            return self.task()
        return self.parallel(depth) if kind < 0.65 else self.foreach(depth)

    def outputs(self):
        return [{"target": target, "source": self.rng.choice([
            "$local", "$local[*].a", "$local[0]", "$local[1].b", "$input.a",
            "$local[*].b[*]", "$local.a", "$input.l"])}
            for target in self.rng.sample(KEYS, 2)]

    def parallel(self, depth):
        step = {"type": "parallel", "name": self.name(), "branches": [
            {"steps": self.steps(depth - 1)}
            for _ in range(self.rng.randrange(1, 4))]}
        if self.rng.random() < 0.5:
            step["inputMappings"] = self.mappings()
        if self.rng.random() < 0.7:
            step["outputMappings"] = self.outputs()
        return step

    def foreach(self, depth):
        rng = self.rng
        step = {"type": "foreach", "name": self.name(),
                "iterationMapping": {"collection": "$.l", "item": "b"},
                "inputMappings": [
                    {"target": "a", "source": "$input.a"},
                    {"target": "l", "source": [value(rng, 1) for _ in
                                               range(rng.randrange(4))]}],
                "steps": self.steps(depth - 1)}
        if rng.random() < 0.5:
            step["iterationMapping"]["index"] = "c"
        if rng.random() < 0.1:
            step["inputMappings"][1]["source"] = "$input" + language.path(rng)
        if rng.random() < 0.7:
            step["outputMappings"] = self.outputs()
        return step

    def task(self):
        rng = self.rng
        step = {"type": "task", "name": self.name()}
        if rng.random() < 0.5:
            step["inputMappings"] = self.mappings()
        if rng.random() < 0.5:
            step["outputMappings"] = self.mappings()
        if rng.random() < 0.4:
            step["timeoutSeconds"] = 600
        if rng.random() < 0.6:
            step["retry"] = [{"errors": self.errors(), "intervalSeconds": 0,
                              "maxAttempts": rng.randrange(3)}
                             for _ in range(rng.randrange(1, 3))]
        kind = rng.choice(["fc", "fc", "fc", "sync", "token", "token", "ocr",
                           "kid", "kid"])
        if kind == "fc":
            step["resourceArn"] = FC + function_name(rng)
            if rng.random() < 0.3:
                step["pattern"] = "requestResponse"
        if kind == "sync":
            step.update(pattern="sync", resourceArn=FC + rng.choice(
                ["take-ok", "take-bad", "echo", "flaky-1", "raise-E1"]))
        if kind == "token":
            name = rng.choice(["early-ok", "early-bad", "late-ok", "late-bad"])
            step.update(pattern="waitForCallback", resourceArn=FC + name)
            step["inputMappings"] = step.get("inputMappings", []) + [
                {"target": "token", "source": "$context.task.token"}]
            if rng.random() < 0.4:
                step["resourceArn"] = MNS.format(name)
                if rng.random() < 0.7:
                    step["serviceParams"] = {"MessageBody": "$"}
        if kind == "ocr":
            step["action"] = "ocr:" + rng.choice(
                ["echo", "echo", "down", "flaky-1", "list"])
            if rng.random() < 0.6:
                step["serviceParams"] = {"a": "$.a", "k": [1, {"x": "$.b"}],
                                         "all": "$"}
        if kind == "kid":
            step.update(pattern=rng.choice(["sync", "sync", "requestResponse"]),
                        resourceArn=FLOW + rng.choice(["kid", "kid", "kid-sad"]))
            if rng.random() < 0.4:
                step["serviceParams"] = {"Input": "$"}
        return step


def referred(params, given):
    """serviceParams with what they refer to."""
    if isinstance(params, dict):
        return {key: referred(item, given) for key, item in params.items()}
    if isinstance(params, list):
        return [referred(item, given) for item in params]
    if isinstance(params, str) and params.startswith("$"):
        found = walk(given, params[1:])
        if found is MISSING:
            raise Failed("FnF.RuntimeError")
        return found
    return params


class LegacyWorkModel(LegacyModel):
    def context(self, step=None):
        context = super().context(step)
        if step and step.get("pattern") == "waitForCallback":
            context["task"] = {"token": ANY}
        return context

    def step(self, step, parent, local, outer):
        if step["type"] not in ("task", "parallel", "foreach"):
            return super().step(step, parent, local, outer)
        given = {**parent, **local}
        if "inputMappings" in step:
            given = mapped(step["inputMappings"], {
                "$input": parent, "$local": local,
                "$context": self.context(step)}, outer)
        self.trace.emit("StepStarted", step["name"], input=given)
        try:
            result = tried(step.get("retry", []), "errors", "maxAttempts",
                           lambda tries: getattr(self, step["type"])(
                               step, given, tries))
        except Failed as failed:
            failed.given = given
            raise
        output = result if isinstance(result, dict) else {}
        if "outputMappings" in step:
            output = mapped(step["outputMappings"], {
                "$input": given, "$local": result,
                "$context": self.context(step)})
        return output, None

    def caught(self, step, failed):
        _, rule = rule_of(step.get("catch", []), "errors", failed.error)
        if rule is None:
            return None
        return mapped(step.get("errorMappings", []), {
            "$input": failed.given, "$local": {
                "error": failed.error, "cause": failed.cause},
            "$context": self.context(step)}), rule["goto"]

    def parallel(self, step, given, _):
        return fork(self, step["name"], "Branch", 100,
                    [given for _ in step["branches"]],
                    lambda no, given: self.steps(step["branches"][no]["steps"],
                                                 given, ()))

    def foreach(self, step, given, _):
        mapping, inputs = step["iterationMapping"], []
        items = given.get("l")
        if not isinstance(items, list):
            raise Failed("FnF.RuntimeError")
        for no, item in enumerate(items):
            inputs.append({**given, mapping["item"]: item})
            if "index" in mapping:
                inputs[-1][mapping["index"]] = no
        return fork(self, step["name"], "Iteration", 100, inputs,
                    lambda _, given: self.steps(step["steps"], given, ()))

    def task(self, step, given, tries):
        resource = step.get("resourceArn", step.get("action"))
        pattern = step.get("pattern", "requestResponse")
        sent = given
        if "serviceParams" in step:
            sent = referred(step["serviceParams"], given)
        more = {"timeout": 600} if "timeoutSeconds" in step else {}
        more["action" if "action" in step else "resourceArn"] = resource
        self.trace.emit("TaskScheduled", step["name"], pattern=pattern,
                        input=given, **more)
        self.trace.emit("TaskStarted", step["name"])
        task = Task(self.trace, step["name"], ["requestResponse", "sync",
                                               "waitForCallback"].index(pattern))
        if resource.startswith(FLOW):
            return task.child(resource[len(FLOW):], given, True)
        if resource.startswith("acs:mns"):
            return task.reported(resource.split("/")[2], tries, given)
        if resource.startswith("ocr"):
            result = task.function(resource[4:], tries, sent, ocr_error, False)
        else:
            result = task.function(resource[len(FC):], tries, given, fc_error, False)
        if not isinstance(result, dict):
            raise Failed("FnF.InvalidLocal")
        return result


# --- generation 2 ---------------------------------------------------------------

class ModernWork(Modern):
    def __init__(self, rng):
        super().__init__(rng)
        self.scopes = 0
        self.known["$Context.Current.TaskToken"] = lambda env: ANY
        self.known["$Context.Current.Error.Code"] = \
            lambda env: env["$Context.Current.Error.Code"]

    def expression(self, roots):
        """Seldom one that fails: there is more to see behind it."""
        rng = self.rng
        kind, root, no = rng.random(), rng.choice(roots), rng.randrange(5)
        if kind < 0.04:
            return super().expression(roots)
        if kind < 0.3:
            text, function = root, lambda env: env[root]
        elif kind < 0.7:
            where = root + language.path(rng)
            text = f'get({where}, "a", {no})'
            function = lambda env: language.f_get(
                walk(env[root], where[len(root):]), no)
        else:
            text = f"toArray({root}, {no})"
            function = lambda env: [env[root], no]
        self.known[text] = function
        return text

    def scope(self, depth, is_flow=False):
        self.scopes += 1
        prefix, count = f"{self.scopes}.", self.rng.randrange(1, 5)
        states = []
        for no in range(count):
            state = self.state(no, count)
            if state["Type"] in ("Fail", "Succeed") and self.rng.random() < 0.8:
                state = {"Type": "Pass", "Name": state["Name"], "End": True}
                if no < count - 1:
                    state = {**state, "Next": f"n{no + 1}"}
                    del state["End"]
            if not is_flow:
                state.pop("GlobalConstructor", None)
            for branch in state.get("Branches", []):
                branch["Next"] = prefix + branch["Next"]
            for key in ("Name", "Next", "Default"):
                if key in state:
                    state[key] = prefix + state[key]
            if state["Type"] == "Choice":
                state["Branches"] = [branch for branch in state["Branches"]
                                     if "$Global.i" not in branch["Condition"]]
            if state["Type"] in ("Pass", "Wait") and depth \
                    and self.rng.random() < 0.8:
                self.work(state, depth)
                later = [f"{prefix}n{at}" for at in range(no + 1, count)]
                self.rules(state, later)
            states.append(state)
        self.rng.shuffle(states)
        return {"StartAt": prefix + "n0", "States": states}

    def errors(self):
        return self.rng.sample(ERRORS, self.rng.randrange(1, 3))

    def rules(self, state, later):
        rng = self.rng
        if rng.random() < 0.6:
            state["Retry"] = [{"Errors": self.errors(), "IntervalSeconds": 0,
                               "MaxAttempts": rng.randrange(3)}
                              for _ in range(rng.randrange(1, 3))]
        if later and rng.random() < 0.6:
            state["Catch"] = [{
                "Errors": self.errors(), "Next": rng.choice(later),
                "OutputConstructor": {
                    "e.$": "$Context.Current.Error.Code",
                    **self.constructor(["$Input", "$Global"], 0)}}
                for _ in range(rng.randrange(1, 3))]

    def work(self, state, depth):
        rng = self.rng
        for key in ("UntilDateTime", "OutputConstructor", "GlobalConstructor"):
            state.pop(key, None)
        kind = rng.random()
        if kind < 0.6:
            self.task(state)
        elif kind < 0.8:
            state["Type"] = "Parallel"
            state["Branches"] = [self.scope(depth - 1)
                                 for _ in range(rng.randrange(1, 4))]
            self.outputs(state, ["$Output", "$Output.Branch0"])
        else:
            state["Type"] = "Map"
            state["ItemsPath"] = "$Input.l"
            state["InputConstructor"] = {
                "a.$": self.expression(["$Input", "$Global"]),
                "l": [value(rng, 1) for _ in range(rng.randrange(4))]}
            if rng.random() < 0.1:
                state["ItemsPath"] = rng.choice(["$Input.a", "$Input.none"])
            if rng.random() < 0.5:
                state["MaxConcuccency"] = rng.randrange(1, 4)
            if rng.random() < 0.3:
                self.map_run(state)
            state["Processor"] = self.scope(depth - 1)
            self.outputs(state, ["$Output", "$Output.Items"])

    def map_run(self, state):
        rng = self.rng
        state["ProcessorConfig"] = {"ExecutionMode": "Standard"}
        if rng.random() < 0.4:
            state["ToleratedFailureCount"] = rng.randrange(3)
        if rng.random() < 0.3:
            state["ItemBatcher"] = {"MaxItemsPerBatch": rng.randrange(1, 4)}
        if rng.random() < 0.3:
            state["MaxItems"] = rng.randrange(1, 4)
        if rng.random() < 0.3:
            self.known["$Item"] = lambda env: env["$Item"]
            state["ItemConstructor"] = {
                "a.$": "$Item", "b.$": self.expression(["$Input", "$Global"])}

    def outputs(self, state, roots, chance=0.6):
        if self.rng.random() < chance:
            state["OutputConstructor"] = self.constructor(["$Input"] + roots)

    def task(self, state):
        rng = self.rng
        state["Type"] = "Task"
        seen = ["$Input", "$Global", "$Context.Current.RetryCount"]
        if rng.random() < 0.4:
            state["Timeout"] = rng.choice([0, 600])
        kind = rng.choice(["fc", "fc", "http", "sync", "token", "token", "kid",
                           "kid"])
        body = self.constructor(seen)
        if kind == "fc":
            state.update(Action="FC:InvokeFunction", Parameters={
                "resourceArn": FC + function_name(rng), "body": body})
        if kind == "http":
            state.update(Action="HTTP:Request", Parameters={
                "url": "http://h/x/" + function_name(rng), "method": "post",
                "body": body})
        if kind == "sync":
            state.update(Action="FC:InvokeFunction",
                         TaskMode="WaitForSystemCallback", Parameters={
                "resourceArn": FC + rng.choice(["take-ok", "take-bad"]),
                "body": body})
        if kind == "token":
            body["token.$"] = "$Context.Current.TaskToken"
            name = rng.choice(["early-ok", "early-bad", "late-ok", "late-bad"])
            state.update(Action="FC:InvokeFunction", Parameters={
                "resourceArn": FC + name, "body": body})
            if rng.random() < 0.4:
                state.update(Action="MNS:SendMessage", Parameters={
                    "resourceArn": MNS.format(name), "message": body})
            state["TaskMode"] = "WaitForCustomCallback"
        if kind == "kid":
            state.update(Action="FNF:StartExecution", Parameters={
                "resourceArn": FLOW + rng.choice(["kid", "kid", "kid-sad"]),
                "input": body})
            state["TaskMode"] = rng.choice(
                ["RequestComplete", "WaitForSystemCallback"])
        if kind in ("fc", "http"):
            self.outputs(state, ["$Output.Body", seen[2]], 1)
        elif state["TaskMode"] == "RequestComplete":
            self.outputs(state, ["$Output.FlowName"], 1)
        else:
            self.outputs(state, ["$Output", seen[2]])

    def flow(self):
        return {"Type": "StateMachine", "SpecVersion": "v1", "Name": "x",
                **self.scope(2, True), "_known": self.known}


class ModernWorkModel(ModernModel):
    def state(self, state, current):
        if state["Type"] not in ("Task", "Parallel", "Map"):
            output, following = super().state(state, current)
            if not isinstance(output, dict) and not following:
                raise Failed("FnF.InvalidOutput")
            return output, following
        taken = current
        try:
            if "InputConstructor" in state:
                taken = self.filled(state["InputConstructor"],
                                    self.roots(self.given, current))
            self.trace.emit("StepStarted", state["Name"], input=taken)
            return tried(state.get("Retry", []), "Errors", "MaxAttempts",
                         lambda tries: self.attempt(state, taken, tries)), \
                state.get("Next")
        except Failed as failed:
            failed.taken = taken
            raise

    def attempt(self, state, taken, tries):
        roots = self.roots(self.given, taken)
        roots["$Context.Current.RetryCount"] = tries
        output = getattr(self, state["Type"].lower())(state, taken, roots, tries)
        roots["$Output"] = output
        for member in ("Body", "Branch0", "Items", "FlowName"):
            roots["$Output." + member] = walk(output, "." + member)
        if "OutputConstructor" in state:
            output = self.filled(state["OutputConstructor"], roots)
        return output

    def caught(self, state, failed):
        _, rule = rule_of(state.get("Catch", []), "Errors", failed.error)
        if rule is None:
            return None
        roots = self.roots(self.given, failed.taken)
        roots["$Context.Current.Error.Code"] = failed.error
        return self.filled(rule["OutputConstructor"], roots), rule["Next"]

    def parallel(self, state, taken, _, __):
        results = fork(self, state["Name"], "Branch", 50,
                       [taken for _ in state["Branches"]],
                       lambda no, given: self.scope(state["Branches"][no], given))
        return {f"Branch{no}": result for no, result in enumerate(results)}

    def map_run(self, state, items, roots):
        """Children are executions of their own: only their ends are seen."""
        results, failures = [], []
        inputs = items[:state.get("MaxItems")]
        if "ItemConstructor" in state:
            inputs = [self.filled(state["ItemConstructor"],
                                  {**roots, "$Item": item}) for item in inputs]
        if "ItemBatcher" in state:
            size = state["ItemBatcher"]["MaxItemsPerBatch"]
            inputs = [{"Items": inputs[no:no + size]}
                      for no in range(0, len(inputs), size)]
        self.trace.emit("MapRunStarted", state["Name"],
                        output={"MapRunName": ANY})
        for given in inputs:
            child = ModernWorkModel(self.flow, "", "")
            child.given = given
            try:
                results.append(child.scope(state["Processor"], given))
            except Failed as failed:
                results.append(None)
                failures.append(failed)
        if len(failures) > state.get("ToleratedFailureCount", 0):
            if len({(f.error, f.cause) for f in failures}) > 1:
                raise Unclear()
            raise failures[0]
        return results

    def map(self, state, taken, roots, _):
        items = walk(taken, state["ItemsPath"][len("$Input"):])
        if items is MISSING:
            raise Failed("FnF.InvalidExpression")
        if not isinstance(items, list):
            raise Failed("FnF.RuntimeError")
        if "ProcessorConfig" in state:
            return {"Items": self.map_run(state, items, roots)}
        return {"Items": fork(
            self, state["Name"], "Iteration", state.get("MaxConcuccency", 40),
            items, lambda _, given: self.scope(state["Processor"], given))}

    def task(self, state, _, roots, tries):
        sent = self.filled(state["Parameters"], roots)
        mode = ["RequestComplete", "WaitForSystemCallback",
                "WaitForCustomCallback"].index(state.get("TaskMode",
                                                         "RequestComplete"))
        more = {"timeout": 600} if state.get("Timeout") else {}
        self.trace.emit("TaskScheduled", state["Name"], action=state["Action"],
                        parameters=sent, **more)
        self.trace.emit("TaskStarted", state["Name"])
        task = Task(self.trace, state["Name"], mode)
        service = state["Action"].split(":")[0]
        name = sent.get("resourceArn", sent.get("url")).rsplit("/", 1)[1]
        if service == "FNF":
            return task.child(name, sent["input"], False)
        if service == "MNS":
            return task.reported(sent["resourceArn"].split("/")[2], tries,
                                 sent["message"])
        return task.function(name, tries, sent["body"],
                             fc_error if service == "FC" else http_error, True)


# --- the comparison --------------------------------------------------------------

class Thread:
    """A branch as it should go; last: the number of its latest event."""

    def __init__(self, events, parent=None, made=None):
        self.events, self.parent, self.made = events, parent, made
        self.no, self.last, self.children = 0, 0, []
        self.entered = self.running = 0

    def fork(self):
        """The fork that it is in, None: it is in none."""
        if self.no < len(self.events) and self.events[self.no][0] == "fork":
            return self.events[self.no]
        return None


class Follower:
    """Finds for each event of a history the branch whose next one it is."""

    def __init__(self, events):
        self.root = Thread(events)
        self.at = {0: self.root}            # by their latest event

    def wrong(self, event):
        """What is, or None."""
        thread = self.at.get(event["ScheduleEventId"])
        got = (event["Type"], event["StepName"], json.loads(event["EventDetail"]))
        if thread is None:
            return f"cause of {event}"
        if thread.fork():
            return self.enter(thread, event["EventId"], got)
        if thread.no == len(thread.events):
            return self.leave(thread, event["EventId"], got)
        want = thread.events[thread.no]
        if not equal(want, got):
            return f"event {event['EventId']}: want {want}, got {got}"
        self.move(thread, event["EventId"])
        thread.no += 1
        self.settle(thread)
        return None

    def move(self, thread, last):
        self.at.pop(thread.last, None)
        thread.last = last
        self.at[last] = thread

    def enter(self, thread, last, got):
        _, step, kind, width, branches = thread.fork()
        no = thread.entered
        if no == len(branches):
            return f"event {last}: {got} before all branches of {step} are over"
        want = (kind + "Entered", step, {"index": no, "input": branches[no]["input"]})
        if not equal(want, got):
            return f"event {last}: want {want}, got {got}"
        if thread.running == width:
            return f"event {last}: more than {width} iterations"
        child = Thread(branches[no]["events"], thread, branches[no])
        thread.children.append(child)
        thread.entered += 1
        thread.running += 1
        child.last = last
        self.at[last] = child
        return None

    def leave(self, thread, last, got):
        parent = thread.parent
        if parent is None:
            return f"event {last}: {got} is one too many"
        _, step, kind, _, branches = parent.fork()
        want = (kind + "Exited", step, {
            "index": branches.index(thread.made), "output": thread.made["output"]})
        for no, made in enumerate(branches):
            if made is thread.made:
                want[2]["index"] = no
        if not equal(want, got):
            return f"event {last}: want {want}, got {got}"
        del self.at[thread.last]
        parent.children.remove(thread)
        parent.running -= 1
        self.move(parent, last)
        if parent.entered == len(branches) and parent.running == 0:
            self.join(parent)
        return None

    def join(self, parent):
        parent.no += 1
        parent.entered = parent.running = 0
        parent.children = []
        self.settle(parent)

    def settle(self, thread):
        """A branch that has failed takes its fork with it."""
        parent = thread.parent
        if parent is None or thread.no < len(thread.events) \
                or thread.made["output"] is not MISSING:
            return
        self.abandon(parent)
        self.at.pop(parent.last, None)
        self.move(parent, thread.last)
        self.join(parent)

    def abandon(self, parent):
        for child in parent.children:
            self.abandon(child)
            self.at.pop(child.last, None)


def differences(want, events):
    follower = Follower(want)
    for no, event in enumerate(events):
        if event["EventId"] != no + 1:
            return f"number of {event}"
        wrong = follower.wrong(event)
        if wrong:
            return wrong
    root = follower.root
    return None if root.no == len(root.events) \
        else f"ends before {root.events[root.no]}"


def run(connection, model, flow, execution, given):
    """(status, what is wrong or None)"""
    status, want = expected(model, given)
    call_on(connection, "StartExecution", FlowName=flow, ExecutionName=execution,
            Input=json.dumps(given))
    seen = call_on(connection, "DescribeExecution", FlowName=flow,
                   ExecutionName=execution, WaitTimeSeconds=20)
    events = history(connection, flow, execution)
    wrong = differences(want, events)
    if wrong is None and seen["Status"] != status:
        wrong = f"want {status} {want[-1]}, got {seen['Status']}"
    if wrong is None and status == "Succeeded" \
            and not equal(json.loads(seen["Output"]), want[-1][2]["output"]):
        wrong = f"want {want[-1][2]}, got {seen['Output']}"
    if wrong:
        wrong += "\n  " + "\n  ".join(
            f"{e['EventId']} {e['ScheduleEventId']} {e['Type']} {e['StepName']} "
            f"{e['EventDetail'][:200]}" for e in events)
    return status, wrong


class Worker(threading.local):
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=70)


def both(worker, no):
    """Statuses of the runs of a flow, and what is wrong."""
    rng = random.Random(SEED * 100003 + no)
    make, model = ((LegacyWork, LegacyWorkModel) if no % 2
                   else (ModernWork, ModernWorkModel))
    flow, statuses, bad = make(rng).flow(), [], []
    call_on(worker.connection, "CreateFlow", Name=f"f{no}", Type="FDL",
            Description="", Definition=written(rng, bare(flow)))
    for execution in ("e0", "e1"):
        given = {key: value(rng) for key in KEYS if rng.random() < 0.8}
        try:
            expected(model(flow, f"f{no}", execution), given)
        except Unclear:
            statuses.append("Unclear")
            continue
        status, wrong = run(worker.connection, model(flow, f"f{no}", execution),
                            f"f{no}", execution, copy.deepcopy(given))
        statuses.append(status)
        if wrong:
            bad.append(f"flow {no}: {wrong}\n  input {json.dumps(given)}"
                       f"\n  {json.dumps(bare(flow))}")
    return statuses, bad


def main():
    tap = Tap()
    tap.note(f"seed {SEED}, {COUNT} flows a generation")
    port = free_port()
    services = Services(("127.0.0.1", port), Handler)
    threading.Thread(target=services.serve_forever, daemon=True).start()
    server = Server(http=HTTP.format(services=port, tasks=free_port()))
    Handler.api = server.port
    bad, outcomes = [], {"Succeeded": 0, "Failed": 0, "Unclear": 0}
    try:
        server.start()
        for name, kid in KIDS.items():
            server.call("CreateFlow", Name=name, Type="FDL", Description="",
                        Definition=json.dumps(kid))
        worker = Worker(server.port)
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            for statuses, wrong in pool.map(lambda no: both(worker, no),
                                            range(2 * COUNT)):
                bad += wrong
                for status in statuses:
                    outcomes[status] += 1
        alarms = server.alarms()
        tap.ok(not alarms, f"no alarms {alarms[:3]}")
    finally:
        server.close()
        services.shutdown()
    for text in bad[:3]:
        tap.note(text.replace("\n", "\n# "))
    tap.note(f"outcomes {outcomes}")
    tap.ok(min(outcomes["Succeeded"], outcomes["Failed"]) > COUNT // 10,
           "flows succeed and fail")
    tap.ok(not bad, f"{sum(outcomes.values())} runs agree with the model "
                    f"({len(bad)} do not)")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
