#!/usr/bin/env python3
"""Calls of tasks through every kind of location, to services that break every
rule, with names and addresses that try to break out; and what the counters say
of it.  Each call ends as it should, and nginx's log stays clean."""

import concurrent.futures
import gzip
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

from server import Failure, SANITIZED, Server, Tap, free_port

tap = Tap()


# Services that misbehave: what stands last in the path says how.

def head(*lines, status="200 OK"):
    return "\r\n".join((f"HTTP/1.1 {status}",) + lines + ("Connection: close", "", "")).encode()


def whole(body=b'{"a":1}', *lines, status="200 OK", kind="application/json"):
    lines += (f"Content-Length: {len(body)}",)
    if kind:
        lines += (f"Content-Type: {kind}",)
    return head(*lines, status=status) + body


CHUNKED = head("Transfer-Encoding: chunked", "Content-Type: application/json")

FIXED = {
    "ok": whole(),
    "badstatus": b"HTP/1.1 OK\r\n\r\n{}",
    "status-letters": head("Content-Length: 2", status="abc") + b"{}",
    "status-0": whole(status="000 no"),
    "status-42": whole(status="42 no"),
    "status-700": whole(status="700 odd"),
    "status-only": b"HTTP/1.1 200\r\n\r\n{}",
    "http09": b'{"a":1}',
    "nothing": b"",
    "nohead": b"HTTP/1.1 200 OK\r\nContent-Len",
    "nocolon": head("Content-Length: 2", "what is this") + b"{}",
    "nul-header": head("Content-Length: 2", "X-A: a\0b") + b"{}",
    "bighead": head("Content-Length: 2", "X-A: " + "a" * 100000) + b"{}",
    "manyheads": head("Content-Length: 7", *(f"X-{n}: {n}" for n in range(100))) + b'{"a":1}',
    "dup-length": head("Content-Length: 2", "Content-Length: 3") + b"{} ",
    "neg-length": head("Content-Length: -5") + b"{}",
    "huge-length": head("Content-Length: 99999999999") + b"{",
    "over-length": head("Content-Length: 999999999999999999999999") + b"{",
    "short": head("Content-Length: 100") + b'{"a":1}',
    "long": head("Content-Length: 7") + b'{"a":1}{"b":2}',
    "nolength": head() + b'{"a":1}',
    "both": head("Content-Length: 3", "Transfer-Encoding: chunked") + b'7\r\n{"a":1}\r\n0\r\n\r\n',
    "badjson": whole(b'{"a":'),
    "badutf8": whole(b'{"a":"\xff\xfe"}'),
    "nul-body": whole(b'{"a":"\0"}'),
    "bom": whole(b'\xef\xbb\xbf{"a":1}'),
    "deep": whole(b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "digits": whole(b'{"a":' + b"1" * 5000 + b"}"),
    "wrongtype": whole(kind="image/png"),
    "notype": whole(kind=None),
    "gzip": whole(gzip.compress(b'{"a":1}'), "Content-Encoding: gzip"),
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n" + whole(),
    "hints": head("Link: </x>", status="103 Early Hints") + whole(),
    "upgrade": head("Upgrade: websocket", "Connection: upgrade", status="101 Switching Protocols"),
    "empty": whole(b""),
    "none-204": head(status="204 No Content"),
    "body-204": head("Content-Length: 7", status="204 No Content") + b'{"a":1}',
    "not-304": head(status="304 Not Modified"),
    "moved-301": whole(b"", "Location: http://127.0.0.1:1/", status="301 Moved"),
    "moved-307": whole(b"", "Location: /ok", status="307 Moved"),
    "no-400": whole(b'{"ErrorCode":"BadOne"}', status="400 Bad"),
    "no-418": whole(b"", status="418 Teapot"),
    "no-500": whole(b'{"ErrorCode":"Own"}', status="500 Oops"),
    "no-599": whole(b"", status="599 Odd"),
    "chunks": CHUNKED + b'3\r\n{"a\r\n4;x=y\r\n":1}\r\n0\r\nX-T: t\r\n\r\n',
    "badchunk": CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
    "cutchunk": CHUNKED + b'7\r\n{"a"',
    "nolastchunk": CHUNKED + b'7\r\n{"a":1}\r\n',
    "hugechunk": CHUNKED + b"7fffffffffffffff\r\n{",
    "error-name": whole(b'{"errorType":"A\\u0000\\r\\nB","errorMessage":"m"}', "x-fc-error-type: UnhandledInvocationError"),
}

KEPT = FIXED["ok"].replace(b"Connection: close\r\n", b"")
CALLED = []
LOCK = threading.Lock()
GATE = threading.Event()


def read_request(sock, data):
    """Head and body of one request, and what came behind it."""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            return None, b"", b""
        data += more
    text, rest = data.split(b"\r\n\r\n", 1)
    size = re.search(rb"(?im)^content-length: (\d+)", text)
    size = int(size[1]) if size else 0
    while len(rest) < size:
        more = sock.recv(65536)
        if not more:
            return None, b"", b""
        rest += more
    return text, rest[:size], rest[size:]


def endless(sock, piece, pause=0.0):
    while True:
        sock.sendall(piece)
        time.sleep(pause)


def dribble(sock, data, pause):
    for byte in data:
        sock.sendall(bytes([byte]))
        time.sleep(pause)


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def misbehave(sock, name, body):
    """True: the connection lives on."""
    if name in FIXED:
        sock.sendall(FIXED[name])
        if name in ("continue", "hints"):
            time.sleep(0.2)
        return False
    if name == "kept":
        sock.sendall(KEPT)
        return True
    if name == "echo":
        sock.sendall(whole(body))
    if name == "reset":
        reset(sock)
    elif name == "reset-head":
        sock.sendall(head("Content-Length: 100")[:-4])
        time.sleep(0.1)
        reset(sock)
    elif name == "reset-body":
        sock.sendall(head("Content-Length: 100") + b'{"a')
        time.sleep(0.1)
        reset(sock)
    elif name == "silent":
        time.sleep(4)
    elif name == "half-silent":
        sock.sendall(head("Content-Length: 100") + b'{"a":')
        time.sleep(4)
    elif name == "dribble":
        dribble(sock, whole(), 0.003)
    elif name == "drip":
        dribble(sock, whole(b"{}" + b" " * 500), 0.1)
    elif name == "endless":
        sock.sendall(CHUNKED)
        endless(sock, b"1000\r\n" + b" " * 4096 + b"\r\n")
    elif name == "endless-head":
        sock.sendall(b"HTTP/1.1 200 OK\r\n")
        endless(sock, b"X-A: b\r\n", 0.0001)
    elif name == "big":
        sock.sendall(whole(b'"' + b"x" * 60000 + b'"'))
    elif name.startswith("slow"):
        time.sleep(int(name[4:]) / 1000)
        sock.sendall(whole())
    elif name == "gate":
        GATE.wait(60)
        sock.sendall(KEPT)
        return True
    elif name.startswith("accel"):
        sock.sendall(whole(b"", f"X-Accel-Redirect: /{name}/file.json"))
    return False


def serve_one(sock):
    data = b""
    try:
        while True:
            text, body, data = read_request(sock, data)
            if text is None:
                return
            path = text.split(b" ")[1].decode("latin-1")
            with LOCK:
                CALLED.append((path, text, body))
            if not misbehave(sock, path.split("?")[0].rsplit("/", 1)[-1], body):
                return
    except OSError:
        pass
    finally:
        sock.close()


def serve(reply=serve_one):
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)

    def accept():
        while True:
            sock = listener.accept()[0]
            threading.Thread(target=reply, args=(sock,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def called(pattern):
    with LOCK:
        return [call for call in CALLED if re.search(pattern, call[0])]


# Other tongues that a location may speak.

def fastcgi_one(sock):
    """Answers when the stream of the body ends."""
    data, length = b"", 0
    while True:
        more = sock.recv(65536)
        if not more:
            return
        data += more
        while len(data) >= 8:
            _, kind, _, size, pad = struct.unpack(">BBHHB", data[:7])
            if len(data) < 8 + size + pad:
                break
            data = data[8 + size + pad:]
            length += size if kind == 5 else 0
            if kind == 5 and size == 0:
                text = b"Content-Type: application/json\r\n\r\n" + b'{"length":%d}' % length
                for kind, part in ((6, text), (6, b""), (3, b"\0" * 8)):
                    sock.sendall(struct.pack(">BBHHBB", 1, kind, 1, len(part), 0, 0) + part)
                sock.close()
                return


def uwsgi_one(sock):
    data = sock.recv(65536)
    while len(data) < 4 + struct.unpack("<H", data[1:3])[0]:
        data += sock.recv(65536)
    sock.sendall(whole(b'{"by":"uwsgi"}'))
    sock.close()


def scgi_one(sock):
    data = sock.recv(65536)
    size = int(data.split(b":")[0])
    while len(data) < size + len(str(size)) + 2:
        data += sock.recv(65536)
    sock.sendall(b"Status: 200 OK\r\nContent-Type: application/json\r\n\r\n" + b'{"by":"scgi"}')
    sock.close()


HTTP = """
    proxy_cache_path     {root}/cache keys_zone=c:1m;
    limit_req_zone       all zone=slow:1m rate=10r/s;
    limit_conn_zone      $server_name zone=one:1m;
    map $cloudflow_task_step $mapped {{ default no; t yes; }}
    log_format tasks '$cloudflow_task_resource|$cloudflow_task_target|$cloudflow_task_function|$cloudflow_task_flow|'
                     '$cloudflow_task_execution|$cloudflow_task_step|$cloudflow_task_attempt|$cloudflow_task_key|'
                     '$cloudflow_task_uri|$cloudflow_task_args|$cloudflow_task_method|$cloudflow_task_host|'
                     '$cloudflow_task_scheme|$status|$upstream_status|$remote_addr|$binary_remote_addr|$server_addr|'
                     '$server_port|$remote_port|$request|$request_length|$bytes_sent|$pipe|$connection_requests|'
                     '$http_user_agent|$http_referer|$http_cookie|$http_x_forwarded_for|$proxy_add_x_forwarded_for|'
                     '$cookie_a|$host|$https|$request_id|$remote_user|$http_authorization|$tcpinfo_rtt|$ssl_protocol|$mapped';
    upstream one     {{ server 127.0.0.1:{backend}; keepalive 16; }}
    upstream down    {{ server 127.0.0.1:{dead}; server 127.0.0.1:{dead} down; }}
    upstream hashed  {{ ip_hash; server 127.0.0.1:{backend}; }}
    upstream by_key  {{ hash $remote_addr consistent; server 127.0.0.1:{backend}; }}
    upstream least   {{ least_conn; zone least 64k; server 127.0.0.1:{backend} max_conns=2; }}
    {resources}
    server {{
        listen           127.0.0.1:{secure} {h2} ssl;
        ssl_certificate  {root}/cert.pem;
        ssl_certificate_key {root}/key.pem;
        location /       {{ default_type application/json; return 200 '{{"by":"$server_protocol"}}'; }}
    }}
    server {{
        listen           127.0.0.1:{tasks};
        cloudflow_tasks;
        root             {root}/html;
        default_type     application/json;
        access_log       logs/tasks.log tasks;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header X-Task "$cloudflow_task_flow|$cloudflow_task_step|$cloudflow_task_target";
        proxy_set_header X-Agent "$http_user_agent|$cookie_a|$http_x_forwarded_for";
        proxy_read_timeout 1s;
        set_real_ip_from unix:;
        real_ip_header   X-Forwarded-For;
        location = /status {{ cloudflow_status; }}
        location = /yes    {{ internal; return 204; }}
        location = /no     {{ internal; return 403; }}
        location = /yes-far {{ internal; proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_pass http://one/none-204; }}
        location = /mirrored {{ internal; proxy_pass http://one/slow900; }}
        location = /fallback {{ internal; return 200 '{{"by":"fallback"}}'; }}
        location @named    {{ rewrite ^ /ok break; proxy_pass http://one; }}
        location /accel    {{ internal; alias {root}/html; }}
        location /accel-rate {{ internal; alias {root}/html; limit_rate 100k; }}
        location /accel-direct {{ internal; alias {root}/html; directio 512; aio threads; output_buffers 1 8k; }}
        location /accel-sendfile {{ internal; alias {root}/html; sendfile on; sendfile_max_chunk 4k; aio threads; tcp_nopush on; open_file_cache max=10; }}
        location /svc      {{ internal; proxy_pass http://one/$cloudflow_task_function; }}
        location /url      {{ internal; proxy_pass http://one$cloudflow_task_uri$is_args$args; }}
        location = /       {{ cloudflow_api cloudflow; }}
        location /any-url  {{ internal; proxy_pass $cloudflow_task_scheme://$cloudflow_task_host$cloudflow_task_uri$is_args$args; }}
        {locations}
    }}
"""

# name: (what the location does, how executions end: error, or part of the output)
GOOD = '"a":1'
LOCATIONS = {
    "returns": ("return 200 '{\"a\":1}';", GOOD),
    "open": ("return 200 '{\"a\":1}';", GOOD),
    "closes": ("return 444;", "FC.InternalServerError"),
    "gives-up": ("return 499;", "FC.InternalServerError"),
    "no-content": ("return 204;", "FnF.InvalidLocal"),
    "moves": ("return 301 /x;", "FC.301"),
    "refuses": ("return 503;", "FC.InternalServerError"),
    "file": ("try_files /file.json =404;", "FC.405"),
    "tries": ("try_files /none @named;", GOOD),
    "tries-none": ("try_files /none =410;", "FC.410"),
    "rewrites": ("rewrite ^ /fallback last;", "fallback"),
    "cycle": ("rewrite ^ /at-cycle last;", "FC.InternalServerError"),
    "page": ("proxy_pass http://down; error_page 502 =200 /fallback;", "fallback"),
    "page-named": ("proxy_pass http://down; error_page 502 = @named;", GOOD),
    "page-same": ("proxy_pass http://down; error_page 502 /fallback;", "FC.InternalServerError"),
    "intercepts": ("proxy_pass http://one/no-500; proxy_intercept_errors on; error_page 500 =200 /fallback;", "fallback"),
    "down": ("proxy_pass http://down;", "FC.InternalServerError"),
    "auth": ("auth_request /yes; proxy_pass http://one/ok;", GOOD),
    "auth-far": ("auth_request /yes-far; proxy_pass http://one/ok;", GOOD),
    "auth-no": ("auth_request /no; proxy_pass http://one/ok;", "FC.403"),
    "auth-basic": ("auth_basic x; auth_basic_user_file {root}/users; proxy_pass http://one/ok;", "FC.401"),
    "denied": ("deny all; proxy_pass http://one/ok;", "FC.403"),
    "allowed": ("allow unix:; deny all; proxy_pass http://one/ok;", GOOD),
    "mirrors": ("mirror /mirrored; proxy_pass http://one/ok;", GOOD),
    "cached": ("proxy_pass http://one/slow100; proxy_cache c; proxy_cache_methods POST; proxy_cache_valid 1m; proxy_cache_lock on; proxy_cache_key k;", GOOD),
    "cached-endless": ("proxy_pass http://one/endless; proxy_cache c; proxy_cache_methods POST; proxy_cache_valid 1m; proxy_cache_key e;", "FnF.DataLimitExceeded"),
    "endless-plain": ("proxy_pass http://one/endless; proxy_buffering off;", "FnF.DataLimitExceeded"),
    "stored": ("proxy_pass http://one/ok; proxy_store {root}/stored.json;", GOOD),
    "unbuffered": ("proxy_pass http://one/echo; proxy_buffering off; proxy_request_buffering off;", '"n":'),
    "inc-files": ("proxy_pass http://one/echo; client_body_in_file_only on; client_body_in_single_buffer on;", '"n":'),
    "set-body": ("proxy_pass http://one/echo; proxy_set_body '{\"set\":\"$cloudflow_task_step\"}';", '"set":"t"'),
    "filters": ("proxy_pass http://one/ok; gzip on; gzip_min_length 1; gzip_proxied any; gzip_types *; ssi on; ssi_types *; "
                "sub_filter a b; sub_filter_types *; gunzip on; addition_types *; add_after_body /fallback; charset utf-8;", GOOD),
    "limited": ("limit_req zone=slow burst=100; proxy_pass http://one/ok;", GOOD),
    "throttled": ("limit_req zone=slow; limit_req_status 429; proxy_pass http://one/ok;", (GOOD, "FC.ResourceThrottled")),
    "conns": ("limit_conn one 1000; limit_rate 1000; proxy_pass http://one/ok;", GOOD),
    "post-action": ("proxy_pass http://one/ok; post_action /mirrored;", GOOD),
    "if": ("if ($cloudflow_task_attempt = 0) { return 200 '{\"if\":1}'; } return 500;", '"if":1'),
    "if-proxy": ("if ($request_method = POST) { proxy_pass http://one; } return 500;", "FC.InternalServerError"),
    "resolver": ("resolver 127.0.0.1:{dead} ipv6=off; resolver_timeout 300ms; proxy_pass http://$cloudflow_task_function.test;", "FC.InternalServerError"),
    "no-resolver": ("proxy_pass http://$cloudflow_task_function.test;", "FC.InternalServerError"),
    "bad-host": ("proxy_pass http://$cloudflow_task_host:1$cloudflow_task_host;", "FC.InternalServerError"),
    "https": ("proxy_pass https://127.0.0.1:{secure};", '"by":"HTTP/1.1"'),
    "grpc": ("grpc_pass grpcs://127.0.0.1:{secure};", '"by":"HTTP/2.0"'),
    "fastcgi": ("fastcgi_pass 127.0.0.1:{fastcgi}; fastcgi_param A $cloudflow_task_key; fastcgi_pass_request_headers on;", '"length":'),
    "uwsgi": ("uwsgi_pass 127.0.0.1:{uwsgi}; uwsgi_param A $cloudflow_task_token;", "uwsgi"),
    "scgi": ("scgi_pass 127.0.0.1:{scgi}; scgi_param CONTENT_LENGTH $content_length;", "scgi"),
    "memcached": ("set $memcached_key x; memcached_pass 127.0.0.1:{dead};", ("FC.405", "FC.InternalServerError")),
    "ip-hash": ("proxy_pass http://hashed/ok;", GOOD),
    "by-key": ("proxy_pass http://by_key/ok;", GOOD),
    "least": ("proxy_pass http://least/slow100;", GOOD),
    "binds": ("proxy_pass http://one/ok; proxy_bind $remote_addr transparent;", GOOD),
    "status-page": ("cloudflow_status;", "FC.405"),
    "api": ("cloudflow_api cloudflow;", re.compile(r"^FC\.")),
    "dav": ("dav_methods PUT DELETE;", "FC.4"),
    "proxied-gone": ("proxy_pass http://one/nothing; proxy_next_upstream error timeout non_idempotent;", "FC.InternalServerError"),
    "stub": ("stub_status;", "FC.405"),
    "lingers": ("lingering_close always; reset_timedout_connection on; keepalive_timeout 60; return 200 '{\"a\":1}';", GOOD),
    "logs": ("error_log logs/own.log debug; proxy_pass http://one/ok;", GOOD),
    "log-none": ("access_log off; log_not_found off; proxy_pass http://one/ok;", GOOD),
    "subst-uri": ("rewrite ^ /x/$cloudflow_task_flow/ok break; proxy_pass http://one;", GOOD),
    "satisfies": ("satisfy any; deny all; auth_request /yes; proxy_pass http://one/ok;", GOOD),
    "accel-mem": ("proxy_pass http://one/accel;", '"file":'),
    "accel-r": ("proxy_pass http://one/accel-rate;", '"file":'),
    "accel-d": ("proxy_pass http://one/accel-direct;", '"file":'),
    "accel-s": ("proxy_pass http://one/accel-sendfile;", '"file":'),
    "accel-loop": ("proxy_pass http://one/accel-nowhere;", "FC.404"),
    "delayed": ("proxy_pass http://one/slow400; proxy_read_timeout 200ms;", "FC.InternalServerError"),
    "connects": ("proxy_pass http://192.0.2.1; proxy_connect_timeout 200ms;", "FC.InternalServerError"),
    "limit-except": ("limit_except GET { deny all; } proxy_pass http://one/ok;", "FC.403"),
    "big-cap": ("proxy_pass http://one/big;", "FnF.DataLimitExceeded"),
    "gated": ("proxy_pass http://one/gate; proxy_read_timeout 60s;", GOOD),
    "narrow": ("proxy_pass http://one/gate; proxy_read_timeout 60s;", GOOD, "calls=2"),
    "ignores": ("proxy_ignore_client_abort on; proxy_pass http://one/slow200;", GOOD),
}

NOBODY = "FC.InternalServerError"
LOCAL = "FnF.InvalidLocal"
LARGE = "FnF.DataLimitExceeded"
ANY = re.compile(".")     # versions of nginx differ

SERVICES = {
    "ok": GOOD, "badstatus": NOBODY, "status-letters": NOBODY, "status-0": ANY, "status-42": ANY,
    "status-700": NOBODY, "status-only": ANY, "http09": NOBODY, "nothing": NOBODY, "nohead": NOBODY,
    "nocolon": ANY, "nul-header": NOBODY, "bighead": NOBODY, "manyheads": GOOD, "dup-length": ANY,
    "neg-length": ANY, "huge-length": LARGE, "over-length": ANY, "short": NOBODY, "long": GOOD,
    "nolength": GOOD, "both": ANY, "badjson": LOCAL, "badutf8": LOCAL, "nul-body": LOCAL, "bom": LOCAL,
    "deep": LOCAL, "digits": LOCAL, "wrongtype": GOOD, "notype": GOOD, "gzip": LOCAL, "continue": ANY,
    "hints": ANY, "upgrade": NOBODY, "empty": LOCAL, "none-204": LOCAL, "body-204": LOCAL,
    "not-304": "FC.304", "moved-301": "FC.301", "moved-307": "FC.307", "no-400": "FC.BadOne", "no-418": "FC.418",
    "no-500": NOBODY, "no-599": NOBODY, "chunks": GOOD, "badchunk": NOBODY, "cutchunk": NOBODY,
    "nolastchunk": NOBODY, "hugechunk": ANY, "error-name": ANY, "reset": NOBODY, "reset-head": NOBODY,
    "reset-body": NOBODY, "silent": NOBODY, "half-silent": NOBODY, "dribble": GOOD, "endless": LARGE,
    "endless-head": NOBODY, "big": LARGE, "echo": '"n":', "slow300": GOOD,
}


class World:
    def __init__(self, more="", locations=LOCATIONS, http2_on=False, **options):
        self.server = Server(**dict(dict(workers=1, shards=2, connections=512), **options))
        root = self.server.root
        self.tasks = free_port()
        ports = dict(backend=serve(), dead=free_port(), secure=free_port(), fastcgi=serve(fastcgi_one),
                     uwsgi=serve(uwsgi_one), scgi=serve(scgi_one), root=root, tasks=self.tasks)
        lines = "".join(f"cloudflow_resource acs:fc:*functions/at-{name} /at-{name} {' '.join(text[2:])};\n    " for name, text in locations.items())
        places = "".join(f"location /at-{name} {{ {'internal; ' if name != 'open' else ''}"
                         f"{re.sub(r'{([a-z]+)}', lambda word: str(ports[word[1]]), text[0])} }}\n        " for name, text in locations.items())
        self.server.options["http"] = HTTP.format(
            resources="cloudflow_response_size 50k;\n    cloudflow_resource acs:fc:* /svc;\n"
                      "    cloudflow_resource http://allowed.test/public/* /url;\n"
                      "    cloudflow_resource http://any.test* /url;\n"
                      "    cloudflow_resource http://self.test/* /;\n"
                      "    cloudflow_resource http://127.0.0.1:* /any-url;\n"
                      f"    cloudflow_resource acs:fc:*functions/at-nowhere /not/there;\n    {more}\n    {lines}",
            locations=places, h2="http2", **ports)
        os.makedirs(os.path.join(root, "html/accel-rate"))
        for name in ("file.json", "accel-rate/file.json"):
            with open(os.path.join(root, "html", name), "w") as f:
                f.write('{"file":"' + "x" * 20000 + '"}')
        with open(os.path.join(root, "users"), "w") as f:
            f.write("a:{PLAIN}b\n")
        os.chmod(root, 0o755)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", "/CN=x",
                        "-keyout", f"{root}/key.pem", "-out", f"{root}/cert.pem"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *unused):
        alarms = self.alarms()
        tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))
        self.server.close()

    def alarms(self):
        return self.server.alarms()

    def flow(self, name, function=None, more="", resource=None):
        resource = resource or f"acs:fc:::services/s/functions/{function or name}"
        self.server.call("CreateFlow", Name=name, Type="FDL", Description="", Definition=(
            "version: v1\ntype: flow\nsteps:\n  - type: task\n    name: t\n"
            f"    resourceArn: {json.dumps(resource)}\n{more}"))

    def start(self, flow, name="e", value=1):
        return self.server.call("StartExecution", FlowName=flow, ExecutionName=name, Input=json.dumps({"n": value}))

    def end(self, flow, name="e", seconds=30):
        """The output, or the error's name."""
        until = time.time() + seconds
        while True:
            seen = self.server.call("DescribeExecution", FlowName=flow, ExecutionName=name,
                                    WaitTimeSeconds=min(seconds, 20))
            if seen["Status"] != "Running" or time.time() > until:
                break
        if seen["Status"] == "Succeeded":
            return seen["Output"]
        return self.error(flow, name) if seen["Status"] == "Failed" else seen["Status"]

    def error(self, flow, name):
        for event in self.server.call("GetExecutionHistory", FlowName=flow, ExecutionName=name, Limit=100)["Events"]:
            if event["Type"] == "ExecutionFailed":
                return json.loads(event["EventDetail"])["error"]
        return None

    def status(self, name):
        with socket.create_connection(("127.0.0.1", self.tasks)) as sock:
            sock.sendall(b"GET /status HTTP/1.0\r\n\r\n")
            data = b""
            while True:
                more = sock.recv(65536)
                if not more:
                    break
                data += more
        return int(re.search(rf"(?m)^cloudflow_calls_{name} (\d+)".encode(), data)[1])

    def calm(self, seconds=10):
        """Nothing is in flight any more."""
        until = time.time() + seconds
        while self.status("running") + self.status("waiting"):
            if time.time() > until:
                return False
            time.sleep(0.05)
        return True

    def all(self, expected, prefix, what):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            def one(name):
                self.flow(prefix + name)
                self.start(prefix + name)
            list(pool.map(one, expected))
            began = time.time()
            ends = dict(zip(expected, pool.map(lambda name: self.end(prefix + name), expected)))
        wrong = {name: (got[:200], expected[name]) for name, got in ends.items() if not fits(got, expected[name])}
        tap.ok(not wrong, f"{len(expected)} {what} in {time.time() - began:.1f} s: {wrong}")
        return ends


