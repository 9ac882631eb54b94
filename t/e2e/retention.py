#!/usr/bin/env python3
"""Retention of many executions that are over: what calls cost with few and
with many of them, how fast they go, whom that holds up, what it leaves.
retention.py [COUNT]"""

import http.client
import os
import random
import subprocess
import sys
import threading
import time

from server import PASS, SANITIZED, Failure, Server, TOP, Tap, call_on

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
FEW = 1000
LOAD = os.path.join(TOP, "build/load")
START = ("Action=StartExecution&Version=2019-03-15&FlowName=f"
         "&ExecutionName=%s%%u&Input={}")

tap = Tap()


def load(server, prefix, *args):
    done = subprocess.run([LOAD, "-p", str(server.port), *map(str, args),
                           "post", START % prefix],
                          stdout=subprocess.PIPE, text=True, check=True)
    return dict(word.split("=", 1) for word in done.stdout.split()
                if "=" in word)


def status(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/status")
    text = connection.getresponse().read().decode()
    connection.close()
    return {line.split()[0][len("cloudflow_"):]: int(line.split()[1])
            for line in text.splitlines() if not line.startswith("#")}


def median(times):
    return sorted(times)[len(times) // 2]


def timed(connection, action, times, **params):
    began = time.perf_counter()
    try:
        answer = call_on(connection, action, FlowName="f", **params)
    except Failure as failure:
        answer = failure
    times.append((time.perf_counter() - began) * 1000)
    return answer


def cost(server, kept, prefix):
    """Medians, in ms, of a start, a Describe of an old one, a page, all from
    disk: a new zone knows nobody."""
    server.stop()
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    starts, describes, lists = [], [], []
    for i in range(300):
        timed(connection, "StartExecution", starts,
              ExecutionName=f"{prefix}{i}")
        timed(connection, "DescribeExecution", describes,
              ExecutionName=f"e{random.randrange(kept)}")
        timed(connection, "ListExecutions", lists, Limit=20)
    connection.close()
    return median(starts), median(describes), median(lists)


def sizes(server):
    folder = os.path.join(server.root, "store")
    return sum(os.path.getsize(os.path.join(folder, name))
               for name in os.listdir(folder)
               if name.endswith(".db"))


def bystander(server, stop, times, wrong):
    """Starts and polls while others go; every answer counts."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    i = 0
    while not stop.is_set():
        answer = timed(connection, "StartExecution", times,
                       ExecutionName=f"by{i}")
        if isinstance(answer, Failure):
            wrong.append(str(answer))
        answer = timed(connection, "DescribeExecution", times,
                       ExecutionName=f"by{i}")
        if isinstance(answer, Failure):
            wrong.append(str(answer))
        i += 1
        time.sleep(0.002)
    connection.close()


def erasing(server):
    """Until only the newest are left: the status, ten times a second."""
    samples = []
    until = time.time() + 60 + COUNT / 2000
    while time.time() < until:
        samples.append((time.time(), status(server)["executions_erased_total"]))
        if samples[-1][1] >= COUNT - 2:
            break
        time.sleep(0.02)
    moving = [s for s in samples if s[1] > 0]
    first = max((s for s in samples if s[1] == 0), default=moving[0])
    return moving[-1][1], (moving[-1][1] - first[1]) / (moving[-1][0] - first[0])


def run():
    server = Server(http="cloudflow_retention off;", zone="8m",
                    location="} location = /status { cloudflow_status;")
    server.start()
    try:
        server.call("CreateFlow", Name="f", Type="FDL", Description="",
                    Definition=PASS)
        load(server, "e", "-c", 16, "-n", FEW)
        few = cost(server, FEW, "a")
        load(server, "f", "-c", 64, "-n", COUNT - FEW)
        many = cost(server, FEW, "b")
        tap.note(f"ms of a start, a Describe, a page: {few[0]:.2f} "
                 f"{few[1]:.2f} {few[2]:.2f} with {FEW}, {many[0]:.2f} "
                 f"{many[1]:.2f} {many[2]:.2f} with {COUNT}")
        if COUNT >= 100000 and not SANITIZED:
            for name, a, b in zip(("start", "describe", "list"), few, many):
                tap.ok(b <= 1.3 * a, f"{name}: no slower with many")
        server.stop()
        before = sizes(server)

        server.options["http"] = ("cloudflow_owner_wait 500ms;"
                                  "cloudflow_retention 11s;")
        server.start()
        quiet = status(server)["loop_held_max_microseconds"]
        stop, times, wrong = threading.Event(), [], []
        thread = threading.Thread(target=bystander,
                                  args=(server, stop, times, wrong))
        thread.start()
        erased, rate = erasing(server)
        stop.set()
        thread.join()
        held = status(server)["loop_held_max_microseconds"]
        work = status(server)["loop_work_max_microseconds"]
        times.sort()
        tap.note(f"{erased} erased, {rate:.0f}/s; loop held {held} us at most "
                 f"({quiet} before), work {work} us; bystanders: median "
                 f"{median(times):.2f} ms, 99% {times[len(times) * 99 // 100]:.2f}"
                 f" ms, max {times[-1]:.2f} ms of {len(times)}")
        tap.ok(erased >= COUNT - 2, "all are erased but the newest")
        tap.ok(not wrong, f"nobody is refused {wrong[:1]}")
        if not SANITIZED:
            tap.ok(work < 20000, "the loop works less than 20 ms at a time")
        if COUNT >= 100000 and not SANITIZED:
            tap.ok(rate >= 20000, "20,000 a second")

        try:
            server.call("DescribeExecution", FlowName="f", ExecutionName="e1")
            tap.ok(False, "an erased one is not found")
        except Failure as failure:
            tap.ok(failure.code == "ExecutionNotExists",
                   f"an erased one is not found: {failure.code}")
        started = server.call("StartExecution", FlowName="f",
                              ExecutionName="e1")
        tap.ok(started["Name"] == "e1", "its name is free")

        after = sizes(server)
        for _ in range(300):
            time.sleep(0.1)
            after = sizes(server)
            if after < max(before / 4, 20 << 20):
                break
        tap.note(f"files: {before >> 10} KiB, then {after >> 10} KiB")
        tap.ok(after < max(before / 4, 20 << 20), "space is given back")
        tap.ok(not server.alarms(), f"no alarms {server.alarms()[:1]}")
    finally:
        server.close()


run()
sys.exit(tap.done())
