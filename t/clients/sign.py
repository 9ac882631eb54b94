"""Signatures made by hand against a running server that demands them:

    sign.py PORT KEYS        KEYS: a credentials file

What no client does: a clock that is off, a nonce used twice, a request
changed after it was signed.  Written from the published description of the
two layouts; shares nothing with the module.  Standard library alone."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import sys
import time
import urllib.parse
import uuid

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "e2e"))
from server import Tap  # noqa: E402

FORM = "application/x-www-form-urlencoded"
VERSION = "2019-03-15"
EMPTY = hashlib.sha256(b"").hexdigest()

tap = Tap()


def enc(text):
    return urllib.parse.quote(str(text), safe="-_.~")


def stamp(offset=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time()
                                                           + offset))


def form(fields):
    return "&".join(f"{enc(k)}={enc(v)}" for k, v in fields.items())


class Key:
    def __init__(self, key_id, secret, token=None, expiry=None):
        self.id, self.secret, self.token = key_id, secret, token


class V1:
    """Everything a parameter; the text to sign is made of all of them."""

    name = "V1"
    missing = "MissingRequiredParams"

    def build(self, key, action, fields, offset=0, nonce=None, drop=(),
              method="GET", token=True, **over):
        common = dict(
            Action=action, Version=VERSION, Format="json",
            AccessKeyId=key.id, SignatureMethod="HMAC-SHA1",
            SignatureVersion="1.0", SignatureType="",
            SignatureNonce=nonce or uuid.uuid4().hex, Timestamp=stamp(offset))
        if key.token and token:
            common["SecurityToken"] = key.token
        common.update(over)
        for one in drop:
            common.pop(one, None)
        everything = dict(common, **fields)
        text = "&".join(f"{enc(k)}={enc(v)}"
                        for k, v in sorted(everything.items()))
        to_sign = f"{method}&%2F&{enc(text)}"
        mac = hmac.new((key.secret + "&").encode(), to_sign.encode(),
                       hashlib.sha1).digest()
        if "Signature" not in drop:
            common["Signature"] = base64.b64encode(mac).decode()
        if method == "GET":
            return "GET", "/?" + form(dict(common, **fields)), None, {}
        return ("POST", "/?" + form(common), form(fields),
                {"content-type": FORM})

    def nonce(self, value):
        return {"nonce": value}

    fields = [("Signature", "Signature"),
              ("SignatureMethod", "SignatureMethod"),
              ("SignatureVersion", "SignatureVersion"),
              ("SignatureNonce", "SignatureNonce"),
              ("Timestamp", "Timestamp"), ("AccessKeyId", "AccessKeyId"),
              ("Action", "Action"), ("Version", "Version")]


class V3:
    """ACS3-HMAC-SHA256 over headers, query and a hash of the body."""

    name = "V3"
    missing = "MissingRequiredHeader"

    def build(self, key, action, fields, offset=0, nonce=None, drop=(),
              method="GET", token=True, host=None, **over):
        body = form(fields) if method == "POST" else ""
        query = form(dict(sorted(fields.items()))) if method == "GET" else ""
        headers = {
            "host": host, "x-acs-action": action, "x-acs-version": VERSION,
            "x-acs-date": stamp(offset),
            "x-acs-signature-nonce": nonce or uuid.uuid4().hex,
            "x-acs-content-sha256": hashlib.sha256(body.encode()).hexdigest()}
        if method == "POST":
            headers["content-type"] = FORM
        if key.token and token:
            headers["x-acs-accesskey-id"] = key.id
            headers["x-acs-security-token"] = key.token
        headers.update(over)
        for one in drop:
            headers.pop(one, None)
        names = sorted(headers)
        listed = ";".join(names)
        canonical = "\n".join(
            [method, "/", query]
            + [f"{name}:{headers[name].strip()}" for name in names]
            + ["", listed, headers.get("x-acs-content-sha256", EMPTY)])
        algorithm = "ACS3-HMAC-SHA256"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        mac = hmac.new(key.secret.encode(), f"{algorithm}\n{digest}".encode(),
                       hashlib.sha256).hexdigest()
        headers["Authorization"] = (f"{algorithm} Credential={key.id},"
                                    f"SignedHeaders={listed},Signature={mac}")
        return method, "/" + ("?" + query if query else ""), body, headers

    fields = [("x-acs-date", "x-acs-date"),
              ("x-acs-signature-nonce", "x-acs-signature-nonce"),
              ("x-acs-content-sha256", "x-acs-content-sha256"),
              ("x-acs-action", "x-acs-action"),
              ("x-acs-version", "x-acs-version")]


class Sender:
    def __init__(self, port):
        self.port = port
        self.host = f"127.0.0.1:{port}"

    def send(self, method, path, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=20)
        try:
            connection.putrequest(method, path, skip_host="host" in headers,
                                  skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            data = body.encode() if body else b""
            if method == "POST":
                connection.putheader("content-length", str(len(data)))
            connection.endheaders(data or None)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def call(self, layout, key, action, fields=None, **options):
        if layout.name == "V3":
            options.setdefault("host", self.host)
        return self.send(*layout.build(key, action, fields or {}, **options))


def check(name, got, status, code=None, message=None):
    good = got[0] == status and got[1].get("Code") == code \
        and (message is None or message == got[1].get("Message"))
    if not tap.ok(good, "by hand: " + name):
        tap.note(f"got {got}")


def accepted(sender, layout, key, kind):
    """Requests that are right, with every awkward character."""
    name = f"{layout.name}, {kind}: "
    flow = {"Name": f"sign_{layout.name}_{uuid.uuid4().hex}", "Type": "FDL",
            "Description": "a b+c*d~e/\u00e9=&%", "Definition":
            "version: v1\ntype: flow\nsteps: []\n"}
    for method in "GET", "POST":
        check(name + method, sender.call(layout, key, "ListFlows",
              {"Limit": 1}, method=method), 200)
    made = sender.call(layout, key, "CreateFlow", flow, method="POST")
    check(name + "every character, in the body", made, 200)
    seen = sender.call(layout, key, "DescribeFlow", {"Name": flow["Name"]})
    tap.ok(seen[1].get("Description") == flow["Description"],
           "by hand: " + name + "every character came through")
    check(name + "every character, in the query", sender.call(
        layout, key, "UpdateFlow", {k: flow[k] for k in ("Name",
                                                         "Description")}),
        200)
    check(name + "DeleteFlow by GET", sender.call(
        layout, key, "DeleteFlow", {"Name": flow["Name"]}), 200)
    check(name + "a nonce of 64 characters", sender.call(
        layout, key, "ListFlows", nonce=(uuid.uuid4().hex * 2)), 200)


def clocks(sender, layout, key):
    name = f"{layout.name}: "
    for offset, good in (-840, True), (840, True), (-960, False), \
            (960, False), (-86400 * 400, False):
        got = sender.call(layout, key, "ListFlows", offset=offset)
        if good:
            check(f"{name}a clock that is off by {offset} s", got, 200)
            continue
        check(f"{name}a clock that is off by {offset} s", got, 403,
              "RequestTimeTooSkewed")
        tap.ok(got[1].get("Message", "").startswith(
            "The difference between the request time '20"),
            f"by hand: {name}and both times")
    over = {"Timestamp": "yesterday"} if layout.name == "V1" \
        else {"x-acs-date": "yesterday"}
    check(name + "a time that is none", sender.call(
        layout, key, "ListFlows", **over), 400, "InvalidArgument")


def nonces(sender, layout, key, other):
    name = f"{layout.name}: "
    nonce = uuid.uuid4().hex
    check(name + "a nonce", sender.call(layout, key, "ListFlows",
                                        nonce=nonce), 200)
    for _ in range(3):
        check(name + "the same nonce again", sender.call(
            layout, key, "ListFlows", nonce=nonce), 400,
            "SignatureNonceUsed",
            "Specified signature nonce was used already.")
    check(name + "the same nonce, another key", sender.call(
        layout, other, "ListFlows", nonce=nonce), 200)
    fresh = uuid.uuid4().hex
    check(name + "a forged request", sender.call(
        layout, Key(key.id, "guess", key.token), "ListFlows", nonce=fresh),
        403, "SignatureNotMatch")
    check(name + "does not use its nonce up", sender.call(
        layout, key, "ListFlows", nonce=fresh), 200)
    check(name + "a nonce of 129 characters", sender.call(
        layout, key, "ListFlows", nonce="n" * 129), 400, "InvalidArgument")


def forgeries(sender, layout, key):
    name = f"{layout.name}: "
    method, path, body, headers = layout.build(
        key, "DescribeFlow", {"Name": "nobody"},
        **({"host": sender.host} if layout.name == "V3" else {}))
    check(name + "the query changed on its way", sender.send(
        method, path.replace("nobody", "another"), body, headers), 403,
        "SignatureNotMatch")
    check(name + "as it was signed", sender.send(method, path, body, headers),
          404, "FlowNotExists")
    method, path, body, headers = layout.build(
        key, "DeleteFlow", {"Name": "nobody"}, method="POST",
        **({"host": sender.host} if layout.name == "V3" else {}))
    check(name + "the body changed on its way", sender.send(
        method, path, body.replace("nobody", "nobodY"), headers), 403,
        "SignatureNotMatch")
    check(name + "an unknown key", sender.call(
        layout, Key("nobody", key.secret), "ListFlows"), 403,
        "InvalidAccessKeyID", "The AccessKey ID 'nobody' is invalid.")
    for field, shown in layout.fields:
        check(f"{name}{field} is not there", sender.call(
            layout, key, "ListFlows", drop=(field,)), 400, layout.missing,
            f"The HTTP {'query' if layout.name == 'V1' else 'header'} "
            f"'{shown}' must be specified.")


def tokens(sender, layout, plain, sts, expired):
    name = f"{layout.name}: "
    check(name + "no token", sender.call(layout, sts, "ListFlows",
                                         token=False), 403,
          "InvalidAccessKeyID")
    check(name + "a wrong token", sender.call(
        layout, Key(sts.id, sts.secret, "wrong"), "ListFlows"), 403,
        "InvalidAccessKeyID")
    check(name + "a token with a key that has none", sender.call(
        layout, Key(plain.id, plain.secret, "token"), "ListFlows"), 403,
        "InvalidAccessKeyID")
    check(name + "a key that has expired", sender.call(
        layout, expired, "ListFlows"), 403, "InvalidAccessKeyID")


def bare(sender, key):
    check("no signature at all", sender.send(
        "GET", f"/?Action=ListFlows&Version={VERSION}", None, {}), 400,
        "MissingRequiredParams",
        "The HTTP query 'AccessKeyId' must be specified.")
    check("an algorithm that needs a key pair", sender.send(
        "GET", "/", None, {
            "x-acs-action": "ListFlows", "x-acs-version": VERSION,
            "x-acs-date": stamp(), "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": EMPTY,
            "Authorization": f"ACS3-RSA-SHA256 Credential={key.id},"
            "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
            "x-acs-signature-nonce;x-acs-version,Signature=00"}), 403,
        "SignatureNotMatch")


def main(port, path):
    with open(path) as f:
        keys = [Key(*line.split()) for line in f
                if line.strip() and not line.startswith("#")]
    plain, sts, expired = keys[:3]
    sender = Sender(int(port))
    bare(sender, plain)
    for layout in V1(), V3():
        accepted(sender, layout, plain, "plain")
        accepted(sender, layout, sts, "STS")
        clocks(sender, layout, plain)
        nonces(sender, layout, plain, sts)
        forgeries(sender, layout, plain)
        tokens(sender, layout, plain, sts, expired)
    return tap.done()


sys.exit(main(*sys.argv[1:]))
