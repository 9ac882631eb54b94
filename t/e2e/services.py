"""Services that answer as a script tells them: functions, queues, topics, HTTP,
any other API, each in its own tongue; and the runs of definitions against them.

A run is a case of a data file (t/cases/README.md has the form).  What a flow
sends and what comes of it is compared with the file; a call that no script
expects is a failure.  The server's clock may run faster (t/lib/fastclock.c),
so that pauses of minutes are waited for."""

import calendar
import collections
import concurrent.futures
import http.client
import http.server
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import threading
import time
import urllib.parse
import xml.etree.ElementTree as etree

from server import Failure, Server, TOP, free_port

SPEED = int(os.environ.get("FASTCLOCK_SPEED", "20"))
# A pause is never shorter, and longer only by what the machine needs.
PAUSE_EARLY, PAUSE_LATE, END_LATE = 0.05, 15, 40

# What our locations tell the services.
OURS = {"X-" + name for name in ("Flow", "Exec", "Resource", "Target", "Token",
                                 "Function", "Kind", "Url")}

HTTP = """
    keepalive_requests   100000;
    cloudflow_resource   acs:fc:*     /tasks/fc;
    cloudflow_resource   acs:mns:*    /tasks/mns;
    cloudflow_resource   http*://*    /tasks/http;
    cloudflow_resource   *:*          /tasks/api;
    cloudflow_resource   */*          /tasks/fc;
    cloudflow_resource   <*>          /tasks/fc;
    upstream services {{ server 127.0.0.1:{services}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{tasks};
        cloudflow_tasks;
        proxy_http_version 1.1;
        proxy_set_header   Connection "";
        proxy_read_timeout 1h;
        proxy_next_upstream off;
        proxy_set_header   X-Flow     $cloudflow_task_flow;
        proxy_set_header   X-Exec     $cloudflow_task_execution;
        proxy_set_header   X-Resource $cloudflow_task_resource;
        proxy_set_header   X-Target   $cloudflow_task_target;
        proxy_set_header   X-Token    $cloudflow_task_token;
        proxy_set_header   X-Function $cloudflow_task_function;
        proxy_set_header   X-Kind     $kind;
        location /tasks/fc   {{ internal; set $kind fc; proxy_pass http://services$cloudflow_task_uri$is_args$args; }}
        location /tasks/mns  {{ internal; set $kind mns; proxy_pass http://services$cloudflow_task_uri; }}
        location /tasks/api  {{ internal; set $kind api; proxy_pass http://services/$cloudflow_task_function; }}
        location /tasks/http {{ internal; set $kind http; set $url $cloudflow_task_scheme://$cloudflow_task_host;
                               proxy_set_header X-Kind     $kind;
                               proxy_set_header X-Url      $url;
                               proxy_set_header Connection "";
                               proxy_set_header X-Flow     $cloudflow_task_flow;
                               proxy_set_header X-Exec     $cloudflow_task_execution;
                               proxy_set_header X-Resource $cloudflow_task_resource;
                               proxy_set_header X-Target   $cloudflow_task_target;
                               proxy_set_header X-Token    $cloudflow_task_token;
                               proxy_set_header Host       $cloudflow_task_host;
                               proxy_pass http://services$cloudflow_task_uri$is_args$args; }}
    }}
"""


def subset(want, got):
    """Every member of want is in got; other values are equal."""
    if isinstance(want, dict) and isinstance(got, dict):
        return all(name in got and subset(value, got[name])
                   for name, value in want.items())
    return same(want, got)


def same(a, b):
    """JSON's equality: true is not 1, the order of members is free."""
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


def alike(want, got):
    """As same(), but "@any" is any text."""
    if want == "@any":
        return isinstance(got, str) and got != ""
    if isinstance(want, dict) and isinstance(got, dict):
        return set(want) == set(got) and all(alike(want[name], got[name]) for name in want)
    if isinstance(want, list) and isinstance(got, list):
        return len(want) == len(got) and all(map(alike, want, got))
    return same(want, got)


