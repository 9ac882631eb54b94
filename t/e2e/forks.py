#!/usr/bin/env python3
"""Forks with many branches: Map in distributed mode over 10,000 items, Map and
foreach up to the limit of a history, Parallel.  What the service sees, what
DescribeMapRun says meanwhile, what memory and the event loop's time it takes,
kill -9 in the middle, stops, deletions and limits.

forks.py [long] [PART ...]"""

import collections
import concurrent.futures
import http.client
import json
import sys
import threading
import time

from server import Failure, Server, Tap, free_port
from service import Service

tap = Tap()

HTTP = """
    keepalive_requests   1000000;
    cloudflow_calls      512;
    cloudflow_resource   acs:fc:*  /fn;
    upstream one {{ server 127.0.0.1:{backend}; keepalive 256; }}
    server {{
        listen 127.0.0.1:{tasks};
        cloudflow_tasks;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header X-Exec  $cloudflow_task_execution;
        proxy_set_header X-Token $cloudflow_task_token;
        proxy_set_header X-Step  $cloudflow_task_step;
        proxy_set_header X-Pid   $pid;
        location /fn     {{ internal; proxy_pass http://one/$cloudflow_task_function; }}
        location /status {{ cloudflow_status; }}
    }}
"""

# What a worker may work for at once; a busy machine's clock counts generously.
WORK_USEC = 8000


class World:
    def __init__(self, **options):
        self.server = Server(**options)
        self.service = Service(self.server.root)
        self.tasks = free_port()
        self.server.options["http"] = HTTP.format(
            backend=self.service.port, tasks=self.tasks)

    def __enter__(self):
        try:
            self.service.start()
            self.server.start()
        except BaseException:
            self.close()
            raise
        return self

    def close(self):
        self.server.kill_all()
        self.server.close()
        self.service.kill()

    def __exit__(self, kind, *unused):
        if kind is None:
            self.quiet()
            alarms = self.server.alarms()
            tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))
        self.close()

    def call(self, action, **params):
        """Over restarts of nginx."""
        until = time.time() + 30
        while True:
            try:
                return self.server.call(action, **params)
            except (OSError, http.client.HTTPException):
                if time.time() > until:
                    raise
                time.sleep(0.02)

    def flow(self, name, text):
        self.call("CreateFlow", Name=name, Type="FDL", Description="", Definition=text)

    def start(self, flow, name, data):
        self.call("StartExecution", FlowName=flow, ExecutionName=name,
                  Input=json.dumps(data, separators=(",", ":")))

    def end(self, flow, name, seconds=120):
        until = time.time() + seconds
        while True:
            seen = self.call("DescribeExecution", FlowName=flow, ExecutionName=name,
                             WaitTimeSeconds=5)
            if seen["Status"] != "Running" or time.time() > until:
                return seen

    def history(self, flow, name):
        events, token = [], None
        while True:
            page = self.call("GetExecutionHistory", FlowName=flow, ExecutionName=name,
                             Limit=1000, NextToken=token)
            events += page["Events"]
            token = page.get("NextToken")
            if not token:
                return events

    def error(self, flow, name):
        return json.loads(self.history(flow, name)[-1]["EventDetail"]).get("error")

    def run_name(self, flow, name):
        """Of the first map run, once it has begun."""
        until = time.time() + 20
        while time.time() < until:
            for event in self.history(flow, name):
                if event["Type"] == "MapRunStarted":
                    return json.loads(event["EventDetail"])["output"]["MapRunName"]
            time.sleep(0.02)
        raise RuntimeError("no map run")

    def run(self, flow, name, run):
        return self.call("DescribeMapRun", FlowName=flow, ExecutionName=name, MapRunName=run)

    def status(self, name):
        connection = http.client.HTTPConnection("127.0.0.1", self.tasks, timeout=10)
        connection.request("GET", "/status")
        for line in connection.getresponse().read().decode().splitlines():
            if line.startswith(f"cloudflow_{name} "):
                return int(line.split()[1])
        raise KeyError(name)

    def quiet(self, seconds=20):
        """Nothing is left over: no call, no execution, no parcel."""
        names = ("executions_running", "calls_running", "calls_waiting")
        until = time.time() + seconds
        while True:
            left = {name: self.status(name) for name in names}
            if not any(left.values()) or time.time() > until:
                break
            time.sleep(0.1)
        tap.ok(not any(left.values()), f"nothing is left over: {left}")

    def held(self, what, most=WORK_USEC):
        held, work = (self.status(f"loop_{kind}_max_microseconds")
                      for kind in ("held", "work"))
        tap.ok(work <= most, f"{what}: the event loop works at most "
               f"{work / 1000:.1f} ms at once, is held {held / 1000:.1f} ms")