def fits(got, want):
    if isinstance(want, tuple):
        return any(fits(got, one) for one in want)
    return bool(want.search(got)) if isinstance(want, re.Pattern) else want in got


def places_and_services(**options):
    GATE.set()
    with World(**options) as world:
        world.all(SERVICES, "", "services that misbehave")
        world.all({name: text[1] for name, text in LOCATIONS.items()}, "at-", "kinds of locations")
        world.all({"at-nowhere": "FC.404"}, "", "location that is not there")
        tap.ok(world.calm(), "nothing is left in flight")
        world.server.stop()


def mirrors_wait_for_nobody(**options):
    with World(**options) as world:
        for name in ("at-mirrors", "at-post-action"):
            world.flow(name)
            began = time.time()
            world.start(name)
            got = world.end(name)
            took = time.time() - began
            tap.ok(GOOD in got and (took < 0.6 or SANITIZED) and world.status("running") == 1,
                   f"{name}: answered in {took:.2f} s, while nginx goes on")
            world.calm()


ASKS = """Type: StateMachine
SpecVersion: v1
Name: f
StartAt: "%s"
States:
  - Type: Task
    Name: "%s"
    Action: HTTP:Request
    %s
    Parameters:
      url.$: $Input.url
      method.$: $Input.method
      headers.$: $Input.headers
      body.$: $Input.body
    End: true
"""


