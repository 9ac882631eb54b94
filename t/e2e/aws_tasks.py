#!/usr/bin/env python3
"""What tasks of state machines ask of other services: calls that are signed.

aws_tasks.py [NAME...]: the checks of those names, all of them without one.
Signatures are made anew from what arrived, here and, where it is installed, by
botocore."""

import hashlib
import hmac
import http.server
import json
import os
import re
import sys
import threading
import time
import urllib.parse

import server as server_of
from server import Server, free_port
from machines_client import ARN, Client, Refused, one

try:
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials
except ImportError:
    botocore = None

SECRETS = {"AKIDEXAMPLE": ("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None),
           "ASIATEMPORARY": ("5f0c3a/secret", "FwoGZXIvYXdzEXAMPLE//token==")}

server_of.CONF = server_of.CONF.replace(
    "cloudflow_api cloudflow;", "cloudflow_api cloudflow stepfunctions;")

HTTP = """
    cloudflow_signing_keys {keys};
    cloudflow_resource arn:aws:lambda:*              /aws  key=AKIDEXAMPLE;
    cloudflow_resource arn:aws:states:::lambda:*     /aws  key=AKIDEXAMPLE region=eu-west-3;
    cloudflow_resource arn:aws:states:::*            /aws  key=AKIDEXAMPLE;
    cloudflow_resource arn:aws:states:::aws-sdk:s3:* /aws  key=ASIATEMPORARY region=eu-central-1;
    cloudflow_resource arn:aws:states:::aws-sdk:sqs:* /aws key=AKIDEXAMPLE host=sqs.example:9324 service=queues;
    cloudflow_resource arn:aws:states:::aws-sdk:ssm:* /aws;
    cloudflow_resource https://*                     /aws  key=AKIDEXAMPLE;
    upstream services {{ server 127.0.0.1:{services}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{tasks};
        cloudflow_tasks;
        location /aws {{
            internal;
            proxy_http_version 1.1;
            proxy_set_header   Connection "";
            proxy_set_header   Host $cloudflow_task_host;
            proxy_pass http://services$cloudflow_task_uri$is_args$args;
        }}
    }}
"""


class Call:
    """A request as it arrived."""

    def __init__(self, method, target, headers, body):
        self.method, self.target = method, target
        self.path, _, self.query = target.partition("?")
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    def json(self):
        return json.loads(self.body)


class Services(http.server.ThreadingHTTPServer):
    """Answers as a function of the test says, and keeps what it got."""
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port=0):
        self.calls, self.lock = [], threading.Lock()
        self.answer = lambda call: (200, {}, b"{}")
        super().__init__(("127.0.0.1", port), Handler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def take(self):
        with self.lock:
            calls, self.calls = self.calls, []
        return calls


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        call = Call(self.command, self.path, self.headers.items(), body)
        with self.server.lock:
            self.server.calls.append(call)
        status, headers, body = self.server.answer(call)
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = serve

    def log_message(self, *unused):
        pass


def check(condition, text):
    if not condition:
        raise AssertionError(text)


#
# Signatures
#

def quoted(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-_.~")


def signature_of(call, day, region, service, names, secret):
    """From the published description of version 4 alone."""
    path = call.path if service == "s3" else \
        "/".join(quoted(part) for part in call.path.split("/"))
    pairs = sorted((quoted(urllib.parse.unquote(a)), quoted(urllib.parse.unquote(b)))
                   for a, _, b in (part.partition("=")
                                   for part in call.query.split("&") if part))
    lines = [call.method, path, "&".join(f"{a}={b}" for a, b in pairs)]
    lines += [f"{name}:{' '.join(call.headers[name].split())}" for name in names]
    lines += ["", ";".join(names), hashlib.sha256(call.body).hexdigest()]
    text = "\n".join(["AWS4-HMAC-SHA256", call.headers["x-amz-date"],
                      f"{day}/{region}/{service}/aws4_request",
                      hashlib.sha256("\n".join(lines).encode()).hexdigest()])
    key = b"AWS4" + secret.encode()
    for part in (day, region, service, "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def second_opinion(call, region, service, names, key_id, secret, token):
    """botocore's."""
    kind = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
    auth = kind(botocore.credentials.Credentials(key_id, secret, token), service, region)
    request = botocore.awsrequest.AWSRequest(
        method=call.method, url="https://" + call.headers["host"] + call.target,
        data=call.body, headers={name: call.headers[name] for name in names})
    request.context["timestamp"] = call.headers["x-amz-date"]
    canonical = auth.canonical_request(request)
    return auth.signature(auth.string_to_sign(request, canonical), request)


def verify(call, region, service):
    """Signed for that service in that region, rightly."""
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8})/([\w-]+)/([\w-]+)/aws4_request, "
        r"SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})",
        call.headers.get("authorization", ""))
    check(found, f"no signature: {call.headers}")
    key_id, day, got_region, got_service, names, signature = found.groups()
    secret, token = SECRETS[key_id]
    names = names.split(";")
    check((got_region, got_service) == (region, service),
          f"signed for {got_service} in {got_region}, not {service} in {region}")
    check(call.headers["x-amz-date"].startswith(day), call.headers["x-amz-date"])
    check(call.headers.get("x-amz-security-token") == token, "token")
    for name in call.headers:
        if name == "host" or name.startswith("x-amz-"):
            check(name in names, f"{name} is not signed")
    if service == "s3":
        check(call.headers["x-amz-content-sha256"] == hashlib.sha256(call.body).hexdigest(),
              "x-amz-content-sha256")
    want = signature_of(call, day, region, service, names, secret)
    check(signature == want, f"signature of {call.target}: {signature}, not {want}")
    if botocore:
        want = second_opinion(call, region, service, names, key_id, secret, token)
        check(signature == want, f"botocore's of {call.target}: {want}")


