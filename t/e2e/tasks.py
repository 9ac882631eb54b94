#!/usr/bin/env python3
"""Tasks against services that misbehave: slow, reset, cut off, dead, killed and
started again; nginx killed and reloaded while calls are in flight.  Every
execution ends as its flow says, and a call is repeated only under its own key."""

import calendar
import collections
import concurrent.futures
import http.client
import http.server
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

from server import Failure, Server, Tap, call_on, free_port
from service import Service

tap = Tap()

HTTP = """
    keepalive_requests       100000;
    cloudflow_calls          {calls};
    cloudflow_resource       acs:fc:*                  /fn;
    cloudflow_resource       acs:fc:*functions/two-*   /two;
    cloudflow_resource       acs:fc:*functions/quick*  /quick;
    upstream one {{ server 127.0.0.1:{backend}; keepalive 64; }}
    upstream two {{ server 127.0.0.1:{dead}; server 127.0.0.1:{backend}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{tasks};
        cloudflow_tasks;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header X-Exec $cloudflow_task_execution;
        proxy_set_header X-Token $cloudflow_task_token;
        proxy_set_header X-Step $cloudflow_task_step;
        proxy_set_header X-Pid $pid;
        location /fn    {{ internal; proxy_pass http://one/$cloudflow_task_function; }}
        location /two   {{ internal; proxy_pass http://two/$cloudflow_task_function; }}
        location /quick {{ internal; proxy_pass http://one/$cloudflow_task_function; proxy_read_timeout 300ms; }}
        location /plain {{ proxy_pass http://one/ok; }}
        location /status {{ cloudflow_status; }}
    }}
"""


# The services: a process of their own, so that they can be killed.

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    lock = threading.Lock()
    log = None

    def log_message(self, *unused):
        pass

    def note(self, name):
        line = json.dumps(dict(
            name=name, key=self.headers.get("x-fnf-idempotency-key"),
            attempt=self.headers.get("x-fnf-attempt"),
            exec=self.headers.get("x-exec"), token=self.headers.get("x-token"),
            peer=self.client_address[1]))
        with self.lock:
            self.log.write(line + "\n")
            self.log.flush()

    def answer(self, status, body, **headers):
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        name = self.path.rsplit("/", 1)[1]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.note(name)
        for part in name.split("-")[1:]:
            if part.isdigit():
                time.sleep(int(part) / 1000)
        if "reset" in name:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                       struct.pack("ii", 1, 0))
            self.close_connection = True
            self.rfile.close()
            self.connection.close()
        elif "cut" in name:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"half":')
            self.close_connection = True
        elif "chunks" in name:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for byte in b'{"a":"chunked"}':
                self.wfile.write(b"1\r\n" + bytes([byte]) + b"\r\n")
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        elif "broken" in name:
            self.answer(500, {"ErrorCode": "InternalServerError"})
        elif "raise" in name:
            self.answer(200, {"errorType": "SoldOut", "errorMessage": "none"},
                        x_fc_error_type="HandledInvocationError")
        elif "take" in name:
            self.answer(202, {})
        else:
            self.answer(200, {"was": json.loads(body or b"null")})

    do_GET = do_POST

    def handle(self):
        try:
            super().handle()
        except (OSError, ValueError):
            pass


