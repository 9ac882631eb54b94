#!/usr/bin/env python3
"""Faults of the world: disk full, a folder that cannot be written, a corrupted
shard, an index too small, garbage on the wire.  A clear error to the client
and the log, the rest keeps working, nothing acknowledged is lost."""

import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time

from server import Failure, PASS, Server, Tap, waits

tap = Tap()


def flow(server, name="f", text=PASS):
    server.call("CreateFlow", Name=name, Type="FDL", Description="",
                Definition=text)


def start_until_refused(server, size, most):
    """Names acknowledged, and the first refusal."""
    names = []
    for no in range(most):
        try:
            server.call("StartExecution", FlowName="f", ExecutionName=f"e{no}",
                        Input='{"x":"%s"}' % ("x" * size))
            names.append(f"e{no}")
        except Failure as failure:
            return names, failure
    return names, None


def all_there(server, names):
    for name in names:
        seen = server.call("DescribeExecution", FlowName="f",
                           ExecutionName=name, WaitTimeSeconds=5)
        if seen["Status"] != "Succeeded":
            return False
    return True


def eventually(what, seconds=20):
    until = time.time() + seconds
    while time.time() < until:
        try:
            what()
            return True
        except Failure:
            time.sleep(0.1)
    return False


def mount_tmpfs(path, size):
    os.makedirs(path, exist_ok=True)
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=777",
                           "tmpfs", path], stderr=subprocess.DEVNULL).returncode == 0


def disk_full():
    server = Server(http="cloudflow_owner_wait 1s;")
    folder = os.path.join(server.root, "disk")
    mounted = mount_tmpfs(folder, "6m")
    server.options["store"] = "disk/store"
    if not mounted:
        # No mounts here: a limit on the size of files looks much the same.
        tap.note("no tmpfs; using a file size limit")
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, hard))
    try:
        server.start()
        flow(server)
        names, failure = start_until_refused(server, 20000, 2000)
        tap.ok(failure is not None and failure.status == 500
               and failure.code == "InternalServerError",
               f"disk full: refused after {len(names)} starts: {failure}")
        tap.ok(re.search(r"\[crit\].*shard \d+ .*(full|ENOSPC|I/O|space)",
                         server.log()) is not None,
               "disk full: the log says so")
        readable = 0
        for name in names[:50]:
            try:
                server.call("DescribeExecution", FlowName="f", ExecutionName=name)
                readable += 1
            except Failure:
                pass
        tap.ok(readable == len(names[:50]),
               f"disk full: {readable} of {len(names[:50])} still readable")
        if mounted:
            subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
        else:
            server.stop()
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            server.start()
        tap.ok(eventually(lambda: server.call(
            "StartExecution", FlowName="f", ExecutionName="after")),
            "disk full: with space again it goes on by itself")
        tap.ok(all_there(server, names), "disk full: nothing acknowledged is lost")
    finally:
        server.stop()
        if mounted:
            subprocess.run(["umount", "-l", folder])
        server.close()


def folder_closed():
    if os.geteuid() != 0:
        tap.ok(True, "read-only folder (needs root: not run)")
        return
    import pwd
    server = Server(user="user nobody nogroup;", http="cloudflow_owner_wait 1s;")
    store = os.path.join(server.root, "store")
    os.makedirs(store)
    os.chown(store, pwd.getpwnam("nobody").pw_uid, -1)
    os.chmod(store, 0o500)
    for name in ("logs", "tmp", "run"):
        os.chmod(os.path.join(server.root, name), 0o777)
    try:
        server.start(wait=False)
        time.sleep(0.5)
        try:
            flow(server)
            failure = None
        except Failure as caught:
            failure = caught
        tap.ok(failure is not None and failure.status == 500,
               f"read-only folder: a clear error: {failure}")
        tap.ok("Permission denied" in server.log()
               or "unable to open" in server.log(),
               "read-only folder: the log says so")
        tap.ok(len(server.workers()) == 2, "read-only folder: the workers live")
        os.chmod(store, 0o700)
        tap.ok(eventually(lambda: flow(server)),
               "read-only folder: works once it can be written")
    finally:
        server.close()