class Memory(threading.Thread):
    """The most memory of its own that a worker has, in MiB, while it is open."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.over = server, threading.Event()
        self.before = self.peak = self.now()

    def now(self):
        most = 0
        for pid in self.server.workers():
            try:
                with open(f"/proc/{pid}/status") as f:
                    for line in f:
                        if line.startswith("RssAnon"):
                            most = max(most, int(line.split()[1]) / 1024)
            except OSError:
                pass
        return most

    def run(self):
        while not self.over.wait(0.05):
            self.peak = max(self.peak, self.now())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.over.set()
        self.join()
        self.after = self.now()

    def text(self):
        return f"{self.before:.0f} MiB before, {self.peak:.0f} at most, {self.after:.0f} after"


def distributed(function, width=100, more="", output="        n.$: $Output.Body.n",
                result="      all.$: $Output.Items[*].n", mode="", extra=""):
    return f"""
Type: StateMachine
SpecVersion: v1
Name: m
StartAt: Each
States:
  - Type: Map
    Name: Each
    ItemsPath: $Input.items
    MaxConcurrency: {width}
    ProcessorConfig: {{ExecutionMode: Standard}}
{more}
    Processor:
      StartAt: Call
      States:
        - Type: Task
          Name: Call
          Action: FC:InvokeFunction
{mode}
          Parameters:
            resourceArn: acs:fc:::services/s/functions/{function}
            body:
              n.$: $Input
{extra}
          OutputConstructor:
    {output}
          End: true
    OutputConstructor:
{result}
    End: true
