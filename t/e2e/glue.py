#!/usr/bin/env python3
"""What only a whole nginx can show: life without a master, HTTP/2, pipelines,
vanished clients, changed configurations at reload, processes that are not
workers, leaks over many reloads and requests."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

from server import Failure, PASS, Server, Tap, waits

tap = Tap()
HEAD = (b"POST / HTTP/1.1\r\nHost: x\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n")


def form(text):
    text = text.encode()
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(text) + text


def ask(action, **params):
    return form(f"Action={action}&Version=2019-03-15" + "".join(
        f"&{name}={value}" for name, value in params.items()))


def flows(server):
    for name, text in (("p", PASS), ("w", waits(2)), ("l", waits(300))):
        server.call("CreateFlow", Name=name, Type="FDL", Description="",
                    Definition=text)


def answers(sock, count, seconds=10):
    """That many JSON bodies from one connection."""
    sock.settimeout(seconds)
    data, found = b"", []
    while len(found) < count:
        head = data.find(b"\r\n\r\n")
        if head >= 0:
            size = int(re.search(rb"[Cc]ontent-[Ll]ength: (\d+)", data[:head])[1])
            if len(data) >= head + 4 + size:
                found.append(json.loads(data[head + 4:head + 4 + size]))
                data = data[head + 4 + size:]
                continue
        more = sock.recv(65536)
        if not more:
            break
        data += more
    return found


def pipelines(server):
    server.call("StartExecution", FlowName="w", ExecutionName="pipe")
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.sendall(ask("DescribeExecution", FlowName="w", ExecutionName="pipe",
                         WaitTimeSeconds=20)
                     + ask("DescribeFlow", Name="p")
                     + ask("ListFlows", Limit=1))
        got = answers(sock, 3)
    tap.ok(len(got) == 3 and got[0].get("Status") == "Succeeded"
           and got[1].get("Name") == "p" and "Flows" in got[2],
           "a pipeline behind a parked poll is answered in order")


def methods(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    seen = []
    for method in ("HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"):
        connection.request(method, "/?Action=ListFlows&Version=2019-03-15")
        answer = connection.getresponse()
        answer.read()
        seen.append(answer.status)
    tap.ok(set(seen) == {405}, f"other methods are 405: {seen}")
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.sendall(b"GET /?Action=ListFlows&Version=2019-03-15 HTTP/1.0\r\n\r\n")
        sock.settimeout(5)
        data = b""
        while True:
            more = sock.recv(65536)
            if not more:
                break
            data += more
    tap.ok(b" 200 " in data and b'"Flows"' in data, "HTTP/1.0 is answered and closed")
    out = subprocess.run(["curl", "-s", "-H", "Expect: 100-continue", "--data",
                          "Action=ListFlows&Version=2019-03-15",
                          f"http://127.0.0.1:{server.port}/"],
                         stdout=subprocess.PIPE).stdout
    tap.ok(b'"Flows"' in out, "Expect: 100-continue")


def http2(server, port):
    url = f"http://127.0.0.1:{port}/?Version=2019-03-15"
    server.call("StartExecution", FlowName="w", ExecutionName="h2")
    out = subprocess.run(
        ["curl", "-s", "--http2-prior-knowledge", "--parallel", "--parallel-immediate",
         url + "&Action=DescribeExecution&FlowName=w&ExecutionName=h2&WaitTimeSeconds=20",
         "--next", "-s", "--http2-prior-knowledge", url + "&Action=ListFlows"],
        stdout=subprocess.PIPE, timeout=30).stdout
    tap.ok(b'"Succeeded"' in out and b'"Flows"' in out, "HTTP/2: a parked stream beside another")
    server.call("StartExecution", FlowName="l", ExecutionName="h2long")
    client = subprocess.Popen(
        ["curl", "-s", "--http2-prior-knowledge",
         url + "&Action=DescribeExecution&FlowName=l&ExecutionName=h2long&WaitTimeSeconds=60"],
        stdout=subprocess.DEVNULL)
    time.sleep(0.5)
    client.kill()
    client.wait()
    time.sleep(0.3)
    tap.ok(metric(server, "parked_requests") == 0, "HTTP/2: a vanished client is freed at once")
    server.call("StopExecution", FlowName="l", ExecutionName="h2long")


def metric(server, name):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", "/status")
    text = connection.getresponse().read().decode()
    return int(re.search(rf"^cloudflow_{name} (\d+)$", text, re.M)[1])


def vanished(server):
    server.call("StartExecution", FlowName="l", ExecutionName="gone")
    socks = []
    for _ in range(50):
        sock = socket.create_connection(("127.0.0.1", server.port))
        sock.sendall(ask("DescribeExecution", FlowName="l", ExecutionName="gone",
                         WaitTimeSeconds=60))
        socks.append(sock)
    time.sleep(0.3)
    parked = metric(server, "parked_requests")
    for sock in socks:
        sock.close()
    time.sleep(0.3)
    tap.ok(parked == 50 and metric(server, "parked_requests") == 0,
           f"{parked} parked clients vanish and are freed at once")
    server.call("StopExecution", FlowName="l", ExecutionName="gone")


def memory(server):
    def resident():
        return sum(int(open(f"/proc/{pid}/statm").read().split()[1])
                   for pid in server.workers()) * 4
    connection = http.client.HTTPConnection("127.0.0.1", server.port)

    def burst(count):
        for no in range(count):
            connection.request("GET", "/?Action=StartExecution&Version=2019-03-15"
                               "&FlowName=p")
            connection.getresponse().read()
    burst(3000)
    before = resident()
    burst(12000)
    grown = resident() - before
    tap.ok(grown < 6000, f"12,000 starts more take {grown} KB more")


def reload(server, seconds=10):
    """HUP, and wait until the old workers are gone."""
    old = set(server.workers())
    os.kill(server.pid(), signal.SIGHUP)
    until = time.time() + seconds
    while time.time() < until:
        now = set(server.workers())
        if now and not now & old and not any(os.path.exists(f"/proc/{p}") for p in old):
            return True
        time.sleep(0.02)
    return False


def reloads(server):
    ok = all(reload(server) for _ in range(3))
    before = len(os.listdir(f"/proc/{server.pid()}/fd"))
    ok = ok and all(reload(server) for _ in range(30))
    after = len(os.listdir(f"/proc/{server.pid()}/fd"))
    worker = len(os.listdir(f"/proc/{server.workers()[0]}/fd"))
    tap.ok(ok and after <= before,
           f"30 reloads leave the master with {after} files ({before} before), "
           f"a worker with {worker}")
    server.call("StartExecution", FlowName="p", ExecutionName="after_reloads")


def changed_configurations(server):
    path = os.path.join(server.root, "nginx.conf")
    good = open(path).read()

    def try_reload(text, wait=1.0):
        with open(path, "w") as f:
            f.write(text)
        size = len(server.log())
        os.kill(server.pid(), signal.SIGHUP)
        time.sleep(wait)
        return server.log()[size:]

    log = try_reload(good.replace("shards=2", "shards=3"))
    tap.ok("has 2 shards" in log and server.call("ListFlows", Limit=1),
           "another number of shards is refused at reload, the old one serves on")
    log = try_reload(good.replace("cloudflow:64m", "cloudflow:32m"))
    server.wait_ready()
    seen = server.call("DescribeExecution", FlowName="p",
                       ExecutionName="after_reloads")
    tap.ok(seen["Status"] == "Succeeded" and "[emerg]" not in log,
           "a zone of another size is taken at reload")
    log = try_reload(good.replace("worker_processes 2", "worker_processes 3"))
    server.wait_ready()
    tap.ok(len(server.workers()) == 3 and "[emerg]" not in log
           and server.call("StartExecution", FlowName="p"),
           "another number of workers is taken at reload")
    log = try_reload(good.replace("cloudflow_store store", "cloudflow_store store2"))
    server.wait_ready()
    gone = False
    try:
        server.call("DescribeFlow", Name="p")
    except Failure as failure:
        gone = failure.code == "FlowNotExists"
    tap.ok(gone, "another store is taken at reload")
    log = try_reload(good)
    server.wait_ready()
    tap.ok(server.call("DescribeFlow", Name="p")["Name"] == "p",
           "and the first one again")
    plain = re.sub(r"^\s*cloudflow_[^;]*;", "", good, flags=re.M)
    plain = plain.replace("location / { cloudflow_api cloudflow;  }",
                          "location / { return 204; }")
    plain = re.sub(r"location = /status \{[^}]*\}", "", plain)
    log = try_reload(plain)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", "/")
    status = connection.getresponse().status
    tap.ok(status == 204 and "[emerg]" not in log,
           f"all directives removed at reload: plain nginx ({status})")
    log = try_reload(good)
    server.wait_ready()
    tap.ok(server.call("DescribeFlow", Name="p")["Name"] == "p",
           "and all of them back")


def quick_huphup(server):
    for _ in range(15):
        os.kill(server.pid(), signal.SIGHUP)
        time.sleep(0.02)
    time.sleep(1.5)
    server.wait_ready()
    server.call("StartExecution", FlowName="p", ExecutionName="after_hups")
    seen = server.call("DescribeExecution", FlowName="p",
                       ExecutionName="after_hups", WaitTimeSeconds=10)
    tap.ok(seen["Status"] == "Succeeded", "fifteen reloads at once")


def test_creates_nothing():
    server = Server()
    try:
        server.write_conf()
        done = server.command("-t")
        tap.ok(done.returncode == 0
               and not os.path.exists(os.path.join(server.root, "store")),
               "nginx -t creates nothing: " + done.stdout.strip()[-80:])
    finally:
        server.close()


def single_process():
    server = Server(workers=1)
    try:
        server.write_conf()
        done = server.command("-g", "master_process off;")
        server.wait_ready()
        flows(server)
        server.call("StartExecution", FlowName="w", ExecutionName="one")
        seen = server.call("DescribeExecution", FlowName="w", ExecutionName="one",
                           WaitTimeSeconds=10)
        tap.ok(seen["Status"] == "Succeeded", "without a master: a flow runs")
        os.kill(server.pid(), signal.SIGTERM)
        time.sleep(0.5)
        server.command("-g", "master_process off;")
        server.wait_ready()
        seen = server.call("DescribeExecution", FlowName="w", ExecutionName="one")
        tap.ok(seen["Status"] == "Succeeded", "without a master: SIGTERM loses nothing")
        tap.ok(not server.alarms(), "without a master: the log is clean: "
               + "; ".join(server.alarms()[:2]))
        del done
    finally:
        server.close()


def fast_exit():
    server = Server(http="proxy_cache_path cache keys_zone=c:1m;")
    try:
        server.start()
        flows(server)
        for no in range(200):
            server.call("StartExecution", FlowName="w", ExecutionName=f"t{no}")
        time.sleep(0.3)         # the cache manager and loader are there
        server.stop(signal.SIGTERM)
        server.start()
        bad = 0
        for no in range(200):
            seen = server.call("DescribeExecution", FlowName="w",
                               ExecutionName=f"t{no}", WaitTimeSeconds=20)
            bad += seen["Status"] != "Succeeded"
        tap.ok(bad == 0, "SIGTERM beside cache processes: 200 executions go on")
        tap.ok(not server.alarms(), "SIGTERM: the log is clean: "
               + "; ".join(server.alarms()[:2]))
    finally:
        server.close()


def credentials_and_logs():
    server = Server(log_level="debug")
    path = os.path.join(server.root, "keys")
    with open(path, "w") as f:
        f.write("keyone SECRETONE\nkeytwo SECRETTWO tokentwo\n")
    os.chmod(path, 0o600)
    server.options["location"] = "cloudflow_credentials keys;"
    try:
        server.write_conf()
        server.command()
        time.sleep(0.5)
        try:
            server.call("ListFlows")
            code = None
        except Failure as failure:
            code = failure.code
        tap.ok(code == "MissingRequiredParams", f"unsigned calls are refused: {code}")
        tap.ok("SECRETONE" not in server.log() and "SECRETTWO" not in server.log()
               and "tokentwo" not in server.log(), "secrets stay out of a debug log")
        os.chmod(path, 0o644)
        done = server.command("-t")
        tap.ok(done.returncode != 0 and "must not be accessible" in done.stdout,
               "a credentials file that others may read is refused")
    finally:
        server.close()


def main():
    test_creates_nothing()
    single_process()
    fast_exit()
    credentials_and_logs()
    server = Server()
    h2 = 0
    try:
        server.write_conf()
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            h2 = s.getsockname()[1]
        path = os.path.join(server.root, "nginx.conf")
        conf = open(path).read()
        conf = conf.replace("        location / {",
                            "        location = /status { cloudflow_status; }\n"
                            "        location / {", 1)
        conf = conf.replace("    server {", f"    server {{\n        listen 127.0.0.1:{h2} http2;", 1)
        with open(path, "w") as f:
            f.write(conf)
        done = server.command()
        if done.returncode:
            raise RuntimeError(done.stdout)
        server.wait_ready()
        flows(server)
        pipelines(server)
        methods(server)
        http2(server, h2)
        vanished(server)
        memory(server)
        reloads(server)
        quick_huphup(server)
        changed_configurations(server)
        alarms = [line for line in server.alarms() if "has 2 shards" not in line]
        tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))
    finally:
        server.close()
        shutil.rmtree(os.path.join(server.root), ignore_errors=True)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
