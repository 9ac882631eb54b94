#!/usr/bin/env python3
"""README's section on tasks, as a reader follows it: its configuration, its
service, its flow and its commands, with other ports; what it promises is shown."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import textwrap

from server import Server, TOP, Tap, free_port

tap = Tap()


def main():
    with open(os.path.join(TOP, "README.md"), encoding="utf-8") as f:
        text = f.read()
    part = text[text.index("\n### Tasks\n"):text.index("\n## Access keys\n")]
    conf = re.search(r"```nginx\n(.*?)```", part, re.S)[1]
    lines = re.search(r"(?:^    .*\n|^\n)+(?=\nThe last call shows)", part, re.M)[0]
    promise = re.search(r"The last call shows `(.*?)`", part)[1]
    ports = {"8080": free_port(), "9000": free_port(), "9001": free_port()}

    def moved(given):
        return re.sub(r"\b(8080|9000|9001)\b", lambda found: str(ports[found[0]]), given)

    with Server(http=moved(conf)) as server:
        server.start()
        script = moved(textwrap.dedent(lines)).replace("sleep 1", "sleep 1; wait_for")
        # Two starting interpreters may need longer than a reader does.
        script = ("wait_for() { for i in $(seq 100); do grep -q token messages.log && break; "
                  "sleep 0.1; done; }\n" + script).replace(
                      "\nurl=", "\nfor port in %(9000)s %(9001)s; do for i in $(seq 100); do "
                      "(exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break; sleep 0.1; "
                      "done; done\nurl=" % ports)
        done = subprocess.Popen(["bash", "-c", script], cwd=server.root, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                start_new_session=True)
        try:
            shown, _ = done.communicate(timeout=60)
            found = promise in shown
            if not tap.ok(found, f"README's task: {promise}"):
                tap.note(shown[-1500:])
            with open(os.path.join(server.root, "functions.log")) as f:
                tap.ok("/price {\"item\":\"tea\"}" in f.read(), "... and the call of the function")
        finally:
            # What the reader left in the background.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(done.pid, signal.SIGKILL)
        alarms = server.alarms()
        tap.ok(not alarms, "the log is clean: " + "; ".join(alarms[:3]))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