INVOKES = """Type: StateMachine
SpecVersion: v1
Name: f
StartAt: T
States:
  - Type: Task
    Name: T
    Action: FC:InvokeFunction
    Parameters:
      resourceArn.$: $Input.arn
      body: {}
    End: true
"""


class Asks:
    """HTTP:Request with anything in its parameters."""

    def __init__(self, world, step="T", more=""):
        self.world, self.count = world, 0
        self.flow = f"asks{time.monotonic_ns()}"
        world.server.call("CreateFlow", Name=self.flow, Type="FDL", Description="", Definition=ASKS % (step, step, more))

    def __call__(self, url, method="GET", headers=None, body=""):
        self.count += 1
        name = f"e{self.count}"
        self.world.server.call("StartExecution", FlowName=self.flow, ExecutionName=name, Input=json.dumps(
            dict(url=url, method=method, headers=headers or {}, body=body)))
        return self.world.end(self.flow, name)


ESCAPES = ("http://allowed.test/public/../secret/ok", "http://allowed.test/public/%2e%2e/secret/ok",
           "http://allowed.test/public/..%2fsecret/ok", "http://allowed.test/public/%2E%2E%5csecret/ok",
           "http://allowed.test/public/..\\secret/ok", "http://allowed.test/public/./ok", "http://allowed.test/public/..")
