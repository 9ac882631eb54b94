"""Three clients of AWS Step Functions behind one call(): boto3, the AWS CLI
and npm's @aws-sdk/client-sfn (aws.js).  Each is unmodified and has endpoint,
region and keys from the environment and the credentials file, as any program
would.  None repeats a call on its own.

    operations        what this client knows, as it says itself
    call(...)         the answer, or Refused"""

import json
import multiprocessing
import os
import re
import runpy
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))


class Refused(Exception):
    """typed: the client has a class of its own for it, and this was one."""

    def __init__(self, code, message, typed, status=None):
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message
        self.typed, self.status = typed, status


class Boto:
    name = "boto3"

    def __init__(self, endpoint, named, proxy):
        import boto3
        import botocore.config
        self.clients, self.lock = {}, threading.Lock()
        self.boto3, self.config = boto3, botocore.config.Config
        self.named, self.proxy = named, proxy
        self.operations = set(
            self.client("plain").meta.service_model.operation_names)

    def client(self, profile, sync=False):
        with self.lock:
            key = profile, sync
            if key not in self.clients:
                more, config = {}, {}
                if sync:
                    more["endpoint_url"] = self.named
                    config["proxies"] = {"http": self.proxy}
                self.clients[key] = self.boto3.Session(
                    profile_name=profile).client(
                        "stepfunctions", config=self.config(
                            retries={"total_max_attempts": 1},
                            read_timeout=70, **config), **more)
            return self.clients[key]

    def call(self, operation, params, profile, sync=False):
        from botocore import xform_name
        from botocore.exceptions import ClientError
        client = self.client(profile, sync)
        try:
            answer = getattr(client, xform_name(operation))(**params)
        except ClientError as e:
            code = e.response["Error"]["Code"]
            modeled = getattr(client.exceptions, code, None) \
                if code in dir(client.exceptions) else None
            raise Refused(code, e.response["Error"]["Message"],
                          modeled is not None and type(e) is modeled,
                          e.response["ResponseMetadata"]["HTTPStatusCode"])
        answer.pop("ResponseMetadata")
        return answer

    def close(self):
        pass


def aws(program, arguments, environment, folder):
    """What the shell does with a command, in a process of its own."""
    for fd, name in (0, os.devnull), (1, f"{folder}/out"), (2, f"{folder}/err"):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT, 0o600), fd)
    os.environ.update(environment)
    sys.argv = [program, *arguments]
    runpy.run_path(program, run_name="__main__")


class Cli:
    """Debian's: the one in /usr/bin, not whatever else is called aws.  Each
    call is a process; all are forked from one that has read the program's
    modules, which alone takes longer than the rest of this test."""

    name = "awscli"
    program = "/usr/bin/aws"

    def __init__(self, endpoint, named, proxy):
        self.named, self.proxy = named, proxy
        self.forks = multiprocessing.get_context("forkserver")
        self.forks.set_forkserver_preload(["awscli.clidriver"])
        said = subprocess.run([self.program, "--version"], text=True,
                              capture_output=True).stdout
        version = tuple(map(int, re.match(r"aws-cli/(\d+)\.(\d+)",
                                          said).groups()))
        # Earlier ones do not know AWS_ENDPOINT_URL_SFN.
        self.endpoint = [] if version >= (2, 13) else [
            "--endpoint-url", endpoint]
        said = subprocess.run(
            [self.program, "stepfunctions", "nonsense"], text=True,
            capture_output=True).stderr.split("valid choices are:")[1]
        self.operations = {
            "".join(part.capitalize() for part in name.split("-"))
            for name in re.findall(r"[a-z]+(?:-[a-z]+)+|[a-z]+", said)
            if name not in ("help", "wait")}

    def run(self, arguments, environment):
        with tempfile.TemporaryDirectory() as folder:
            child = self.forks.Process(target=aws, args=(
                self.program, arguments, environment, folder))
            child.start()
            child.join()
            said = []
            for name in "out", "err":
                with open(f"{folder}/{name}") as f:
                    said.append(f.read())
        return child.exitcode, *said

    def call(self, operation, params, profile, sync=False):
        verb = re.sub(r"(?<!^)(?=[A-Z])", "-", operation).lower()
        endpoint, environment = self.endpoint, {"AWS_PROFILE": profile}
        if sync:
            endpoint = ["--endpoint-url", self.named]
            environment.update(http_proxy=self.proxy, no_proxy="")
        code, out, err = self.run(
            ["stepfunctions", verb, *endpoint, "--output", "json",
             "--no-cli-pager", "--no-paginate", "--cli-read-timeout", "70",
             "--cli-input-json", json.dumps(params)], environment)
        if code == 0:
            return json.loads(out or "{}")
        match = re.search(r"An error occurred \((\w+)\) when calling the "
                          r"(\w+) operation: (.*)", err, re.S)
        if match is None or match[2] != operation:
            raise RuntimeError(f"{verb}: {code} {err.strip()}")
        raise Refused(match[1], match[3].rstrip("\n"),
                      code == 254)

    def close(self):
        pass


class Node:
    name = "@aws-sdk/client-sfn"

    def __init__(self, endpoint, named, proxy):
        self.process = subprocess.Popen(
            ["node", os.path.join(HERE, "aws.js")], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=dict(os.environ, CLOUDFLOW_NAMED=named,
                     NODE_NO_WARNINGS="1"))
        first = self.process.stdout.readline()
        if not first:
            raise RuntimeError("aws.js does not start")
        self.operations = set(json.loads(first)["operations"])
        self.answers, self.changed = {}, threading.Condition()
        self.calls, self.over = 0, False
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            answer = json.loads(line)
            with self.changed:
                self.answers[answer["id"]] = answer
                self.changed.notify_all()
        with self.changed:
            self.over = True
            self.changed.notify_all()

    def call(self, operation, params, profile, sync=False):
        with self.changed:
            self.calls += 1
            no = self.calls
            self.process.stdin.write(json.dumps(
                {"id": no, "operation": operation, "input": params,
                 "profile": profile, "sync": sync}) + "\n")
            self.process.stdin.flush()
            if not self.changed.wait_for(
                    lambda: no in self.answers or self.over, 75) \
                    or no not in self.answers:
                raise RuntimeError(f"{operation}: no answer")
            answer = self.answers.pop(no)
        if "error" in answer:
            error = answer["error"]
            raise Refused(error["code"], error["message"], error["typed"],
                          error.get("status"))
        answer["output"].pop("$metadata")
        return answer["output"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


DRIVERS = {one.name: one for one in (Boto, Cli, Node)}
