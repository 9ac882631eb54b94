"""What the parts of script/bench share: the load generator, counters of nginx
and of the kernel, and rows that are printed as they come."""

import os
import re
import subprocess
import sys
import urllib.request

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOAD = os.path.join(TOP, "build/load")
FORM = "Action={}&Version=2019-03-15&"
TICKS = os.sysconf("SC_CLK_TCK")
sys.path.append(os.path.join(TOP, "t/e2e"))


def words(text):
    return dict(w.split("=", 1) for w in text.split() if "=" in w)


def load(port, connections, mode, what, seconds=5, extra=()):
    done = subprocess.run(
        [LOAD, "-p", str(port), "-c", str(connections), "-d", str(seconds),
         *extra, mode, what],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(done.stdout)
    return words(done.stdout)


def metrics(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/status") as answer:
        text = answer.read().decode()
    return {m[0]: int(m[1])
            for m in re.findall(r"^(cloudflow_\w+) (\d+)$", text, re.M)}


def with_locations(server, text):
    """The server block of a written configuration gets more locations."""
    path = os.path.join(server.root, "nginx.conf")
    with open(path) as f:
        conf = f.read()
    with open(path, "w") as f:
        f.write(conf.replace("        location / {",
                             text + "        location / {", 1))


def processes(server):
    return [server.pid()] + server.workers()


def cpu_seconds(pids):
    """User and system time, of all threads."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def memory(pids):
    """Bytes held: what is shared counts once."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            for line in f:
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


class Rows:
    def __init__(self):
        self.rows = []

    def add(self, what, value, against="", ratio=""):
        self.rows.append((what, value, against, ratio))
        print(f"{what:58s} {value:>16s} {against:>34s} {ratio:>7s}", flush=True)
