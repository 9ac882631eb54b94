#!/usr/bin/env python3
"""What stacks around Step Functions Local expect of a server: a health
location that never waits, and a reset that leaves nothing, whatever runs."""

import fcntl
import http.client
import json
import os
import signal
import sqlite3
import sys
import threading
import time

from activities import Client, Refused      # the server speaks Step Functions
from server import Server, Tap, passes

ROLE = "arn:aws:iam::123456789012:role/r"
LOCATION = ("} location = /health { cloudflow_health; } location = /reset { cloudflow_reset; } "
            "location = /status { cloudflow_status; } "
            "location /service { internal; access_log logs/calls.log; return 500; ")
HTTP = 'cloudflow_resource "arn:aws:states:::*" /service;'
tap = Tap()


def ask(server, method, path, timeout=30):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheader("Content-Type")
    finally:
        connection.close()


def machine(client, name, states, start, **more):
    return client.insist("CreateStateMachine", name=name, roleArn=ROLE,
                         definition=json.dumps({"StartAt": start, "States": states}), **more)["stateMachineArn"]


def wait_for(condition, seconds=15):
    until = time.time() + seconds
    while time.time() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def health():
    with Server(workers=2, shards=3, location=LOCATION, http=HTTP) as server:
        server.start()
        wait_for(lambda: ask(server, "GET", "/health")[0] == 200)
        status, body, kind = ask(server, "GET", "/health")
        tap.ok(status == 200 and json.loads(body) == {"status": "ok", "shards": 3} and kind == "application/json",
               "all is well")
        tap.ok(ask(server, "HEAD", "/health")[:2] == (200, b""), "HEAD")
        tap.ok(ask(server, "POST", "/health")[0] == 405, "nothing else")
        # Somebody else writes to its file, and does not end.
        other = sqlite3.connect(os.path.join(server.root, "store/shard-000.db"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        thread = threading.Thread(target=lambda: Client(server.port).insist("CreateActivity", name="a"))
        thread.start()
        hangs = {"status": "unavailable", "problems": [{"shard": 0, "problem": "a commit hangs"}]}
        tap.ok(wait_for(lambda: json.loads(ask(server, "GET", "/health")[1]) == hangs, 8), "a commit that hangs")
        other.execute("ROLLBACK")
        other.close()
        thread.join()
        tap.ok(wait_for(lambda: ask(server, "GET", "/health")[0] == 200), "and comes back")
        # Somebody holds a shard's lock: nobody can own it.
        server.stop()
        with open(os.path.join(server.root, "store/shard-001.lock"), "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            server.start(wait=False)
            want = {"status": "unavailable", "problems": [{"shard": 1, "problem": "no owner"}]}

            def is_ill():
                try:
                    status, body, _ = ask(server, "GET", "/health")
                except OSError:
                    return False
                return status == 503 and json.loads(body) == want
            tap.ok(wait_for(is_ill), "a shard without an owner")
            took = time.time()
            tap.ok(ask(server, "HEAD", "/health")[:2] == (503, b"") and time.time() - took < 1,
                   "said at once, to HEAD too")
        tap.ok(wait_for(lambda: ask(server, "GET", "/health")[0] == 200), "well again")
        tap.ok(not server.alarms(), "no alarm")


def fill(client, n):
    wait = {"W": {"Type": "Wait", "Seconds": 3, "Next": "T"},
            "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True,
                  "Parameters": {"FunctionName": "f"}}}
    arn = machine(client, f"m{n}", wait, "W", publish=True, tags=[{"key": "a", "value": "b"}])
    for i in range(40):
        client.insist("StartExecution", stateMachineArn=arn, name=f"e{i}", input="{}")
    done = machine(client, f"d{n}", {"P": {"Type": "Pass", "End": True}}, "P")
    for i in range(20):
        client.insist("StartExecution", stateMachineArn=done, name=f"e{i}", input="{}")
    version = client.insist("ListStateMachineVersions", stateMachineArn=arn)["stateMachineVersions"][0]
    client.insist("CreateStateMachineAlias", name="live", routingConfiguration=[
        {"stateMachineVersionArn": version["stateMachineVersionArn"], "weight": 100}])
    activity = client.insist("CreateActivity", name=f"a{n}")["activityArn"]
    return arn, activity


def is_empty(client):
    return not (client.insist("ListStateMachines")["stateMachines"] or client.insist("ListActivities")["activities"])


def calls(server):
    try:
        with open(os.path.join(server.root, "logs/calls.log")) as f:
            return len(f.readlines())
    except FileNotFoundError:
        return 0


def metric(server, name):
    for line in ask(server, "GET", "/status")[1].decode().splitlines():
        if line.startswith(f"cloudflow_{name} "):
            return int(line.split()[1])
    return None


def reset():
    with Server(workers=2, shards=3, location=LOCATION, http=HTTP) as server:
        server.start()
        client = Client(server.port)
        tap.ok(ask(server, "GET", "/reset")[0] == 405, "only a POST")
        arn, activity = fill(client, 1)
        server.call("CreateFlow", Name="f", Type="FDL", Description="d",
                    Definition=passes(1))
        server.call("CreateSchedule", FlowName="f", ScheduleName="s", CronExpression="@every 1m", Payload="{}")
        answers = {}

        def poll(name, operation, **params):
            began = time.time()
            try:
                answers[name] = Client(server.port).call(operation, **params)
            except Exception as e:      # what it says is looked at below
                answers[name] = e
            answers[name + " took"] = time.time() - began
        express = machine(client, "x", {"W": {"Type": "Wait", "Seconds": 20, "End": True}}, "W", type="EXPRESS")
        polls = [threading.Thread(target=poll, args=("task", "GetActivityTask"), kwargs={"activityArn": activity}),
                 threading.Thread(target=poll, args=("sync", "StartSyncExecution"),
                                  kwargs={"stateMachineArn": express})]
        for thread in polls:
            thread.start()
        time.sleep(0.5)
        status, body, _ = ask(server, "POST", "/reset")
        tap.ok(status == 200 and json.loads(body) == {"status": "ok"}, "a reset is answered")
        tap.ok(is_empty(client) and server.call("ListFlows", Limit=10).get("Flows") == [], "nothing is left")
        for thread in polls:
            thread.join(10)
        tap.ok(answers.get("task") == {"taskToken": None} and answers["task took"] < 8, "a parked poll is let go")
        tap.ok("StateMachineDoesNotExist" in str(answers.get("sync")) and answers["sync took"] < 8,
               "an Express execution ends")
        for operation, params in (("StartExecution", {"stateMachineArn": arn}),
                                  ("DescribeExecution", {"executionArn": arn.replace("stateMachine", "execution") + ":e1"}),
                                  ("GetActivityTask", {"activityArn": activity}),
                                  ("ListTagsForResource", {"resourceArn": arn})):
            try:
                client.insist(operation, **params)
                tap.ok(False, f"{operation} of what is gone")
            except Refused as e:
                tap.ok("400" in str(e), f"{operation} of what is gone")
        tap.ok(wait_for(lambda: metric(server, "executions_running") == 0), "none runs")
        arn, activity = fill(client, 1)
        tap.ok(len(client.insist("ListExecutions", stateMachineArn=arn, maxResults=100)["executions"]) == 40,
               "the same names again")
        tap.ok(len(client.insist("ListTagsForResource", resourceArn=arn)["tags"]) == 1, "no tag of before")
        before = calls(server)
        ask(server, "POST", "/reset")
        time.sleep(4)
        tap.ok(calls(server) == before == 0, "what was stopped has called nobody")
        server.stop()
        server.start()
        tap.ok(is_empty(client), "nor is there anything after a restart")
        tap.ok(not server.alarms(), "no alarm")


def under_load():
    """Starts during a reset are removed, or come after it."""
    with Server(workers=2, shards=3, location=LOCATION, http=HTTP) as server:
        server.start()
        stop, errors = threading.Event(), []

        def load(n):
            client = Client(server.port)
            while not stop.is_set():
                try:
                    arn = machine(client, f"m{n}", {"W": {"Type": "Wait", "Seconds": 600, "End": True}}, "W")
                    for _ in range(20):
                        client.call("StartExecution", stateMachineArn=arn)
                except Refused as e:
                    if "DoesNotExist" not in str(e) and not str(e).startswith("500"):
                        errors.append(str(e))
                except (OSError, http.client.HTTPException, ValueError):
                    client = Client(server.port)
        threads = [threading.Thread(target=load, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        answered = 0
        for _ in range(8):
            time.sleep(0.3)
            answered += ask(server, "POST", "/reset")[0] == 200
        stop.set()
        for thread in threads:
            thread.join(30)
        tap.ok(answered == 8, f"resets under load ({answered})")
        tap.ok(not errors, f"nobody hears anything odd {errors[:2]}")
        client = Client(server.port)
        running = sum(len(client.insist("ListExecutions", stateMachineArn=m["stateMachineArn"], maxResults=1000,
                                        statusFilter="RUNNING")["executions"])
                      for m in client.insist("ListStateMachines")["stateMachines"])
        tap.ok(wait_for(lambda: metric(server, "executions_running") == running),
               f"what runs is what is listed ({running}, {metric(server, 'executions_running')})")
        ask(server, "POST", "/reset")
        tap.ok(is_empty(client) and wait_for(lambda: metric(server, "executions_running") == 0), "then nothing")
        tap.ok(not server.alarms(), "no alarm")


def killed():
    """kill -9 in the middle: another one comes to the end."""
    with Server(workers=2, shards=3, location=LOCATION, http=HTTP) as server:
        server.start()
        client = Client(server.port)
        whole = 0
        for n in range(6):
            fill(client, n)
            thread = threading.Thread(target=lambda: [ask_quietly(server)])
            thread.start()
            time.sleep(0.004 * n)
            for pid in server.workers():
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            thread.join(30)
            status = 0
            until = time.time() + 30
            while status != 200 and time.time() < until:
                status = ask_quietly(server)
            whole += status == 200 and is_empty(client)
        tap.ok(whole == 6, f"restarted to the end ({whole})")
        tap.ok(wait_for(lambda: metric(server, "executions_running") == 0), "none runs")
        tap.ok(not server.alarms(), "no alarm")


def refusal(client, operation, **params):
    try:
        client.insist(operation, **params)
        return ""
    except Refused as e:
        return str(e)


def deleting():
    """A machine of which executions run goes when they have ended."""
    with Server(workers=2, shards=3, location=LOCATION, http=HTTP) as server:
        server.start()
        client = Client(server.port)
        wait = {"W": {"Type": "Wait", "Seconds": 5, "End": True}}
        arn = machine(client, "m", wait, "W", publish=True)
        started = [client.insist("StartExecution", stateMachineArn=arn)["executionArn"] for _ in range(6)]
        client.insist("DeleteStateMachine", stateMachineArn=arn)
        tap.ok(client.insist("DescribeStateMachine", stateMachineArn=arn)["status"] == "DELETING", "DELETING")
        definition = json.dumps({"StartAt": "W", "States": wait})
        for operation, params in (
                ("StartExecution", {"stateMachineArn": arn}),
                ("StartExecution", {"stateMachineArn": arn + ":1"}),
                ("CreateStateMachine", {"name": "m", "roleArn": ROLE, "definition": definition}),
                ("CreateStateMachine", {"name": "m", "roleArn": ROLE, "definition": definition.replace("5", "6")}),
                ("UpdateStateMachine", {"stateMachineArn": arn, "roleArn": ROLE + "2"}),
                ("PublishStateMachineVersion", {"stateMachineArn": arn}),
                ("CreateStateMachineAlias", {"name": "a", "routingConfiguration": [
                    {"stateMachineVersionArn": arn + ":1", "weight": 100}]})):
            said = refusal(client, operation, **params)
            tap.ok("StateMachineDeleting" in said and arn in said, f"{operation} is refused")
        tap.ok(refusal(client, "DeleteStateMachine", stateMachineArn=arn) == "", "deleting it again is no error")
        for pid in server.workers():
            os.kill(pid, signal.SIGKILL)
        tap.ok(client.insist("DescribeStateMachine", stateMachineArn=arn)["status"] == "DELETING",
               "DELETING after kill -9")
        listed = client.insist("ListExecutions", stateMachineArn=arn, statusFilter="RUNNING")["executions"]
        tap.ok(len(listed) == 6, f"what runs goes on ({len(listed)})")
        client.insist("StopExecution", executionArn=started[0])
        ended = set()

        def are_over():
            for execution in started:
                try:
                    status = client.insist("DescribeExecution", executionArn=execution)["status"]
                except Refused:
                    continue
                if status != "RUNNING":
                    ended.add((execution, status))
            return len(ended) == 6
        tap.ok(wait_for(are_over) and sorted(status for _, status in ended) == ["ABORTED"] + 5 * ["SUCCEEDED"],
               f"to its own end {ended}")
        tap.ok(wait_for(lambda: "DoesNotExist" in refusal(client, "DescribeStateMachine", stateMachineArn=arn), 5),
               "then it is gone")
        again = machine(client, "m", wait, "W")
        tap.ok(again == arn and not client.insist("ListExecutions", stateMachineArn=arn)["executions"],
               "its name is free, and the new one has nothing of it")
        client.insist("DeleteStateMachine", stateMachineArn=arn)
        tap.ok("DoesNotExist" in refusal(client, "DescribeStateMachine", stateMachineArn=arn),
               "one of which none runs is gone at once")
        tap.ok(not server.alarms(), "no alarm")


def ask_quietly(server):
    try:
        return ask(server, "POST", "/reset")[0]
    except (OSError, http.client.HTTPException):
        return 0


def main():
    if len(sys.argv) > 1:
        globals()[sys.argv[1]]()
        return tap.done()
    health()
    reset()
    under_load()
    killed()
    deleting()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
