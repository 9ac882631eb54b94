#!/usr/bin/env python3
"""Versions and aliases of whole processes: 1,000 starts by weight over HTTP,
writes read back from every worker at once, and what reload, kill -9 and a
restart leave of them.

versions.py [KILLS]"""

import http.client
import os
import signal
import sys
import threading
import time

from server import Failure, Server, Tap, call_on, passes, waits

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 6
STARTS = 1000


def routes(*pairs):
    return "[" + ",".join('{"Version":"%s","Weight":%d}' % pair
                          for pair in pairs) + "]"


def refused(server, action, **params):
    try:
        server.call(action, **params)
        return None
    except Failure as failure:
        return failure.code


def numbers(server, flow):
    """All of them, newest first, in pages."""
    found, token = [], None
    while True:
        page = server.call("ListFlowVersions", FlowName=flow, Limit=7,
                           NextToken=token)
        found += [int(one["Version"]) for one in page["FlowVersions"]]
        token = page.get("NextToken")
        if not token:
            return found


def weights(server, tap):
    server.call("CreateFlow", Name="w", Type="FDL", Description="",
                Definition=passes(1))
    server.call("PublishFlowVersion", FlowName="w")
    server.call("UpdateFlow", Name="w", Definition=passes(2))
    server.call("PublishFlowVersion", FlowName="w")
    server.call("CreateFlowAlias", FlowName="w", Name="prod",
                RoutingConfigurations=routes((1, 30), (2, 70)))
    first = 0
    for _ in range(STARTS):
        answer = server.call("StartExecution", FlowName="w",
                             Qualifier="prod")
        first += answer["FlowDefinition"] == passes(1)
    tap.note(f"{first} of {STARTS} at a weight of 30")
    # Five standard deviations: 5 * sqrt(1000 * 0.3 * 0.7).
    tap.ok(abs(first - 0.3 * STARTS) < 73, "weights 30 and 70")

    seen, token = {"1": 0, "2": 0}, None
    for version in seen:
        while True:
            page = server.call("ListExecutions", FlowName="w", Limit=100,
                               Qualifier=version, MetadataOnly="true",
                               NextToken=token)
            seen[version] += len(page["Executions"])
            token = page.get("NextToken")
            if not token:
                break
    tap.ok(seen == {"1": first, "2": STARTS - first},
           "ListExecutions finds them by what the alias meant")


class Publisher(threading.Thread):
    """Publishes and points an alias of its own at what it has published."""

    def __init__(self, server, no):
        super().__init__(daemon=True)
        self.server, self.no = server, no
        self.numbers, self.pointed, self.errors = [], None, []
        self.maybe = None
        self.lost = 0
        self.quit = False

    def run(self):
        connection = None
        while not self.quit:
            try:
                if connection is None:
                    connection = http.client.HTTPConnection(
                        "127.0.0.1", self.server.port, timeout=40)
                self.step(connection)
            except Failure as failure:
                if failure.status != 500:
                    self.errors.append(str(failure))
                self.lost += 1
            except (OSError, http.client.HTTPException):
                self.lost += 1
                connection = None
                time.sleep(0.01)

    def step(self, connection):
        made = call_on(connection, "PublishFlowVersion", FlowName="k",
                       Description=f"by {self.no}")
        self.numbers.append(int(made["Version"]))
        self.maybe = self.numbers[-1]
        changed = call_on(connection, "UpdateFlowAlias", FlowName="k",
                          Name=f"a{self.no}",
                          RoutingConfigurations=routes((self.maybe, 1)))
        self.pointed = int(changed["Alias"]["RoutingConfigurations"][0]
                           ["Version"])
        # A flow has 1,000 at most.
        time.sleep(0.02)