def shard_corrupted():
    server = Server(http="cloudflow_owner_wait 500ms;")
    try:
        server.start()
        flow(server)
        for no in range(20):
            server.call("StartExecution", FlowName="f", ExecutionName=f"a{no}")
        server.stop()
        path = os.path.join(server.root, "store/shard-001.db")
        for extra in ("-wal", "-shm"):
            if os.path.exists(path + extra):
                os.unlink(path + extra)
        with open(path, "r+b") as f:
            f.write(b"\0garbage" * 2048)
        server.start(wait=False)
        time.sleep(1)
        good = bad = other = 0
        for no in range(20):
            try:
                server.call("StartExecution", FlowName="f",
                            ExecutionName=f"b{no}")
                good += 1
            except Failure as failure:
                if failure.status == 500:
                    bad += 1
                else:
                    other += 1
        tap.ok(good > 0 and bad > 0 and other == 0,
               f"corrupted shard: {good} served, {bad} refused, {other} other")
        tap.ok("shard-001.db" in server.log(),
               "corrupted shard: the log names the file")
    finally:
        server.close()


def index_small():
    server = Server(zone="4m")
    try:
        server.start()
        flow(server)
        names = []
        for no in range(800):
            server.call("StartExecution", FlowName="f", ExecutionName=f"e{no}",
                        Input='{"x":"%s"}' % ("x" * 20000))
            names.append(f"e{no}")
        tap.ok(all_there(server, names),
               "small zone: what the index lost is read from the store")
    finally:
        server.close()


def raw(server, data, wait=0.2):
    with socket.create_connection(("127.0.0.1", server.port), 5) as s:
        s.settimeout(wait)
        s.sendall(data)
        try:
            return s.recv(65536)
        except (TimeoutError, ConnectionResetError, socket.timeout):
            return b""


def garbage():
    rng = random.Random(7)
    server = Server()
    try:
        server.start()
        flow(server)
        head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        for no in range(100):
            raw(server, bytes(rng.randrange(256) for _ in range(rng.randrange(1, 400))), 0.01)
            raw(server, head + b"Content-Length: 500\r\n\r\nAction=Sta", 0.01)
            body = bytes(rng.choice(b"%=&+AZaz09\xff\x00{}\"") for _ in range(200))
            body = b"Action=StartExecution&Version=2019-03-15&FlowName=f&Input=" + body
            raw(server, head + b"Content-Length: %d\r\n\r\n" % len(body) + body, 0.05)
        answer = raw(server, head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nActio\r\n"
                     b"20\r\nn=ListFlows&Version=2019-03-15&x\r\n0\r\n\r\n", 2)
        tap.ok(b" 200 " in answer, "garbage: a chunked body in pieces is read")
        # A flow of twenty parked clients that vanish.
        flow(server, "w", waits(300))
        server.call("StartExecution", FlowName="w", ExecutionName="long")
        sockets = []
        for no in range(20):
            s = socket.create_connection(("127.0.0.1", server.port), 5)
            body = (b"Action=DescribeExecution&Version=2019-03-15&FlowName=w"
                    b"&ExecutionName=long&WaitTimeSeconds=60")
            s.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
            sockets.append(s)
        time.sleep(0.2)
        for s in sockets:
            s.close()
        time.sleep(0.2)
        began = time.time()
        server.call("StopExecution", FlowName="w", ExecutionName="long")
        tap.ok(time.time() - began < 1, "garbage: vanished clients hold up nothing")
        big = b"Action=StartExecution&Version=2019-03-15&FlowName=f&Input=" + b"x" * (2 << 20)
        answer = raw(server, head + b"Content-Length: %d\r\n\r\n" % len(big) + big, 5)
        tap.ok(b" 400 " in answer and b"EntityTooLarge" in answer,
               "garbage: two megabytes are EntityTooLarge")
        tap.ok(len(server.workers()) == 2 and not server.alarms(),
               "garbage: the workers live, the log is clean: "
               + "; ".join(server.alarms()[:2]))
    finally:
        server.close()


def main():
    disk_full()
    folder_closed()
    shard_corrupted()
    index_small()
    garbage()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