REFUSED = ("", "/ok", "//any.test/ok", "ftp://any.test/ok", "http:any.test", "http://", "http:///ok", "http://any.test\r\n/ok",
           "http://any test/ok", "http://a@any.test/ok", "http://any.t\u00e9st/ok", "http://any.test\0/ok",
           "http://any.test/" + "a" * 3000, "javascript:alert(1)", " http://any.test/ok")
MAPPED = ("http://any.test/ok", "http://any.test:80/ok", "HTTP://ANY.TEST/ok", "http://any.test?x=/ok",
          "http://any.test/a b/ok", "http://any.test/a\r\nX-Evil: 1\r\n/ok", "http://any.test/a\0/ok",
          "http://any.test/\u00fc\u4e2d/ok", "http://any.test/a%0d%0ab/ok", "http://any.test/a%2fb/ok", "http://any.test/a?b=../c d&e=\n/ok",
          "http://any.test/a#b\r\nc", "http://any.test//ok", "http://any.test/...//ok", "http://any.test/a%zz%/ok",
          "http://any.test/a;b=c/ok?", "http://any.test/" + "a" * 1900 + "/ok", "http://allowed.test/public/ok?x=../..")
HEADERS = (({"X-Evil": "a\r\nB: c"}, False), ({"X-Evil": "a\0b"}, False), ({"X\r\nEvil": "a"}, False), ({"X Evil": "a"}, False),
           ({"": "a"}, False), ({"Host": "evil"}, False), ({"Transfer-Encoding": "chunked"}, False), ({"Connection": "upgrade"}, False),
           ({"X-Fnf-Attempt": "9"}, False), ({"Content-Length": "99"}, True), ({"Accept-Encoding": "gzip"}, True),
           ({"Expect": "100-continue"}, False), ({"X-A": "\u00fc\t "}, True), ({"X-A": ["1", "2"]}, True), ({"X-A": {"a": 1}}, False),
           ({"User-Agent": "agent/1", "Cookie": "a=b; c=d", "X-Forwarded-For": "9.9.9.9"}, True),
           ({"X-Forwarded-For": ["1.1.1.1", "2.2.2.2"], "Cookie": ["x=1", "a=2"]}, True),
           ({"Range": "bytes=0-1", "If-None-Match": "*", "If-Modified-Since": "x"}, True), ({"X-B": "b" * 20000}, True),
           ({f"X-{n}": str(n) for n in range(300)}, True), ({"Content-Type": ["a/b", "c/d"]}, True), ({"X_Under": "1", "__proto__": "2"}, True))


