#!/usr/bin/env python3
"""What only a whole nginx can show: life without a master, HTTP/2, pipelines,
vanished clients, changed configurations at reload, processes that are not
workers, leaks over many reloads and requests."""

import base64
import functools
import hmac
import http.client
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.parse

from server import Failure, PASS, SANITIZED, Server, Tap, waits

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


def pipeline_vanishes(server):
    server.call("StartExecution", FlowName="l", ExecutionName="behind")
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.sendall(ask("DescribeExecution", FlowName="l",
                         ExecutionName="behind", WaitTimeSeconds=60)
                     + ask("DescribeFlow", Name="p"))
        time.sleep(0.3)
        parked = metric(server, "parked_requests")
    tap.ok(parked == 1 and freed(server),
           "a client with a pipeline behind a parked poll vanishes")
    server.call("StopExecution", FlowName="l", ExecutionName="behind")


def freed(server, seconds=3):
    """Nothing is parked any more."""
    until = time.time() + seconds
    while time.time() < until:
        if metric(server, "parked_requests") == 0:
            return True
        time.sleep(0.05)
    return False


def errors_keep_the_connection(server):
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.sendall(ask("Nonsense") + ask("DescribeFlow", Name="nope")
                     + ask("StartExecution", FlowName="p", Input="no JSON")
                     + HEAD.replace(b"POST", b"PUT")
                     + b"Content-Length: 5\r\n\r\nhello"
                     + ask("DescribeFlow", Name="p"))
        got = answers(sock, 5)
    tap.ok([a.get("Code") for a in got]
           == ["ActionNotSupported", "FlowNotExists", "InvalidArgument",
               "UnsupportedHTTPMethod", None],
           "errors keep the connection: "
           + " ".join(str(a.get("Code")) for a in got))


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
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30).stdout
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


def h2_frame(kind, flags, stream, payload=b""):
    return (len(payload).to_bytes(3, "big") + bytes([kind, flags])
            + stream.to_bytes(4, "big") + payload)


def h2_get(stream, path):
    """HEADERS of a GET, each field literal, in no table."""
    fields = ((":method", "GET"), (":scheme", "http"), (":path", path),
              (":authority", "x"))
    block = b"".join(b"\0" + b"".join(h2_text(word) for word in field)
                     for field in fields)
    return h2_frame(1, 5, stream, block)


def h2_text(word):
    size = (bytes([len(word)]) if len(word) < 127
            else bytes([127, len(word) - 127 & 127 | 128, len(word) - 127 >> 7]))
    return size + word.encode()


def http2_resets(server, port):
    """Streams are parked and reset; the connection serves on."""
    server.call("StartExecution", FlowName="l", ExecutionName="h2reset")
    query = "/?Version=2019-03-15&Action="
    poll = query + ("DescribeExecution&FlowName=l&ExecutionName=h2reset"
                    "&WaitTimeSeconds=60")
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + h2_frame(4, 0, 0)
                     + b"".join(h2_get(s, poll) for s in range(1, 41, 2)))
        time.sleep(0.5)
        parked = metric(server, "parked_requests")
        sock.sendall(b"".join(h2_frame(3, 0, s, b"\0\0\0\x08")
                              for s in range(1, 41, 2)))
        gone = freed(server)
        # One that is reset before nginx has seen it whole, and a last one.
        sock.sendall(h2_get(41, poll) + h2_frame(3, 0, 41, b"\0\0\0\x08")
                     + h2_get(43, query + "ListFlows"))
        data = b""
        sock.settimeout(5)
        while b'"Flows"' not in data:
            more = sock.recv(65536)
            if not more:
                break
            data += more
    tap.ok(parked == 20 and gone and b'"Flows"' in data and freed(server),
           f"HTTP/2: {parked} parked streams are reset, the connection lives")
    server.call("StopExecution", FlowName="l", ExecutionName="h2reset")


SUBREQUESTS = """
    server {
        listen 127.0.0.1:%(port)d;
        server_name auth;
        location / {
            set $q $args;
            auth_request /poll;
            root html;
            try_files /x.html =404;
        }
        location = /poll { internal; set $args $q; rewrite ^ /api last; }
        location = /api { internal; cloudflow_api cloudflow; }
    }
    server {
        listen 127.0.0.1:%(port)d;
        server_name mirror;
        location / {
            set $q $args;
            mirror /poll;
            root html;
            try_files /x.html =404;
        }
        location = /poll { internal; set $args $q; rewrite ^ /api last; }
        location = /api { internal; cloudflow_api cloudflow; }
    }
    server {
        listen 127.0.0.1:%(port)d;
        server_name ssi;
        location / { ssi on; root html; try_files /ssi.html =404; }
        location = /api { internal; cloudflow_api cloudflow; }
    }
    server {
        listen 127.0.0.1:%(port)d;
        server_name named;
        location / { error_page 418 = @api; return 418; }
        location @api { limit_req zone=r burst=100; cloudflow_api cloudflow; }
    }
    server {
        listen 127.0.0.1:%(port)d;
        server_name status;
        location = /status { cloudflow_status; }
    }
    limit_req_zone $host zone=r:1m rate=1000r/s;
}
"""