class Services(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True

    def handle_error(self, *unused):
        pass


def serve(port, path):
    Handler.log = open(path, "a")
    Services(("127.0.0.1", port), Handler).serve_forever()


class Backend:
    def __init__(self, root):
        self.port = free_port()
        self.path = os.path.join(root, "calls.log")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), "serve",
             str(self.port), self.path])
        until = time.time() + 10
        while time.time() < until:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.02)
        raise RuntimeError("the services did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def calls(self):
        """What was called, by execution; half a line at the end is a crash."""
        found = collections.defaultdict(list)
        try:
            with open(self.path) as f:
                for line in f:
                    if line.endswith("\n"):
                        call = json.loads(line)
                        found[call["exec"]].append(call)
        except FileNotFoundError:
            pass
        return found


class World:
    def __init__(self, calls=512, **options):
        self.server = Server(**options)
        self.backend = Backend(self.server.root)
        self.tasks = free_port()
        self.server.options["http"] = HTTP.format(
            calls=calls, backend=self.backend.port, dead=free_port(),
            tasks=self.tasks)

    def __enter__(self):
        self.backend.start()
        self.server.start()
        return self

    def __exit__(self, *unused):
        alarms = self.server.alarms()
        tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))
        self.server.close()
        self.backend.kill()

    def flow(self, name, function, more="", pattern="requestResponse"):
        self.server.call("CreateFlow", Name=name, Type="FDL", Description="", Definition=f"""
version: v1
type: flow
steps:
  - type: task
    name: t
    resourceArn: acs:fc:::services/s/functions/{function}
    pattern: {pattern}
{more}""")

    def start(self, flow, name, value=0):
        return self.server.call("StartExecution", FlowName=flow, ExecutionName=name,
                                Input=json.dumps({"n": value}))

    def end(self, flow, name, seconds=60):
        """Waits for the end, over restarts of nginx."""
        until = time.time() + seconds
        while True:
            try:
                seen = self.server.call("DescribeExecution", FlowName=flow,
                                        ExecutionName=name, WaitTimeSeconds=20)
                if seen["Status"] != "Running" or time.time() > until:
                    return seen
            except (OSError, http.client.HTTPException, Failure):
                if time.time() > until:
                    raise
                time.sleep(0.05)

    def many(self, flow, names, threads=16):
        """Started and acknowledged ones."""
        done = []

        def one(name):
            try:
                self.start(flow, name)
                done.append(name)
            except (OSError, http.client.HTTPException, Failure):
                pass

        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            list(pool.map(one, names))
        return done

    def ends(self, flow, names, threads=16, seconds=90):
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            return collections.Counter(pool.map(
                lambda name: self.end(flow, name, seconds)["Status"], names))

    def error(self, flow, name):
        events = self.server.call("GetExecutionHistory", FlowName=flow,
                                  ExecutionName=name, Limit=1000)["Events"]
        for event in events:
            if event["Type"] == "ExecutionFailed":
                return json.loads(event["EventDetail"])["error"]
        return None

    def status(self, port, name):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/status")
        for line in connection.getresponse().read().decode().splitlines():
            if line.startswith(f"cloudflow_{name} "):
                return int(line.split()[1])
        return None


RETRY = """    retry:
      - errors: [FC.InternalServerError]
        intervalSeconds: 1
        multiplier: 1
        maxAttempts: 100
"""


def misbehaving():
    with World() as world:
        for function, status, error in (
                ("ok", "Succeeded", None),
                ("chunks", "Succeeded", None),
                ("slow-700", "Succeeded", None),
                ("quick-700", "Failed", "FC.InternalServerError"),
                ("reset", "Failed", "FC.InternalServerError"),
                ("cut", "Failed", "FC.InternalServerError"),
                ("broken", "Failed", "FC.InternalServerError"),
                ("raise", "Failed", "SoldOut")):
            world.flow(function, function)
            world.start(function, f"e-{function}")
            seen = world.end(function, f"e-{function}")
            got = world.error(function, f"e-{function}")
            tap.ok(seen["Status"] == status and got == error,
                   f"{function}: {seen['Status']}, {got}")
        world.flow("limit", "slow-5000", "    timeoutSeconds: 1\n")
        began = time.time()
        world.start("limit", "e")
        world.end("limit", "e")
        tap.ok(world.error("limit", "e") == "FnF.TaskTimeout"
               and time.time() - began < 3, "a task's own time limit ends it")
        world.start("slow-700", "stopped")
        time.sleep(0.2)
        world.server.call("StopExecution", FlowName="slow-700", ExecutionName="stopped")
        tap.ok(world.end("slow-700", "stopped")["Status"] == "Stopped",
               "stopped while a call is in flight")
        world.flow("two", "two-ok")
        names = [f"two{no}" for no in range(300)]
        world.many("two", names)
        tap.ok(world.ends("two", names) == {"Succeeded": 300},
               "a dead server in an upstream is avoided")
        calls = world.backend.calls()
        peers = {call["peer"] for name in names for call in calls[name]}
        tap.ok(all(len(calls[name]) == 1 for name in names),
               "each was called once")
        tap.ok(len(peers) < 150, f"connections are used again: {len(peers)} for 300 calls")
        log = [line for line in world.server.log().splitlines() if "Connection refused" in line]
        tap.ok(log and 'cloudflow flow: "two"' in log[0] and 'step: "t"' in log[0],
               "the error log names flow and step")


