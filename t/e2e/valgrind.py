#!/usr/bin/env python3
"""A single nginx process under valgrind serves every action, parks polls,
loses clients and leaves; invalid accesses fail the test."""

import os
import signal
import socket
import subprocess
import sys
import time

from server import Failure, PASS, Server, waits


def main():
    out = sys.argv[1]
    server = Server(workers=1, shards=1, zone="16m", shutdown="30s")
    server.write_conf()
    log = os.path.join(out, "nginx-valgrind.log")
    process = subprocess.Popen(
        ["valgrind", f"--log-file={log}", "--error-exitcode=9",
         "--leak-check=no", "nginx", "-p", server.root, "-c", "nginx.conf",
         "-g", "master_process off;"],
        stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    # daemon on in the configuration: the process forks; find it by its pid.
    process.wait(60)
    try:
        server.wait_ready(60)
        server.call("CreateFlow", Name="f", Type="FDL", Description="d",
                    Definition=PASS)
        server.call("CreateFlow", Name="w", Type="FDL", Description="d",
                    Definition=waits(1))
        server.call("UpdateFlow", Name="f", Description="e")
        server.call("DescribeFlow", Name="f")
        for no in range(30):
            server.call("StartExecution", FlowName="f", ExecutionName=f"e{no}",
                        Input='{"n":%d}' % no)
        server.call("StartExecution", FlowName="w", ExecutionName="long")
        vanished = socket.create_connection(("127.0.0.1", server.port))
        body = (b"Action=DescribeExecution&Version=2019-03-15&FlowName=w"
                b"&ExecutionName=long&WaitTimeSeconds=60")
        vanished.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d"
                         b"\r\n\r\n" % len(body) + body)
        time.sleep(0.3)
        vanished.close()
        server.call("DescribeExecution", FlowName="w", ExecutionName="long",
                    WaitTimeSeconds=20)
        server.call("StartExecution", FlowName="w", ExecutionName="second")
        server.call("StopExecution", FlowName="w", ExecutionName="second",
                    Error="E", Cause="C")
        server.call("ListExecutions", FlowName="f", Limit=10)
        server.call("GetExecutionHistory", FlowName="f", ExecutionName="e1")
        for action, params in (("StartExecution", {"FlowName": "nope"}),
                               ("CreateFlow", {"Name": "x y"}),
                               ("CreateFlow", {"Name": "x", "Type": "FDL",
                                               "Description": "",
                                               "Definition": "a: [b"}),
                               ("Nothing", {})):
            try:
                server.call(action, **params)
                print(f"{action} should have failed")
                return 1
            except Failure:
                pass
        server.call("DeleteFlow", Name="f")
    finally:
        pid = server.pid()
        server.stop(signal.SIGQUIT, 60)
        while pid and os.path.exists(f"/proc/{pid}"):
            time.sleep(0.1)
    with open(log) as f:
        text = f.read()
    print(text)
    bad = [line for line in text.splitlines()
           if "ERROR SUMMARY" in line and " 0 errors" not in line]
    server.close()
    return 1 if bad or "ERROR SUMMARY" not in text else 0


if __name__ == "__main__":
    sys.exit(main())
