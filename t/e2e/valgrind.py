#!/usr/bin/env python3
"""nginx under valgrind, master and workers, serves every action, parks polls,
calls services that answer, fail, say too much or nothing, loses clients, reads
its configuration again and leaves; invalid accesses fail the test."""

import glob
import os
import signal
import socket
import subprocess
import sys
import time

from server import Failure, PASS, Server, free_port, waits

TASKS = """
    cloudflow_response_size  1k;
    cloudflow_resource  acs:fc:*  /fn;
    cloudflow_resource  acs:fc:*functions/mirror  /mirror  calls=1;
    cloudflow_resource  acs:fc:*functions/page  /page;
    server {{
        listen 127.0.0.1:{services};
        location = /ok   {{ return 200 '{{"a":1}}'; }}
        location = /bad  {{ return 500; }}
        location = /huge {{ return 200 '{huge}'; }}
        location = /slow {{ limit_req zone=slow burst=100; proxy_pass http://127.0.0.1:{services}/ok; }}
    }}
    limit_req_zone all zone=slow:1m rate=30r/m;
    server {{
        listen 127.0.0.1:{tasks};
        cloudflow_tasks;
        location /fn     {{ internal; proxy_pass http://127.0.0.1:{services}/$cloudflow_task_function; }}
        location /mirror {{ internal; mirror /slow; proxy_pass http://127.0.0.1:{services}/ok; }}
        location /page   {{ internal; proxy_pass http://127.0.0.1:1; error_page 502 =200 /fn/ok; }}
        location = /slow {{ internal; proxy_pass http://127.0.0.1:{services}/slow; }}
        location = /fn/ok {{ internal; proxy_pass http://127.0.0.1:{services}/ok; }}
    }}
"""


def tasks(server):
    """How calls end; and some that do not."""
    expected = dict(ok="Succeeded", bad="Failed", huge="Failed", none="Failed",
                    mirror="Succeeded", page="Succeeded", slow=None)
    for name in expected:
        server.call("CreateFlow", Name=f"task-{name}", Type="FDL", Description="", Definition=f"""
version: v1
type: flow
steps:
  - type: task
    name: t
    resourceArn: acs:fc:::services/s/functions/{name}
""")
        for no in range(5):
            server.call("StartExecution", FlowName=f"task-{name}", ExecutionName=f"e{no}",
                        Input='{"n":%d}' % no)
    for no in range(3):
        server.call("StopExecution", FlowName="task-slow", ExecutionName=f"e{no + 1}")
    for name, status in expected.items():
        for no in range(5 if status else 0):
            seen = server.call("DescribeExecution", FlowName=f"task-{name}",
                               ExecutionName=f"e{no}", WaitTimeSeconds=20)
            if seen["Status"] != status:
                raise RuntimeError(f"{name}: {seen}")


def main():
    out = sys.argv[1]
    server = Server(workers=2, shards=2, zone="16m", shutdown="30s", http=TASKS.format(
        services=free_port(), tasks=free_port(), huge="x" * 2000))
    server.write_conf()
    logs = os.path.join(out, "nginx-valgrind.%p.log")
    for old in glob.glob(logs.replace("%p", "*")):
        os.unlink(old)
    process = subprocess.Popen(
        ["valgrind", f"--log-file={logs}", "--error-exitcode=9",
         "--leak-check=no", "nginx", "-p", server.root, "-c", "nginx.conf"],
        stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    # daemon on in the configuration: the process forks; find it by its pid.
    process.wait(60)
    try:
        server.wait_ready(60)
        server.call("CreateFlow", Name="f", Type="FDL", Description="d",
                    Definition=PASS)
        server.call("CreateFlow", Name="w", Type="FDL", Description="d",
                    Definition=waits(1))
        server.call("CreateFlow", Name="l", Type="FDL", Description="d",
                    Definition=waits(100))
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
        tasks(server)
        os.kill(server.pid(), signal.SIGHUP)
        time.sleep(1)
        server.call("StartExecution", FlowName="l", ExecutionName="second")
        server.call("StopExecution", FlowName="l", ExecutionName="second",
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
    # valgrind keeps some file numbers for itself.
    alarms = [a for a in server.alarms() if "setrlimit" not in a]
    server.close()
    text = "\n".join(alarms)
    for log in glob.glob(logs.replace("%p", "*")):
        with open(log) as f:
            text += f.read()
    print(text)
    # The one that forked the daemon, the master, two workers twice.
    sums = [line for line in text.splitlines() if "ERROR SUMMARY" in line]
    return 1 if (len(sums) < 6 or any(" 0 errors" not in s for s in sums)
                 or alarms) else 0


if __name__ == "__main__":
    sys.exit(main())