def callbacks():
    with World() as world:
        more = "    inputMappings:\n      - target: token\n        source: $context.task.token\n"
        world.flow("ask", "ok", more, "waitForCallback")
        world.flow("job", "take", "", "sync")
        for no in range(3):
            world.start("ask", f"a{no}")
            world.start("job", f"j{no}")
        tokens = {}
        until = time.time() + 10
        while len(tokens) < 6 and time.time() < until:
            tokens = {name: calls[0]["token"]
                      for name, calls in world.backend.calls().items()}
            time.sleep(0.05)
        time.sleep(0.3)
        tap.ok(len(set(tokens.values())) == 6, "every waiting task has a token of its own")
        tap.ok(all(len(token) <= 512 and token.replace("-", "").replace("_", "").isalnum()
                   for token in tokens.values()), "tokens are short and safe in URLs")

        # As much as nginx restarted in between.
        world.server.stop()
        world.server.start()
        call = world.server.call
        call("ReportTaskSucceeded", TaskToken=tokens["a0"], Output='{"by":"eve"}')
        call("ReportTaskFailed", TaskToken=tokens["a1"], Error="Rejected", Cause="c")
        call("ReportTaskSucceeded", TaskToken=tokens["j0"], Output='{"done":true}')
        call("ReportTaskFailed", TaskToken=tokens["j1"], Error="JobError")
        tap.ok(json.loads(world.end("ask", "a0")["Output"]) == {"by": "eve"}
               and json.loads(world.end("job", "j0")["Output"]) == {"done": True},
               "reported results are the outputs, after a restart")
        world.end("ask", "a1")
        world.end("job", "j1")
        tap.ok(world.error("ask", "a1") == "Rejected" and world.error("job", "j1") == "JobError",
               "reported errors are the errors")
        call("StopExecution", FlowName="ask", ExecutionName="a2")
        call("StopExecution", FlowName="job", ExecutionName="j2")
        codes = []
        forged = tokens["a0"][:-2] + ("AA" if tokens["a0"][-2:] != "AA" else "BB")
        for token in (tokens["a0"], tokens["a1"], tokens["j0"], tokens["a2"], tokens["j2"], forged):
            try:
                call("ReportTaskSucceeded", TaskToken=token, Output="{}")
                codes.append(None)
            except Failure as failure:
                codes.append(failure.code)
        tap.ok(codes == ["TaskAlreadyCompleted"] * 5 + ["InvalidArgument"],
               f"late reports and forged tokens are refused: {codes}")
        text = json.dumps(call("GetExecutionHistory", FlowName="ask", ExecutionName="a0"))
        tap.ok(tokens["a0"] not in text and "<token>" in text, "no token in a history")


def one_key_each(calls, names):
    """Every attempt has one key, every key one attempt of one execution."""
    owners = {}
    for name in names:
        keys = collections.defaultdict(set)
        for call in calls[name]:
            keys[call["attempt"]].add(call["key"])
            if owners.setdefault(call["key"], (name, call["attempt"])) != (name, call["attempt"]):
                return f"{name}: key {call['key']} is shared"
        for attempt, found in keys.items():
            if len(found) != 1:
                return f"{name}: attempt {attempt} has {len(found)} keys"
    return None


def backend_dies(count):
    with World() as world:
        world.flow("work", "ok", RETRY)
        names = [f"w{no}" for no in range(count)]
        starter = threading.Thread(target=world.many, args=("work", names))
        starter.start()
        for _ in range(3):
            time.sleep(0.4)
            world.backend.kill()
            time.sleep(0.6)
            world.backend.start()
        starter.join()
        ends = world.ends("work", names)
        tap.ok(ends == {"Succeeded": count},
               f"{count} executions while the service is killed three times: {dict(ends)}")
        calls = world.backend.calls()
        problem = one_key_each(calls, names)
        retried = sum(1 for name in names if calls[name][-1]["attempt"] != "0")
        tap.ok(problem is None and retried > 0,
               f"a key per attempt, {retried} executions retried: {problem}")