"""


class Watcher(threading.Thread):
    """Asks again and again what a map run does."""

    def __init__(self, world, flow, name, run):
        super().__init__(daemon=True)
        self.ask = lambda: world.run(flow, name, run)
        self.seen = []

    def run(self):
        while not self.seen or self.seen[-1]["Status"] == "Running":
            try:
                self.seen.append(self.ask())
            except Failure:
                pass
            time.sleep(0.02)

    def judge(self, total, width):
        counts = [seen["ItemCounts"] for seen in self.seen]
        sums = all(count["Total"] == total == sum(count[key] for key in (
            "Pending", "Running", "Succeed", "Failed", "Aborted")) for count in counts)
        done = [count["Succeed"] + count["Failed"] for count in counts]
        tap.ok(sums and done == sorted(done)
               and max(count["Running"] for count in counts) <= width,
               f"DescribeMapRun, asked {len(counts)} times: sums are right, counts grow")
        tap.ok(len(set(done)) >= 5 and done[-1] == total,
               f"progress is seen: {len(set(done))} different counts")


def distributed_map(count):
    """Outputs in order, never more than 100 at a time, kill -9, UpdateMapRun."""
    with World() as world:
        world.flow("m", distributed("echo-5"))
        world.start("m", "small", {"items": list(range(5))})
        world.end("m", "small")
        with Memory(world.server) as memory:
            began = time.time()
            world.start("m", "e", {"items": list(range(count))})
            run = world.run_name("m", "e")
            watcher = Watcher(world, "m", "e", run)
            watcher.start()
            seen = world.end("m", "e")
            took = time.time() - began
            watcher.join()
        tap.ok(seen["Status"] == "Succeeded"
               and json.loads(seen["Output"]) == {"all": list(range(count))},
               f"{count} children, their results in order, {count / took:.0f} a second")
        calls = world.service.named("echo-5")
        most = max(call["now"] for call in calls)
        tap.ok(len(calls) == count + 5 and most <= 100,
               f"never more than 100 at a time: {most}, {len(calls)} calls")
        watcher.judge(count, 100)
        events = world.history("m", "e")
        tap.ok(len(events) < 20, f"the parent's history is short: {len(events)} events")
        page = world.call("ListExecutions", FlowName="m", MapRunName=run, Limit=100,
                          MetadataOnly="true")["Executions"]
        tap.ok(len(page) == 100 and all(e["Name"].startswith(run + ":") for e in page),
               "its children are listed")
        tap.ok(memory.peak - memory.before < 8 + count / 250,
               f"memory of a worker: {memory.text()}")
        world.held(f"a map run of {count}")


def crashed(count):
    """nginx is killed twice while a map run goes on."""
    with World() as world:
        world.flow("m", distributed("echo-5"))
        world.start("m", "e", {"items": list(range(count))})
        lives, kills = {str(pid): 0 for pid in world.server.workers()}, []
        for share in (0.25, 0.6):
            until = time.time() + 60
            while len(world.service.calls()) < count * share and time.time() < until:
                time.sleep(0.01)
            world.server.kill_all()
            world.server.start()
            kills.append(len(world.service.calls()))
            lives.update((str(pid), share) for pid in world.server.workers())
        seen = world.end("m", "e")
        tap.ok(kills[-1] < count and seen["Status"] == "Succeeded"
               and json.loads(seen["Output"]) == {"all": list(range(count))},
               f"a map run over two kill -9, after {kills} calls: "
               f"{seen['Status']}, results in order")
        by_child = collections.defaultdict(list)
        for call in world.service.calls():
            by_child[call["exec"]].append(call)
        wrong = [calls for calls in by_child.values()
                 if len({call["key"] for call in calls}) != 1
                 or len({lives[call["pid"]] for call in calls}) != len(calls)]
        again = sum(len(calls) > 1 for calls in by_child.values())
        tap.ok(len(by_child) == count and not wrong and again > 0,
               f"each child called once in a life of nginx, {again} in two, "
               f"under one key: {wrong[:1]}")


def changed(count):
    """UpdateMapRun while it runs."""
    with World() as world:
        world.flow("m", distributed("echo-400"))
        world.start("m", "e", {"items": list(range(count))})
        run = world.run_name("m", "e")
        marks = [0]
        for width in (10, 160, 300):
            world.call("UpdateMapRun", FlowName="m", ExecutionName="e", MapRunName=run,
                       Concurrency=width)
            until = time.time() + 20
            while time.time() < until:
                seen = world.run("m", "e", run)
                if width * 0.8 < seen["ItemCounts"]["Running"] <= width:
                    break
            tap.ok(seen["Concurrency"] == width, f"DescribeMapRun knows of {width}")
            marks.append(len(world.service.calls()))
            time.sleep(0.5)
            marks.append(len(world.service.calls()))
        world.end("m", "e")
        calls = world.service.calls()
        # As wide as it was set, and no wider: calls that ended a moment ago
        # may still be the service's.
        wide = [max(call["now"] for call in calls[marks[no]:marks[no + 1]])
                for no in (1, 3, 5)]
        tap.ok(wide[0] == 10 and 100 < wide[1] <= 160 < wide[2] <= 300
               and len(calls) == count,
               f"10, 160, 300 children at a time: the service saw {wide}")
        try:
            world.call("UpdateMapRun", FlowName="m", ExecutionName="e", MapRunName=run,
                       Concurrency=5)
            code = None
        except Failure as failure:
            code = failure.code
        tap.ok(code == "InvalidArgument", f"an ended run is not changed: {code}")


def tolerated(count):
    """Every tenth child fails."""
    with World() as world:
        tenths = [no if no % 10 else None for no in range(count)]
        for name, more, good in (
                ("count", f"    ToleratedFailureCount: {count // 10}", True),
                ("less", f"    ToleratedFailureCount: {count // 10 - 1}", False),
                ("share", "    ToleratedFailurePercentage: 10", True),
                ("lower", "    ToleratedFailurePercentage: 9.9", False),
                ("none", "", False)):
            world.flow(name, distributed("some-5", 50, more, result="      all.$: $Output.Items"))
            world.start(name, "e", {"items": list(range(count))})
            run = world.run_name(name, "e")
            seen = world.end(name, "e")
            counts = world.run(name, "e", run)["ItemCounts"]
            status = world.run(name, "e", run)["Status"]
            total = sum(counts[key] for key in ("Succeed", "Failed", "Aborted"))
            if good:
                items = json.loads(seen["Output"])["all"]
                tap.ok(seen["Status"] == status == "Succeeded" and counts["Failed"] == count // 10
                       and [item and item["n"] for item in items] == tenths,
                       f"{name}: {counts['Failed']} failures are tolerated and null")
            else:
                tap.ok(seen["Status"] == status == "Failed" and total == count
                       and world.error(name, "e") == "Tenth"
                       and counts["Running"] == counts["Pending"] == 0,
                       f"{name}: one failure too many ends it: {counts}")


def waiting(count):
    """Children that wait for a callback, a restart, then the reports."""
    with World() as world:
        world.flow("m", distributed(
            "take", 300, mode="          TaskMode: WaitForCustomCallback",
            extra="              token.$: $Context.Current.TaskToken",
            output="        n.$: $Output.n"))
        world.start("m", "e", {"items": list(range(count))})
        run = world.run_name("m", "e")
        first = min(count, 300)
        until = time.time() + 30
        while len(world.service.calls()) < first and time.time() < until:
            time.sleep(0.02)
        time.sleep(0.3)
        world.server.kill_all()
        began = time.time()
        world.server.start()
        counts = world.run("m", "e", run)["ItemCounts"]
        tap.ok(counts["Running"] == first and counts["Pending"] == count - first,
               f"{counts['Running']} wait, {counts['Pending']} have not begun, "
               f"{time.time() - began:.2f} s after kill -9")
        done, began = set(), time.time()
        with Memory(world.server) as memory:
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                while len(done) < count and time.time() - began < 200:
                    fresh = [call for call in world.service.calls()[len(done):]]
                    list(pool.map(lambda call: world.call(
                        "ReportTaskSucceeded", TaskToken=call["token"],
                        Output=json.dumps({"n": int(call["exec"].partition(":")[2])})),
                        fresh))
                    done.update(call["exec"] for call in fresh)
            seen = world.end("m", "e", 30)
        calls = world.service.calls()
        tap.ok(seen["Status"] == "Succeeded"
               and json.loads(seen["Output"]) == {"all": list(range(count))},
               f"{count} reported, {count / (time.time() - began):.0f} a second")
        again = len(calls) - len({call["exec"] for call in calls})
        tap.ok(len(done) == count and again == 0,
               f"none that waited was called again: {again}, {memory.text()}")
        world.held("children that wait")


def task(generation, function):
    """The body of a fork: one call."""
    if generation == 1:
        return [{"type": "task", "name": "call",
                 "resourceArn": f"acs:fc:::services/s/functions/{function}",
                 "inputMappings": [{"target": "n", "source": "$input.n"}]}]
    return {"StartAt": "Call", "States": [{
        "Type": "Task", "Name": "Call", "Action": "FC:InvokeFunction",
        "Parameters": {"resourceArn": f"acs:fc:::services/s/functions/{function}",
                       "body": {"n.$": "$Input"}},
        "OutputConstructor": {"n.$": "$Output.Body.n"}, "End": True}]}


def over(generation, function, passes=0, **more):
    """A flow that iterates over its input's items, then passes."""
    if generation == 1:
        steps = [{"type": "foreach", "name": "each", "steps": task(1, function),
                  "iterationMapping": {"collection": "$.items", "item": "n"},
                  "outputMappings": [{"target": "all", "source": "$local[*].n"}]}]
        steps += [{"type": "pass", "name": f"p{no}"} for no in range(passes)]
        return json.dumps({"version": "v1", "type": "flow", "steps": steps})
    states = [{"Type": "Map", "Name": "Each", "ItemsPath": "$Input.items",
               "Processor": task(2, function),
               "OutputConstructor": {"all.$": "$Output.Items[*].n"}, **more}]
    states += [{"Type": "Pass", "Name": f"P{no}"} for no in range(passes)]
    for one, two in zip(states, states[1:]):
        one["Next"] = two["Name"]
    states[-1]["End"] = True
    return json.dumps({"Type": "StateMachine", "SpecVersion": "v1", "Name": "f",
                       "StartAt": "Each", "States": states})


