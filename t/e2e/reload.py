#!/usr/bin/env python3
"""Reload and binary upgrade under load: no request fails, nothing is lost or
doubled, long polls are answered.

reload.py [RELOADS] [UPGRADES]"""

import http.client
import os
import signal
import sys
import threading
import time

from server import Failure, Server, Tap, call_on, passes, waits

RELOADS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
UPGRADES = int(sys.argv[2]) if len(sys.argv) > 2 else 2


class Client(threading.Thread):
    """Keeps a connection as long as the server does.  A server that closes an
    idle kept-alive connection is no failure: such a request is sent again,
    as every HTTP client does, when not a byte of an answer has come."""

    def __init__(self, server, no):
        super().__init__(daemon=True)
        self.server, self.no = server, no
        self.names, self.errors, self.count = [], [], 0
        self.quit = False
        self.connection = None

    def call(self, action, **params):
        for attempt in (1, 2, 3):
            fresh = self.connection is None
            if fresh:
                self.connection = http.client.HTTPConnection(
                    "127.0.0.1", self.server.port, timeout=40)
            try:
                return call_on(self.connection, action, **params)
            except (http.client.RemoteDisconnected, ConnectionResetError,
                    BrokenPipeError, http.client.CannotSendRequest):
                self.connection.close()
                self.connection = None
                if fresh:
                    raise

    def run(self):
        while not self.quit:
            self.count += 1
            name = f"c{self.no}_{self.count}"
            flow = "slow" if self.count % 7 == 0 else "quick"
            try:
                self.call("StartExecution", FlowName=flow, ExecutionName=name,
                          Input='{"n":%d}' % self.count)
                self.names.append((flow, name))
                if self.count % 3 == 0:
                    self.poll(flow, name)
            except (Failure, OSError, http.client.HTTPException) as error:
                self.errors.append(f"{name}: {error!r}")

    def poll(self, flow, name):
        """A poll that a reload releases early is legal; poll again."""
        until = time.time() + 30
        while time.time() < until:
            seen = self.call("DescribeExecution", FlowName=flow,
                             ExecutionName=name, WaitTimeSeconds=10)
            if seen["Status"] == "Succeeded":
                return
        self.errors.append(f"{name}: did not end")


def wait_for(condition, seconds):
    until = time.time() + seconds
    while time.time() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


def upgrade(server):
    """USR2 to the old master, then QUIT, as nginx documents it."""
    old = server.pid()
    os.kill(old, signal.SIGUSR2)
    if not wait_for(lambda: server.pid() not in (None, old)
                    and len(server.workers()) >= 2, 10):
        return "the new binary did not start"
    time.sleep(0.5)                     # both serve
    os.kill(old, signal.SIGWINCH)
    time.sleep(0.3)
    os.kill(old, signal.SIGQUIT)
    if not wait_for(lambda: not alive(old), 20):
        return "the old master did not leave"
    return None


def main():
    tap = Tap()
    server = Server(shards=3, log_level="notice")
    server.start()
    server.call("CreateFlow", Name="quick", Type="FDL", Description="",
                Definition=passes(3))
    server.call("CreateFlow", Name="slow", Type="FDL", Description="",
                Definition=waits(1))
    clients = [Client(server, no) for no in range(12)]
    for client in clients:
        client.start()
    time.sleep(0.5)
    for no in range(RELOADS):
        os.kill(server.pid(), signal.SIGHUP)
        time.sleep(0.25)
    problems = []
    for no in range(UPGRADES):
        time.sleep(0.5)
        problem = upgrade(server)
        if problem:
            problems.append(problem)
    time.sleep(1)
    for client in clients:
        client.quit = True
    for client in clients:
        client.join(60)
    tap.ok(not problems, "binary upgrades: " + "; ".join(problems))
    tap.ok(not any(client.is_alive() for client in clients),
           "every client got its last answer")
    count = sum(client.count for client in clients)
    errors = [error for client in clients for error in client.errors]
    tap.note(f"{count} rounds by 12 clients over {RELOADS} reloads and "
             f"{UPGRADES} upgrades, {len(errors)} failed")
    tap.ok(count > 100, "there was load")
    tap.ok(not errors, "no request failed: " + "; ".join(errors[:3]))
    bad = []
    for client in clients:
        for flow, name in client.names:
            try:
                seen = server.call("DescribeExecution", FlowName=flow,
                                   ExecutionName=name, WaitTimeSeconds=20)
                if seen["Status"] != "Succeeded":
                    bad.append(f"{name}: {seen['Status']}")
            except Failure as failure:
                bad.append(f"{name}: {failure}")
    tap.ok(not bad, "nothing was lost: " + "; ".join(bad[:3]))
    bad = []
    for client in clients:
        for flow, name in client.names[-100:]:
            events = server.call("GetExecutionHistory", FlowName=flow,
                                 ExecutionName=name, Limit=1000)["Events"]
            types = [event["Type"] for event in events]
            if (types.count("ExecutionStarted") != 1
                    or types.count("ExecutionSucceeded") != 1):
                bad.append(f"{name}: {types}")
    tap.ok(not bad, "nothing was doubled: " + "; ".join(bad[:3]))
    alarms = server.alarms()
    tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))
    server.close()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