def nginx_dies(count):
    with World() as world:
        world.flow("quick", "ok", RETRY)
        world.flow("slow", "slow-900")
        names, slow = [], [f"s{no}" for no in range(200)]
        world.many("slow", slow)
        for turn in range(3):
            part = [f"q{turn}-{no}" for no in range(count)]
            starter = threading.Thread(target=lambda: names.extend(world.many("quick", part)))
            starter.start()
            time.sleep(0.4)
            world.server.kill_all()
            starter.join()
            world.server.start()
        ends = world.ends("quick", names)
        tap.ok(ends == {"Succeeded": len(names)},
               f"{len(names)} acknowledged executions over 3 kill -9: {dict(ends)}")
        ends = world.ends("slow", slow)
        tap.ok(ends == {"Succeeded": len(slow)}, f"slow calls over 3 kill -9: {dict(ends)}")
        calls = world.backend.calls()
        problem = one_key_each(calls, names + slow)
        tap.ok(problem is None, f"repeated calls keep their keys: {problem}")
        doubled = sum(1 for name in names + slow if len(calls[name]) > 1)
        tap.ok(doubled > 0 and all(call["attempt"] == "0" for name in slow for call in calls[name]),
               f"{doubled} executions were called again after a crash")


GATE = """
version: v1
type: flow
steps:
  - type: wait
    name: gate
    timestamp: $.until
  - type: task
    name: t
    resourceArn: acs:fc:::services/s/functions/again-5
""" + RETRY


WAVES = 5                   # a second each, in which they begin to call


def spread(world, work, names, threads=8):
    """work(connection, name) of each, over connections that stay; in order."""
    local = threading.local()

    def one(name):
        for _ in range(200):
            if getattr(local, "connection", None) is None:
                local.connection = http.client.HTTPConnection(
                    "127.0.0.1", world.server.port, timeout=70)
            try:
                return work(local.connection, name)
            except (OSError, http.client.HTTPException):
                local.connection.close()
                local.connection = None
                time.sleep(0.05)
        raise RuntimeError(f"no answer for {name}")

    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, names))


def all_ends(world, flow, seconds):
    """Every execution of the flow, once none runs any more."""
    until = time.time() + seconds
    while True:
        found, token = {}, None
        try:
            while True:
                page = world.server.call("ListExecutions", FlowName=flow, Limit=100,
                                         MetadataOnly="true", NextToken=token)
                for seen in page["Executions"]:
                    found[seen["Name"]] = seen["Status"]
                token = page.get("NextToken")
                if not token:
                    break
        except (OSError, http.client.HTTPException, Failure):
            found = {}
        if found and "Running" not in found.values() or time.time() > until:
            return found
        time.sleep(0.5)


def stamp(text):
    """Seconds of an event's time, which has whole milliseconds."""
    whole, _, part = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) \
        + float("0." + (part or "0"))


def outcomes(events):
    """When each attempt's outcome became history, in order."""
    return [stamp(event["Time"]) for event in events
            if event["Type"] in ("TaskSucceeded", "TaskFailed", "TaskTimedOut")]


def as_defined(events):
    """Each attempt but the last failed, 1 s apart; nothing else happened."""
    kinds = [event["Type"] for event in events]
    tries = kinds.count("TaskScheduled")
    turn = ["TaskScheduled", "TaskStarted"]
    return tries > 1 and kinds == (
        ["ExecutionStarted"]
        + ["StepEntered", "StepStarted", "StepSucceeded", "StepExited"]
        + ["StepEntered", "StepStarted"]
        + (turn + ["TaskFailed"]) * (tries - 1) + turn + ["TaskSucceeded"]
        + ["StepSucceeded", "StepExited", "ExecutionSucceeded"])


def judge(calls, events, lives, refused):
    """What is wrong with the calls of one execution: (problem, repeats).  A
    call is repeated when nginx was killed in between (lives: of which one were
    its workers?) and no outcome of it was history: what is history when nginx
    comes up again is not undone, so no call comes after its outcome.  One
    that the service never saw is one that nginx's log knows as refused."""
    ends, tries, repeats = outcomes(events), collections.defaultdict(list), 0
    for call in calls:
        tries[int(call["attempt"])].append(call)
    unseen = set(range(len(ends))) - set(tries)
    if max(tries) >= len(ends) or len(unseen) > refused:
        return f"attempts {sorted(tries)}, {len(ends)} outcomes, {refused} refused", 0
    keys = set()
    for attempt, seen in tries.items():
        if len({call["key"] for call in seen}) != 1 or seen[0]["key"] in keys:
            return f"attempt {attempt}: the keys are wrong", 0
        keys.add(seen[0]["key"])
        for one, two in zip(seen, seen[1:]):
            repeats += 1
            if lives[one["pid"]] == lives[two["pid"]]:
                return f"attempt {attempt} was repeated without need: {one}, {two}", 0
        # Times of events are cut to a millisecond.
        if seen[-1]["at"] > ends[attempt] + 0.001:
            return f"attempt {attempt} was called after its outcome", 0
    return None, repeats


