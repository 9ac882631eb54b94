"""Starts a server without authentication, then one that demands signatures,
and lets every client tell its story to both.  Prints one TAP stream.

    clients.py NODE-FOLDER PYTHON"""

import os
import re
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
from server import Server, Tap  # noqa: E402

NODE_KINDS = "pop-get", "pop-post", "openapi-v1", "openapi-v3"

# id, secret, token, expiry; the third one has expired.
PLAIN = ("LTAIplain", "plain/secret+1")
STS = ("STS.NT1", "sts+secret", "CAIS+token/with=chars")
EXPIRED = ("STS.NT2", "secret", "old", "2020-01-01T00:00:00Z")
KEYS = [PLAIN, STS + ("2999-01-01T00:00:00Z",), EXPIRED]

tap = Tap()


def run(command, prefix, environment):
    """A story of its own: its lines counted anew, its output at once."""
    done = subprocess.run(
        command, env=dict(os.environ, **environment), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240)
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
            else:
                tap.note(line.removeprefix("# "))
        if plan is None or plan != seen or (done.returncode and not failed):
            tap.ok(False, f"{prefix}{os.path.basename(command[1])}: ended "
                          f"with {done.returncode} after {seen} checks")


def stories(server, node, python, signed):
    """Two at a time: clients do not disturb each other."""
    prefix = "signed, " if signed else "unsigned, "
    environment = {"CLOUDFLOW_CLIENTS": node, "PYTHONDONTWRITEBYTECODE": "1"}
    if signed:
        environment["CLOUDFLOW_SIGNED"] = "1"
    jobs = []
    for i, kind in enumerate(NODE_KINDS):
        jobs.append(["node", os.path.join(HERE, "clients.js"), kind,
                     f"http://127.0.0.1:{server.port}",
                     *(STS if i % 2 else PLAIN)])
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
    with Server() as server:
        server.start()
        stories(server, node, python, False)
        quiet(server, "unsigned")

    with Server(location="cloudflow_credentials credentials;") as server:
        path = os.path.join(server.root, "credentials")
        with open(path, "w") as f:
            f.write("# id secret [token [expiry]]\n")
            for key in KEYS:
                f.write(" ".join(key) + "\n")
        os.chmod(path, 0o600)
        server.start(wait=False)
        wait(server)
        stories(server, node, python, True)
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