def walk(value, change):
    """The value with its texts changed."""
    if isinstance(value, dict):
        return {name: walk(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [walk(one, change) for one in value]
    return change(value) if isinstance(value, str) else value


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return text.decode() if isinstance(text, bytes) else text


def filled(value, payload):
    """"$.a.b" in an answer is that part of what was sent."""
    def change(text):
        if not text.startswith("$."):
            return text
        found = payload
        for name in text[2:].split("."):
            found = found[name]
        return found
    return walk(value, change)


class Script:
    """What is answered in one run, and what was asked."""

    def __init__(self, stubs, generation, may_repeat=False):
        self.generation, self.may_repeat = generation, may_repeat
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.answers = {}
        for key, answers in stubs.items():
            self.answers[key] = [dict(answer, left=answer.get("times", 1))
                                 for answer in answers]
        self.calls = collections.defaultdict(list)
        self.order, self.tokens, self.problems = [], [], []
        self.given, self.said, self.reports = {}, {}, collections.Counter()

    def problem(self, text):
        with self.lock:
            self.problems.append(text)

    def hide(self, value):
        """Tokens become token-1, token-2, ..."""
        def change(text):
            for no, token in enumerate(self.tokens):
                text = text.replace(token, f"token-{no + 1}")
            return text
        return walk(value, change)

    def take(self, key, payload, token, idempotency):
        with self.lock:
            if token and token not in self.tokens:
                self.tokens.append(token)
            if idempotency in self.given:
                before = self.given[idempotency]
                if not self.may_repeat:
                    self.problems.append(f"{key}: the key {idempotency!r} was used before")
                elif before[0] != (key, self.hide(payload)):
                    self.problems.append(f"{key}: not what was sent with this key: {before[0]}")
                return before[1]
            shown = self.hide(payload)
            self.calls[key].append(shown)
            self.order.append((key, shown))
            fitting = [one for one in self.answers.get(key, ())
                       if "when" not in one or subset(one["when"], payload)]
            chosen = [one for one in fitting if one["left"] > 0] or fitting[-1:]
            if not chosen:
                self.problems.append(f"nothing answers {key} {shown}")
                return None
            chosen[0]["left"] -= 1
            self.given[idempotency] = (key, shown), chosen[0]
            return chosen[0]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    services = None

    def log_message(self, *unused):
        pass

    def text(self, name):
        value = self.headers.get(name)
        return value and value.encode("latin-1").decode()

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.kind = self.text("x-kind")
        script = self.services.script(self.text("x-flow"), self.text("x-exec"))
        if script is None:
            self.services.strays.append(f"{self.text('x-flow')} {self.path}")
            return self.reply(500, b"{}")
        resource, target = self.text("x-resource"), self.text("x-target")
        key = resource
        if script.generation == 2 and target != resource:
            key = f"{resource} {target}"
        self.script = script
        try:
            payload = getattr(self, "read_" + self.kind)(body, resource, target)
        except (ValueError, AttributeError, AssertionError, etree.ParseError) as e:
            script.problem(f"{key}: not {self.kind}'s tongue: {e!r} {self.path} {body[:200]}")
            return self.reply(500, b"{}")
        answer = script.take(key, payload, self.text("x-token"),
                             self.text("x-fnf-idempotency-key"))
        if answer is None:
            return self.reply(500, b"{}")
        self.act(answer, payload)

    # What the services of each kind read.

    def read_fc(self, body, resource, target):
        path, _, args = self.path.partition("?")
        path = urllib.parse.unquote(path)
        old = re.fullmatch(r"acs:fc:[^:]*:[^:]*:services/([^/]+)/functions/([^/]+)", target)
        new = re.fullmatch(r"acs:fc:[^:]*:[^:]*:functions/([^/]+)(?:/(.+))?", target)
        if old:
            assert path == f"/2016-08-15/services/{old[1]}/functions/{old[2]}/invocations"
        elif new:
            assert path == f"/2023-03-30/functions/{new[1]}/invocations"
            assert urllib.parse.unquote(args) == (f"qualifier={new[2]}" if new[2] else "")
        assert self.command == "POST"
        assert self.text("x-fc-invocation-type") in ("Sync", "Async")
        return parsed(body) if body else {}

    def read_mns(self, body, resource, target):
        assert self.command == "POST" and target.endswith(urllib.parse.unquote(self.path))
        numbers = "Priority", "DelaySeconds"
        found = {}
        for one in etree.fromstring(body):
            name = one.tag.split("}")[-1]
            if len(one):
                found[name] = {inner.tag.split("}")[-1]: parsed(inner.text)
                               for inner in one}
            else:
                found[name] = (int(one.text) if name in numbers else
                               parsed(one.text) if name == "MessageBody" else one.text)
        if self.script.generation == 1:
            return found
        spelled = {"MessageBody": "message"}
        found = {spelled.get(name, name[0].lower() + name[1:]): value
                 for name, value in found.items()}
        return dict(found, resourceArn=target)

    def read_http(self, body, resource, target):
        assert self.text("x-url") + self.path == target, (self.path, target)
        shown = {"url": target, "method": self.command.lower(), "headers": {
            name.title(): value for name, value in self.headers.items()}}
        if body:
            shown["body"] = parsed(body)
        return shown

    def read_api(self, body, resource, target):
        assert self.command == "POST"
        assert urllib.parse.unquote(self.path) == "/" + resource.split(":", 1)[1]
        return json.loads(body)

    # What they answer.

    def reply(self, status, body, **headers):
        if not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        headers.setdefault("Content_Type", "application/json")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def act(self, answer, payload):
        if "delay" in answer:
            self.script.over.wait(answer["delay"])
        if "report" in answer:
            self.report(filled(answer["report"], payload), filled(answer["token"], payload))
        if answer.get("hang"):
            self.script.over.wait(60)
        if answer.get("reset") or answer.get("hang"):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                       struct.pack("ii", 1, 0))
            self.close_connection = True
            self.rfile.close()
            self.connection.close()
        elif "status" in answer:
            self.reply(answer["status"], answer.get("body", "").encode(), **answer.get("headers", {}))
        elif "fill" in answer:
            self.reply(200, {"fill": "x" * answer["fill"]})
        elif "return" in answer:
            getattr(self, "return_" + self.kind)(filled(answer["return"], payload))
        elif "error" in answer:
            getattr(self, "error_" + self.kind)(answer["error"], answer.get("cause", ""))
        else:
            self.submitted(answer, payload)

    def submitted(self, answer, payload):
        """Accepts, and has the end reported; or the other way round."""
        token = self.text("x-token")
        given = json.dumps(payload, ensure_ascii=False)
        if self.kind == "http":
            given += self.headers.get("x-fnf-http-callback-task-token", "")
        if "later" in answer or "laterError" in answer:
            if self.text("x-fnf-task-token") != token:
                self.script.problem("no x-fnf-task-token with a job")
            if self.text("x-fc-invocation-type") != "Async":
                self.script.problem("a job must be submitted with Async")
        elif token not in given:
            self.script.problem(f"the flow passed no token on: {given[:200]}")
        body, name = (answer.get(one) for one in (
            ("later", "laterError") if "later" in answer or "laterError" in answer
            else ("callback", "callbackError")))
        early = answer.get("early")
        if early:
            self.report(filled(body, payload), token, name, answer.get("cause"))
        if self.kind == "mns":
            self.return_mns({})
        else:
            self.reply(202 if "later" in answer or "laterError" in answer else 200,
                       {"accepted": True})
        if not early and not answer.get("silent"):
            self.report(filled(body, payload), token, name, answer.get("cause"))

    def report(self, output, token, error=None, cause=None):
        try:
            if error is None:
                self.services.call("ReportTaskSucceeded", TaskToken=token,
                                   Output=json.dumps(output))
            else:
                self.services.call("ReportTaskFailed", TaskToken=token,
                                   Error=error, Cause=cause)
            code = "ok"
        except Failure as failure:
            code = failure.code
        with self.script.lock:
            self.script.reports[code] += 1

    def return_fc(self, value):
        self.reply(200, value)

    def return_http(self, value):
        self.reply(value["Code"], value["Body"] if not isinstance(value["Body"], str)
                   else value["Body"].encode(),
                   **{name.replace("-", "_"): text[0]
                      for name, text in value.get("Header", {}).items()})

    def return_api(self, value):
        self.reply(200, value)

    def return_mns(self, value):
        inner = "".join(f"<{name}>{text}</{name}>" for name, text in {
            "MessageId": "m-1", "MessageBodyMD5": "D41D8CD98F00B204E9800998ECF8427E",
            **value}.items())
        self.reply(201, f'<?xml version="1.0"?><Message xmlns="http://mns.aliyuncs.com/doc/v1/">{inner}</Message>'.encode(),
                   Content_Type="text/xml", x_mns_request_id="r-1")

    def said(self, cause, text):
        """The text of an answer is the cause of the error."""
        with self.script.lock:
            self.script.said[cause] = text

    def error_fc(self, name, cause):
        service, _, code = name.partition(".")
        status = {"ResourceThrottled": 429, "ResourceExhausted": 429,
                  "InternalServerError": 500}.get(code, 404)
        if name == "FC.Unknown":
            text = cause
        elif service == "FC":
            text = json.dumps({"ErrorCode": code, "ErrorMessage": cause})
        else:
            text = json.dumps({"errorType": name, "errorMessage": cause})
        self.said(cause, text)
        if service == "FC" and name != "FC.Unknown":
            self.reply(status, text.encode())
        else:
            self.reply(200, text.encode(), x_fc_error_type="UnhandledInvocationError")

    def error_mns(self, name, cause):
        text = f"<Error><Code>{name.split('.', 1)[1]}</Code><Message>{cause}</Message></Error>"
        self.said(cause, text)
        self.reply(404, text.encode(), Content_Type="text/xml")

    def error_api(self, name, cause):
        text = json.dumps({"Code": name.split(".", 1)[1], "Message": cause})
        self.said(cause, text)
        self.reply(503, text.encode())

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError):
            pass