def subrequests():
    """The API as a subrequest of others: parked, answered, abandoned."""
    server = Server()
    html = os.path.join(server.root, "html")
    os.makedirs(html)
    for name, text in (("x.html", "static"), ("ssi.html", (
            '<!--#include virtual="/api?$args&WaitTimeSeconds=0" -->'
            '<!--#include virtual="/api?$args" -->'))):
        with open(os.path.join(html, name), "w") as f:
            f.write(text)
    query = "/?Version=2019-03-15&Action=DescribeExecution&FlowName="
    try:
        server.write_conf()
        path = os.path.join(server.root, "nginx.conf")
        conf = open(path).read().rstrip()
        with open(path, "w") as f:
            f.write(conf.removesuffix("}") + SUBREQUESTS % {"port": server.port})
        done = server.command()
        if done.returncode:
            raise RuntimeError(done.stdout)
        server.wait_ready()
        flows(server)
        server.call("StartExecution", FlowName="w", ExecutionName="sub")
        seen = {}
        for host in ("auth", "mirror", "ssi", "named"):
            status, text = get(server, query + "w&ExecutionName=sub"
                               "&WaitTimeSeconds=20", host)
            seen[host] = status, "Succeeded" if "Succeeded" in text else text
        tap.ok(seen == {"auth": (200, "static"), "mirror": (200, "static"),
                        "ssi": (200, "Succeeded"), "named": (200, "Succeeded")},
               f"the API in subrequests and named locations: {seen}")
        server.call("StartExecution", FlowName="l", ExecutionName="sub")
        socks = []
        for host in ("auth", "ssi", "mirror") * 5:
            sock = socket.create_connection(("127.0.0.1", server.port))
            sock.sendall(b"GET %sl&ExecutionName=sub&WaitTimeSeconds=60 HTTP/1.1"
                         b"\r\nHost: %s\r\n\r\n" % (query.encode(), host.encode()))
            socks.append(sock)
        time.sleep(0.5)
        parked = metric(server, "parked_requests", "status")
        for sock in socks:
            sock.close()
        time.sleep(0.5)
        left = metric(server, "parked_requests", "status")
        # nginx lets a mirror's subrequest go on without its client.
        tap.ok(parked == 20 and left == 5,
               f"of {parked} parked subrequests {left} mirrored ones stay when "
               "their clients vanish")
        server.stop()
        tap.ok(not server.alarms(), "subrequests: the log is clean: "
               + "; ".join(server.alarms()[:3]))
    finally:
        server.close()


def get(server, path, host="x"):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def metric(server, name, host="x"):
    text = get(server, "/status", host)[1]
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
        """Without the shared zone, which fills as it should."""
        return sum(int(re.search(r"RssAnon:\s+(\d+)",
                                 open(f"/proc/{pid}/status").read())[1])
                   for pid in server.workers())
    connection = http.client.HTTPConnection("127.0.0.1", server.port)

    def burst(count):
        for no in range(count):
            connection.request("GET", "/?Action=StartExecution&Version=2019-03-15"
                               "&FlowName=p")
            connection.getresponse().read()
    burst(3000)
    before = resident()
    burst(6000)
    grown = resident() - before
    tap.ok(grown < 2000 or SANITIZED, f"6,000 starts more take {grown} KB more")


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


BODIES = """
    server {
        listen 127.0.0.1:%(port)d;
        server_name file;
        location / { client_body_in_file_only clean; cloudflow_api cloudflow; }
    }
    server {
        listen 127.0.0.1:%(port)d;
        server_name small;
        client_body_buffer_size 1k;
        location / { aio threads; cloudflow_api cloudflow; }
    }
    server {
        listen 127.0.0.1:%(port)d;
        server_name single;
        client_body_buffer_size 8k;
        location / { client_body_in_single_buffer on; cloudflow_api cloudflow; }
    }
    server {
        listen 127.0.0.1:%(port)d;
        server_name status;
        location = /status { cloudflow_status; }
    }
}
"""


def chunked(data, size):
    return b"".join(b"%x\r\n" % len(data[i:i + size]) + data[i:i + size] + b"\r\n"
                    for i in range(0, len(data), size)) + b"0\r\n\r\n"