def together(count, gate):
    """All of them run at the same time; then each calls, fails, calls again
    after a second, while the service and nginx are killed."""
    server = Server()
    service, tasks = Service(server.root), free_port()
    server.options["http"] = HTTP.format(calls=256, backend=service.port,
                                         dead=free_port(), tasks=tasks)
    world = World.__new__(World)
    world.server, world.backend, world.tasks = server, service, tasks
    with world:
        server.call("CreateFlow", Name="g", Type="FDL", Description="", Definition=GATE)
        names = [f"g{no}" for no in range(count)]
        opens = time.time() + gate
        texts = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(opens + no))
                 for no in range(WAVES)]
        opens = stamp(texts[0])
        spread(world, lambda connection, name: call_on(
            connection, "StartExecution", FlowName="g", ExecutionName=name,
            Input=json.dumps({"until": texts[int(name[1:]) % WAVES], "name": name})), names)
        running = world.status(tasks, "executions_running")
        tap.ok(time.time() < opens and running == count and not service.calls(),
               f"{running} executions run at the same time, "
               f"{opens - time.time():.0f} s before the first may call")
        lives = {str(pid): 0 for pid in server.workers()}
        for share, victim in ((0.15, "service"), (0.4, "nginx"), (0.6, "service"),
                              (0.8, "nginx")):
            while len(service.calls()) < 2 * count * share and time.time() < opens + 60:
                time.sleep(0.01)
            if victim == "service":
                service.kill()
                time.sleep(0.1)
                service.start()
            else:
                server.kill_all()
                server.start()
                lives.update((str(pid), share) for pid in server.workers())
            tap.note(f"{victim} killed after {len(service.calls())} calls")
        found = all_ends(world, "g", 120)
        ends = collections.Counter(found[name] for name in names if name in found)
        tap.ok(ends == {"Succeeded": count} and len(found) == count,
               f"all end: {dict(ends)}, {time.time() - opens:.1f} s after the gate")
        histories = spread(world, lambda connection, name: call_on(
            connection, "GetExecutionHistory", FlowName="g", ExecutionName=name,
            Limit=1000)["Events"], names)
        wrong = [name for name, events in zip(names, histories) if not as_defined(events)
                 or json.loads(events[-1]["EventDetail"])["output"]["name"] != name]
        tap.ok(not wrong, f"each ended as its definition says: {wrong[:3]}")
        calls = collections.defaultdict(list)
        for call in service.calls():
            calls[call["exec"]].append(call)
        refused = collections.Counter(re.findall(
            r'(?:refused|reset by peer|prematurely closed|Broken pipe).*'
            r'cloudflow flow: "g", execution: "(g\d+)"', server.log()))
        problems, repeats, keys = [], 0, collections.Counter()
        for name, events in zip(names, histories):
            problem, more = judge(calls[name], events, lives, refused[name])
            repeats += more
            keys.update({call["key"] for call in calls[name]})
            if problem:
                problems.append(f"{name}: {problem}")
        total = sum(map(len, calls.values()))
        tap.ok(not problems, "a call is repeated only where a kill fell between it and "
               f"the commit of its outcome, under its key: {problems[:3]}, {len(problems)}")
        tap.ok(repeats > 0 and not set(calls) - set(names) and max(keys.values()) == 1,
               f"{total} calls, {repeats} of them repeated after a crash; no key of two")


