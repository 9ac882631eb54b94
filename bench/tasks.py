"""Tasks per second: executions of one and of ten tasks in a row against plain
proxy_pass to the same backend.  Both through one nginx of two workers; the
backend is another nginx that answers from memory."""

import os
import shutil
import subprocess
import tempfile

from bench import cpu_seconds, load, metrics, processes, with_locations
from server import NGINX, Server, free_port

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


class Cost:
    """Processor time of a server's processes over one load."""

    def __init__(self, server):
        self.pids = processes(server)

    def of(self, *args, **options):
        before = cpu_seconds(self.pids)
        got = load(*args, **options)
        return float(got["rate"]), (cpu_seconds(self.pids) - before) * 1e6 \
            / max(int(got["done"]), 1)


def measure(rows, seconds):
    backend = Backend()
    server, proxied = start(backend)
    try:
        for name, count in (("one", 1), ("ten", 10)):
            server.call("CreateFlow", Name=name, Type="FDL", Description="",
                        Definition=tasks(count))
        cost = Cost(server)
        for connections in (32, 128):
            plain, plain_cpu = cost.of(proxied, connections, "get", "/proxied",
                                       seconds)
            for flow, count in (("one", 1), ("ten", 10)):
                before = metrics(server.port)
                rate, cpu = cost.of(server.port, connections, "run", flow,
                                    seconds)
                after = metrics(server.port)
                calls, commits = (
                    after[name] - before[name] for name in
                    ("cloudflow_calls_total", "cloudflow_commits_total"))
                rate, cpu = rate * count, cpu / count
                rows.add(f"tasks, {count} in a row, {connections} connections",
                         f"{rate:.0f}/s", f"proxy_pass: {plain:.0f}/s",
                         f"{rate / plain:.2f}")
                rows.add(f"... processor time of nginx, "
                         f"{calls / max(commits, 1):.0f} tasks a commit",
                         f"{cpu:.1f} us", f"proxy_pass: {plain_cpu:.1f} us",
                         f"{plain_cpu / cpu:.2f}")
    finally:
        server.close()
        backend.close()
