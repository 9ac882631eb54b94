#!/usr/bin/env python3
"""Real definitions and published cases over HTTP: every public definition
compiles, every case that needs only the states that run ends as written, every
expression vector has its value.  Reads ../shared/examples/fdl beside the
checkout; without it there is nothing to do, and it says so."""

import json
import os
import sys

from server import Failure, Server, TOP, Tap

FOLDER = os.environ.get("WF_SHARED", os.path.join(TOP, "..", "shared"))
FOLDER = os.path.join(FOLDER, "examples/fdl")
RUN = {"pass", "choice", "wait", "succeed", "fail", "Pass", "Choice", "Wait",
       "Succeed", "Fail"}

tap = Tap()


def create(server, name, text, **more):
    server.call("CreateFlow", Name=name, Type="FDL", Description="",
                Definition=text, **more)


def definitions(server):
    bad, count = [], 0
    for generation in ("gen1", "gen2"):
        folder = os.path.join(FOLDER, generation)
        for file in sorted(os.listdir(folder)):
            count += 1
            with open(os.path.join(folder, file), encoding="utf-8") as f:
                text = f.read()
            try:
                create(server, f"d{count}", text)
            except Failure as failure:
                bad.append(f"{file}: {failure}")
    tap.ok(count >= 30 and not bad, f"{count} real definitions compile: "
           + "; ".join(bad[:3]))


def types_of(text):
    return {line.split(":", 1)[1].strip() for line in text.splitlines()
            if line.strip().lstrip("- ").lower().startswith("type:")}


def cases(server):
    with open(os.path.join(FOLDER, "cases/cases.json"), encoding="utf-8") as f:
        listed = json.load(f)
    ran = 0
    for case in listed:
        types = types_of(case["definition"]) - {"flow", "StateMachine"}
        name = "io" if case["id"] == "g1-09-flow-io" else case["id"]
        create(server, name, case["definition"])
        for child, text in case.get("childFlows", {}).items():
            create(server, f"{child}-of-{name}", text)
        if not types <= RUN:
            continue
        for no, run in enumerate(case["runs"]):
            execution = f"exec-{no + 1}"
            server.call("StartExecution", FlowName=name,
                        ExecutionName=execution, Input=json.dumps(run["input"]))
            seen = server.call("DescribeExecution", FlowName=name,
                               ExecutionName=execution, WaitTimeSeconds=30)
            output = json.loads(seen["Output"]) if seen["Output"] else None
            ok = seen["Status"] == run["status"]
            if "output" in run:
                ok = ok and output == run["output"]
            if "error" in run:
                events = server.call("GetExecutionHistory", FlowName=name,
                                     ExecutionName=execution, Limit=1000)
                last = json.loads(events["Events"][-1]["EventDetail"])
                ok = ok and last["error"] == run["error"]
                ok = ok and last["cause"] == run.get("cause", last["cause"])
            tap.ok(ok, f"case {case['id']} run {no + 1}: {seen['Status']} {output}")
            ran += 1
    tap.ok(ran >= 5, f"{ran} runs of published cases")


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


def same(a, b):
    """JSON's equality: true is not 1."""
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


def expressions(server):
    with open(os.path.join(FOLDER, "cases/expressions.json"),
              encoding="utf-8") as f:
        listed = json.load(f)
    bad = []
    for no, vector in enumerate(listed["vectors"]):
        create(server, f"x{no}", vector_flow(vector["expression"]))
        server.call("StartExecution", FlowName=f"x{no}", ExecutionName="e",
                    Input=json.dumps(listed["data"]))
        seen = server.call("DescribeExecution", FlowName=f"x{no}",
                           ExecutionName="e", WaitTimeSeconds=20)
        output = json.loads(seen["Output"]) if seen["Output"] else {}
        want = vector["value"]
        if output.get("held") is not (want is True) \
                or (want != "not true" and not same(output.get("v"), want)):
            bad.append(f"{vector['expression']}: {output}")
    tap.ok(len(listed["vectors"]) >= 30 and not bad,
           f"{len(listed['vectors'])} expression vectors: "
           + "; ".join(bad[:3]))


def main():
    if not os.path.isdir(FOLDER):
        tap.note(f"no {FOLDER}: nothing to compare with")
        tap.ok(True, "published examples (not beside this checkout)")
        return tap.done()
    server = Server()
    try:
        server.start()
        definitions(server)
        cases(server)
        expressions(server)
    finally:
        server.close()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
