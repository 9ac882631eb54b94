"""A scripted service for tests under load: one thread, no library.  It notes
every call before it answers, so that nothing is forgotten when it is killed,
and how many calls of a kind it had at that time.

The path says what it does: "echo-20" answers after 20 ms.  "again" fails at an
attempt's first call, "some" for every tenth number, "never" always, "large" answers
60 KB, "take" 202; "echo" gives back what it got."""

import asyncio
import collections
import json
import os
import socket
import subprocess
import sys
import time

from server import free_port


class Calls(asyncio.Protocol):
    log = None
    now = collections.Counter()

    def connection_made(self, transport):
        self.transport = transport
        self.have = b""
        self.name = None

    def connection_lost(self, unused):
        if self.name:
            self.now[self.name] -= 1
            self.name = None

    def data_received(self, data):
        self.have += data
        end = self.have.find(b"\r\n\r\n")
        if end < 0:
            return
        lines = self.have[:end].decode("latin-1").split("\r\n")
        head = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            head[name.lower()] = value.strip()
        end += 4
        stop = end + int(head.get("content-length", 0))
        if len(self.have) < stop:
            return
        body, self.have = self.have[end:stop], self.have[stop:]
        self.call(lines[0].split()[1].rsplit("/", 1)[1], head, body)

    def call(self, name, head, body):
        self.name = name
        self.now[name] += 1
        os.write(self.log, (json.dumps(dict(
            name=name, at=time.time(), now=self.now[name],
            key=head.get("x-fnf-idempotency-key"),
            attempt=head.get("x-fnf-attempt"), step=head.get("x-step"),
            exec=head.get("x-exec"), pid=head.get("x-pid"), token=head.get("x-token"))) + "\n").encode())
        delay = sum(int(part) for part in name.split("-")[1:] if part.isdigit())
        if delay:
            asyncio.get_running_loop().call_later(
                delay / 1000, self.answer, name, head, body)
        else:
            self.answer(name, head, body)

    def answer(self, name, head, body):
        if self.name is None:
            return
        self.now[name] -= 1
        self.name = None
        status, more, text = "200 OK", "", body or b"null"
        if name.startswith("take"):
            status, text = "202 Accepted", b"{}"
        elif name.startswith("never") \
                or name.startswith("again") and head.get("x-fnf-attempt") == "0":
            status, text = "500 Error", b'{"ErrorCode":"InternalServerError"}'
        elif name.startswith("some") and json.loads(body)["n"] % 10 == 0:
            more = "x-fc-error-type: HandledInvocationError\r\n"
            text = b'{"errorType":"Tenth","errorMessage":"a tenth"}'
        elif name.startswith("large"):
            text = json.dumps(dict(n=json.loads(body)["n"], text="x" * 60000)).encode()
        self.transport.write((
            f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{more}"
            f"Content-Length: {len(text)}\r\n\r\n").encode() + text)


async def serve(port, path):
    Calls.log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    server = await asyncio.get_running_loop().create_server(
        Calls, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


class Service:
    """Its process, and what it noted."""

    def __init__(self, root):
        self.port = free_port()
        self.path = os.path.join(root, "service.log")
        self.process = None
        self.read = 0
        self.noted = []

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), str(self.port), self.path])
        until = time.time() + 10
        while time.time() < until:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.02)
        raise RuntimeError("the service did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def calls(self):
        """All of them so far, in order of arrival."""
        try:
            with open(self.path, "rb") as f:
                f.seek(self.read)
                data = f.read()
        except FileNotFoundError:
            return self.noted
        whole = data.rfind(b"\n") + 1
        self.read += whole
        self.noted += [json.loads(line) for line in data[:whole].splitlines()]
        return self.noted

    def named(self, name):
        return [call for call in self.calls() if call["name"] == name]


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
