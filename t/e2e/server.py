"""A real nginx with the module for tests of whole processes: crash, reload,
upgrade, faults.  Standard library alone."""

import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODULE = os.environ.get(
    "CLOUDFLOW_MODULE",
    os.path.join(TOP, "build/module/ngx_http_cloudflow_module.so"))
NGINX = os.environ.get("CLOUDFLOW_NGINX", shutil.which("nginx") or "nginx")
# Sizes and times mean little then.
SANITIZED = "asan" in NGINX

CONF = """
{user}
load_module {module};
worker_processes {workers};
worker_rlimit_nofile 20000;
error_log logs/error.log {log_level};
pid run/nginx.pid;
daemon on;
worker_shutdown_timeout {shutdown};
env LD_PRELOAD;
env ASAN_OPTIONS;
env UBSAN_OPTIONS;
events {{ worker_connections {connections}; }}
http {{
    access_log off;
    client_body_temp_path tmp/body;
    proxy_temp_path tmp/proxy;
    fastcgi_temp_path tmp/fastcgi;
    uwsgi_temp_path tmp/uwsgi;
    scgi_temp_path tmp/scgi;
    cloudflow_store {store} shards={shards};
    cloudflow_zone cloudflow:{zone};
    {limits}
    {http}
    server {{
        listen 127.0.0.1:{port} backlog=4096{listen};
        keepalive_requests 1000000;
        large_client_header_buffers 4 1m;
        client_body_buffer_size 64k;
        connection_pool_size 256;
        request_pool_size 1k;
        client_header_buffer_size 512;
        location / {{ cloudflow_api cloudflow; {location} }}
    }}
}}
"""


given = set()


