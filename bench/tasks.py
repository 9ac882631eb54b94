"""Tasks per second: executions of one and of ten tasks in a row against plain
proxy_pass to the same backend.  Both through one nginx of two workers; the
backend is another nginx that answers from memory."""

import os
import shutil
import subprocess
import tempfile
import time

from bench import cpu_seconds, load, metrics, processes, with_locations
from server import NGINX, Server, free_port

TURNS = 4
ANSWER = '{"id":"0123456789","ok":true,"items":[1,2,3],"text":"of a service"}'

BACKEND = """
user {user};
worker_processes 1;
error_log {root}/error.log;
pid {root}/nginx.pid;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        keepalive_requests 1000000000;
        location / {{ default_type application/json; return 200 '{answer}'; }}
    }}
}}
"""

HTTP = """
    cloudflow_resource  acs:fc:*  /task;
    upstream backend {{ server 127.0.0.1:{port}; keepalive 512; keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{tasks} backlog=4096;
        cloudflow_tasks;
        keepalive_requests 1000000000;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        location /task {{ internal; proxy_pass http://backend/$cloudflow_task_function; }}
        location = /proxied {{ proxy_pass http://backend/f; }}
    }}
"""

STATUS = "location = /status { cloudflow_status; }\n"


class Backend:
    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="backend-")
        self.port = free_port()
        path = os.path.join(self.root, "nginx.conf")
        with open(path, "w") as f:
            f.write(BACKEND.format(
                root=self.root, port=self.port, answer=ANSWER,
                user="root" if os.geteuid() == 0 else "nobody"))
        subprocess.run([NGINX, "-p", self.root, "-c", path], check=True,
                       stderr=subprocess.DEVNULL)

    def close(self):
        with open(os.path.join(self.root, "nginx.pid")) as f:
            os.kill(int(f.read()), 15)
        shutil.rmtree(self.root, ignore_errors=True)


def start(backend):
    """A server whose tasks go to the backend; proxied: a port that does the
    same for anybody."""
    proxied = free_port()
    server = Server(connections=8192, zone="64m",
                    http=HTTP.format(port=backend.port, tasks=proxied))
    server.write_conf()
    with_locations(server, STATUS)
    server.command()
    server.wait_ready()
    return server, proxied


def tasks(count):
    """A flow of so many tasks in a row."""
    text = "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: t1\nStates:\n"
    for i in range(1, count + 1):
        text += (f"  - Type: Task\n    Name: t{i}\n"
                 "    Action: FC:InvokeFunction\n    Parameters:\n"
                 "      resourceArn: acs:fc:::services/s/functions/f\n"
                 "      body: {who: bench}\n"
                 + ("    End: true\n" if i == count else f"    Next: t{i + 1}\n"))
    return text


class Seen:
    """What a server did, and what it cost, while loads of one kind ran."""

    def __init__(self, server):
        self.server = server
        self.pids = processes(server)
        self.seconds = self.cpu_us = self.done = self.calls = self.commits = 0

    def add(self, port, connections, mode, what, seconds):
        while metrics(self.server.port)["cloudflow_executions_running"]:
            time.sleep(0.01)
        before, cpu, began = self.look()
        got = load(port, connections, mode, what, seconds)
        after, cpu_after, ended = self.look()
        self.seconds += ended - began
        self.cpu_us += (cpu_after - cpu) * 1e6
        self.done += int(got["done"])
        self.calls += after["cloudflow_calls_total"] \
            - before["cloudflow_calls_total"]
        self.commits += after["cloudflow_commits_total"] \
            - before["cloudflow_commits_total"]

    def look(self):
        return (metrics(self.server.port), cpu_seconds(self.pids), time.time())


def compare(rows, server, proxied, connections, seconds):
    """In turns, so that all kinds see the machine in the same moods."""
    kinds = {"plain": (proxied, connections, "get", "/proxied"),
             "one": (server.port, connections, "run", "one"),
             "ten": (server.port, connections, "run", "ten")}
    seen = {kind: Seen(server) for kind in kinds}
    for _ in range(TURNS):
        for kind, args in kinds.items():
            seen[kind].add(*args, seconds / TURNS)
    plain = seen.pop("plain")
    plain_rate, plain_us = plain.done / plain.seconds, plain.cpu_us / plain.done
    for flow, of in seen.items():
        # Calls, not executions: many are in their middle at the end.
        rate, us = of.calls / of.seconds, of.cpu_us / of.calls
        rows.add(f"tasks, {flow} in a row, {connections} executions",
                 f"{rate:.0f}/s", f"proxy_pass: {plain_rate:.0f}/s",
                 f"{rate / plain_rate:.2f}")
        rows.add(f"... processor time of nginx, "
                 f"{of.calls / of.commits:.0f} tasks a commit",
                 f"{us:.1f} us", f"proxy_pass: {plain_us:.1f} us",
                 f"{plain_us / us:.2f}")


def measure(rows, seconds):
    backend = Backend()
    server, proxied = start(backend)
    try:
        for name, count in (("one", 1), ("ten", 10)):
            server.call("CreateFlow", Name=name, Type="FDL", Description="",
                        Definition=tasks(count))
        for connections in (32, 128, 512):
            compare(rows, server, proxied, connections, seconds)
    finally:
        server.close()
        backend.close()
