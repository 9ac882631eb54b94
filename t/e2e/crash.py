#!/usr/bin/env python3
"""kill -9 at random moments under load: of one worker, of all of nginx.

No acknowledged start may be lost, none may run twice, every execution ends.
crash.py [ROUNDS] [SEED]; every fifth round kills everything."""

import http.client
import os
import random
import signal
import sys
import threading
import time

from server import Failure, Server, Tap, call_on, waits, passes

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30)


class Client(threading.Thread):
    """Starts named and unnamed executions; notes what was acknowledged."""

    def __init__(self, server, no):
        super().__init__(daemon=True)
        self.server, self.no = server, no
        self.rng = random.Random(SEED * 1000 + no)
        self.acknowledged = {}          # (flow, name) -> input
        self.unsure = set()
        self.refused = []
        self.quit = False
        self.made = 0

    def run(self):
        connection = None
        while not self.quit:
            flow = self.rng.choice(["quick", "slow"])
            name = None
            if self.rng.random() < 0.7:
                name = f"r{SEED}_{self.no}_{self.made}"
            self.made += 1
            text = '{"n":%d,"by":%d}' % (self.made, self.no)
            try:
                if connection is None:
                    connection = http.client.HTTPConnection(
                        "127.0.0.1", self.server.port, timeout=30)
                answer = call_on(connection, "StartExecution", FlowName=flow,
                                 ExecutionName=name, Input=text)
                self.acknowledged[(flow, answer["Name"])] = text
            except Failure as failure:
                self.refused.append(str(failure))
                self.unsure.add((flow, name))
            except (OSError, http.client.HTTPException):
                # The answer is lost; the start may have happened.
                self.unsure.add((flow, name))
                connection = None
                time.sleep(0.01)


def check_one(server, flow, name, text, tap_errors):
    try:
        seen = server.call("DescribeExecution", FlowName=flow,
                           ExecutionName=name, WaitTimeSeconds=20)
    except Failure as failure:
        tap_errors.append(f"{flow}/{name}: {failure}")
        return
    if seen["Status"] != "Succeeded" or seen["Input"] != text:
        tap_errors.append(f"{flow}/{name}: {seen['Status']} {seen['Input']}")


def check_history(server, flow, name, errors):
    events = server.call("GetExecutionHistory", FlowName=flow,
                         ExecutionName=name, Limit=1000)["Events"]
    types = [event["Type"] for event in events]
    if (types.count("ExecutionStarted") != 1
            or types.count("ExecutionSucceeded") != 1
            or types[0] != "ExecutionStarted"
            or types[-1] != "ExecutionSucceeded"
            or [e["EventId"] for e in events] != list(range(1, len(events) + 1))):
        errors.append(f"{flow}/{name}: {types}")


def kill_one(server, rng):
    workers = server.workers()
    if workers:
        os.kill(rng.choice(workers), signal.SIGKILL)


def main():
    tap = Tap()
    rng = random.Random(SEED)
    tap.note(f"{ROUNDS} rounds, seed {SEED}")
    server = Server(shards=3)
    server.start()
    server.call("CreateFlow", Name="quick", Type="FDL", Description="",
                Definition=passes(5))
    server.call("CreateFlow", Name="slow", Type="FDL", Description="",
                Definition=waits(1))
    clients = [Client(server, no) for no in range(8)]
    for client in clients:
        client.start()
    slowest = 0.0
    for no in range(ROUNDS):
        time.sleep(rng.uniform(0.02, 0.3))
        if no % 5 == 4:
            server.kill_all()
            began = time.time()
            server.start(wait=False)
            server.wait_ready()
            slowest = max(slowest, time.time() - began)
        else:
            kill_one(server, rng)
    time.sleep(0.5)
    for client in clients:
        client.quit = True
    for client in clients:
        client.join(40)
    tap.ok(not any(client.is_alive() for client in clients),
           "every client got its last answer")
    acknowledged = {}
    for client in clients:
        acknowledged.update(client.acknowledged)
    unsure = sum(len(client.unsure) for client in clients)
    refused = [text for client in clients for text in client.refused]
    tap.note(f"{len(acknowledged)} starts acknowledged, {unsure} unsure, "
             f"{len(refused)} refused, slowest restart {slowest:.3f} s")
    tap.ok(len(acknowledged) > ROUNDS * 5, "there was load")
    tap.ok(not refused, "no start was refused: " + "; ".join(refused[:3]))
    errors = []
    for (flow, name), text in acknowledged.items():
        check_one(server, flow, name, text, errors)
    tap.ok(not errors, "every acknowledged start ended well: "
           + "; ".join(errors[:3]))
    errors = []
    sample = list(acknowledged)
    rng.shuffle(sample)
    for flow, name in sample[:2000]:
        check_history(server, flow, name, errors)
    tap.ok(not errors, "each ran once: " + "; ".join(errors[:3]))
    running = []
    for flow in ("quick", "slow"):
        answer = server.call("ListExecutions", FlowName=flow, Status="Running",
                             Limit=100)
        running += [e["Name"] for e in answer["Executions"]]
    tap.ok(not running, f"nothing still runs: {running[:3]}")
    alarms = [line for line in server.alarms()]
    tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))
    server.close()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