# 9 events of an iteration with one task, 4 of a pass, 6 around all of it.
ITERATIONS = (5000 - 6) // 9


def inline(unused):
    """Map and foreach: as many iterations as a history can hold, the limit to
    the event, and far more than that."""
    with World() as world:
        for generation, width in ((1, 100), (2, 40)):
            name = f"g{generation}"
            function = f"echo-{generation}"
            for passes in (0, 2, 3):
                world.flow(f"{name}p{passes}", over(generation, function, passes))
            items = list(range(ITERATIONS))
            for passes, status, events in ((0, "Succeeded", 4992), (2, "Succeeded", 5000),
                                           (3, "Failed", 5000)):
                flow = f"{name}p{passes}"
                world.start(flow, "e", {"items": items})
                seen = world.end(flow, "e")
                got = world.history(flow, "e")
                good = seen["Status"] == status and len(got) == events and \
                    [event["EventId"] for event in got] == list(range(1, events + 1)) and \
                    got[-1]["Type"] == "Execution" + status
                if passes == 0:
                    good = good and json.loads(seen["Output"])["all"] == items
                elif status == "Failed":
                    good = good and json.loads(got[-1]["EventDetail"])["error"] \
                        == "FnF.EventLimitExceeded"
                tap.ok(good, f"generation {generation}: {ITERATIONS} iterations and {passes} "
                       f"passes: {seen['Status']} after {len(got)} events")
            most = max(call["now"] for call in world.service.named(function))
            tap.ok(most <= width, f"... never more than {width} at a time: {most}")
        world.held("iterations up to the limit")


