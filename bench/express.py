"""Express executions against nginx "return 200" with a body of the same size:
by StartSyncExecution and through a door; and what an alias costs a start."""

import json
import time
import urllib.request

from bench import FORM, with_locations
from server import Server, passes
from tasks import STATUS, Seen

TURNS = 4
FLOW = "flow"
START = FORM.format("StartExecution") + "FlowName=durable"
SYNC = FORM.format("StartSyncExecution") + f"FlowName={FLOW}"

LOCATIONS = """
location = /door {{ cloudflow_run {flow}; }}
location = /as_sync {{ default_type application/json; return 200 '{sync}'; }}
location = /as_door {{ default_type application/json; return 200 '{door}'; }}
"""


def conf(server, sync="", door=""):
    server.write_conf()
    with_locations(server, STATUS + LOCATIONS.format(flow=FLOW, sync=sync,
                                                     door=door))


def get(server, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}") as got:
        return got.read()


def start():
    """A server with the flows, whose plain answers are as long as ours."""
    server = Server(connections=8192, shards=2, zone="64m")
    conf(server)
    server.command()
    server.wait_ready()
    for name, mode in ((FLOW, "Express"), ("durable", "Standard")):
        server.call("CreateFlow", Name=name, Type="FDL", Description="",
                    ExecutionMode=mode,
                    Definition=passes(10 if mode == "Express" else 1))
    server.call("PublishFlowVersion", FlowName="durable")
    server.call("CreateFlowAlias", FlowName="durable", Name="prod",
                RoutingConfigurations='[{"Version":"1","Weight":100}]')

    sync, door = get(server, f"/?{SYNC}"), get(server, "/door")
    if json.loads(sync)["Status"] != "Succeeded":
        raise RuntimeError(sync)
    conf(server, "x" * len(sync), "x" * len(door))
    server.command("-s", "reload")
    time.sleep(1)
    server.wait_ready()
    return server


def turns(server, kinds, connections, seconds):
    """In turns, so that all kinds see the machine in the same moods."""
    seen = {kind: Seen(server) for kind in kinds}
    for _ in range(TURNS):
        for kind, args in kinds.items():
            seen[kind].add(server.port, connections, *args, seconds / TURNS)
    return seen


def compare(rows, what, ours, base, against):
    rate, us = ours.done / ours.seconds, ours.cpu_us / ours.done
    base_rate, base_us = base.done / base.seconds, base.cpu_us / base.done
    rows.add(what, f"{rate:.0f}/s", f"{against}: {base_rate:.0f}/s",
             f"{rate / base_rate:.2f}")
    rows.add("... processor time of nginx", f"{us:.1f} us",
             f"{against}: {base_us:.1f} us", f"{base_us / us:.2f}")


def measure(rows, seconds):
    server = start()
    try:
        for count in (32, 128):
            seen = turns(server, {"as_sync": ("get", "/as_sync"),
                                  "sync": ("post", SYNC),
                                  "as_door": ("get", "/as_door"),
                                  "door": ("get", "/door")}, count, seconds)
            compare(rows, f"StartSyncExecution, ten Pass, {count} connections",
                    seen["sync"], seen["as_sync"], "return 200")
            compare(rows, f"cloudflow_run, ten Pass, {count} connections",
                    seen["door"], seen["as_door"], "return 200")
        seen = turns(server, {"plain": ("post", START),
                              "alias": ("post", START + "&Qualifier=prod")},
                     32, seconds)
        compare(rows, "StartExecution by an alias, 32 connections",
                seen["alias"], seen["plain"], "without")
    finally:
        server.close()
