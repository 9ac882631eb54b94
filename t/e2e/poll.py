#!/usr/bin/env python3
"""Recovery of many running executions; many parked long polls: how late, how
much memory, how much CPU.  poll.py [long]; long: the full numbers."""

import os
import signal
import subprocess
import sys
import time

from server import SANITIZED, Server, TOP, Tap, waits

LONG = "long" in sys.argv[1:]
POLLS = 20000 if LONG else 1000
RUNNING = 100000 if LONG else 5000
LOAD = os.path.join(TOP, "build/load")

tap = Tap()


def memory_kb(pid):
    """Private memory of a process, without what it shares."""
    total = 0
    with open(f"/proc/{pid}/smaps_rollup") as f:
        for line in f:
            if line.startswith(("Private_Clean", "Private_Dirty")):
                total += int(line.split()[1])
    return total


def cpu_ticks(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def load(server, *args):
    return subprocess.Popen([LOAD, "-p", str(server.port), *map(str, args)],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True)


def words(line):
    return dict(word.split("=", 1) for word in line.split() if "=" in word)


def parked():
    """Two clients, so that the number of files a process may have is enough;
    reuseport, so that both workers get their share."""
    server = Server(connections=POLLS + 1000, shards=2, listen=" reuseport")
    try:
        server.start()
        server.call("CreateFlow", Name="w", Type="FDL", Description="",
                    Definition=waits(300))
        workers = server.workers()
        clients = [load(server, "-c", POLLS // 2, "-r", 1000 if LONG else 150,
                        "-i", 12000 if LONG else 2500, "park", "w")
                   for _ in range(2)]
        for client in clients:
            tap.note(client.stdout.readline().strip())
        time.sleep(0.3)
        before = sum(map(memory_kb, workers))
        for client in clients:
            tap.note(client.stdout.readline().strip())
        time.sleep(1)
        inside = sum(map(memory_kb, workers))
        ticks = sum(map(cpu_ticks, workers))
        time.sleep(1)
        ticks = sum(map(cpu_ticks, workers)) - ticks
        each = (inside - before) / POLLS
        tap.note(f"{POLLS} parked: {each:.2f} KB each in nginx, "
                 f"{ticks} CPU ticks in a second of parking")
        tap.ok(each <= 12 or SANITIZED, f"a parked poll costs {each:.2f} KB, at most 12")
        tap.ok(ticks <= 3, f"no CPU while parked ({ticks} ticks)")
        for client in clients:
            rest = client.communicate(timeout=180)[0]
            tap.note(rest.strip())
            tap.ok(client.returncode == 0, "every poll was answered by its stop")
        time.sleep(0.5)
        after = sum(map(memory_kb, workers))
        tap.note(f"private memory: {before} KB before, {inside} KB parked, "
                 f"{after} KB after")
        tap.ok(not server.alarms(), "the log is clean: "
               + "; ".join(server.alarms()[:2]))
    finally:
        server.close()


def recovery():
    server = Server(connections=4096, shards=2, zone="128m")
    try:
        server.start()
        server.call("CreateFlow", Name="w", Type="FDL", Description="",
                    Definition=waits(300))
        began = time.time()
        started = 0
        while started < RUNNING and time.time() - began < 120:
            process = load(server, "-c", 128, "-d", 0.5, "post",
                           "Action=StartExecution&Version=2019-03-15&FlowName=w")
            started += int(words(process.communicate()[0].splitlines()[0])["done"])
        tap.note(f"{started} executions run")
        server.kill_all()
        began = time.time()
        server.start(wait=False)
        until = time.time() + 30
        while time.time() < until and server.log().count("open, epoch") < 4:
            time.sleep(0.005)
        took = time.time() - began
        tap.ok(took <= 2, f"{started} running executions recovered in {took:.2f} s")
        server.wait_ready()
        answer = server.call("ListExecutions", FlowName="w", Limit=1)
        name = answer["Executions"][0]["Name"]
        stopped = server.call("StopExecution", FlowName="w", ExecutionName=name)
        tap.ok(stopped["Status"] == "Stopped", "a recovered execution can be stopped")
    finally:
        server.close()


def main():
    parked()
    recovery()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