def check_kept(server, tap, publishers, when):
    known = numbers(server, "k")
    told = [number for one in publishers for number in one.numbers]
    tap.ok(known == sorted(set(known), reverse=True),
           f"{when}: numbers are in order, none twice")
    tap.ok(len(told) == len(set(told)), f"{when}: no number was given twice")
    tap.ok(set(told) <= set(known), f"{when}: every version that was "
                                    "acknowledged is there")
    wrong = []
    for one in publishers:
        alias = server.call("DescribeFlowAlias", FlowName="k",
                            Name=f"a{one.no}")["Alias"]
        version = int(alias["RoutingConfigurations"][0]["Version"])
        # An update without an answer may have been made.
        if version not in (one.pointed, one.maybe):
            wrong.append((version, one.pointed, one.maybe))
        server.call("StartExecution", FlowName="k", Qualifier=f"a{one.no}")
    if not tap.ok(not wrong, f"{when}: aliases are as they were last written"):
        tap.note(wrong)
    tap.ok(len(known) <= len(told) + sum(one.lost for one in publishers),
           f"{when}: nothing was published that nobody asked for")
    errors = [error for one in publishers for error in one.errors]
    if not tap.ok(not errors, f"{when}: no call was refused"):
        tap.note(errors[:3])


def kills(server, tap):
    server.call("CreateFlow", Name="k", Type="FDL", Description="",
                Definition=passes(1))
    server.call("PublishFlowVersion", FlowName="k")
    for no in range(4):
        server.call("CreateFlowAlias", FlowName="k", Name=f"a{no}",
                    RoutingConfigurations=routes((1, 1)))
    publishers = [Publisher(server, no) for no in range(4)]
    for one in publishers:
        one.numbers, one.pointed, one.maybe = [], 1, 1
        one.start()
    for turn in range(KILLS):
        time.sleep(0.25)
        if turn % 3 == 1:
            server.kill_all()
            server.start()
        elif turn % 3 == 2:
            os.kill(server.pid(), signal.SIGHUP)
        else:
            for worker in server.workers():
                os.kill(worker, signal.SIGKILL)
    time.sleep(0.25)
    for one in publishers:
        one.quit = True
    for one in publishers:
        one.join(60)
    server.wait_ready()
    tap.note(f"{sum(len(one.numbers) for one in publishers)} versions, "
             f"{sum(one.lost for one in publishers)} calls without an answer")
    check_kept(server, tap, publishers, "kill -9 and reload")
    server.stop()
    server.start()
    check_kept(server, tap, publishers, "restart")


def pinned(server, tap):
    """An execution runs what its version was, across all of that."""
    server.call("CreateFlow", Name="p", Type="FDL", Description="",
                Definition=waits(2))
    server.call("PublishFlowVersion", FlowName="p", Description="two seconds")
    server.call("UpdateFlow", Name="p", Definition=passes(1))
    server.call("CreateFlowAlias", FlowName="p", Name="prod",
                RoutingConfigurations=routes((1, 1)))
    server.call("StartExecution", FlowName="p", ExecutionName="e",
                Qualifier="prod")
    server.call("DeleteFlowAlias", FlowName="p", Name="prod")
    server.call("DeleteFlowVersion", FlowName="p", FlowVersion="1")
    server.kill_all()
    server.start()
    seen = server.call("DescribeExecution", FlowName="p", ExecutionName="e",
                       WaitTimeSeconds=20)
    tap.ok(seen["Status"] == "Succeeded"
           and seen["FlowDefinition"] == waits(2),
           "a version's execution goes on without it")
    for given in "1", "prod":
        found = server.call("ListExecutions", FlowName="p",
                            Qualifier=given)["Executions"]
        tap.ok([one["Name"] for one in found] == ["e"],
               f"and is listed by {given}")
    tap.ok(refused(server, "StartExecution", FlowName="p", Qualifier="1")
           == "FlowVersionNotExists", "but nothing starts with it")
    made = server.call("PublishFlowVersion", FlowName="p")
    tap.ok(made["Version"] == "2", "its number is not used again")


def main():
    tap = Tap()
    with Server(shards=3, workers=3) as server:
        server.start()
        weights(server, tap)
        kills(server, tap)
        pinned(server, tap)
        alarms = server.alarms()
        if not tap.ok(not alarms, "nothing alarming in the log"):
            for line in alarms[:5]:
                tap.note(line)
    return tap.done()


sys.exit(main())
