"""Starts a server without authentication, then one that demands signatures,
and lets every client tell its story to both.  Prints one TAP stream.

    clients.py NODE-FOLDER PYTHON

CLOUDFLOW_GO is the program of go/, or CLOUDFLOW_GO_LEFT_OUT says why there is
none."""

import http.server
import json
import os
import re
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
import server as server_of  # noqa: E402
from server import Server, Tap, free_port  # noqa: E402

server_of.CONF = server_of.CONF.replace(
    "cloudflow_api cloudflow;", "cloudflow_api cloudflow stepfunctions;")

# Where tasks are called: of two servers the first one is dead.
TASKS = """
    cloudflow_resource  acs:fc:*  /functions;
    upstream functions {{
        zone       functions 64k;
        server     127.0.0.1:{dead} fail_timeout=1h;
        server     127.0.0.1:{alive};
        keepalive  16;
    }}
    server {{
        listen 127.0.0.1:{tasks};
        cloudflow_tasks;
        location /functions {{
            internal;
            proxy_pass          http://functions/$cloudflow_task_function;
            proxy_http_version  1.1;
            proxy_set_header    Connection "";
        }}
    }}
"""

NODE_KINDS = "pop-get", "pop-post", "openapi-v1", "openapi-v3"

GO_KINDS = "go-common", "go-fnf", "go-openapi-v1", "go-openapi-v3"

# Several kinds of call are one client still.
PACKAGES = {"pop-get": "@alicloud/pop-core", "pop-post": "@alicloud/pop-core",
            "openapi-v1": "@alicloud/openapi-client",
            "openapi-v3": "@alicloud/openapi-client",
            "go-common": "alibaba-cloud-sdk-go", "go-fnf": "alibaba-cloud-sdk-go",
            "go-openapi-v1": "darabonba-openapi",
            "go-openapi-v3": "darabonba-openapi",
            "alibabacloud_fnf20190315": "alibabacloud_fnf20190315"}

ACTIONS = os.path.join(os.path.dirname(os.path.dirname(HERE)),
                       "src", "actions", "actions.def")

# id, secret, token, expiry; the third one has expired.
PLAIN = ("LTAIplain", "plain/secret+1")
STS = ("STS.NT1", "sts+secret", "CAIS+token/with=chars")
EXPIRED = ("STS.NT2", "secret", "old", "2020-01-01T00:00:00Z")
KEYS = [PLAIN, STS + ("2999-01-01T00:00:00Z",), EXPIRED]

# Clients of Step Functions and who runs their story; the slowest first.
AWS_KINDS = {"awscli": ("/usr/bin/python3", "sts"),
             "boto3": (None, "plain"),
             "@aws-sdk/client-sfn": (None, "sts")}

# Profiles of the file that they have their keys from.
AWS_PROFILES = {"plain": PLAIN, "sts": STS, "expired": EXPIRED[:3],
                "wrong": (PLAIN[0], "another"), "nobody": ("AKIDx", "secret"),
                "no-token": STS[:2], "other-token": STS[:2] + ("other",)}

GO_LEFT_OUT = os.environ.get("CLOUDFLOW_GO_LEFT_OUT")

tap = Tap()
called = {"unsigned, ": {}, "signed, ": {}}  # action: packages