SDK = "arn:aws:states:::aws-sdk:"
OWN = "arn:aws:states:::"

# Resource, parameters; service, region, host; target.
SIGNED = [
    ("arn:aws:lambda:ap-south-1:123456789012:function:book", {"a": 1},
     "lambda", "ap-south-1", "lambda.ap-south-1.amazonaws.com",
     "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aap-south-1%3A123456789012%3A"
     "function%3Abook/invocations"),
    (OWN + "lambda:invoke", {"FunctionName": "arn:aws:lambda:us-east-2:123456789012:function:f",
                             "Qualifier": "a+b c"},
     "lambda", "us-east-2", "lambda.us-east-2.amazonaws.com", None),
    (OWN + "dynamodb:putItem", {"TableName": "t", "Item": {"k": {"S": "ü"}}},
     "dynamodb", "us-east-1", "dynamodb.us-east-1.amazonaws.com", "/"),
    (SDK + "sagemaker:createModel", {"ModelName": "m"},
     "sagemaker", "us-east-1", "api.sagemaker.us-east-1.amazonaws.com", "/"),
    (OWN + "sns:publish", {"TopicArn": "arn:aws:sns:us-east-1:1:t", "Message": "a&b=c +%"},
     "sns", "us-east-1", "sns.us-east-1.amazonaws.com", "/"),
    (OWN + "batch:submitJob", {"JobName": "j"},
     "batch", "us-east-1", "batch.us-east-1.amazonaws.com", "/v1/submitjob"),
    (SDK + "nobodyknows:getThing", {"Id": 7},
     "nobodyknows", "us-east-1", "nobodyknows.us-east-1.amazonaws.com", "/"),
    (SDK + "s3:getObject", {"Bucket": "b", "Key": "a b/+ü/~(x)*'!@$&=;:,"},
     "s3", "eu-central-1", "s3.eu-central-1.amazonaws.com", None),
    (SDK + "s3:putObject", {"Bucket": "b", "Key": "k//double", "Body": "text"},
     "s3", "eu-central-1", "s3.eu-central-1.amazonaws.com", "/b/k//double"),
    (SDK + "s3:listObjectsV2", {"Bucket": "b", "Prefix": "a b+c/ü&=", "MaxKeys": 3},
     "s3", "eu-central-1", "s3.eu-central-1.amazonaws.com", None),
    (SDK + "sqs:sendMessage", {"QueueUrl": "q", "MessageBody": "x"},
     "queues", "us-east-1", "sqs.example:9324", "/"),
]


