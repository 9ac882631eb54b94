#!/usr/bin/env python3
"""The recorded cases of Step Functions that stand beside the checkout
(../shared/conformance/sfn), played by their own runner against a server with
stubs for functions and objects.  Skipped, loudly, where they are not there."""

import json
import os
import subprocess
import sys
import tempfile

import server

RUNNER = os.path.join(server.TOP, "../shared/conformance/sfn/run.py")

# Of the cases that a level applies to: how many have to be right.
LEVELS = {"status": 0.98, "output": 0.98, "error": 0.98, "body": 0.98,
          "cause": 0.96, "types": 0.96, "types_multiset": 0.96, "exact": 0.93}


def main():
    if not os.path.exists(RUNNER):
        print("1..1\nok 1 # SKIP the recorded cases are not beside the checkout")
        return 0

    lambdas, objects, api = (server.free_port() for _ in range(3))
    root = tempfile.mkdtemp(prefix="cloudflow-")
    s = server.Server(root, http=f"""
    cloudflow_resource "arn:aws:lambda:*" /lambda;
    cloudflow_resource "arn:aws:states:::lambda:*" /lambda;
    cloudflow_resource "lambda_*" /lambda;
    cloudflow_resource "arn:aws:states:::s3:*" /s3;
    cloudflow_resource "arn:aws:states:::aws-sdk:s3:*" /s3;
    server {{
        listen 127.0.0.1:{api};
        client_max_body_size 8m;
        cloudflow_tasks;
        location / {{ cloudflow_api stepfunctions; }}
        location /lambda {{ internal; proxy_read_timeout 80s;
            proxy_pass http://127.0.0.1:{lambdas}$cloudflow_task_uri$is_args$args; }}
        location /s3 {{ internal;
            proxy_pass http://127.0.0.1:{objects}$cloudflow_task_uri$is_args$args; }}
    }}
    """)
    report = os.path.join(root, "report.json")
    s.start()

    try:
        ran = subprocess.run(
            [sys.executable, RUNNER, "-j", "8", "--json", report,
             "--endpoint", f"http://127.0.0.1:{api}",
             "--lambda-stub", f"127.0.0.1:{lambdas}",
             "--s3-stub", f"127.0.0.1:{objects}"],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        with open(report, encoding="utf-8") as f:
            got = json.load(f)
    finally:
        s.stop()

    print(f"1..{len(LEVELS) + 1}")

    for no, (level, share) in enumerate(LEVELS.items(), 1):
        right, of = got["levels"][level]
        good = right >= share * of and of > 0
        print(f"{'ok' if good else 'not ok'} {no} - {level}: {right} of {of}")

    every = got["cases"] >= 400 and not got["skipped"]
    print(f"{'ok' if every else 'not ok'} {len(LEVELS) + 1} - "
          f"{got['cases']} cases, {got['ok']} right at every level")

    for case in got["results"]:
        if not case["ok"]:
            print(f"# {case['id']}")

    return 0


if __name__ == "__main__":
    sys.exit(main())