def bodies():
    """Bodies in memory, in files, in chunks; and clients that go away at every
    byte of them."""
    server = Server(workers=1)
    try:
        server.write_conf()
        path = os.path.join(server.root, "nginx.conf")
        conf = open(path).read().rstrip()
        with open(path, "w") as f:
            f.write(conf.removesuffix("}") + BODIES % {"port": server.port})
        done = server.command()
        if done.returncode:
            raise RuntimeError(done.stdout)
        server.wait_ready()
        flows(server)
        seen, no = {}, 0
        for host in (b"x", b"file", b"small", b"single"):
            head = (b"POST / HTTP/1.1\r\nHost: " + host + b"\r\n"
                    b"Content-Type: application/x-www-form-urlencoded\r\n")
            for size in (0, 900, 7000, 30000):
                no += 1
                body = urllib.parse.urlencode(dict(
                    Action="StartExecution", Version="2019-03-15", FlowName="p",
                    Input=json.dumps({"x": "x" * size}), ExecutionName=f"body{no}")).encode()
                whole = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
                parts = head + b"Transfer-Encoding: chunked\r\n\r\n"
                for way, text in (("length", whole), ("chunk", parts + chunked(body + b"c", 4096)),
                                  ("bytes", parts + chunked(body + b"b", 17)),
                                  ("none", parts + chunked(b"", 1))):
                    with socket.create_connection(("127.0.0.1", server.port)) as sock:
                        sock.sendall(text[:len(text) // 2])
                        time.sleep(0.005)
                        sock.sendall(text[len(text) // 2:])
                        got = answers(sock, 1)[0]
                    seen.setdefault((way, got.get("Code")), []).append(size)
                # Gone at some byte, with and without a word.
                for cut in sorted({len(head) - 5, len(head), len(whole) - len(body) - 1,
                                   len(whole) - len(body), len(whole) - len(body) // 2,
                                   len(whole) - 1, len(whole)}):
                    for text in (whole, parts + chunked(body, 333)):
                        sock = socket.create_connection(("127.0.0.1", server.port))
                        if cut % 2:
                            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                            struct.pack("ii", 1, 0))
                        sock.sendall(text[:cut])
                        sock.close()
        tap.ok({key[1] for key in seen if key[0] != "none"} == {None},
               f"bodies of every kind are read: { {k: len(v) for k, v in seen.items()} }")
        until = time.time() + 5
        while metric(server, "parked_requests", "status") and time.time() < until:
            time.sleep(0.05)
        got = server.call("DescribeExecution", FlowName="p", ExecutionName=f"body{no}b",
                          WaitTimeSeconds=10)
        left = os.listdir(os.path.join(server.root, "tmp/body"))
        tap.ok(got["Status"] == "Succeeded" and len(json.loads(got["Input"])["x"]) == 30000
               and metric(server, "parked_requests", "status") == 0 and not left,
               f"clients that leave at any byte leave nothing: {left}")
        server.stop()
        tap.ok(not server.alarms(), "bodies: the log is clean: " + "; ".join(server.alarms()[:3]))
    finally:
        server.close()


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
    log = try_reload(good.replace("cloudflow:64m", "another:64m"))
    server.wait_ready()
    tap.ok(server.call("DescribeFlow", Name="p")["Name"] == "p"
           and "[emerg]" not in log, "a zone of another name is taken at reload")
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


def old_generations(server):
    """Workers that stay for slow clients do not use up the zone's slots, and
    what a slow client asks for is still answered."""
    slow = []
    answered = 0
    for no in range(14):
        for _ in range(4):
            text = ask("StartExecution", FlowName="p",
                       ExecutionName=f"slow{len(slow)}")
            sock = socket.create_connection(("127.0.0.1", server.port))
            sock.sendall(text[:-10])
            slow.append((sock, text[-10:]))
        time.sleep(0.1)
        os.kill(server.pid(), signal.SIGHUP)
        time.sleep(0.3)
        server.call("StartExecution", FlowName="p", ExecutionName=f"new{no}",
                    timeout=5)
    generations = len(server.children(server.pid())) // 2
    for sock, rest in slow:
        sock.sendall(rest)
        answered += len(answers(sock, 1)) == 1
        sock.close()
    tap.ok(answered == len(slow) and generations > 6,
           f"{answered} slow clients of {generations} generations of workers")
    tap.ok("worker slots" not in server.log(), "every worker has its slot")


def store_that_cannot_be_made(server):
    path = os.path.join(server.root, "nginx.conf")
    good = open(path).read()
    size = len(server.log())
    with open(path, "w") as f:
        f.write(good.replace("cloudflow_store store", "cloudflow_store no/such"))
    os.kill(server.pid(), signal.SIGHUP)
    time.sleep(0.5)
    with open(path, "w") as f:
        f.write(good)
    with open(f"/proc/{server.pid()}/stat") as f:
        state = f.read().rsplit(")", 1)[1].split()[0]
    tap.ok(state != "Z" and server.call("DescribeFlow", Name="p")
           and "[emerg]" in server.log()[size:],
           "a store that cannot be made is refused at reload, the old one "
           "serves on")


def quit_answers_polls(server):
    server.call("StartExecution", FlowName="l", ExecutionName="quit")
    socks = []
    for _ in range(20):
        sock = socket.create_connection(("127.0.0.1", server.port))
        sock.sendall(ask("DescribeExecution", FlowName="l",
                         ExecutionName="quit", WaitTimeSeconds=60))
        socks.append(sock)
    time.sleep(0.3)
    began = time.time()
    os.kill(server.pid(), signal.SIGQUIT)
    got = [answers(sock, 1) for sock in socks]
    took = time.time() - began
    tap.ok(all(g and g[0].get("Status") == "Running" for g in got) and took < 3,
           f"QUIT answers parked polls at once ({took:.2f} s)")
    for sock in socks:
        sock.close()


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


def signed(server, key, secret, host="x", action="ListFlows"):
    """The code of the answer to a call signed in the first version's way."""
    fields = dict(Action=action, Version="2019-03-15", AccessKeyId=key,
                  SignatureMethod="HMAC-SHA1", SignatureVersion="1.0",
                  SignatureNonce=os.urandom(8).hex(),
                  Timestamp=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    quote = functools.partial(urllib.parse.quote, safe="-_.~")
    query = "&".join(f"{name}={quote(fields[name])}" for name in sorted(fields))
    digest = hmac.digest((secret + "&").encode(),
                         f"GET&%2F&{quote(query)}".encode(), "sha1")
    query += "&Signature=" + quote(base64.b64encode(digest).decode())
    return json.loads(get(server, "/?" + query, host)[1]).get("Code")


def credentials_and_logs():
    server = Server(log_level="debug")
    path = os.path.join(server.root, "keys")
    other = os.path.join(server.root, "others")
    for name, text in ((path, "keyone SECRETONE\nkeytwo SECRETTWO tokentwo\n"),
                       (other, "keyother SECRETOTHER\n")):
        with open(name, "w") as f:
            f.write(text)
        os.chmod(name, 0o600)
    server.options["location"] = "cloudflow_credentials keys;"
    try:
        server.write_conf()
        conf = os.path.join(server.root, "nginx.conf")
        text = open(conf).read().rstrip().removesuffix("}") + f"""
    server {{
        listen 127.0.0.1:{server.port};
        server_name other;
        location / {{ cloudflow_credentials others; cloudflow_api cloudflow; }}
    }}
}}
"""
        with open(conf, "w") as f:
            f.write(text)
        server.command()
        time.sleep(0.5)
        codes = [signed(server, *args) for args in (
            ("keyone", "SECRETONE"), ("keyone", "SECRETONE", "other"),
            ("keyother", "SECRETOTHER", "other"), ("keyother", "SECRETOTHER"),
            ("keyone", "SECRETTWO"))]
        tap.ok(codes == [None, "InvalidAccessKeyID", None, "InvalidAccessKeyID",
                         "SignatureNotMatch"],
               f"two servers have their own keys: {codes}")
        with open(path, "w") as f:
            f.write("keyone SECRETNEW\n")
        codes = [signed(server, "keyone", "SECRETONE")]
        reload(server)
        codes += [signed(server, "keyone", secret)
                  for secret in ("SECRETONE", "SECRETNEW")]
        tap.ok(codes == [None, "SignatureNotMatch", None],
               f"a changed credentials file counts from the reload on: {codes}")
        try:
            server.call("ListFlows")
            code = None
        except Failure as failure:
            code = failure.code
        tap.ok(code == "MissingRequiredParams", f"unsigned calls are refused: {code}")
        tap.ok(not re.search("SECRET|tokentwo", server.log()),
               "secrets stay out of a debug log")
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
    subrequests()
    bodies()
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
        pipeline_vanishes(server)
        errors_keep_the_connection(server)
        methods(server)
        http2(server, h2)
        http2_resets(server, h2)
        vanished(server)
        memory(server)
        reloads(server)
        quick_huphup(server)
        changed_configurations(server)
        store_that_cannot_be_made(server)
        old_generations(server)
        quit_answers_polls(server)
        alarms = [line for line in server.alarms()
                  if "has 2 shards" not in line and "no/such" not in line]
        tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))
    finally:
        server.close()
        shutil.rmtree(os.path.join(server.root), ignore_errors=True)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
