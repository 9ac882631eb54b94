#!/usr/bin/env python3
"""Schedules of whole processes: some are due at each of the next seconds,
while workers die by kill -9, nginx is reloaded, and stopped for a while.
Each due time starts one execution, with its payload.

schedules.py [SECONDS]"""

import json
import os
import random
import signal
import sys
import time

from server import Failure, Server, Tap, passes

SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
EACH = 5


def at(second):
    return time.strftime("%S %M %H * * ?", time.gmtime(second))


def fill(server):
    """name -> second"""
    wanted = {}
    server.call("CreateFlow", Name="s", Type="FDL", Description="",
                Definition=passes(1))
    first = int(time.time()) + 5
    for second in range(first, first + SECONDS):
        for no in range(EACH):
            name = f"s{second}-{no}"
            server.call("CreateSchedule", FlowName="s", ScheduleName=name,
                        CronExpression=at(second),
                        Payload=json.dumps({"name": name}))
            wanted[name] = second
    if time.time() > first:
        raise SystemExit("too slow to begin with")
    return wanted, first


def trouble(server, until):
    turn, kills = 0, 0
    while time.time() < until:
        time.sleep(random.uniform(0.3, 0.8))
        if turn % 4 == 1:
            os.kill(server.pid(), signal.SIGHUP)
        elif turn % 8 == 6:
            server.kill_all()
            time.sleep(random.uniform(0, 2.5))
            server.start()
        else:
            for worker in server.workers():
                os.kill(worker, signal.SIGKILL)
                kills += 1
        turn += 1
    server.wait_ready()
    return turn, kills


def runs(server):
    """name -> number of executions"""
    found, token = {}, None
    while True:
        page = server.call("ListExecutions", FlowName="s", Limit=100,
                           NextToken=token)
        for one in page["Executions"]:
            name = json.loads(one["Input"])["name"]
            found[name] = found.get(name, 0) + 1
        token = page.get("NextToken")
        if not token:
            return found


def check(server, tap, wanted, first):
    turns, kills = trouble(server, first + SECONDS)
    tap.note(f"{turns} turns of trouble, {kills} workers killed")
    end = time.time() + 40
    while time.time() < end:
        try:
            found = runs(server)
            if len(found) == len(wanted):
                break
        except (Failure, OSError):
            pass
        time.sleep(0.5)
    missing = sorted(set(wanted) - set(found))
    if not tap.ok(not missing, f"{len(wanted)} due times, none is lost"):
        tap.note(missing[:10])
    twice = [name for name in found if found[name] > 1]
    if not tap.ok(not twice and set(found) <= set(wanted),
                  "each of them started one execution"):
        tap.note(twice[:10])


def stays_off(server, tap):
    """Nothing that was deleted, disabled or moved comes back by a restart."""
    soon = int(time.time()) + 4
    for name in "gone", "off", "moved", "stays":
        server.call("CreateSchedule", FlowName="s", ScheduleName=name,
                    CronExpression=at(soon),
                    Payload=json.dumps({"name": name}))
    server.call("DeleteSchedule", FlowName="s", ScheduleName="gone")
    server.call("UpdateSchedule", FlowName="s", ScheduleName="off",
                Enable="false")
    server.call("UpdateSchedule", FlowName="s", ScheduleName="moved",
                CronExpression="@every 60m")
    server.kill_all()
    time.sleep(max(0, soon + 1 - time.time()))
    server.start()
    end = time.time() + 20
    while "stays" not in runs(server) and time.time() < end:
        time.sleep(0.3)
    time.sleep(1)
    found = runs(server)
    tap.ok(found.get("stays") == 1, "a time during a restart is made up for")
    tap.ok(not {"gone", "off", "moved"} & set(found),
           "what was deleted, disabled or moved does not fire")


HTTP = """cloudflow_resource  http://hits.test/*  /hits;
    log_format  hit  '$uri';"""
HITS = """}
        location = /hits {
            internal; log_subrequest on; access_log logs/hits.log hit;
            return 200 '{}';
"""
CALL = """Type: StateMachine
SpecVersion: v1
Name: f
StartAt: t
States:
- Type: Task
  Name: t
  Action: http:request
  TaskMode: RequestComplete
  Parameters:
    method: GET
    url: http://hits.test/
  End: true
"""


def hits(server):
    try:
        with open(os.path.join(server.root, "logs/hits.log")) as f:
            return len(f.readlines())
    except OSError:
        return 0


def express_once(server, tap):
    """It leaves no execution behind; still no owner after runs it again."""
    server.call("CreateFlow", Name="x", Type="FDL", Description="",
                ExecutionMode="Express", Definition=CALL)
    soon = int(time.time()) + 2
    server.call("CreateSchedule", FlowName="x", ScheduleName="x",
                CronExpression=at(soon))
    end = time.time() + 20
    while hits(server) == 0 and time.time() < end:
        time.sleep(0.1)
    for turn in range(4):
        if turn % 2:
            for worker in server.workers():
                os.kill(worker, signal.SIGKILL)
        else:
            os.kill(server.pid(), signal.SIGHUP)
        time.sleep(1)
        server.wait_ready()
    time.sleep(1)
    if not tap.ok(hits(server) == 1, "an Express flow runs once for a time"):
        tap.note(f"{hits(server)} times")


def main():
    tap = Tap()
    with Server(shards=3, workers=3, http=HTTP, location=HITS) as server:
        server.start()
        wanted, first = fill(server)
        check(server, tap, wanted, first)
        stays_off(server, tap)
        express_once(server, tap)
        alarms = server.alarms()
        if not tap.ok(not alarms, "nothing alarming in the log"):
            for line in alarms[:5]:
                tap.note(line)
    return tap.done()


sys.exit(main())
