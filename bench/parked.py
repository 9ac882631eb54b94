"""Executions that wait for an hour: what each costs in memory, and how soon
all are back after kill -9."""

import time

from bench import FORM, cpu_seconds, load, memory, metrics, processes
from server import Failure
from tasks import Backend, start

WAITS = """version: v1
type: flow
steps:
  - type: wait
    name: w
    duration: 3600
"""

ASKS = """version: v1
type: flow
steps:
  - type: task
    name: t
    resourceArn: acs:fc:::services/s/functions/f
    pattern: waitForCallback
    inputMappings:
      - target: token
        source: $context.task.token
"""

INPUTS = (("{}", "an input of 2 bytes"),
          ('{"text":"' + "x" * 189 + '"}', "an input of 200 bytes"))


def until(condition, seconds=120):
    end = time.time() + seconds
    while not condition():
        if time.time() > end:
            raise RuntimeError("it takes too long")
        time.sleep(0.01)


def is_parked(server, count):
    """All are running, and nothing is under way."""
    seen = metrics(server.port)
    return (seen["cloudflow_executions_running"] == count
            and seen["cloudflow_calls_running"] == 0
            and seen["cloudflow_calls_waiting"] == 0)


def is_back(server, flow, last, running):
    """The last one is known, every one has its place in the heap."""
    try:
        seen = server.call("DescribeExecution", FlowName=flow,
                           ExecutionName=last)
        return seen["Status"] == "Running" and is_parked(server, running)
    except (OSError, Failure):
        return False


def park(rows, flow, text, count, what):
    backend = Backend()
    server, _ = start(backend)
    try:
        server.call("CreateFlow", Name=flow, Type="FDL", Description="",
                    Definition=ASKS if flow == "asks" else WAITS)

        # What a busy worker keeps anyway is not the executions'.
        load(server.port, 128, "run", flow, 0.1)
        body = FORM.format("StartExecution") + f"FlowName={flow}&Input={text}"
        before = memory(processes(server))
        load(server.port, 128, "post", body + "&ExecutionName=e%u",
             extra=("-n", str(count)))
        time.sleep(1)
        running = metrics(server.port)["cloudflow_executions_running"]
        until(lambda: is_parked(server, running))
        each = (memory(processes(server)) - before) / running
        rows.add(f"{running} executions, {flow}, {what}: memory of each",
                 f"{each:.0f} bytes", "asked for: 1536", f"{each / 1536:.2f}")

        server.kill_all()
        began = time.time()
        server.command()
        until(lambda: is_back(server, flow, f"e{count - 1}", running), 30)
        took = time.time() - began
        used = cpu_seconds(processes(server))
        rows.add("... all back after kill -9", f"{took:.2f} s",
                 f"asked for: 2 s; {used:.2f} s of processor time",
                 f"{took / 2:.2f}")
        each = (memory(processes(server))) / running
        rows.add("... memory of all processes, for each", f"{each:.0f} bytes")
    finally:
        server.close()
        backend.close()


def measure(rows, count=100000):
    for flow in ("waits", "asks"):
        for text, what in INPUTS:
            park(rows, flow, text, count, what)