class Function(http.server.BaseHTTPRequestHandler):
    """POST /greet, POST /keep (a token); GET /NAME: a token that was kept."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *unused):
        pass

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.changed:
            self.server.calls += 1
            self.server.peers.add(self.client_address)
            if self.path == "/keep":
                self.server.tokens[event["name"]] = event["token"]
                self.server.changed.notify_all()
        self.answer(200, json.dumps({"text": f"hello {event.get('who')}"}).encode())

    def do_GET(self):
        name = self.path[1:]
        with self.server.changed:
            if self.server.changed.wait_for(lambda: name in self.server.tokens, 20):
                return self.answer(200, self.server.tokens[name].encode())
        return self.answer(404, b"")


class Functions(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Function)
        self.port = self.server_address[1]
        self.changed = threading.Condition()
        self.calls, self.peers, self.tokens = 0, set(), {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def conf(self):
        return TASKS.format(dead=free_port(), alive=self.port, tasks=free_port())


def upstream(server, functions, name):
    """Connections were used again, and the dead server was left alone."""
    tap.ok(functions.calls >= 80 and len(functions.peers) <= 32
           and len(functions.peers) * 3 < functions.calls,
           f"{name}: {functions.calls} calls over {len(functions.peers)} connections")
    tries = sum("Connection refused" in line for line in server.log().splitlines())
    tap.ok(1 <= tries <= 4, f"{name}: the dead server was tried {tries} times")


def every_action(prefix):
    """Each action of the server was answered well through two clients."""
    with open(ACTIONS) as f:
        actions = re.findall(r"^ACTION\(\s*rpc\s*,\s*(\w+)", f.read(), re.M)
    tap.ok(len(actions) == len(set(actions)) >= 29,
           f"{prefix}the server has {len(actions)} actions")
    for action in actions:
        clients = called[prefix].get(action, ())
        tap.ok(len(clients) >= 2, f"{prefix}{action} through {len(clients)} "
               "clients: " + ", ".join(sorted(clients)))


def run(command, prefix, environment):
    """A story of its own: its lines counted anew, its output at once."""
    inherited = {name: value for name, value in os.environ.items()
                 if not name.startswith("AWS_")}
    done = subprocess.run(
        command, env=dict(inherited, **environment), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
    lines, plan, seen, failed = done.stdout.splitlines(), None, 0, 0
    with lock:
        for line in lines:
            match = re.match(r"(not )?ok \d+ - (.*)", line)
            if match:
                seen += 1
                failed += bool(match[1])
                tap.ok(not match[1], f"{prefix}{match[2]}")
            elif re.match(r"1\.\.\d+$", line):
                plan = int(line[3:])
            elif line.startswith("# called "):
                kind, *actions = line.split()[2:]
                package = PACKAGES[kind]
                for action in actions:
                    called[prefix].setdefault(action, set()).add(package)
            else:
                tap.note(line.removeprefix("# "))
        if plan is None or plan != seen or (done.returncode and not failed):
            tap.ok(False, f"{prefix}{os.path.basename(command[1])}: ended "
                          f"with {done.returncode} after {seen} checks")


def aws(server):
    """What tells a client of Step Functions where to go, and who it is."""
    path = os.path.join(server.root, "aws-credentials")
    with open(path, "w") as f:
        for name, key in AWS_PROFILES.items():
            f.write(f"[{name}]\n")
            for field, value in zip(("access_key_id", "secret_access_key",
                                     "session_token"), key):
                f.write(f"aws_{field} = {value}\n")
    return {"AWS_SHARED_CREDENTIALS_FILE": path,
            "AWS_CONFIG_FILE": os.devnull, "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_SFN": f"http://127.0.0.1:{server.port}"}


def stories(server, functions, node, python, signed):
    """Two at a time: clients do not disturb each other."""
    prefix = "signed, " if signed else "unsigned, "
    environment = {"CLOUDFLOW_CLIENTS": node, "PYTHONDONTWRITEBYTECODE": "1",
                   "CLOUDFLOW_SERVICE": f"http://127.0.0.1:{functions.port}"}
    if signed:
        environment["CLOUDFLOW_SIGNED"] = "1"
    environment.update(aws(server))
    jobs = []
    for kind, (runner, profile) in AWS_KINDS.items():
        jobs.append([runner or python, os.path.join(HERE, "aws.py"), kind,
                     str(server.port), profile])
    for i, kind in enumerate(NODE_KINDS):
        jobs.append(["node", os.path.join(HERE, "clients.js"), kind,
                     f"http://127.0.0.1:{server.port}",
                     *(STS if i % 2 else PLAIN)])
    if not GO_LEFT_OUT:
        for i, kind in enumerate(GO_KINDS):
            jobs.append([os.environ["CLOUDFLOW_GO"], kind,
                         f"127.0.0.1:{server.port}",
                         *(PLAIN if i % 2 else STS)])
    for key in PLAIN, STS:
        jobs.append([python, os.path.join(HERE, "story.py"),
                     str(server.port), *key])
    if signed:
        jobs.append([sys.executable, os.path.join(HERE, "sign.py"),
                     str(server.port),
                     os.path.join(server.root, "credentials")])

    def work():
        while True:
            with lock:
                if not jobs:
                    return
                job = jobs.pop(0)
            try:
                run(job, prefix, environment)
            except subprocess.TimeoutExpired:
                with lock:
                    tap.ok(False, f"{prefix}{job[1:3]}: takes too long")
            except OSError as e:
                with lock:
                    tap.ok(False, f"{prefix}{job[1]}: {e}")

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def quiet(server, name):
    """No worker died, and nothing else worth a person's sleep."""
    lines = server.alarms() + [line for line in server.log().splitlines()
                               if "exited on signal" in line]
    if not tap.ok(not lines, f"{name}: nothing alarming in the log"):
        for line in lines[:5]:
            tap.note(line)


def main(node, python):
    if GO_LEFT_OUT:
        tap.note(f"the official clients for Go were NOT run: {GO_LEFT_OUT}")
        tap.ok(True, f"official clients for Go # SKIP {GO_LEFT_OUT}")
    with Functions() as functions, Server(http=functions.conf()) as server:
        server.start()
        stories(server, functions, node, python, False)
        every_action("unsigned, ")
        upstream(server, functions, "unsigned")
        quiet(server, "unsigned")

    with Functions() as functions, \
            Server(http=functions.conf(),
                   location="cloudflow_credentials credentials;") as server:
        path = os.path.join(server.root, "credentials")
        with open(path, "w") as f:
            f.write("# id secret [token [expiry]]\n")
            for key in KEYS:
                f.write(" ".join(key) + "\n")
        os.chmod(path, 0o600)
        server.start(wait=False)
        wait(server)
        stories(server, functions, node, python, True)
        every_action("signed, ")
        upstream(server, functions, "signed")
        quiet(server, "signed")
    return tap.done()


def wait(server):
    """Unsigned calls are refused, so the first answer is proof enough."""
    import http.client
    import time
    for _ in range(1000):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", server.port,
                                                    timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.01)


lock = threading.RLock()
sys.exit(main(*sys.argv[1:]))
