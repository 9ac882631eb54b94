"""A client of Step Functions' API in the standard library alone."""

import http.client
import json
import time

ARN = "arn:aws:states:us-east-1:123456789012:"
ROLE = "arn:aws:iam::123456789012:role/r"


class Refused(Exception):
    pass


class Client:
    def __init__(self, port):
        self.port = port
        self.count = 0

    def call(self, operation, **body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=70)
        try:
            connection.request("POST", "/", json.dumps(body), {
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": "AWSStepFunctions." + operation})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise Refused(f"{answer.status} {text.decode(errors='replace')}")
        return json.loads(text)

    def surely(self, operation, **body):
        """Again until there is an answer."""
        until = time.time() + 30
        while True:
            try:
                return self.call(operation, **body)
            except (OSError, http.client.HTTPException):
                if time.time() > until:
                    raise
                time.sleep(0.05)

    def create(self, name, definition):
        return self.call("CreateStateMachine", name=name, roleArn=ROLE,
                         definition=json.dumps(definition))["stateMachineArn"]

    def start(self, name, given=None):
        return self.call("StartExecution", stateMachineArn=ARN + "stateMachine:" + name,
                         input=json.dumps(given or {}))["executionArn"]

    def wait(self, arn, seconds=60):
        until = time.time() + seconds
        while True:
            seen = self.surely("DescribeExecution", executionArn=arn)
            if seen["status"] != "RUNNING" or time.time() > until:
                return seen
            time.sleep(0.03)

    def run(self, name, definition, given=None):
        self.create(name, definition)
        return self.wait(self.start(name, given))

    def history(self, arn):
        return self.surely("GetExecutionHistory", executionArn=arn, maxResults=1000)["events"]


def machine(start, **states):
    return {"StartAt": start, "States": states}


def one(name, **state):
    return machine(name, **{name: dict(state, End=True)})