def injections(**options):
    with World(**options) as world:
        ask = Asks(world)
        got = {url: ask(url) for url in ESCAPES}
        tap.ok(set(got.values()) == {"FnF.InvalidArgument"} and not called("secret"),
               f"paths with dots do not lead around a pattern: {set(got.values())}")
        got = {url[:40]: ask(url) for url in REFUSED}
        tap.ok(set(got.values()) == {"FnF.InvalidArgument"}, f"URLs that are none: {[u for u in got if got[u] != 'FnF.InvalidArgument']}")
        got = {url[:40]: ask(url) for url in MAPPED}
        bad = {url: end[:80] for url, end in got.items() if '"Code":200' not in end and "HTTP." not in end}
        tap.ok(not bad, f"URLs with odd characters: {bad}")
        got = [(headers, ask("http://any.test/ok", "POST", headers, "body"), good) for headers, good in HEADERS]
        bad = [(str(headers)[:60], end[:60]) for headers, end, good in got if good != ('"Code":200' in end)]
        tap.ok(not bad, f"headers: {bad}")
        sent = [call for call in called("/ok") if b"agent/1" in call[1]]
        tap.ok(len(sent) == 1 and b"X-Agent: agent/1|b|9.9.9.9" in sent[0][1], "variables of a call's headers")
        bad = {}
        for method in ("get", "Post", "PUT", "patch", "DELETE", "HEAD"):
            end = ask("http://any.test/ok", method, {}, "x" if method != "HEAD" else "")
            if '"Code":200' not in end:
                bad[method] = end
        tap.ok(not bad, f"methods: {bad}")
        bad = [method for method in ("TRACE", "CONNECT", "GET /x", "G\r\nET", "", "OPTIONS")
               if ask("http://any.test/ok", method) != "FnF.InvalidArgument"]
        tap.ok(not bad, f"other methods are refused: {bad}")
        for step in ("s p", r"\u00fc\u4e2d", r"a\"b", "x|y", "{}"):
            end = Asks(world, step)("http://any.test/ok")
            tap.ok('"Code":200' in end, f"step {step}: {end[:60]}")
        names = ("a b", "a/../b", "..", "a%0d%0aX-Evil: 1", "\u00fc", 'a"b', "a\\b", "$host", "a;b", "?x", "#")
        ends = {}
        world.server.call("CreateFlow", Name="names", Type="FDL", Description="", Definition=INVOKES)
        for no, name in enumerate(names):
            world.server.call("StartExecution", FlowName="names", ExecutionName=f"e{no}", Input=json.dumps(
                dict(arn=f"acs:fc:::services/s/functions/{name}")))
            ends[name] = world.end("names", f"e{no}")[:40]
        lines = [text.split(b"\r\n") for _, text, _ in CALLED]
        odd = [line[0] for line in lines if not re.fullmatch(rb"[A-Z]+ /[\x21-\x7e]* HTTP/1\.[01]", line[0])]
        evil = [line for line in lines if any(part.lower().startswith(b"x-evil") for part in line)]
        tap.ok(not odd and not evil and ends["a/../b"] == ends[".."] == "FnF.InvalidArgument",
               f"{len(lines)} requests, none broken into: {odd[:2]} {evil[:2]} {ends}")
        tap.ok(world.calm(), "nothing is left in flight")


