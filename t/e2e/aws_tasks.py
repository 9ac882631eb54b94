#!/usr/bin/env python3
"""What tasks of state machines ask of other services: calls that are signed,
HTTP tasks with connections, jobs that are waited for (through kill -9 and
reload too), and stopped.

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
import traceback
import urllib.parse

import server as server_of
from server import Server, Tap, free_port
from machines_client import ROLE, Client, one

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
    cloudflow_resource https://api.test/*            /web;
    cloudflow_resource https://auth.test/*           /web;
    cloudflow_resource https://dead.test/*           /dead;
    cloudflow_connections {connections};
    log_format all '$request|$status';
    upstream services {{ server 127.0.0.1:{services}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{tasks};
        cloudflow_tasks;
        access_log logs/tasks.log all;
        location /dead {{
            internal;
            proxy_pass http://127.0.0.1:1$cloudflow_task_uri$is_args$args;
        }}
        location /web {{
            internal;
            proxy_http_version 1.1;
            proxy_set_header   Connection "";
            proxy_set_header   Host $cloudflow_task_host;
            proxy_pass http://services$cloudflow_task_uri$is_args$args;
        }}
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

    def handle_error(self, *unused):
        """Whoever was killed has gone."""

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

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = serve

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


#
# HTTP tasks
#

EVENTS = "arn:aws:events:us-east-1:123456789012:connection/"

CONNECTIONS = {
    "key": {"AuthorizationType": "API_KEY", "AuthParameters": {
        "ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": "s3cr3t-key"}}},
    "basic": {"AuthorizationType": "BASIC", "AuthParameters": {
        "BasicAuthParameters": {"Username": "me", "Password": "s3cr3t-word"}}},
    "more": {"AuthorizationType": "API_KEY", "AuthParameters": {
        "ApiKeyAuthParameters": {"ApiKeyName": "Authorization", "ApiKeyValue": "s3cr3t-auth"},
        "InvocationHttpParameters": {
            "HeaderParameters": [{"Key": "Header-Param", "Value": "connection_header"},
                                 {"Key": "X-Hidden", "Value": "s3cr3t-header", "IsValueSecret": True}],
            "QueryStringParameters": [{"Key": "q", "Value": "connection_query"},
                                      {"Key": "pass", "Value": "s3cr3t query/&", "IsValueSecret": True}],
            "BodyParameters": [{"Key": "BodyParam", "Value": "connection_body"},
                               {"Key": "pin", "Value": "s3cr3t-body", "IsValueSecret": True}]}}},
    "oauth": {"AuthorizationType": "OAUTH_CLIENT_CREDENTIALS", "AuthParameters": {
        "OAuthParameters": {
            "AuthorizationEndpoint": "https://auth.test/token?x=1", "HttpMethod": "POST",
            "ClientParameters": {"ClientID": "client", "ClientSecret": "s3cr3t-client"},
            "OAuthHttpParameters": {
                "BodyParameters": [{"Key": "scope", "Value": "read all"}],
                "HeaderParameters": [{"Key": "X-Tenant", "Value": "t"}]}}}},
    "oauth-get": {"AuthorizationType": "OAUTH_CLIENT_CREDENTIALS", "AuthParameters": {
        "OAuthParameters": {
            "AuthorizationEndpoint": "https://auth.test/get", "HttpMethod": "GET",
            "ClientParameters": {"ClientID": "client", "ClientSecret": "s3cr3t-client"}}}},
    "oauth-bad": {"AuthorizationType": "OAUTH_CLIENT_CREDENTIALS", "AuthParameters": {
        "OAuthParameters": {
            "AuthorizationEndpoint": "https://auth.test/bad", "HttpMethod": "POST",
            "ClientParameters": {"ClientID": "client", "ClientSecret": "s3cr3t-client"}}}},
    EVENTS + "twin/1": {"AuthorizationType": "BASIC", "AuthParameters": {
        "BasicAuthParameters": {"Username": "a", "Password": "one"}}},
    EVENTS + "twin/2": {"AuthorizationType": "BASIC", "AuthParameters": {
        "BasicAuthParameters": {"Username": "a", "Password": "two"}}},
}


class Web:
    """An API, and the server of its tokens."""

    def __init__(self):
        self.tokens, self.good, self.asked = 0, set(), []

    def __call__(self, call):
        host = call.headers["host"]
        if host == "auth.test":
            return self.token(call)
        if call.path == "/guarded" and call.headers.get("authorization") not in self.good:
            return 401, {"Content-Type": "text/plain"}, b"who are you?"
        if call.path == "/text":
            return 200, {"Content-Type": "text/plain", "X-Two": "a"}, "ü".encode()
        if call.path == "/bytes":
            return 200, {"Content-Type": "text/plain"}, b"\xff\xfe"
        if call.path == "/image":
            return 200, {"Content-Type": "image/png"}, b"png"
        if call.path.startswith("/status/"):
            return int(call.path[8:]), {"Content-Type": "application/json"}, b'{"no":1}'
        return 200, {"Content-Type": "application/json; charset=utf-8"}, {"got": call.path}

    def token(self, call):
        if call.path == "/bad":
            return 400, {"Content-Type": "application/json"}, {"error": "bad s3cr3t-client"}
        self.asked.append(call)
        self.tokens += 1
        token = f"s3cr3t-token-{self.tokens}"
        self.good.add("Bearer " + token)
        return 200, {"Content-Type": "application/json"}, {
            "access_token": token, "token_type": "Bearer", "expires_in": 3600}


def params(path, method="GET", connection=None, **more):
    given = dict(ApiEndpoint="https://api.test" + path, Method=method, **more)
    if connection:
        given["Authentication"] = {"ConnectionArn": EVENTS + connection + "/81210c42"}
    return given


def http(server, services, client):
    web = services.answer = Web()
    count = [0]

    def run(want="SUCCEEDED", **given):
        count[0] += 1
        services.take()
        done = client.run(f"http{count[0]}", one("Go", Type="Task", Resource=OWN + "http:invoke",
                                                 Parameters=given))
        check(done["status"] == want, f"{given}: {done}")
        calls = services.take()
        text = json.dumps(client.history(done["executionArn"]))
        check("s3cr3t" not in text + json.dumps(done), f"a secret is shown: {text}")
        return done, calls

    def output(**given):
        done, calls = run(**given)
        return json.loads(done["output"]), calls[-1]

    def error(name, **given):
        done, calls = run(want="FAILED", **given)
        check(done["error"] == name, f"{given}: {done}")
        return done.get("cause", ""), calls

    # What the documentation shows.
    out, call = output(**params(
        "/path", "POST", "more", Headers={"Request-Id": "my_request_id", "Header-Param": "x"},
        RequestBody={"Job": "Engineer", "BodyParam": "machine"},
        QueryParameters={"q": "machine", "list": [1, "b c"], "n": None}))
    check(list(out) == ["Headers", "ResponseBody", "StatusCode", "StatusText"], out)
    check(out["ResponseBody"] == {"got": "/path"} and out["StatusCode"] == 200
          and out["StatusText"] == "OK", out)
    check(out["Headers"]["content-type"] == ["application/json; charset=utf-8"], out)
    check(call.json() == {"Job": "Engineer", "BodyParam": "connection_body", "pin": "s3cr3t-body"},
          call.body)
    check(call.target == "/path?list=1&list=b%20c&n=&q=connection_query&pass=s3cr3t%20query%2F%26",
          call.target)
    for name, value in {"authorization": "s3cr3t-auth", "header-param": "connection_header",
                        "x-hidden": "s3cr3t-header", "request-id": "my_request_id",
                        "user-agent": "Amazon|StepFunctions|HttpInvoke|us-east-1",
                        "range": "bytes=0-262144",
                        "content-type": "application/json; charset=UTF-8"}.items():
        check(call.headers.get(name) == value, f"{name}: {call.headers.get(name)}")

    out, call = output(**params("/a?b=1", "GET", "key"))
    check(call.target == "/a?b=1" and call.headers["x-api-key"] == "s3cr3t-key"
          and call.body == b"" and "content-type" not in call.headers, call.headers)
    out, call = output(**params("/text", "GET", "basic"))
    check(call.headers["authorization"] == "Basic bWU6czNjcjN0LXdvcmQ=", call.headers)
    check(out["ResponseBody"] == "ü", out)
    out, call = output(**params("/o", "OPTIONS"))
    check(call.method == "OPTIONS" and "authorization" not in call.headers, call.method)
    for twin, word in (("1", "YTpvbmU="), ("2", "YTp0d28=")):
        out, call = output(ApiEndpoint="https://api.test/t", Method="GET",
                           InvocationConfig={"ConnectionArn": EVENTS + "twin/" + twin})
        check(call.headers["authorization"] == "Basic " + word, call.headers)

    body = {"customer": "c1", "array": ["a", "b&"], "meta": {"k": "v w", "deep": [{"x": 1}]}}
    for form, lists, deep in (
            (None, "array%5B0%5D=a&array%5B1%5D=b%26", "meta%5Bdeep%5D%5B0%5D%5Bx%5D=1"),
            ("INDICES", "array%5B0%5D=a&array%5B1%5D=b%26", "meta%5Bdeep%5D%5B0%5D%5Bx%5D=1"),
            ("REPEAT", "array=a&array=b%26", "meta%5Bdeep%5D%5Bx%5D=1"),
            ("COMMAS", "array=a,b%26", "meta%5Bdeep%5D=%7B%22x%22%3A1%7D"),
            ("BRACKETS", "array%5B%5D=a&array%5B%5D=b%26", "meta%5Bdeep%5D%5B%5D%5Bx%5D=1")):
        transform = {"RequestBodyEncoding": "URL_ENCODED"}
        if form:
            transform["RequestEncodingOptions"] = {"ArrayFormat": form}
        out, call = output(**params("/form", "POST", Transform=transform, RequestBody=body, Headers={
            "Content-Type": "application/x-www-form-urlencoded"}))
        want = f"customer=c1&{lists}&meta%5Bk%5D=v%20w&{deep}"
        check(call.body.decode() == want, f"{form}: {call.body}")
        check(call.headers["content-type"] == "application/x-www-form-urlencoded", call.headers)
    out, call = output(**params("/raw", "PUT", RequestBody="<xml/>", Headers={"content-type": "text/xml"}))
    check(call.body == b"<xml/>" and call.headers["content-type"] == "text/xml", call.body)

    # Errors.
    cause, _ = error("States.Http.StatusCode.404", **params("/status/404"))
    check(cause == '{"no":1}', cause)
    error("States.Http.StatusCode.503", **params("/status/503", "POST", "key"))
    error("States.Http.StatusCode.302", **params("/status/302"))
    error("States.Http.Socket", ApiEndpoint="https://dead.test/x", Method="GET",
          InvocationConfig={"ConnectionArn": EVENTS + "more/1"})
    error("States.Runtime", **params("/bytes"))
    error("States.Runtime", **params("/image"))
    error("Events.ConnectionResource.ResourceNotFound", **params("/a", "GET", "nobody"))
    for given in (params("/a", Headers={"Authorization": "x"}), params("/a", Headers={"X-Amz-A": "x"}),
                  params("/a", "BREW"), params("/a", Headers={"a": "b\nc"}), {"Method": "GET"},
                  params("/a", "POST", "more", RequestBody="text"),
                  dict(params("/a"), ApiEndpoint="ftp://api.test/"),
                  params("/a", Transform={"RequestBodyEncoding": "X"}), params("/a", QueryParameters=7)):
        cause, calls = error("States.Runtime", **given)
        check(cause and not calls, f"{given}: {cause}")

    # Tokens: asked for once, kept, and asked for again when they are refused.
    out, call = output(**params("/guarded", "GET", "oauth"))
    check(call.headers["authorization"] == "Bearer s3cr3t-token-1", call.headers)
    asked = web.asked[0]
    check(asked.method == "POST" and asked.target == "/token?x=1"
          and asked.headers["x-tenant"] == "t", asked.target)
    check(asked.body == b"grant_type=client_credentials&client_id=client"
          b"&client_secret=s3cr3t-client&scope=read%20all", asked.body)
    for _ in range(8):
        output(**params("/guarded", "GET", "oauth"))
    check(1 <= web.tokens <= 2, f"{web.tokens} tokens for two workers")
    for _ in range(6):
        web.good.clear()
        output(**params("/guarded", "GET", "oauth"))
        check(web.good, "not asked again")
    out, call = output(**params("/guarded", "GET", "oauth-get"))
    asked = web.asked[-1]
    check(asked.method == "GET" and "client_secret=s3cr3t-client" in asked.query, asked.target)
    cause, calls = error("Events.ConnectionResource.InvalidConnectionState",
                         **params("/guarded", "GET", "oauth-bad"))
    check("400" in cause, cause)

    # The file is read again at reload; a bad one leaves all as it was.
    path = os.path.join(server.root, "connections")
    for key in ("s3cr3t-next", None):
        changed = json.loads(json.dumps(CONNECTIONS))
        changed["key"]["AuthParameters"]["ApiKeyAuthParameters"]["ApiKeyValue"] = key
        with open(path, "w") as f:
            json.dump(changed, f)
        server.command("-s", "reload")
        until = time.time() + 20
        while time.time() < until:
            out, call = output(**params("/a", "GET", "key"))
            if call.headers["x-api-key"] == "s3cr3t-next":
                break
            time.sleep(0.2)
        check(call.headers["x-api-key"] == "s3cr3t-next", call.headers)
    with open(path, "w") as f:
        json.dump(CONNECTIONS, f)
    count[0] += trace(client)
    with open(os.path.join(server.root, "logs/tasks.log")) as f:
        text = f.read() + server.log()
    for folder, _, names in os.walk(os.path.join(server.root, "store")):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                check(b"s3cr3t" not in f.read(), f"a secret in {name}")
    check("/web?list=1" in text, f"the log has no calls: {text[:600]}")
    check("s3cr3t" not in text, [line for line in text.splitlines() if "s3cr3t" in line][:2])
    return count[0]


def trace(client):
    """TestState shows what went out, with secrets only if it is told to."""
    definition = json.dumps({"Type": "Task", "Resource": OWN + "http:invoke", "End": True,
                             "Parameters": params("/path", "POST", "more", RequestBody={"a": 1})})
    for level, reveal in (("TRACE", True), ("TRACE", False), ("DEBUG", False)):
        done = client.call("TestState", definition=definition, roleArn=ROLE, input="{}",
                           inspectionLevel=level, revealSecrets=reveal)
        check(done["status"] == "SUCCEEDED", done)
        data = done["inspectionData"]
        if level != "TRACE":
            check("request" not in data and "response" not in data, data)
            continue
        request, response = data["request"], data["response"]
        check(request["method"] == "POST" and request["protocol"] == "HTTP/1.1", request)
        check(request["url"].startswith("https://api.test/path?q=connection_query&pass="), request)
        headers = json.loads(request["headers"])
        check(headers["header-param"] == "connection_header", headers)
        check((headers["authorization"] == "s3cr3t-auth") == reveal, headers)
        check(("s3cr3t" in json.dumps(request)) == reveal, request)
        check(json.loads(request["body"])["a"] == 1, request)
        check(response["statusCode"] == "200" and response["statusMessage"] == "OK"
              and json.loads(response["body"]) == {"got": "/path"}
              and "content-type" in json.loads(response["headers"]), response)
    return 3


#
# Jobs
#

class Jobs:
    """Services with jobs: each is at work for some questions, then ends."""

    def __init__(self):
        self.asked, self.stopped, self.begun = {}, [], []
        self.rounds, self.bad, self.troubles = 3, set(), 0
        self.lock = threading.Lock()

    def __call__(self, call):
        with self.lock:
            status, answer = self.serve(call)
        return status, {"Content-Type": "application/json"}, answer

    def step(self, job, work, good, bad):
        """The state of a job that is asked about."""
        if job in self.stopped:
            return bad
        count = self.asked[job] = self.asked.get(job, 0) + 1
        if job in self.bad and count >= 2:
            return bad
        return work if count < self.rounds else good

    def begin(self, kind, token=None):
        """A known token is a known job."""
        for job, known in self.begun:
            if token and known == token:
                return job
        job = f"{kind}-{len(self.begun) + 1}"
        self.begun.append((job, token))
        return job

    def serve(self, call):
        target = call.headers.get("x-amz-target", "").rpartition(".")[2] \
            or f"{call.method} {call.path}"
        given = call.json() if call.body else {}
        if self.troubles > 0 and not target.startswith(("Start", "Run", "Create")):
            self.troubles -= 1
            return (503, {}) if self.troubles % 2 else (400, {
                "__type": "com.amazon.coral.availability#ThrottlingException", "message": "slow"})
        for name, serve in self.table.items():
            found = re.fullmatch(name, target)
            if found:
                return 200, serve(self, given, *found.groups())
        return 400, {"__type": "UnknownOperationException", "message": target}

    def ecs_run(self, given):
        if given.get("taskDefinition") == "none":
            return {"tasks": [], "failures": [{"reason": "RESOURCE:CPU"}]}
        job = self.begin("ecs", given["clientToken"])
        return {"tasks": [{"taskArn": job, "lastStatus": "PENDING"}], "failures": []}

    def ecs_ask(self, given):
        job = given["tasks"][0]
        assert given.get("cluster") == "c", given
        state = self.step(job, "RUNNING", "STOPPED", "STOPPED")
        code = 1 if job in self.bad else 0
        return {"tasks": [{"taskArn": job, "lastStatus": state, "containers": [{"exitCode": code}]}]}

    def stop(self, name):
        def serve(self, given, *groups):
            self.stopped.append(groups[0] if groups else given[name] if isinstance(given[name], str)
                                else given[name][0])
            return {}
        return serve

    table = {
        "RunTask": ecs_run, "DescribeTasks": ecs_ask,
        "StopTask": stop(None, "task"),
        "POST /v1/submitjob": lambda self, given: {"jobId": self.begin("batch"), "jobName": given["jobName"]},
        "POST /v1/describejobs": lambda self, given: {"jobs": [{
            "jobId": given["jobs"][0], "status": self.step(given["jobs"][0], "RUNNABLE", "SUCCEEDED", "FAILED")}]},
        "POST /v1/terminatejob": stop(None, "jobId"),
        "StartJobRun": lambda self, given: {"JobRunId": self.begin("glue")},
        "GetJobRun": lambda self, given: {"JobRun": {
            "JobName": given["JobName"], "Id": given["RunId"],
            "JobRunState": self.step(given["RunId"], "RUNNING", "SUCCEEDED", "FAILED")}},
        "BatchStopJobRun": stop(None, "JobRunIds"),
        "StartBuild": lambda self, given: {"build": {"id": self.begin("build", given["idempotencyToken"])}},
        "BatchGetBuilds": lambda self, given: {"builds": [{
            "id": given["ids"][0], "buildStatus": self.step(given["ids"][0], "IN_PROGRESS", "SUCCEEDED", "FAULT")}]},
        "StopBuild": stop(None, "id"),
        "StartQueryExecution": lambda self, given: {
            "QueryExecutionId": self.begin("athena", given["ClientRequestToken"])},
        "GetQueryExecution": lambda self, given: {"QueryExecution": {
            "QueryExecutionId": given["QueryExecutionId"],
            "Status": {"State": self.step(given["QueryExecutionId"], "QUEUED", "SUCCEEDED", "CANCELLED")}}},
        "StopQueryExecution": stop(None, "QueryExecutionId"),
        "CreateTrainingJob": lambda self, given: {
            "TrainingJobArn": "arn:" + self.begin("train", given["TrainingJobName"])},
        "DescribeTrainingJob": lambda self, given: {
            "TrainingJobName": given["TrainingJobName"],
            "TrainingJobStatus": self.step(given["TrainingJobName"], "InProgress", "Completed", "Failed")},
        "StopTrainingJob": stop(None, "TrainingJobName"),
        "AddJobFlowSteps": lambda self, given: {
            "StepIds": [self.begin("step")] if given["JobFlowId"] == "k" else []},
        "DescribeStep": lambda self, given: {"Step": {
            "Id": given["StepId"],
            "Status": {"State": self.step(given["StepId"], "RUNNING", "COMPLETED", "INTERRUPTED")}}},
        "CancelSteps": stop(None, "StepIds"),
        "RunJobFlow": lambda self, given: {"JobFlowId": self.begin("flow"), "ClusterArn": "arn"},
        "DescribeCluster": lambda self, given: {"Cluster": {
            "Id": given["ClusterId"], "Status": {
                "State": self.step(given["ClusterId"], "STARTING", "WAITING", "TERMINATED_WITH_ERRORS")}}},
        "TerminateJobFlows": stop(None, "JobFlowIds"),
        "POST /virtualclusters/([^/]+)/jobruns": lambda self, given, cluster: {
            "id": self.begin("emr", given["clientToken"]), "virtualClusterId": cluster},
        "GET /virtualclusters/v/jobruns/([^/]+)": lambda self, given, job: {"jobRun": {
            "id": job, "state": self.step(job, "PENDING", "COMPLETED", "FAILED")}},
        "DELETE /virtualclusters/v/jobruns/([^/]+)": stop(None, "id"),
    }


JOBS = {
    "ecs:runTask": ({"Cluster": "c", "TaskDefinition": "d"}, "{TaskArn}"),
    "batch:submitJob": ({"JobName": "j"}, "{JobId}"),
    "glue:startJobRun": ({"JobName": "j"}, "{Id}"),
    "codebuild:startBuild": ({"ProjectName": "p"}, "{Build[Id]}"),
    "athena:startQueryExecution": ({"QueryString": "q"}, "{QueryExecution[QueryExecutionId]}"),
    "sagemaker:createTrainingJob": ({"TrainingJobName": "train-X"}, "{TrainingJobName}"),
    "elasticmapreduce:addStep": ({"ClusterId": "k", "Step": {"Name": "s"}}, "{Step[Id]}"),
    "elasticmapreduce:createCluster": ({"Name": "k"}, "{ClusterId}"),
    "emr-containers:startJobRun": ({"VirtualClusterId": "v", "Name": "n"}, "{JobRun[Id]}"),
}


def jobs(server, services, client):
    fake = services.answer = Jobs()
    count = 0

    def create(name, action, **more):
        given = json.loads(json.dumps(JOBS[action][0]).replace("X", name))
        client.create(name, one("Go", Type="Task", Resource=OWN + action + ".sync",
                                Parameters=given, **more))
        return client.start(name)

    def wait_for(condition, what):
        until = time.time() + 30
        while not condition():
            check(time.time() < until, what)
            time.sleep(0.02)

    for action, (_, shown) in JOBS.items():
        name = re.sub(r"\W", "-", action)
        # A good end, and a bad one.
        for end in ("good", "bad"):
            if end == "bad":
                kind = fake.begun[-1][0].rpartition("-")[0]
                fake.bad |= {f"{kind}-{len(fake.begun) + 1}", f"train-{name}-bad"}
            arn = create(f"{name}-{end}", action)
            done = client.wait(arn)
            events = client.history(arn)
            kinds = [event["type"] for event in events]
            detail = events[kinds.index("TaskSubmitted")]["taskSubmittedEventDetails"]
            check(detail["resourceType"] == action.split(":")[0]
                  and detail["resource"] == action.split(":")[1] + ".sync", detail)
            check("SdkHttpMetadata" in json.loads(detail["output"]), detail)
            if end == "good":
                check(done["status"] == "SUCCEEDED", f"{action}: {done}")
                out = json.loads(done["output"])
                check("SdkHttpMetadata" not in out, out)
                check(shown.format(**out), out)
                want = ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]
            else:
                check(done["status"] == "FAILED" and done["error"] == "States.TaskFailed",
                      f"{action}: {done}")
                check(shown.format(**json.loads(done["cause"])), done)
                want = ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskFailed"]
            check([kind for kind in kinds if kind.startswith("Task") and "State" not in kind] == want,
                  kinds)
            count += 1

        # Given up: the job is stopped.
        fake.rounds = 1 << 30
        before = len(fake.begun)
        arn = create(name + "-stop", action)
        wait_for(lambda: any(event["type"] == "TaskSubmitted" for event in client.history(arn)),
                 f"{action} was not submitted")
        client.call("StopExecution", executionArn=arn)
        job = "train-" + name + "-stop" if "Training" in action else fake.begun[before][0]
        wait_for(lambda: job in fake.stopped, f"{action}: {job} was not stopped: {fake.stopped}")
        fake.rounds = 3
        count += 1

    # Out of time is given up as well.
    fake.rounds = 1 << 30
    arn = create("late", "glue:startJobRun", TimeoutSeconds=2)
    done = client.wait(arn)
    check(done["status"] == "FAILED" and done["error"] == "States.Timeout", done)
    wait_for(lambda: fake.begun[-1][0] in fake.stopped, "not stopped in time")
    fake.rounds = 3

    # Troubles of questions are not the job's.
    fake.troubles = 5
    done = client.wait(create("troubles", "glue:startJobRun"))
    check(done["status"] == "SUCCEEDED" and fake.troubles == 0, done)

    # Nothing was begun; no such job; an operation that says no.
    client.create("none", one("Go", Type="Task", Resource=OWN + "ecs:runTask.sync",
                              Parameters={"Cluster": "c", "TaskDefinition": "none"}))
    done = client.wait(client.start("none"))
    check(done["error"] == "States.TaskFailed" and "RESOURCE:CPU" in done["cause"], done)
    client.create("never", one("Go", Type="Task", Resource=OWN + "eks:runJob.sync", Parameters={}))
    done = client.wait(client.start("never"))
    check(done["error"] == "States.TaskFailed" and "waited for" in done["cause"], done)
    client.create("no", one("Go", Type="Task", Resource=OWN + "eks:createCluster.sync",
                            Parameters={"Name": "n"}))
    done = client.wait(client.start("no"))
    check(done["error"] == "EKS.UnknownOperationException", done)
    kinds = [event["type"] for event in client.history(done["executionArn"])]
    check("TaskSubmitFailed" in kinds, kinds)
    return count + 5


def deaths(server, services, client):
    """Jobs go on while everything is killed and reloaded; none begins twice
    once its begin was answered, none is forgotten."""
    fake = services.answer = Jobs()
    fake.rounds = 12
    arns = []
    for i, action in enumerate(JOBS):
        name = "d" + re.sub(r"\W", "-", action)
        given = json.loads(json.dumps(JOBS[action][0]).replace("X", name))
        client.create(name, one("Go", Type="Task", Resource=OWN + action + ".sync", Parameters=given))
        arns += [client.start(name) for _ in range(1 if "Training" in action else 4)]
    until = time.time() + 20
    while len(fake.begun) < len(arns) and time.time() < until:
        time.sleep(0.02)
    for arn in arns:
        while not any(event["type"] == "TaskSubmitted" for event in client.history(arn)):
            check(time.time() < until, "not submitted")
            time.sleep(0.02)
    begun = len(fake.begun)
    check(begun == len(arns), f"{begun} jobs of {len(arns)} tasks")
    for round_no in range(4):
        if round_no % 2:
            server.command("-s", "reload")
        else:
            server.kill_all()
            server.start()
        time.sleep(0.4)
    for arn in arns:
        done = client.wait(arn)
        check(done["status"] == "SUCCEEDED", done)
        kinds = [event["type"] for event in client.history(arn)]
        check(kinds.count("TaskSubmitted") == 1 and kinds.count("TaskSucceeded") == 1, kinds)
    check(len(fake.begun) == begun, f"{len(fake.begun)} jobs of {begun}")

    # Stopped while nobody is there: when somebody is again.
    fake.rounds = 1 << 30
    client.create("gone", one("Go", Type="Task", Resource=OWN + "glue:startJobRun.sync",
                              Parameters={"JobName": "j"}))
    arn = client.start("gone")
    while not any(event["type"] == "TaskSubmitted" for event in client.history(arn)):
        time.sleep(0.02)
    fake.troubles = 1 << 30
    client.call("StopExecution", executionArn=arn)
    server.kill_all()
    server.start()
    fake.troubles = 0
    until = time.time() + 30
    while fake.begun[-1][0] not in fake.stopped:
        check(time.time() < until, "never stopped")
        time.sleep(0.05)
    return len(arns) + 1


CHECKS = {"signing": signing, "http": http, "jobs": jobs, "deaths": deaths}


def main():
    wanted = sys.argv[1:] or list(CHECKS)
    services = Services(free_port())
    tap = Tap()
    with Server(workers=2, shards=2, limits="cloudflow_wait_speed 20;") as server:
        keys = os.path.join(server.root, "signing")
        with open(keys, "w") as f:
            for key_id, (secret, token) in SECRETS.items():
                f.write(f"{key_id} {secret} {token or ''}\n")
        connections = os.path.join(server.root, "connections")
        with open(connections, "w") as f:
            json.dump(CONNECTIONS, f)
        os.chmod(keys, 0o600)
        os.chmod(connections, 0o600)
        server.options["http"] = HTTP.format(
            keys=keys, connections=connections, services=services.port, tasks=free_port())
        server.start()
        client = Client(server.port)
        for name in wanted:
            began = time.time()
            try:
                count = CHECKS[name](server, services, client)
                what = f"{count} checked in {time.time() - began:.1f} s"
                tap.ok(True, f"{name}: {what}" + ("" if botocore else ", without botocore"))
            except Exception:
                traceback.print_exc(file=sys.stdout)
                tap.ok(False, name)
        alarms = [line for line in server.alarms() if "ApiKeyValue must be" not in line]
        tap.ok(not alarms, f"nothing alarming in the log {alarms[:3]}")
    return tap.done()


sys.exit(main())
