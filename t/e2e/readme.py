#!/usr/bin/env python3
"""What is written for readers, as they follow it, with other ports: README's
first flow and its section on tasks, nginx.conf.example as it is."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time

from server import Server, TOP, Tap, free_port

tap = Tap()


class Example(Server):
    """nginx.conf.example with the files that it names; its ports are moved."""

    def write_conf(self):
        with open(os.path.join(TOP, "nginx.conf.example"), encoding="utf-8") as f:
            text = f.read()
        self.ports = {port: str(free_port()) for port in ("9000", "9001")}
        self.ports["8080"] = str(self.port)
        text = re.sub(r"\b(8080|9000|9001)\b", lambda found: self.ports[found[0]], text)
        with open(os.path.join(self.root, "nginx.conf"), "w", encoding="utf-8") as f:
            f.write(self.options["user"] + text)
        for name in ("modules", "flows"):
            os.makedirs(os.path.join(self.root, name), exist_ok=True)
        shutil.copy(self.module, os.path.join(self.root, "modules/ngx_http_cloudflow_module.so"))
        for name in os.listdir(os.path.join(TOP, "flows")):
            shutil.copy(os.path.join(TOP, "flows", name), os.path.join(self.root, "flows"))

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()


def doors(server):
    """The flow of the configuration is in the store, and its locations answer."""
    want = (200, '{"item":"a b","text":"a b at 3 each"}')
    for _ in range(200):
        seen = server.ask("GET", "/quote?item=a+b")
        if seen[0] != 404:
            break
        time.sleep(0.05)
    tap.ok(seen == want, f"nginx.conf.example: /quote, asked in the query: {seen}")
    seen = server.ask("POST", "/quote", '{"item":"a b"}')
    tap.ok(seen == want, f"nginx.conf.example: /quote, asked in JSON: {seen}")
    status, text = server.ask("POST", "/quote", '{"item":"gold"}')
    tap.ok(status == 502 and json.loads(text)["Code"] == "NotByMachine",
           f"nginx.conf.example: /quote, refused: {status} {text}")
    status, text = server.ask("POST", "/orders", "{}")
    tap.ok(status == 404 and json.loads(text)["Code"] == "FlowNotExists",
           f"nginx.conf.example: /orders before there is one: {status}")
    server.call("CreateFlow", Name="order", Type="FDL", Description="", Definition=ORDER)
    for _ in range(2):
        status, text = server.ask("POST", "/orders", '{"n":1}', **{"Idempotency-Key": "one"})
        tap.ok(status == 202 and json.loads(text) == {"FlowName": "order", "Name": "one"},
               f"nginx.conf.example: /orders: {status} {text}")
    seen = server.call("DescribeExecution", FlowName="order", ExecutionName="one",
                       WaitTimeSeconds=20)
    tap.ok(seen["Status"] == "Succeeded" and json.loads(seen["Output"])["Service"] == "ocr:Read",
           f"nginx.conf.example: a task through a location: {seen['Output']}")
    status, text = server.ask("GET", "/status")
    tap.ok(status == 200 and re.search(r"^cloudflow_executions_started_total [1-9]", text, re.M),
           "nginx.conf.example: /status")
    tap.ok(server.call("DescribeRegions")["Regions"]["Region"][0]["RegionId"] == "local",
           "nginx.conf.example: its region")


ORDER = """Type: StateMachine
SpecVersion: v1
Name: order
StartAt: Read
States:
  - Type: Task
    Name: Read
    Action: ocr:Read
    OutputConstructor:
      Service.$: $Output.Service
    End: true
"""


def first_flow(server, text):
    """README's first flow, its commands as they stand there."""
    part = text[text.index("\n## A first flow with curl\n"):text.index("\n## The same with")]
    lines = re.search(r"(?:^    .*\n|^\n)+(?=\nThe third call)", part, re.M)[0]
    promise = re.search(r'shows (`"Status".*?`) and\s+(`.*?`)\.', part)
    script = textwrap.dedent(lines).replace("8080", server.ports["8080"])
    done = subprocess.run(["bash", "-ec", script], cwd=server.root, text=True, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    shown = done.stdout
    for one in promise.groups():
        if not tap.ok(one.strip("`") in shown, f"README's first flow: {one}"):
            tap.note(shown[-1500:])
    tap.ok(done.returncode == 0 and '"Type":"ExecutionSucceeded"' in shown,
           "README's first flow: its history")


def example(text):
    with Example() as server:
        server.write_conf()
        # In a fresh folder: nothing is there but what the comment names.
        checked = server.command("-t")
        tap.ok(checked.returncode == 0 and "test is successful" in checked.stdout,
               "nginx.conf.example: nginx -t: " + " ".join(checked.stdout.split())[-300:])
        tap.ok(not os.path.exists(os.path.join(server.root, "store")),
               "nginx.conf.example: nginx -t makes nothing")
        server.start()
        doors(server)
        first_flow(server, text)
        alarms = server.alarms()
        tap.ok(not alarms, "nginx.conf.example: the log is clean: " + "; ".join(alarms[:3]))


def main():
    with open(os.path.join(TOP, "README.md"), encoding="utf-8") as f:
        text = f.read()
    example(text)
    tasks(text)
    return tap.done()


def tasks(text):
    part = text[text.index("\n### Tasks\n"):text.index("\n## Access keys\n")]
    conf = re.search(r"```nginx\n(.*?)```", part, re.S)[1]
    lines = re.search(r"(?:^    .*\n|^\n)+(?=\nThe last call shows)", part, re.M)[0]
    promise = re.search(r"The last call shows `(.*?)`", part)[1]
    ports = {"8080": free_port(), "9000": free_port(), "9001": free_port()}

    def moved(given):
        return re.sub(r"\b(8080|9000|9001)\b", lambda found: str(ports[found[0]]), given)

    with Server(http=moved(conf)) as server:
        server.start()
        script = moved(textwrap.dedent(lines)).replace("sleep 1", "sleep 1; wait_for")
        # Two starting interpreters may need longer than a reader does.
        script = ("wait_for() { for i in $(seq 100); do grep -q token messages.log && break; "
                  "sleep 0.1; done; }\n" + script).replace(
                      "\nurl=", "\nfor port in %(9000)s %(9001)s; do for i in $(seq 100); do "
                      "(exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break; sleep 0.1; "
                      "done; done\nurl=" % ports)
        done = subprocess.Popen(["bash", "-c", script], cwd=server.root, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                start_new_session=True)
        try:
            shown, _ = done.communicate(timeout=60)
            found = promise in shown
            if not tap.ok(found, f"README's task: {promise}"):
                tap.note(shown[-1500:])
            with open(os.path.join(server.root, "functions.log")) as f:
                tap.ok("/price {\"item\":\"tea\"}" in f.read(), "... and the call of the function")
        finally:
            # What the reader left in the background.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(done.pid, signal.SIGKILL)
        alarms = server.alarms()
        tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))


if __name__ == "__main__":
    sys.exit(main())