def beyond(count):
    """More iterations than a history holds: nothing is wedged, no call stays."""
    with World() as world:
        for generation in (1, 2):
            flow, function = f"g{generation}", f"echo-1-{generation}"
            world.flow(flow, over(generation, function))
            items = [no % 10 for no in range(count)] if generation == 1 else list(range(count))
            with Memory(world.server) as memory:
                began = time.time()
                world.start(flow, "e", {"items": items})
                seen = world.end(flow, "e")
                took = time.time() - began
            got = world.history(flow, "e")
            calls = world.service.named(function)
            tap.ok(seen["Status"] == "Failed" and len(got) == 5000
                   and got[-1]["Type"] == "ExecutionFailed"
                   and json.loads(got[-1]["EventDetail"])["error"] == "FnF.EventLimitExceeded"
                   and len(calls) < ITERATIONS + 100,
                   f"generation {generation}: {count} items are too many: {len(got)} events, "
                   f"{len(calls)} calls, {took:.1f} s, {memory.text()}")
            world.held(f"{count} iterations of generation {generation}")
        world.flow("slow", over(2, "echo-9000"))
        world.flow("full", over(2, "echo-1-9", MaxConcurrency=40))
        world.start("slow", "e", {"items": [1] * 40})
        began = time.time()
        while world.status("calls_running") < 40 and time.time() - began < 10:
            time.sleep(0.02)
        world.call("StopExecution", FlowName="slow", ExecutionName="e")
        world.quiet(3)


def call_state(name, function, n):
    return {"Type": "Task", "Name": name, "Action": "FC:InvokeFunction",
            "Parameters": {"resourceArn": f"acs:fc:::services/s/functions/{function}",
                           "body": {"n.$": n}},
            "OutputConstructor": {"n.$": "$Output.Body.n"}, "End": True}


def machine(*states):
    return json.dumps({"Type": "StateMachine", "SpecVersion": "v1", "Name": "f",
                       "StartAt": states[0]["Name"], "States": list(states)})


def branches(unused):
    """Parallel of as many branches as there may be, in one another, too."""
    with World() as world:
        def fork(name, *parts):
            return {"type": "parallel", "name": name,
                    "branches": [{"steps": part} for part in parts],
                    "outputMappings": [{"target": "all", "source": "$local[*].n"}]}

        def leaf(no):
            return [{"type": "task", "name": f"t{no}",
                     "resourceArn": "acs:fc:::services/s/functions/echo-20",
                     "inputMappings": [{"target": "n", "source": no}]}]

        def tree(name, steps):
            world.flow(name, json.dumps({"version": "v1", "type": "flow", "steps": steps}))
            world.start(name, "e", {})

        tree("wide", [fork("p", *(leaf(no) for no in range(100)))])
        seen = world.end("wide", "e")
        most = max(call["now"] for call in world.service.named("echo-20"))
        tap.ok(json.loads(seen["Output"]) == {"all": list(range(100))} and most > 60,
               f"100 branches, {most} calls at a time, results in order")
        inner = [[{**fork(f"p{ten}", *(leaf(ten * 50 + no) for no in range(50))),
                   "outputMappings": [{"target": "n", "source": "$local[*].n"}]}]
                 for ten in range(10)]
        tree("tall", [fork("p", *inner)])
        seen = world.end("tall", "e")
        # A [*] in another flattens what the inner ones gave.
        got = json.loads(seen["Output"])["all"]
        tap.ok(got == [list(range(ten * 50, ten * 50 + 50)) for ten in range(10)]
               or got == list(range(500)), f"10 branches of 50 branches: {seen['Status']}")
        inner = [[fork(f"p{ten}", *(leaf(ten * 60 + no) for no in range(60)))]
                 for ten in range(10)]
        tree("more", [fork("p", *inner)])
        world.end("more", "e")
        got = world.history("more", "e")
        tap.ok(len(got) == 5000 and world.error("more", "e") == "FnF.EventLimitExceeded",
               f"10 branches of 60 are too much: {len(got)} events")
        world.flow("fifty", machine({
            "Type": "Parallel", "Name": "P", "End": True, "Branches": [
                {"StartAt": f"S{no}", "States": [call_state(f"S{no}", "echo-21", str(no))]}
                for no in range(50)]}))
        world.start("fifty", "e", {})
        seen = world.end("fifty", "e")
        tap.ok(json.loads(seen["Output"]) == {f"Branch{no}": {"n": no} for no in range(50)},
               "50 branches of generation 2")
        try:
            tree("beyond", [fork("p", *(leaf(no) for no in range(101)))])
            code = None
        except Failure as failure:
            code = failure.code
        tap.ok(code == "InvalidArgument", f"101 branches are refused: {code}")
        world.held("branches")


