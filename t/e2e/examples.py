#!/usr/bin/env python3
"""Definitions over HTTP, run to their end against scripted services: our own
(t/cases/tasks), real ones and published cases (../shared/examples/fdl beside
the checkout, with what t/cases/published.json expects of them); every
expression vector; every definition that must be refused."""

import concurrent.futures
import json
import os
import re
import sys
import threading
import time

from server import Failure, TOP, Tap
from services import Case, Services, listed, run_all, same

CASES = os.path.join(TOP, "t/cases")
SHARED = os.path.join(os.environ.get("WF_SHARED", os.path.join(TOP, "..", "shared")),
                      "examples/fdl")

tap = Tap()


def own():
    return listed(os.path.join(CASES, "tasks.json"), [os.path.join(CASES, "tasks")])


def published():
    """Each file of the folders has runs."""
    folders = [os.path.join(SHARED, name) for name in ("gen1", "gen2")]
    path = os.path.join(CASES, "published.json")
    with open(path, encoding="utf-8") as f:
        scripted = set(json.load(f))
    files = {file for folder in folders for file in os.listdir(folder)}
    tap.ok(files == scripted and len(files) >= 30,
           f"{len(files)} real definitions, each with a script: {sorted(files ^ scripted)}")
    return listed(path, folders)


def written():
    with open(os.path.join(SHARED, "cases/cases.json"), encoding="utf-8") as f:
        found = json.load(f)
    given = []
    for case in found:
        runs = [dict(run, stubs=run.get("stubs", case.get("stubs", {})))
                for run in case["runs"]]
        name = "io" if case["id"] == "g1-09-flow-io" else case["id"]
        given.append(Case(name, case["definition"], runs, case.get("childFlows")))
    tap.ok(len(given) >= 20, f"{len(given)} published cases")
    return given


def vector_flow(expression):
    """The value by a constructor, and whether it holds by a condition."""
    return json.dumps({
        "Type": "StateMachine", "SpecVersion": "v1", "Name": "x",
        "StartAt": "test", "States": [
            {"Type": "Choice", "Name": "test", "Branches": [
                {"Condition": expression, "Next": "yes"}], "Default": "no"},
            {"Type": "Pass", "Name": "yes", "End": True,
             "OutputConstructor": {"held": True, "v.$": expression}},
            {"Type": "Pass", "Name": "no", "End": True,
             "OutputConstructor": {"held": False, "v.$": expression}}]})


def expressions(services):
    with open(os.path.join(SHARED, "cases/expressions.json"),
              encoding="utf-8") as f:
        vectors = json.load(f)

    def one(no, vector):
        services.create(f"x{no}", vector_flow(vector["expression"]))
        services.server.call("StartExecution", FlowName=f"x{no}", ExecutionName="e",
                             Input=json.dumps(vectors["data"]))
        seen = services.end(f"x{no}", "e")
        output = json.loads(seen["Output"]) if seen["Output"] else {}
        want = vector["value"]
        if output.get("held") is not (want is True) \
                or (want != "not true" and not same(output.get("v"), want)):
            return f"{vector['expression']}: {output}"
        return None

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        bad = [wrong for wrong in pool.map(one, *zip(*enumerate(vectors["vectors"])))
               if wrong]
    tap.ok(len(vectors["vectors"]) >= 30 and not bad,
           f"{len(vectors['vectors'])} expression vectors: " + "; ".join(bad[:3]))


def refusals(services):
    """t/cases/refused.txt has the form; here the API says the same."""
    with open(os.path.join(CASES, "refused.txt"), encoding="utf-8", newline="") as f:
        parts = re.split(r"^=== (.*)\n", f.read(), flags=re.M)[1:]
    bad = []

    def one(head, text):
        express = head.startswith("express ")
        line, column, message = re.fullmatch(
            r"(?:express )?(\d+):(\d+) (.*)", head).groups()
        text = "".join(line for line in text.splitlines(True)
                       if not line.startswith("#"))
        try:
            services.server.call("CreateFlow", Name="refused", Type="FDL", Description="",
                                 Definition=text, ExecutionMode="Express" if express else None)
            return f"{head}: accepted"
        except Failure as failure:
            said = str(failure.body.get("Message"))
            if not text:
                return None if failure.code == "MissingRequiredParams" else f"{head}: {failure}"
            if failure.status != 400 or failure.code != "InvalidArgument" \
                    or message not in said or f"line {line}, column {column}" not in said:
                return f"{head}: {failure}"
        return None

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        bad = [wrong for wrong in pool.map(one, parts[::2], parts[1::2]) if wrong]
    tap.ok(len(parts) >= 300 and not bad,
           f"{len(parts) // 2} definitions are refused: " + "; ".join(bad[:3]))


def under_kills(found):
    """The same ends, whatever dies meanwhile; calls may come twice then, under
    the same key."""
    # Slower: limits of tasks must leave room for a worker that starts.
    with Services(kills=True, speed=8) as services:
        over = threading.Event()
        killer = threading.Thread(target=services.kill, args=(over,))
        killer.start()
        try:
            run_all(services, found, lambda ok, name: tap.ok(ok, f"kill -9: {name}"))
        finally:
            over.set()
            killer.join()
        tap.ok(services.killed >= 5, f"{services.killed} workers were killed")
        alarms = services.server.alarms()
        tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))


def main():
    shared = os.path.isdir(SHARED)
    with Services() as services:
        began = time.time()
        found = own() + (published() + written() if shared else [])
        run_all(services, found, tap.ok)
        refusals(services)
        if shared:
            expressions(services)
        tap.note(f"{time.time() - began:.1f} s")
        tap.ok(not services.strays, f"nobody else is called: {services.strays[:3]}")
        alarms = services.server.alarms()
        tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))
    if "long" in sys.argv[1:]:
        under_kills(found)
    if not shared:
        tap.note(f"no {SHARED}: the real definitions and the published cases "
                 "were NOT run")
        tap.ok(True, "real definitions and published cases # SKIP not beside this checkout")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