def own_api(**options):
    """Tasks that call the nginx that runs them."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with World(**options) as world:
        ask = Asks(world, more="Timeout: 2")
        call = "Action={}&Version=2019-03-15"
        end = ask("http://self.test/", "POST", form, call.format("ListFlows"))
        tap.ok('"Flows"' in end, f"a task that is a call of the API, without a connection: {end[:80]}")
        end = ask("http://self.test/", "POST", form, call.format("Nonsense"))
        tap.ok("HTTP.4" in end, f"... that is refused: {end[:80]}")
        poll = call.format("DescribeExecution") + f"&FlowName={ask.flow}&ExecutionName=%s&WaitTimeSeconds=60"
        end = ask("http://self.test/", "POST", form, poll % f"e{ask.count + 1}")
        tap.ok(end == "FnF.TaskTimeout" and world.calm(), f"... that waits for its own end: {end}")
        far = Asks(world, more="Timeout: 5")
        end = far(f"http://127.0.0.1:{world.server.port}/", "POST", form, call.format("ListFlows"))
        tap.ok('"Flows"' in end, f"... over a connection: {end[:80]}")
        world.server.call("StartExecution", FlowName=ask.flow, ExecutionName="parked", Input=json.dumps(dict(
            url="http://self.test/", method="POST", headers=form, body=poll % "parked")))
        time.sleep(0.3)
        os.kill(world.server.pid(), signal.SIGHUP)
        end = world.end(ask.flow, "parked")
        tap.ok(end == "FnF.TaskTimeout" or "Running" in end, f"... that is parked at a reload: {end[:80]}")


def names(prefix, count):
    return [f"{prefix}{no}" for no in range(count)]


def limits(**options):
    """In all, per resource, queued; and that the counters say so."""
    with World("cloudflow_calls 6 queue=20;", **options) as world:
        GATE.clear()
        world.flow("wide", "at-gated")
        world.flow("narrow", "at-narrow")
        world.flow("short", "at-gated", "    timeoutSeconds: 1\n")
        before = {name: world.status(name) for name in ("total", "cancelled_total", "throttled_total")}

        def seen(running, waiting, seconds=3):
            until = time.time() + seconds
            while True:
                got = world.status("running"), world.status("waiting")
                if got == (running, waiting) or time.time() > until:
                    return got == (running, waiting), got
                time.sleep(0.05)

        for name in names("n", 5):
            world.start("narrow", name)
        good, got = seen(2, 3)
        tap.ok(good, f"of five calls of a resource two run: {got}")
        for name in names("w", 10):
            world.start("wide", name)
        good, got = seen(6, 9)
        tap.ok(good, f"of ten more four: {got}")
        for name in names("s", 3):
            world.start("short", name)
        good, got = seen(6, 12)
        tap.ok(good and all(world.end("short", name) == "FnF.TaskTimeout" for name in names("s", 3)),
               f"tasks end in the queue: {got}")
        good, got = seen(6, 9)
        tap.ok(good and world.status("cancelled_total") - before["cancelled_total"] == 3, f"... and are gone from the counters: {got}")
        world.server.call("StopExecution", FlowName="wide", ExecutionName="w9")
        good, got = seen(6, 8)
        tap.ok(good, f"one that is stopped in the queue is too: {got}")
        world.server.call("StopExecution", FlowName="wide", ExecutionName="w0")
        good, got = seen(6, 7)
        tap.ok(good, f"one that is stopped on its way makes room: {got}")
        for name in names("m", 20):
            world.start("wide", name)
        good, got = seen(6, 20)
        thrown = [world.end("wide", name, 0) for name in names("m", 20)[13:]]
        tap.ok(good and set(thrown) == {"FC.ResourceThrottled"} and world.status("throttled_total") - before["throttled_total"] == 7,
               f"a full queue refuses: {got} {set(thrown)}")
        os.kill(world.server.workers()[0], signal.SIGKILL)
        world.server.wait_ready()
        good, got = seen(6, 20, 10)
        tap.ok(good, f"after a crash the next worker makes the calls, counted once: {got}")
        GATE.set()
        ends = [world.end("narrow", name) for name in names("n", 5)]
        ends += [world.end("wide", name) for name in names("w", 9)[1:] + names("m", 13)]
        tap.ok(all(GOOD in end for end in ends) and world.calm(), f"{len(ends)} calls ended: {set(ends)}")


def inherits(**options):
    """A worker that takes over more calls than its queue holds refuses none."""
    with World("cloudflow_calls 2 queue=10;", workers=2, shards=8, **options) as world:
        GATE.clear()
        world.flow("gated", "at-gated")
        for name in names("a", 60):
            world.start("gated", name)
        time.sleep(0.5)
        taken = [name for name in names("a", 60) if world.end("gated", name, 0) == "Running"]
        world.server.options["workers"] = 1
        world.server.write_conf()
        os.kill(world.server.pid(), signal.SIGHUP)
        until = time.time() + 20
        held = None
        while held != (2, len(taken) - 2) and time.time() < until:
            time.sleep(0.1)
            held = world.status("running"), world.status("waiting")
        GATE.set()
        ends = {world.end("gated", name) for name in taken}
        tap.ok(held == (2, len(taken) - 2) and len(taken) > 12 and all(GOOD in end for end in ends),
               f"one worker takes over two workers' {len(taken)} calls: {held} {ends}")
        tap.ok(world.calm(), "nothing is left in flight")


def bursts(**options):
    """What has a place at once is not refused, however short the queue."""
    with World("cloudflow_calls 60 queue=1;", **options) as world:
        branches = "".join(f"      - steps:\n          - type: task\n            name: t{no}\n"
                           "            resourceArn: acs:fc:::services/s/functions/ok\n" for no in range(50))
        world.server.call("CreateFlow", Name="burst", Type="FDL", Description="", Definition=(
            f"version: v1\ntype: flow\nsteps:\n  - type: parallel\n    name: p\n    branches:\n{branches}"))
        world.start("burst")
        end = world.end("burst")
        tap.ok(end.startswith("{") and world.status("throttled_total") == 0, f"fifty branches at once, a queue of one: {end[:60]}")


def crowds(**options):
    """Few connections: idle clients, calls that need theirs later."""
    with World(connections=64, **options) as world:
        world.flow("ok")
        world.flow("at-limited")
        idle = []
        for _ in range(54):
            sock = socket.create_connection(("127.0.0.1", world.server.port))
            sock.sendall(b"GET /?Action=ListFlows&Version=2019-03-15 HTTP/1.1\r\nHost: x\r\n\r\n")
            sock.recv(65536)
            idle.append(sock)
        began = time.time()
        world.start("ok")
        end = world.end("ok")
        tap.ok(GOOD in end and time.time() - began < 5, f"a call beside {len(idle)} idle clients: {time.time() - began:.1f} s, {end[:60]}")
        for sock in idle:
            sock.close()
        for name in names("d", 60):
            world.start("at-limited", name)
        ends = {world.end("at-limited", name)[:60] for name in names("d", 60)}
        tap.ok(all(GOOD in end for end in ends), f"60 calls that are delayed before they connect: {ends}")
        tap.ok(world.calm(), "nothing is left in flight")


def upgrades(count, **options):
    """A queue of calls at a reload, at a binary upgrade, at a shutdown that is cut short."""
    with World("cloudflow_calls 8;", workers=2, shutdown="2s", **options) as world:
        GATE.set()
        world.flow("kept")
        world.flow("slow", "slow700")
        CALLED.clear()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda name: world.start("kept", name), names("e", count)))
            os.kill(world.server.pid(), signal.SIGHUP)
            ends = set(pool.map(lambda name: world.end("kept", name, 120), names("e", count)))
        tap.ok(all(GOOD in end for end in ends), f"{count} queued calls and a reload: {[end[:60] for end in ends]}")
        keys = [re.search(rb"(?i)x-fnf-idempotency-key: (\S+)", text)[1] for _, text, _ in called("/kept")]
        tap.ok(len(set(keys)) == count and len(keys) < count + 40, f"... of {len(keys)} calls {len(keys) - len(set(keys))} were repeated")
        for name in names("u", 20):
            world.start("slow", name)
        time.sleep(0.2)
        old = world.server.pid()
        os.kill(old, signal.SIGUSR2)
        until = time.time() + 10
        while world.server.pid() in (None, old) and time.time() < until:
            time.sleep(0.05)
        for name in names("v", 20):
            world.start("slow", name)
        os.kill(old, signal.SIGQUIT)
        ends = {world.end("slow", name) for name in names("u", 20) + names("v", 20)}
        tap.ok(all(GOOD in end for end in ends) and world.server.pid() != old, f"forty calls and a binary upgrade: {ends}")
        CALLED.clear()
        GATE.clear()
        world.flow("gate", "at-gated", "    timeoutSeconds: 30\n")
        for name in names("g", 6):
            world.start("gate", name)
        time.sleep(0.3)
        os.kill(world.server.pid(), signal.SIGHUP)
        time.sleep(3.5)
        GATE.set()
        ends = {world.end("gate", name) for name in names("g", 6)}
        tap.ok(all(GOOD in end for end in ends), f"a shutdown that is cut short: {ends}")


def keys(**options):
    """The key of a store: made once, never replaced in silence."""
    with World(user="", **options) if os.geteuid() else World(**options) as world:
        path = os.path.join(world.server.root, "store/token.key")
        key = open(path, "rb").read()
        tap.ok(len(key) == 32 and os.stat(path).st_mode & 0o777 == 0o600 and "made a new token key" in world.server.log(), "the key is its owner's only")
        world.server.stop()
        world.server.start()
        tap.ok(open(path, "rb").read() == key and world.server.log().count("made a new token key") == 1, "... and stays")
        with open(path, "wb") as f:
            f.write(key[:31])
        os.kill(world.server.pid(), signal.SIGHUP)
        time.sleep(0.5)
        tap.ok("should hold 32 bytes" in world.server.log() and world.server.call("ListFlows")["Flows"] == [],
               "a short key is refused at reload, the old one serves on")
        world.server.stop()
        done = world.server.command()
        tap.ok(done.returncode != 0 and "should hold 32 bytes" in world.server.log(), "... and at start")
        os.unlink(path)
        os.mkdir(path)
        done = world.server.command()
        tap.ok(done.returncode != 0, "one that can't be read: " + done.stdout.strip()[-100:])
        os.rmdir(path)
        done = world.server.command("-t")
        tap.ok(done.returncode == 0 and not os.path.exists(path), "nginx -t makes none: " + done.stdout.strip()[-60:])
        world.server.start()
        tap.ok(open(path, "rb").read() != key and world.server.log().count("made a new token key") == 2, "a lost one is made anew, and said so")
        text = world.server.log()
        world.alarms = lambda: [line for line in world.server.alarms() if "token.key" not in line]
        tap.ok(key.hex() not in text, "no key in the log")


def memory(count, **options):
    with World("cloudflow_calls 64;", **options) as world:
        world.flow("f", "at-returns")
        world.flow("g", "kept")

        def burst(total):
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda part: flood(world.server.port, part, total // 4), ("f", "g", "f", "g")))
            world.calm(60)

        def resident():
            time.sleep(1)
            return sum(int(re.search(r"RssAnon:\s+(\d+)", open(f"/proc/{pid}/status").read())[1]) for pid in world.server.workers())
        burst(count // 3)
        before = resident()
        burst(count)
        grown = resident() - before
        tap.ok(grown < 3000 or SANITIZED, f"{count} calls more take {grown} KB more ({before} KB before)")
        tap.ok(world.status("total") >= count, f"{world.status('total')} calls")


def flood(port, flow, count):
    """Starts in one long pipeline."""
    text = f"GET /?Action=StartExecution&Version=2019-03-15&FlowName={flow}&Input=%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port)) as sock:
        reader = sock.makefile("rb")
        for _ in range(count // 50):
            sock.sendall(text * 50)
            for _ in range(50):
                size = 0
                while True:
                    line = reader.readline()
                    if line.lower().startswith(b"content-length:"):
                        size = int(line[15:])
                    if line in (b"\r\n", b""):
                        break
                reader.read(size)


def main():
    heavy = "long" in sys.argv[1:]
    parts = ((places_and_services,), (mirrors_wait_for_nobody,), (injections,), (own_api,), (limits,), (inherits,), (bursts,), (crowds,),
             (upgrades, 10000 if heavy else 2000), (keys,), (memory, 100000 if heavy else 6000))
    named = [word for word in sys.argv[1:] if word != "long"]
    for part, *args in [row for row in parts if not named or row[0].__name__ in named]:
        began = time.time()
        part(*args)
        tap.note(f"{part.__name__}: {time.time() - began:.0f} s")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