for method in "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD":
    setattr(Handler, "do_" + method, Handler.serve)


class Services(http.server.ThreadingHTTPServer):
    """A server with fast clocks, and the services that it calls."""

    request_queue_size = 1024
    daemon_threads = True

    def __init__(self, kills=False, speed=SPEED, **options):
        self.kills, self.killed, self.speed = kills, 0, speed
        super().__init__(("127.0.0.1", 0), type("Bound", (Handler,), {"services": self}))
        self.scripts, self.strays = {}, []
        self.server = Server(http=HTTP.format(services=self.server_address[1],
                                              tasks=free_port()), **options)
        self.epoch = time.time()
        clock = os.path.join(self.server.root, "fastclock.so")
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", clock,
                        os.path.join(TOP, "t/lib/fastclock.c")], check=True)
        self.server.environment = {"LD_PRELOAD": clock,
                                   "FASTCLOCK": f"{self.epoch:.6f} {speed}"}

    def handle_error(self, *unused):
        pass

    def now(self):
        """The server's clock."""
        return self.epoch + (time.time() - self.epoch) * self.speed

    def script(self, flow, execution):
        return self.scripts.get((flow, execution)) or self.scripts.get((flow, None))

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.server.start()
        return self

    def __exit__(self, *unused):
        for script in self.scripts.values():
            script.over.set()
        self.shutdown()
        self.server.close()
        self.server_close()

    def kill(self, over, pause=0.3):
        """A worker at a time, now and then all of nginx, until it is over."""
        while not over.wait(random.uniform(0, 2 * pause)):
            self.killed += 1
            if self.killed % 5 == 0:
                self.server.kill_all()
                self.server.start(wait=False)
                continue
            for worker in random.sample(self.server.workers(), 1):
                os.kill(worker, signal.SIGKILL)

    def call(self, action, **params):
        """While workers are killed, again and again until there is an answer."""
        until = time.time() + 30
        while True:
            try:
                return self.server.call(action, **params)
            except (OSError, http.client.HTTPException):
                if not self.kills or time.time() > until:
                    raise
                time.sleep(0.02)

    # Runs

    def create(self, name, text):
        try:
            self.call("CreateFlow", Name=name, Type="FDL", Description="", Definition=text)
        except Failure as failure:
            if not self.kills or failure.code != "FlowAlreadyExists":
                raise

    def start(self, name, execution, given):
        try:
            self.call("StartExecution", FlowName=name, ExecutionName=execution,
                      Input=json.dumps(given))
        except Failure as failure:
            # Started by a call whose answer was lost.
            if not self.kills or failure.code != "ExecutionAlreadyExists":
                raise

    def dated(self, value):
        """"@+5" is the time in five seconds."""
        now = self.now()

        def change(text):
            if not re.fullmatch(r"@[+-]\d+", text):
                return text
            return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + int(text[1:])))
        return walk(value, change)

    def run(self, name, text, execution, run, children=()):
        """What is wrong with it; nothing is None."""
        run = self.dated(run)
        script = Script(run.get("stubs", {}), 2 if "Type: StateMachine" in text else 1,
                        self.kills)
        self.scripts[name, execution] = script
        for child in children:
            self.scripts[child, None] = script
        before = {child: set(self.names(child)) for child in run.get("children", {})}
        self.start(name, execution, run["input"])
        seen = self.end(name, execution)
        script.over.set()
        with script.lock:
            wrong = list(script.problems)
        wrong += self.wrong_end(name, execution, seen, run, script)
        wrong += self.wrong_calls(text, run, script)
        for key, count in run.get("called", {}).items():
            if len(script.calls[key]) != count:
                wrong.append(f"{key} was called {len(script.calls[key])} times, not {count}")
        if "events" in run:
            count = len(self.history(name, execution))
            if count != run["events"]:
                wrong.append(f"{count} events, not {run['events']}")
        if "lasts" in run:
            took = time_of(seen["StoppedTime"]) - time_of(seen["StartedTime"])
            if not run["lasts"] <= took <= run["lasts"] + END_LATE * (10 if self.kills else 1):
                wrong.append(f"it took {took:.1f} s, not {run['lasts']}")
        if "waits" in run:
            wrong += self.wrong_waits(name, execution, text, run["waits"])
        for child, want in run.get("children", {}).items():
            wrong += self.wrong_child(child, want, before[child])
        until = time.time() + 5
        while "reports" in run and run["reports"] != script.reports \
                and time.time() < until and not self.kills:
            time.sleep(0.01)
        if "reports" in run and run["reports"] != script.reports and not self.kills:
            wrong.append(f"reports {dict(script.reports)}, not {run['reports']}")
        return "; ".join(wrong) or None

    def end(self, name, execution):
        until = time.time() + 60
        while True:
            seen = self.call("DescribeExecution", FlowName=name,
                                    ExecutionName=execution, WaitTimeSeconds=60)
            if seen["Status"] != "Running" or time.time() > until:
                return seen

    def history(self, name, execution):
        found, token = [], None
        while True:
            page = self.call("GetExecutionHistory", FlowName=name, Limit=1000,
                                    ExecutionName=execution, NextToken=token)
            found += page["Events"]
            token = page.get("NextToken")
            if not token:
                return found

    def wrong_end(self, name, execution, seen, run, script):
        wrong = []

        def said(text):
            return script.said.get(text, text)

        if seen["Status"] != run["status"]:
            wrong.append(f"{seen['Status']}, not {run['status']}")
        output = json.loads(seen["Output"]) if seen["Output"] else None
        if "output" in run and not alike(walk(run["output"], said), script.hide(output)):
            wrong.append(f"output {json.dumps(output)}, not {json.dumps(run['output'])}")
        if seen["Status"] == "Failed" or "error" in run:
            last = json.loads(self.history(name, execution)[-1]["EventDetail"])
            for member in "error", "cause":
                if member in run and last.get(member) != said(run[member]):
                    wrong.append(f"{member} {last.get(member)!r}, not {run[member]!r}")
            if wrong and "error" not in run:
                wrong.append(f"it ended with {last}")
        return wrong

    def wrong_calls(self, text, run, script):
        wrong, want = [], run.get("calls")
        if want is None:
            return wrong
        pairs = [("calls", want, script.order)]
        if isinstance(want, dict):
            pairs = [(key, want.get(key, []), [(key, call) for call in script.calls.get(key, [])])
                     for key in sorted(set(want) | set(script.calls))]
        for key, one, got in pairs:
            got = [self.plain(*pair) for pair in got]
            if re.search(r"type: (foreach|parallel|map)\b", text, re.I):
                one, got = (sorted(calls, key=lambda call: json.dumps(call, sort_keys=True))
                            for calls in (one, got))
            if not same(one, got):
                wrong.append(f"{key}: sent {json.dumps(got)[:600]}, not {json.dumps(one)[:600]}")
        return wrong

    @staticmethod
    def plain(key, call):
        """Of headers those that flows may set: other ones are nginx's."""
        if not key.startswith("HTTP:"):
            return call
        headers = {name: value for name, value in call["headers"].items()
                   if name.startswith("X-") and not name.startswith("X-Fnf")
                   and name not in OURS}
        return dict(call, headers=headers)

    def wrong_waits(self, name, execution, text, want):
        """Pauses of wait steps, and between a failure and the next try."""
        steps = set(re.findall(r"type: wait\s+name: (\S+)", text, re.I))
        before, pauses = {}, []
        for event in self.history(name, execution):
            at, kind = time_of(event["Time"]), event["Type"]
            was, since = before.get(event["ScheduleEventId"], (None, 0))
            before[event["EventId"]] = kind, at
            if (kind == "StepSucceeded" and event["StepName"] in steps) \
                    or (kind == "TaskScheduled" and was != "StepStarted"):
                pauses.append((since, at - since))
        got = [pause for _, pause in sorted(pauses)]
        fits = len(got) == len(want) and all(
            a - PAUSE_EARLY <= b <= a + PAUSE_LATE * (10 if self.kills else 1) for a, b in zip(want, got))
        return [] if fits else [f"pauses {[round(one, 2) for one in got]}, not {want}"]

    def names(self, flow):
        return [one["Name"] for one in self.call(
            "ListExecutions", FlowName=flow, Limit=100)["Executions"]]

    def wrong_child(self, flow, want, before):
        """The executions of a sub-flow that this run started."""
        found = [name for name in self.names(flow) if name not in before]
        ended = [self.end(flow, name) for name in found]
        got = sorted((one["Status"], one["Output"] and json.dumps(
            json.loads(one["Output"]), sort_keys=True)) for one in ended)
        wanted = sorted((one["status"], "output" in one and json.dumps(
            one["output"], sort_keys=True) or "") for one in want)
        return [] if got == wanted else [f"{flow}: {got}, not {wanted}"]


