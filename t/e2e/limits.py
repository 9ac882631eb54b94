#!/usr/bin/env python3
"""Buckets and quotas over several workers: together they give no more than
one would."""

import concurrent.futures
import sys
import time

from server import PASS, Failure, Server, Tap, waits

tap = Tap()


def storm(server, count, call):
    """How many of count calls, each on a connection of its own, are taken;
    what the others hear."""
    codes = []

    def one(i):
        try:
            call(i)
            return True
        except Failure as failure:
            codes.append(failure.code)
            return False

    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        taken = sum(pool.map(one, range(count)))
    return taken, set(codes)


def buckets():
    with Server(workers=4, shards=4, listen=" reuseport",
                location="cloudflow_throttle DescribeFlow rate=1/s burst=200;") as server:
        server.start()
        server.call("CreateFlow", Name="f", Type="FDL", Description="",
                    Definition=PASS)
        began = time.time()
        taken, codes = storm(server, 600,
                             lambda i: server.call("DescribeFlow", Name="f"))
        seconds = time.time() - began
        tap.note(f"{taken} of 600 taken in {seconds:.1f} s")
        tap.ok(200 <= taken <= 201 + int(seconds), "a bucket is one for all")
        tap.ok(codes == {"ResourceThrottled"}, f"the others hear it {codes}")
        server.command("-s", "reload")
        time.sleep(1)
        taken, codes = storm(server, 50,
                             lambda i: server.call("DescribeFlow", Name="f"))
        tap.ok(taken < 40, f"a reload fills no bucket ({taken})")
        tap.ok(not server.alarms(), f"no alarms {server.alarms()[:1]}")


def quotas():
    with Server(workers=4, shards=4, listen=" reuseport",
                limits="cloudflow_limit executions=100;") as server:
        server.start()
        server.call("CreateFlow", Name="w", Type="FDL", Description="",
                    Definition=waits(300))
        taken, codes = storm(
            server, 400, lambda i: server.call("StartExecution", FlowName="w",
                                               ExecutionName=f"e{i}"))
        tap.note(f"{taken} of 400 started")
        tap.ok(100 <= taken <= 124, "no more run than the quota, and who "
               "starts in the same moment")
        tap.ok(codes == {"ResourceThrottled"}, f"the others hear it {codes}")
        server.kill_all()
        server.start()
        time.sleep(1)           # all four shards are open again
        taken, codes = storm(
            server, 50, lambda i: server.call("StartExecution", FlowName="w",
                                              ExecutionName=f"x{i}"))
        tap.ok(taken == 0, "after a crash they are counted again")
        tap.ok(not server.alarms(), f"no alarms {server.alarms()[:1]}")



def default():
    """What is granted if nothing is said; an operator may say more."""
    with Server(workers=2, shards=2, limits="") as server:
        server.start()
        server.call("CreateFlow", Name="w", Type="FDL", Description="",
                    Definition=waits(300))
        taken, codes = storm(
            server, 10200, lambda i: server.call("StartExecution", FlowName="w"))
        tap.note(f"{taken} of 10200 started")
        tap.ok(10000 <= taken <= 10024, "10,000 run if nothing is said")
        tap.ok(codes == {"ResourceThrottled"}, f"the others hear it {codes}")
        server.options["limits"] = "cloudflow_limit executions=10100;"
        server.write_conf()
        server.command("-s", "reload")
        time.sleep(2)
        server.wait_ready()
        more, codes = storm(
            server, 200, lambda i: server.call("StartExecution", FlowName="w"))
        tap.ok(10100 <= taken + more <= 10124, f"raised by a reload ({more})")
        tap.ok(not server.alarms(), f"no alarms {server.alarms()[:1]}")


buckets()
quotas()
default()
sys.exit(tap.done())