def few(unused):
    """No items, one, all that fail, results that are too large."""
    with World() as world:
        flows = {
            "g1": over(1, "echo-1"), "g2": over(2, "echo-1"), "run": distributed("echo-1"),
            "bad1": over(1, "never"), "bad2": over(2, "never"), "badrun": distributed("never"),
            "lost": distributed("never", more="    ToleratedFailurePercentage: 100",
                                result="      all.$: $Output.Items"),
            "large2": over(2, "large").replace("$Output.Body.n", "$Output.Body").replace(
                "Items[*].n", "Items[*].n.n"),
            "largerun": distributed("large", output="        n.$: $Output.Body",
                                    result="      all.$: $Output.Items[*].n.n"),
        }
        for name, text in flows.items():
            world.flow(name, text)

        def run(name, items, label):
            world.start(name, label, {"items": items})
            seen = world.end(name, label)
            if seen["Status"] == "Succeeded":
                return json.loads(seen["Output"])["all"]
            return world.error(name, label)

        for name in ("g1", "g2", "run"):
            got = [run(name, items, f"e{len(items)}") for items in ([], [7])]
            tap.ok(got == [[], [7]], f"{name}: no item and one: {got}")
        counts = world.run("run", "e0", world.run_name("run", "e0"))
        tap.ok(counts["Status"] == "Succeeded" and not any(counts["ItemCounts"].values()),
               "a map run over nothing has succeeded")
        got = [run(name, list(range(30)), "all") for name in ("bad1", "bad2", "badrun")]
        tap.ok(got == ["FC.InternalServerError"] * 3, f"all items fail: {got}")
        got = run("lost", list(range(30)), "all")
        tap.ok(got == [None] * 30, "all failures are tolerated")
        counts = world.run("lost", "all", world.run_name("lost", "all"))["ItemCounts"]
        tap.ok(counts["Failed"] == counts["Total"] == 30, f"and counted: {counts}")
        with Memory(world.server) as memory:
            got = [run(name, list(range(many)), f"many{many}")
                   for name in ("large2", "largerun") for many in (60, 200)]
        tap.ok(got == [list(range(60)), "FnF.DataLimitExceeded"] * 2,
               f"results of 60 KB: {[str(one)[:30] for one in got]}")
        tap.ok(memory.peak < memory.before + 60, f"memory of a worker: {memory.text()}")
        # Batches of some megabytes.
        world.held("results of 60 KB", 15000)