def time_of(text):
    """RFC 3339 in UTC, milliseconds."""
    whole, _, rest = text.rstrip("Z").partition(".")
    stamp = time.strptime(whole, "%Y-%m-%dT%H:%M:%S")
    return calendar.timegm(stamp) + float("0." + (rest or "0"))


class Case:
    """A definition, its children and its runs."""

    def __init__(self, name, text, runs, children=None):
        self.name, self.text, self.runs = name, text, runs
        self.children = children or {}


def listed(path, folders):
    """The cases of a data file whose definitions stand in these folders."""
    def read(file):
        for folder in folders:
            try:
                with open(os.path.join(folder, file), encoding="utf-8") as f:
                    return f.read()
            except FileNotFoundError:
                pass
        raise FileNotFoundError(file)

    with open(path, encoding="utf-8") as f:
        found = json.load(f)
    return [Case(case.get("name", re.sub(r"\W", "_", file.rsplit(".", 1)[0])), read(file),
                 case["runs"], {child: read(its) for child, its in
                                case.get("children", {}).items()})
            for file, case in found.items()]


def run_all(services, cases, ok):
    """All at the same time; those with executions of unknown names one run
    after the other."""
    jobs = []
    for case in cases:
        services.create(case.name, case.text)
        for child, text in case.children.items():
            services.create(child, text)
        runs = list(enumerate(case.runs))
        alone = case.children or "acs:fnf:" in case.text or "ProcessorConfig" in case.text
        jobs += [(case, runs)] if alone else [(case, [run]) for run in runs]

    def work(job):
        case, runs = job
        found = []
        for no, run in runs:
            try:
                found.append((no, services.run(case.name, case.text, f"exec-{no + 1}",
                                               run, [case.name, *case.children])))
            except (OSError, Failure, KeyError, ValueError) as e:
                found.append((no, repr(e)))
        return found

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        for (case, _), found in zip(jobs, pool.map(work, jobs)):
            for no, wrong in found:
                ok(wrong is None, f"{case.name} run {no + 1}: "
                   f"{case.runs[no].get('note', case.runs[no]['status'])}"
                   + (f": {wrong}" if wrong else ""))