def free_port():
    """Never the same one twice, and none that a client may be given: who got
    it may listen only later, or again after a kill."""
    while True:
        port = random.randrange(10000, 30000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in given:
            given.add(port)
            return port


class Failure(Exception):
    """An answer with an error status."""

    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body
        self.code = body.get("Code") if isinstance(body, dict) else None


class Server:
    def __init__(self, root=None, **options):
        self.root = root or tempfile.mkdtemp(prefix="cloudflow-")
        self.own = root is None
        self.port = options.pop("port", None) or free_port()
        self.environment = {}       # what nginx gets besides ours
        self.options = dict(
            workers=2, shards=2, zone="64m", connections=4096, http="",
            # Loads go beyond the default.
            limits="cloudflow_limit executions=1000000000;",
            location="", listen="", store="store", shutdown="60s", log_level="notice",
            user="user root;" if os.geteuid() == 0 else "")
        self.options.update(options)
        for name in ("logs", "run", "tmp"):
            os.makedirs(os.path.join(self.root, name), exist_ok=True)
        # A copy: a binary upgrade or a rebuild must not pull it away.
        self.module = os.path.join(self.root, "module.so")
        shutil.copy(MODULE, self.module)
        os.chmod(self.root, 0o755)

    def write_conf(self):
        with open(os.path.join(self.root, "nginx.conf"), "w") as f:
            f.write(CONF.format(module=self.module, port=self.port,
                                **self.options))

    def command(self, *args):
        return subprocess.run(
            [NGINX, "-p", self.root, "-c", "nginx.conf", *args],
            env=dict(os.environ, **self.environment), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def start(self, wait=True):
        self.write_conf()
        done = self.command()
        if done.returncode:
            raise RuntimeError(f"nginx did not start: {done.stdout}")
        if wait:
            self.wait_ready()
        return self

    def pid(self, suffix=""):
        try:
            with open(os.path.join(self.root, "run/nginx.pid" + suffix)) as f:
                return int(f.read())
        except (OSError, ValueError):
            return None

    def workers(self, master=None):
        master = master or self.pid()
        out = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(master)],
                             stdout=subprocess.PIPE, text=True).stdout
        return [int(line.split()[0]) for line in out.splitlines()
                if "worker process" in line and "shutting down" not in line]

    def children(self, master):
        out = subprocess.run(["ps", "-o", "pid=", "--ppid", str(master)],
                             stdout=subprocess.PIPE, text=True).stdout
        return [int(line) for line in out.split()]

    def wait_ready(self, seconds=20):
        """Until every shard has an owner: a call to each would be answered."""
        until = time.time() + seconds
        while time.time() < until:
            try:
                self.call("ListFlows", Limit=1)
                return
            except (OSError, Failure, http.client.HTTPException):
                time.sleep(0.01)
        raise RuntimeError("not ready: " + self.log()[-2000:])

    def call(self, action, timeout=70, **params):
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=timeout)
        try:
            return call_on(connection, action, **params)
        finally:
            connection.close()

    def stop(self, how=signal.SIGQUIT, seconds=20):
        pid = self.pid()
        if pid is None:
            return
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            return
        until = time.time() + seconds
        while time.time() < until:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.02)
        self.kill_all()

    def kill_all(self):
        """kill -9 of master and workers at once."""
        pid = self.pid()
        if pid:
            # Stopped, so that it starts no worker behind our back.
            try:
                os.kill(pid, signal.SIGSTOP)
            except ProcessLookupError:
                pass
        victims = self.children(pid) + [pid] if pid else []
        for victim in victims:
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for victim in victims:
            while os.path.exists(f"/proc/{victim}"):
                with open(f"/proc/{victim}/stat") as f:
                    if f.read().rsplit(")", 1)[1].split()[0] == "Z":
                        break
                time.sleep(0.005)
        # A thread in the middle of a sync keeps the port a little longer.
        for _ in range(400):
            with socket.socket() as s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    s.bind(("127.0.0.1", self.port))
                    break
                except OSError:
                    time.sleep(0.005)
        try:
            os.unlink(os.path.join(self.root, "run/nginx.pid"))
        except FileNotFoundError:
            pass

    def log(self):
        try:
            with open(os.path.join(self.root, "logs/error.log"),
                      errors="replace") as f:
                return f.read()
        except OSError:
            return ""

    def alarms(self):
        """What should never be in a log."""
        return [line for line in self.log().splitlines()
                if re.search(r"\[(alert|crit|emerg)\]|AddressSanitizer|"
                             r"runtime error|assert", line)
                and "exited on signal 9" not in line]

    def close(self):
        self.stop()
        if self.own:
            shutil.rmtree(self.root, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()


def call_on(connection, action, **params):
    fields = dict(Action=action, Version="2019-03-15", **{
        name: str(value) for name, value in params.items()
        if value is not None})
    connection.request("POST", "/", urllib.parse.urlencode(fields), {
        "Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    text = answer.read()
    try:
        body = json.loads(text)
    except ValueError:
        body = text.decode(errors="replace")
    if answer.status != 200:
        raise Failure(answer.status, body)
    return body


PASS = """Type: StateMachine
SpecVersion: v1
Name: f
StartAt: a
States:
  - Type: Pass
    Name: a
    End: true
"""


def passes(count):
    """A flow of so many Pass states."""
    text = "Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: s1\nStates:\n"
    for i in range(1, count + 1):
        end = "End: true" if i == count else f"Next: s{i + 1}"
        text += f"  - Type: Pass\n    Name: s{i}\n    {end}\n"
    return text


def waits(seconds):
    """A flow that waits."""
    return ("Type: StateMachine\nSpecVersion: v1\nName: f\nStartAt: w\nStates:\n"
            f"  - Type: Wait\n    Name: w\n    Seconds: {seconds}\n    Next: a\n"
            "  - Type: Pass\n    Name: a\n    End: true\n")


class Tap:
    """Counts checks and prints them as TAP."""

    def __init__(self):
        self.count = self.failed = 0

    def ok(self, condition, name):
        self.count += 1
        if not condition:
            self.failed += 1
        print(f"{'ok' if condition else 'not ok'} {self.count} - {name}",
              flush=True)
        return condition

    def note(self, text):
        print(f"# {text}", flush=True)

    def done(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0