def flow(server, name, **params):
    """The end of a CloudFlow flow that calls a URL."""
    server.call("CreateFlow", Name=name, Type="FDL", Description="", Definition=json.dumps({
        "Type": "StateMachine", "Name": name, "SpecVersion": "v1", "StartAt": "Go",
        "States": [{"Type": "Task", "Name": "Go", "Action": "HTTP:Request", "End": True,
                    "TaskMode": "RequestComplete", "Parameters": params}]}))
    server.call("StartExecution", FlowName=name, ExecutionName="e", Input="{}")
    until = time.time() + 20
    while True:
        seen = server.call("DescribeExecution", FlowName=name, ExecutionName="e")
        if seen["Status"] not in ("Starting", "Running") or time.time() > until:
            return seen
        time.sleep(0.05)


def signing(server, services, client):
    names = []
    for i, (resource, params, service, region, host, target) in enumerate(SIGNED):
        services.take()
        done = client.run(f"sign{i}", one("Go", Type="Task", Resource=resource,
                                          Parameters=params))
        check(done["status"] == "SUCCEEDED", f"{resource}: {done}")
        calls = services.take()
        check(len(calls) == 1, f"{resource}: {len(calls)} calls")
        call = calls[0]
        verify(call, region, service)
        check(call.headers["host"] == host, call.headers["host"])
        check(target is None or call.target == target, call.target)
        names.append(call.headers["authorization"])

    services.take()
    client.run("plain", one("Go", Type="Task", Resource=SDK + "ssm:getParameter",
                            Parameters={"Name": "p"}))
    call = services.take()[0]
    check("authorization" not in call.headers, "signed, but not asked to")

    # A URL of a CloudFlow flow: an API's gateway.
    done = flow(server, "url", url="https://abc.execute-api.us-west-2.amazonaws.com"
                "/p/%41?b=2&a=1%20x", method="POST", body={"n": 1})
    check(done["Status"] == "Succeeded", done)
    call = services.take()[0]
    verify(call, "us-east-1", "execute-api")
    check(call.headers["host"] == "abc.execute-api.us-west-2.amazonaws.com", "host")

    done = flow(server, "many", url="https://x.example/?"
                + "&".join(f"p{i}=1" for i in range(70)))
    check(done["Status"] == "Failed", done)
    check(not services.take(), "called without a signature")
    for secret, token in SECRETS.values():
        check(secret not in server.log(), "a secret in the log")
    return len(SIGNED) + 1


CHECKS = {"signing": signing}


def main():
    wanted = sys.argv[1:] or list(CHECKS)
    services = Services(free_port())
    with Server(workers=2, shards=2) as server:
        keys = os.path.join(server.root, "signing")
        with open(keys, "w") as f:
            for key_id, (secret, token) in SECRETS.items():
                f.write(f"{key_id} {secret} {token or ''}\n")
        os.chmod(keys, 0o600)
        server.options["http"] = HTTP.format(
            keys=keys, services=services.port, tasks=free_port())
        server.start()
        client = Client(server.port)
        for name in wanted:
            began = time.time()
            count = CHECKS[name](server, services, client)
            print(f"{name}: {count} checked in {time.time() - began:.1f} s"
                  + ("" if botocore else " (without botocore)"))
        check(not server.alarms(), server.alarms())


main()