def cut_off(unused):
    """Stopped, deleted, in the middle; maps in maps; flows that call themselves."""
    with World() as world:
        world.flow("m", distributed("echo-300"))
        world.flow("gone", distributed("echo-300"))
        world.flow("in2", over(2, "echo-300"))
        world.flow("in1", over(1, "echo-300"))
        for name in ("m", "gone", "in1", "in2"):
            world.start(name, "e", {"items": list(range(500))})
        run = world.run_name("m", "e")
        until = time.time() + 10
        while world.status("calls_running") < 300 and time.time() < until:
            time.sleep(0.02)
        running = world.status("calls_running")
        for name in ("m", "in1", "in2"):
            world.call("StopExecution", FlowName=name, ExecutionName="e", Error="Enough")
        world.call("DeleteFlow", Name="gone")
        began = time.time()
        world.quiet(10)
        tap.note(f"{running} calls ran, {time.time() - began:.1f} s until all was quiet")
        counts = world.run("m", "e", run)
        tap.ok(counts["Status"] == "Aborted" and counts["ItemCounts"]["Total"] == 500
               and sum(counts["ItemCounts"].values()) == 1000
               and counts["ItemCounts"]["Aborted"] > 300,
               f"a stopped map run: {counts['Status']}, {counts['ItemCounts']}")
        ends = {name: world.end(name, "e")["Status"] for name in ("m", "in1", "in2")}
        tap.ok(set(ends.values()) == {"Stopped"}, f"stopped: {ends}")
        children = world.call("ListExecutions", FlowName="m", MapRunName=run, Limit=100,
                              MetadataOnly="true")["Executions"]
        found = collections.Counter(child["Status"] for child in children)
        tap.ok(set(found) <= {"Stopped", "Succeeded"} and found["Stopped"] > 50,
               f"its children: {dict(found)}")

        # A map in a map run in a map run: 10 times 10 times 10.
        inside = {"Type": "Map", "Name": "In", "ItemsPath": "$Input.in", "End": True,
                  "Processor": task(2, "echo-2"),
                  "OutputConstructor": {"n.$": "$Output.Items[*].n"}}
        middle = {"Type": "Map", "Name": "Mid", "ItemsPath": "$Input.mid", "End": True,
                  "ProcessorConfig": {"ExecutionMode": "Standard"},
                  "Processor": {"StartAt": "In", "States": [inside]},
                  "OutputConstructor": {"n.$": "$Output.Items[*].n"}}
        world.flow("nest", machine({
            "Type": "Map", "Name": "Out", "ItemsPath": "$Input.out", "End": True,
            "ProcessorConfig": {"ExecutionMode": "Standard"},
            "Processor": {"StartAt": "Mid", "States": [middle]},
            "OutputConstructor": {"n.$": "$Output.Items[*].n"}}))
        data = {"out": [{"mid": [{"in": [(a * 10 + b) * 10 + c for c in range(10)]}
                                 for b in range(10)]} for a in range(10)]}
        world.start("nest", "e", data)
        seen = world.end("nest", "e")

        def flat(value):
            return [x for y in value for x in flat(y)] if isinstance(value, list) else [value]

        tap.ok(seen["Status"] == "Succeeded"
               and flat(json.loads(seen["Output"])["n"]) == list(range(1000)),
               f"a map in a map run in a map run: {seen['Status']}")

        itself = {"Type": "Task", "Name": "Again", "Action": "FNF:StartExecution",
                  "TaskMode": "WaitForSystemCallback", "End": True,
                  "Parameters": {"resourceArn": "acs:fnf:::flow/cycle", "input": {}}}
        world.flow("cycle", machine(itself))
        through = json.loads(json.dumps(itself))
        through["Parameters"]["resourceArn"] = "acs:fnf:::flow/round"
        world.flow("round", machine({
            "Type": "Map", "Name": "Out", "ItemsPath": "$Context.None", "End": True,
            "ProcessorConfig": {"ExecutionMode": "Standard"},
            "Processor": {"StartAt": "Again", "States": [through]}}).replace(
                "$Context.None", "[1]"))
        for name in ("cycle", "round"):
            world.start(name, "e", {})
            seen = world.end(name, "e", 30)
            total = len(world.call("ListExecutions", FlowName=name, Limit=100,
                                   MetadataOnly="true")["Executions"])
            tap.ok(seen["Status"] == "Failed" and 1 < total < 30,
                   f"{name}: a flow that starts itself ends after {total}: "
                   f"{world.error(name, 'e')}")


def main():
    words = sys.argv[1:]
    heavy = "long" in words
    words = [word for word in words if word != "long"]
    for part, short, long in (
            (distributed_map, 1500, 10000), (crashed, 1000, 10000), (changed, 2000, 3000),
            (tolerated, 50, 1000), (waiting, 350, 10000), (inline, None, 0),
            (beyond, 3000, 10000), (branches, 0, 0), (few, None, 0), (cut_off, 0, 0)):
        if part.__name__ not in words if words else short is None and not heavy:
            continue
        began = time.time()
        part(long if heavy or short is None else short)
        tap.note(f"{part.__name__}: {time.time() - began:.1f} s")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
