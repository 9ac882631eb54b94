#!/usr/bin/env python3
"""Runs the measurements of script/bench and writes bench/RESULTS.md.

run.py SECONDS [base] [express] [tasks] [parked] [jsonata]: all parts, or only
those named; then nothing is written."""

import datetime
import os
import re
import subprocess
import sys
import time
import urllib.request

import bench
from bench import FORM, TOP, Rows, metrics, with_locations
from server import PASS, Server, passes, waits

import express
import jsonata
import parked
import tasks

SECONDS = float(sys.argv[1])


def load(server, count, mode, what, extra=()):
    return bench.load(server.port, count, mode, what, SECONDS, extra)


def with_status(server, body):
    """The server block gets two more locations."""
    with_locations(server, f"location = /plain {{ default_type application/json; "
                           f"return 200 '{body}'; }}\n"
                           "location = /status { cloudflow_status; }\n")


def raw_sqlite(folder, group):
    """Rows a second of raw group commit in groups of that size."""
    done = subprocess.run([os.path.join(TOP, "build/store_bench"), "-d", folder,
                           "-t", "2"], stdout=subprocess.PIPE, text=True)
    for line in done.stdout.splitlines():
        numbers = re.findall(r"[\d.]+", line)
        if numbers and numbers[0] == str(group):
            return float(numbers[1]), float(numbers[2])
    print(done.stdout)
    return None, None


def start_up(module):
    """Milliseconds from the command until a call is answered."""
    server = Server(workers=2, shards=2)
    if not module:
        with open(os.path.join(server.root, "nginx.conf"), "w") as f:
            f.write("worker_processes 2; error_log logs/error.log; "
                    "pid run/nginx.pid; events { worker_connections 4096; } "
                    "http { access_log off; server { "
                    f"listen 127.0.0.1:{server.port}; "
                    "location / { return 200 x; } } }")
    else:
        server.write_conf()
    began = time.time()
    server.command()
    commanded = time.time()
    while True:
        try:
            if module:
                server.call("ListFlows")
            else:
                urllib.request.urlopen(f"http://127.0.0.1:{server.port}/x").read()
            break
        except OSError:
            time.sleep(0.001)
    ready = time.time()
    time.sleep(0.5)
    pids = [server.pid()] + server.workers()
    private = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            for line in f:
                if line.startswith(("Private_Clean", "Private_Dirty")):
                    private += int(line.split()[1])
    server.close()
    return (commanded - began) * 1000, (ready - began) * 1000, private / 1024


def base(rows):
    row = rows.add
    server = Server(connections=8192, shards=2, zone="64m")
    server.write_conf()
    with_status(server, "x")
    server.command()
    server.wait_ready()
    server.call("CreateFlow", Name="pass", Type="FDL", Description="",
                Definition=PASS)
    server.call("CreateFlow", Name="ten", Type="FDL", Description="",
                Definition=passes(10))
    server.call("CreateFlow", Name="wait", Type="FDL", Description="",
                Definition=waits(300))
    server.call("StartExecution", FlowName="pass", ExecutionName="one")
    form = FORM.format("DescribeExecution") + "FlowName=pass&ExecutionName=one"
    body = urllib.request.urlopen(f"http://127.0.0.1:{server.port}/?{form}").read()
    with_body = body.decode().replace("\\", "\\\\").replace("'", "")
    server.write_conf()
    with_status(server, with_body.replace("\\\\n", " "))
    server.command("-s", "reload")
    time.sleep(1)
    server.wait_ready()

    # In the index again: a new owner begins with an empty one.
    server.call("StartExecution", FlowName="pass", ExecutionName="two")
    old, form = form, form.replace("=one", "=two")

    plain = {}
    for count in (32, 128):
        plain[count] = float(load(server, count, "get", "/plain")["rate"])
        got = load(server, count, "get", "/?" + form)
        rate = float(got["rate"])
        row(f"DescribeExecution, {count} connections", f"{rate:.0f}/s",
            f"return 200: {plain[count]:.0f}/s", f"{rate / plain[count]:.2f}")

    rate = float(load(server, 32, "get", "/?" + old)["rate"])
    row("DescribeExecution of one that is read from the store",
        f"{rate:.0f}/s", f"return 200: {plain[32]:.0f}/s",
        f"{rate / plain[32]:.2f}")

    for count in (32, 128):
        raw, ours = raw_sqlite(server.root, count)
        text = FORM.format("StartExecution") + "FlowName=pass"
        got = load(server, count, "post", text)
        rate = float(got["rate"])
        row(f"StartExecution, one Pass, {count} connections", f"{rate:.0f}/s",
            f"raw SQLite, groups of {count}: {raw:.0f}/s",
            f"{rate / raw:.2f}")
        text += f"&ExecutionName=n{count}_%u"
        got = load(server, count, "post", text)
        rate = float(got["rate"])
        row(f"the same, named executions, {count} connections", f"{rate:.0f}/s",
            f"p50 {got['p50_ms']} p99 {got['p99_ms']} ms", "")

    got = load(server, 32, "run", "ten")
    rate = float(got["rate"])
    row("start to done, ten Pass, 32 connections", f"{rate:.0f}/s",
        f"return 200: {plain[32]:.0f}/s", f"{rate / plain[32]:.2f}")

    got = load(server, 2000, "park", "wait", extra=("-r", "2000", "-i", "500"))
    row("long poll answered after its end, 2,000 parked", f"p99 {got['p99_ms']} ms",
        f"p50 {got['p50_ms']} max {got['max_ms']} ms", "")

    seen = metrics(server.port)
    row("most work of the module in an event loop at once",
        f"{seen['cloudflow_loop_work_max_microseconds'] / 1000:.2f} ms",
        "by the wall clock, all cores busy: "
        f"{seen['cloudflow_loop_held_max_microseconds'] / 1000:.2f} ms", "")
    server.close()

    bare = start_up(False)
    ours = start_up(True)
    row("start-up, command to first answer", f"{ours[1]:.0f} ms",
        f"plain nginx: {bare[1]:.0f} ms", "")
    row("private memory of all processes, idle", f"{ours[2]:.1f} MiB",
        f"plain nginx: {bare[2]:.1f} MiB", "")


def write(rows):
    cpu = subprocess.run(["sh", "-c", "grep -m1 'model name' /proc/cpuinfo "
                          "| cut -d: -f2"], stdout=subprocess.PIPE,
                         text=True).stdout.strip()
    commit = subprocess.run(["git", "-C", TOP, "rev-parse", "--short", "HEAD"],
                            stdout=subprocess.PIPE, text=True).stdout.strip()
    with open(os.path.join(TOP, "bench/RESULTS.md"), "w") as f:
        f.write(f"""# Measured

`script/bench`, {SECONDS:.0f} s a row, client and server on the same cores.
Trust the ratios; absolute numbers belong to the machine.

* date: {datetime.date.today()}
* machine: {os.cpu_count()} cores, {cpu}
* commit: {commit or 'not committed'} (the tree it ran on)

| what | measured | against | ratio |
|---|---|---|---|
""")
        for cells in rows.rows:
            f.write("| " + " | ".join(cells) + " |\n")


def main():
    rows = Rows()
    parts = {"base": lambda: base(rows),
             "express": lambda: express.measure(rows, SECONDS),
             "tasks": lambda: tasks.measure(rows, SECONDS),
             "parked": lambda: parked.measure(rows),
             "jsonata": lambda: jsonata.measure(rows)}
    wanted = sys.argv[2:] or list(parts)
    for part in wanted:
        parts[part]()
    if wanted == list(parts):
        write(rows)


if __name__ == "__main__":
    main()
