#!/usr/bin/env python3
"""Express executions that are kept: several workers write what they ran,
kill -9 takes nothing that was answered, and no owner, a full queue of
requests or a client that leaves makes it half."""

import concurrent.futures
import http.client
import os
import random
import signal
import socket
import sys
import time
import urllib.parse

from server import Failure, Server, Tap, passes, waits

tap = Tap()
ON = "cloudflow_express_history on;"


def flow(server, name, mode, definition):
    server.call("CreateFlow", Name=name, Type="FDL", Description="",
                ExecutionMode=mode, Definition=definition)


def types(server, name, execution):
    events = server.call("GetExecutionHistory", FlowName=name, Limit=1000,
                         ExecutionName=execution)["Events"]
    return [(e["EventId"], e["Type"], e["StepName"]) for e in events]


def names(server, name, **more):
    found, token = [], None
    while True:
        page = server.call("ListExecutions", FlowName=name, Limit=100,
                           NextToken=token, **more)
        found += [e["Name"] for e in page["Executions"]]
        token = page.get("NextToken")
        if not token:
            return found


def alike():
    """What the API tells of it is what it tells of a Standard one."""
    with Server(location=ON) as server:
        server.start()
        flow(server, "e", "Express", passes(10))
        flow(server, "s", "Standard", passes(10))
        answer = server.call("StartSyncExecution", FlowName="e",
                             ExecutionName="x", Input='{"n":1}')
        server.call("StartExecution", FlowName="s", ExecutionName="x",
                    Input='{"n":1}')
        standard = server.call("DescribeExecution", FlowName="s",
                               ExecutionName="x", WaitTimeSeconds=5)
        express = server.call("DescribeExecution", FlowName="e",
                              ExecutionName=answer["Name"], WaitTimeSeconds=5)
        tap.ok(set(express) == set(standard), "the same fields")
        tap.ok(all(express[key] == standard[key]
                   for key in ("Input", "Output", "Status")), "the same values")
        tap.ok(all(express[key] == answer[key] for key in
                   ("Name", "Output", "StartedTime", "StoppedTime")),
               "what was answered")
        tap.ok(types(server, "e", answer["Name"]) == types(server, "s", "x"),
               "the same history")
        tap.ok(names(server, "e") == [answer["Name"]], "it is listed")
        server.kill_all()
        server.start()
        tap.ok(types(server, "e", answer["Name"]) == types(server, "s", "x"),
               "the same history after kill -9")
        tap.ok(not server.alarms(), f"no alarms {server.alarms()[:1]}")


def killed():
    """Workers and shards do not match: some must ask others.  All is killed,
    or one worker is, in the middle of it: what was answered is there."""
    answered = []
    with Server(workers=4, shards=2, listen=" reuseport", location=ON) as server:
        server.start()
        flow(server, "e", "Express", passes(10))
        for turn in range(6):
            stop_at = time.time() + 0.7

            def client(no):
                got = []
                while time.time() < stop_at + 0.3:
                    try:
                        got.append(server.call(
                            "StartSyncExecution", FlowName="e",
                            ExecutionName=f"c{no}", timeout=20)["Name"])
                    except (OSError, Failure, http.client.HTTPException):
                        time.sleep(0.01)
                return got

            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                parts = [pool.submit(client, no) for no in range(16)]
                time.sleep(max(0, stop_at - time.time()))
                if turn % 2:
                    server.kill_all()
                else:
                    victims = server.workers()
                    os.kill(random.choice(victims), signal.SIGKILL)
                for part in parts:
                    answered += part.result()
            if turn % 2:
                server.start()
        kept = names(server, "e")
        missing = set(answered) - set(kept)
        tap.note(f"{len(answered)} answered, {len(kept)} kept")
        tap.ok(len(answered) > 100, "many were answered")
        tap.ok(not missing, f"whatever was answered is there {list(missing)[:2]}")
        tap.ok(len(kept) == len(set(kept)), "each of them once")
        first = types(server, "e", kept[0])
        tap.ok(all(types(server, "e", name) == first
                   for name in random.sample(kept, 20)), "and whole")
        ended = names(server, "e", Status="Succeeded")
        tap.ok(sorted(ended) == sorted(kept), "none of them runs")
        tap.ok(not server.alarms(), f"no alarms {server.alarms()[:1]}")


def gone():
    """The client leaves while it runs, the worker is told to leave, too."""
    with Server(workers=2, location=ON) as server:
        server.start()
        flow(server, "w", "Express", waits(1))
        body = urllib.parse.urlencode(dict(
            Action="StartSyncExecution", Version="2019-03-15", FlowName="w",
            ExecutionName="left"))
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", server.port)) as s:
                s.sendall(("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: "
                           "application/x-www-form-urlencoded\r\n"
                           f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
                time.sleep(0.1)
        server.command("-s", "reload")
        time.sleep(2.5)
        server.wait_ready()
        tap.ok(len(names(server, "w", ExecutionNamePrefix="left:")) == 5,
               "what nobody waits for is kept, by workers that leave, too")
        tap.ok(not server.alarms(), f"no alarms {server.alarms()[:1]}")


def off():
    """Nothing is written: not a byte goes to any shard."""
    with Server() as server:
        server.start()
        flow(server, "e", "Express", passes(10))
        time.sleep(2)               # shards have come to rest
        store = os.path.join(server.root, "store")

        def look():
            return {name: (os.stat(os.path.join(store, name)).st_mtime_ns,
                           os.path.getsize(os.path.join(store, name)))
                    for name in os.listdir(store) if not name.endswith("-shm")}

        before = look()
        for _ in range(200):
            server.call("StartSyncExecution", FlowName="e")
        time.sleep(1)
        tap.ok(look() == before, "off: no file has changed")
        tap.ok(names(server, "e") == [], "off: none is listed")


alike()
killed()
gone()
off()
sys.exit(tap.done())