def reloads():
    with World(shutdown="30s") as world:
        world.flow("short", "slow-800")
        world.flow("long", "slow-7000")
        world.flow("quick", "ok")
        # All end at about the same time, which is when the workers leave.
        for round in range(3):
            short = [f"s{round}-{no}" for no in range(60)]
            world.many("short", short)
            old = set(world.server.workers())
            time.sleep(0.3)
            os.kill(world.server.pid(), signal.SIGHUP)
            more = [f"m{round}-{no}" for no in range(100)]
            more = world.many("quick", more)
            ends = world.ends("short", short) + world.ends("quick", more)
            tap.ok(ends == {"Succeeded": len(short) + len(more)} and len(more) == 100,
                   f"reload while calls are in flight: {dict(ends)}")
            calls = world.backend.calls()
            again = sum(1 for name in short if len(calls[name]) != 1)
            tap.ok(again == 0, f"calls that end soon are not repeated: {again} were")
            until = time.time() + 20
            while old & set(world.server.children(world.server.pid())) and time.time() < until:
                time.sleep(0.1)
            tap.ok(not old & set(world.server.children(world.server.pid())),
                   "the old workers are gone")

        long = [f"l{no}" for no in range(10)]
        world.many("long", long)
        old = set(world.server.workers())
        time.sleep(0.3)
        began = time.time()
        os.kill(world.server.pid(), signal.SIGHUP)
        ends = world.ends("long", long)
        took = time.time() - began
        calls = world.backend.calls()
        problem = one_key_each(calls, long)
        tap.ok(ends == {"Succeeded": 10} and problem is None,
               f"calls that outlast a reload are made again: {dict(ends)}, {took:.0f} s, {problem}")
        tap.ok(all(len(calls[name]) == 2 for name in long), "... once, under the same key")
        tap.ok(not old & set(world.server.children(world.server.pid())), "the old workers are gone")
        express_reloads(world)


def express_reloads(world):
    """An Express execution lives and ends in the worker that took it."""
    world.server.call("CreateFlow", Name="express", Type="FDL", Description="",
                      ExecutionMode="Express", Definition="""
version: v1
type: flow
steps:
  - {type: task, name: a, resourceArn: 'acs:fc:::services/s/functions/slow-800'}
  - {type: wait, name: w, duration: 1}
  - {type: task, name: b, resourceArn: 'acs:fc:::services/s/functions/slow-800'}
""")
    old = set(world.server.workers())
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        calls = [pool.submit(world.server.call, "StartSyncExecution", FlowName="express")
                 for no in range(20)]
        time.sleep(0.3)
        os.kill(world.server.pid(), signal.SIGHUP)
        ends = collections.Counter(call.result()["Status"] for call in calls)
    tap.ok(ends == {"Succeeded": 20}, f"a reload under Express executions: {dict(ends)}")
    until = time.time() + 20
    while old & set(world.server.children(world.server.pid())) and time.time() < until:
        time.sleep(0.1)
    tap.ok(not old & set(world.server.children(world.server.pid())), "the old workers are gone")


def crowded():
    """Fewer connections than calls."""
    with World(workers=1, connections=100, calls=400) as world:
        world.flow("slow", "slow-50")
        names = [f"c{no}" for no in range(500)]
        done = world.many("slow", names, threads=8)
        ends = world.ends("slow", done, threads=8)
        tap.ok(len(done) == 500 and ends == {"Succeeded": 500},
               f"500 tasks with 100 connections: {dict(ends)}")
        calls = world.backend.calls()
        tap.ok(all(len(calls[name]) == 1 for name in done), "each was called once")
        tap.ok(world.status(world.tasks, "calls_waiting") == 0
               and world.status(world.tasks, "calls_running") == 0, "nothing is left")


def speed(count):
    with World() as world:
        world.flow("f", "ok")
        began = time.time()
        names = world.many("f", [f"e{no}" for no in range(count)], threads=8)
        ends = world.ends("f", names[-50:])
        took = time.time() - began
        tap.ok(ends == {"Succeeded": 50}, f"{len(names)} tasks")

        def plain(unused):
            connection = http.client.HTTPConnection("127.0.0.1", world.tasks, timeout=30)
            for _ in range(count // 8):
                connection.request("POST", "/plain", b'{"n":0}')
                connection.getresponse().read()

        began = time.time()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(plain, range(8)))
        tap.note(f"{len(names) / took:.0f} executions with a task/s, "
                 f"{count / (time.time() - began):.0f} plain requests/s through proxy_pass "
                 "(client and services in Python)")


def main():
    heavy = "long" in sys.argv[1:]
    parts = [name for name in sys.argv[1:] if name != "long"]
    for part, *args in ((misbehaving,), (callbacks,),
                        (backend_dies, 8000 if heavy else 2000),
                        (nginx_dies, 2000 if heavy else 600),
                        (together, 10000, 25) if heavy else (together, 1500, 7),
                        (reloads,), (crowded,),
                        (speed, 8000 if heavy else 2000)):
        if parts and part.__name__ not in parts:
            continue
        began = time.time()
        part(*args)
        tap.note(f"{part.__name__}: {time.time() - began:.0f} s")
    return tap.done()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]), sys.argv[3])
    sys.exit(main())
