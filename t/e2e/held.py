#!/usr/bin/env python3
"""Hostile expressions and dense values, one after the other: how long does
each hold the event loop, by the server's own metric?

Each runs in a server of its own; what takes too much must end with its
documented error, and no case may hold the loop for longer than MOST ms of a
processor.  held.py [MOST] [WORD]: cases whose names have WORD in them."""

import http.client
import json
import sys
import time

import server as server_of
from server import Server, Tap

MOST = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
WORD = sys.argv[2] if len(sys.argv) > 2 else ""
QUERY = "States.QueryEvaluationError"

ROLE = "arn:aws:iam::123456789012:role/r"

server_of.CONF = server_of.CONF.replace(
    "cloudflow_api cloudflow;", "cloudflow_api cloudflow stepfunctions;").replace(
    "        location / {{",
    "        location = /status {{ cloudflow_status; }}\n"
    "        location / {{")

# What is read in one piece costs time by its values, whatever is done with it:
# these are small enough for an expression to be what is measured.
NUMBERS = [i % 10 for i in range(8000)]
TEXTS = [f"word{i * 7919 % 10007}" for i in range(5000)]
ORDERS = [{"id": i, "customer": f"c{i * 7919 % 100}", "total": i % 83 + 0.25,
           "lines": [{"sku": f"s{i % 13}", "qty": i % 4}]} for i in range(500)]
LONG = "abcdefghij" * 25000
AS = "a" * 200000 + "cb"
DEEP = json.loads("[" * 90 + "]" * 90)
EMPTY = [{} for _ in range(5000)]
DENSE = [i % 10 for i in range(125000)]

# name, expression of $states.input.d, input, and the error; None: it may
# succeed or not.
JSONATA = [
    ("recursion without end", "($f := function($x) { 1 + $f($x) }; $f(1))", 0, QUERY),
    ("tail calls without end", "($f := function($x) { $f($x + 1) }; $f(1))", 0, QUERY),
    ("exponential recursion",
     "($f := function($n) { $n < 2 ? 1 : $f($n - 1) + $f($n - 2) }; $f(40))", 0, QUERY),
    ("a huge range", "$sum([1..10000000])", 0, QUERY),
    ("ranges in ranges", "[1..1000].([1..1000].($ * 2))", 0, QUERY),
    ("$range", "$count($range(1, 10000000, 1))", 0, QUERY),
    ("exponential regex", "$match('%s', /(a+)+$/)" % ("a" * 40 + "b"), 0, QUERY),
    ("quadratic regex", "$count($match($states.input.d, /a*b/))", AS, QUERY),
    ("polynomial regex", "$contains($states.input.d, /a*a*a*a*b/)", AS, QUERY),
    ("regex, many matches", "$count($match($states.input.d, /a/))", AS, None),
    ("regex, back references", r"$contains($states.input.d, /(a*)\1\1ab/)", AS, QUERY),
    ("regex, alternatives", "$contains($states.input.d, /(?:a|aa)+b/)", AS, QUERY),
    ("regex, one letter on many texts",
     "$count($states.input.d[$contains($, /[0-4]+$/)])", TEXTS, None),
    ("$replace that grows", "$length($replace($states.input.d, 'a', '%s'))" % ("b" * 500),
     AS, None),
    ("text that doubles",
     "($f := function($s, $n) { $n = 0 ? $length($s) : $f($s & $s, $n - 1) }; $f('abc', 40))",
     0, QUERY),
    ("array that doubles",
     "($f := function($s, $n) { $n = 0 ? $s : $f($append($s, $s), $n - 1) };"
     " $count($f([1], 40)))", 0, QUERY),
    ("$pad", "$pad('x', 100000000)", 0, QUERY),
    ("$sort of numbers", "$sort([1..60000].($ * 7919 % 10007))[0]", 0, None),
    ("$sort of texts", "$sort($states.input.d)[0]", TEXTS, None),
    ("$sort by a function", "$sort([1..100000].($ % 997), function($a, $b) { $a > $b })[0]",
     0, QUERY),
    ("order-by two keys", "$count($states.input.d^(>total, customer))", ORDERS, None),
    ("grouping", "$count($keys($states.input.d{customer: $sum(total)}))", ORDERS, None),
    ("grouping, a key each", "$count($keys($states.input.d{$string(id): total}))", ORDERS,
     None),
    ("$distinct", "$count($distinct($states.input.d))", TEXTS, None),
    ("$distinct of objects", "$count($distinct($states.input.d))", ORDERS, None),
    ("in, each", "$count($states.input.d[$ in $states.input.d])", TEXTS, QUERY),
    ("all descendants", "$count($states.input.d.**)", ORDERS, None),
    ("descendants, descended", "$count($states.input.d.**.**)", ORDERS, None),
    ("wildcards", "$count($states.input.*.*.*.*)", ORDERS, None),
    ("descendants as the result", "$states.input.d.**", ORDERS, None),
    ("parents", "$count($states.input.d.lines.(%.customer & sku))", ORDERS, None),
    ("a join of itself", "$count($states.input.d@$a.$states.input.d@$b[$a.id = $b.id])",
     ORDERS, QUERY),
    ("$string of all", "$length($string($states.input.d))", NUMBERS, None),
    ("$string, pretty", "$length($string($states.input.d, true))", ORDERS, None),
    ("$parse", "$count($parse($states.input.d))", json.dumps(NUMBERS, separators=(",", ":")),
     None),
    ("$join", "$length($join($string($states.input.d)))", TEXTS, None),
    ("$split", "$count($split($states.input.d, ''))", AS, None),
    ("$map, $filter, $reduce",
     "$reduce($map($filter([1..50000], function($x) { $x % 2 = 0 }),"
     " function($x) { $x * $x }), function($a, $b) { $a + $b })", 0, QUERY),
    ("$zip", "$count($zip([1..50000], [1..50000], [1..50000]))", 0, None),
    ("$shuffle, $reverse", "$count($reverse($shuffle([1..100000])))", 0, None),
    ("$merge", "$count($keys($merge($states.input.d.{'k' & id: total})))", ORDERS, None),
    ("$each, $sift", "$count($each($merge($states.input.d.{'k' & id: total}), $string))", ORDERS,
     None),
    ("a transform", "$count($states.input ~> |d|{'n': total * 2}, 'lines'|)", ORDERS, None),
    ("transforms of transforms", "$states.input ~> |**|{'n': 1}| ~> |**|{'m': 2}|", ORDERS,
     None),
    ("$hash", "$hash($states.input.d, 'SHA-512')", LONG, None),
    ("$base64encode and back",
     "$length($base64decode($base64encode($base64encode($states.input.d))))", LONG, None),
    ("$encodeUrl", "$length($encodeUrlComponent($states.input.d))", LONG, None),
    ("$uppercase", "$length($uppercase($states.input.d & $states.input.d))", LONG, None),
    ("$formatNumber, often", "$count([1..20000].$formatNumber($, '#,##0.00'))", 0,
     None),
    ("$fromMillis, often", "$count([1..20000].$fromMillis($ * 1e9, '[FNn], [D1o] [MNn]'))",
     0, QUERY),
    ("$toMillis, often", "$count([1..50000].$toMillis('2024-02-29T12:00:00Z'))", 0, None),
    ("the same, out again", "$states.input.d", NUMBERS, None),
    ("objects of nothing, out again", "$states.input.d.$", EMPTY, None),
    ("numbers, made anew", "[1..20000].($ + 1)", 0, None),
    ("deep values", "$string($states.input.d) = $string([$states.input.d][0])", DEEP, None),
]

JSONPATH = [
    ("JSONPath: all descendants", {"a.$": "$..*"}, ORDERS, None),
    ("JSONPath: descendants, twice", {"a.$": "$..*..*"}, ORDERS, None),
    ("JSONPath: a filter", {"a.$": "$.d[?(@.total > 40)].id"}, ORDERS, None),
    ("JSONPath: filters in filters",
     {"a.$": "$.d[?(@.lines[?(@.qty > 1)])].id"}, ORDERS, None),
    ("JSONPath: a regex", {"a.$": "$.d[?(@.customer =~ /(c*)*[0-8]+$/)].id"}, ORDERS, None),
    ("JSONPath: exponential regex", {"a.$": "$[?(@ =~ /(a+)+b/)]"}, "a" * 60, None),
    ("intrinsics: ArrayUnique", {"a.$": "States.ArrayUnique($.d)"}, TEXTS, None),
    ("intrinsics: ArrayContains", {"a.$": "States.ArrayContains($.d, 'none')"}, TEXTS, None),
    ("intrinsics: ArrayPartition", {"a.$": "States.ArrayPartition($.d, 1)"}, NUMBERS, None),
    ("intrinsics: JsonToString", {"a.$": "States.JsonToString($.d)"}, NUMBERS, None),
    ("intrinsics: StringToJson", {"a.$": "States.StringToJson($.d)"},
     json.dumps(NUMBERS, separators=(",", ":")), None),
    ("intrinsics: Format", {"a.$": "States.Format('%s', %s)" % ("{}" * 50, ", ".join(["$.d"] * 50))},
     NUMBERS[:2000], None),
    ("intrinsics: StringSplit", {"a.$": "States.StringSplit($.d, 'a')"}, LONG, None),
    ("intrinsics: JsonMerge", {"a.$": "States.JsonMerge($.d, $.d, false)"},
     {f"k{i}": i for i in range(4000)}, None),
    ("JSONPath: the same, out again", {"a.$": "$.d"}, NUMBERS, None),
]


class Refused(Exception):
    pass


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=70)

    def call(self, operation, **body):
        self.connection.request("POST", "/", json.dumps(body), {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "AWSStepFunctions." + operation})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise Refused(f"{operation}: {answer.status} {text}")
        return json.loads(text)

    def get(self, path):
        self.connection.request("GET", path)
        return self.connection.getresponse().read().decode()


def jsonata(expr):
    return {"QueryLanguage": "JSONata", "StartAt": "A", "States": {
        "A": {"Type": "Pass", "Output": {"a": "{% " + expr + " %}"}, "End": True}}}


def jsonpath(parameters):
    return {"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Parameters": parameters, "End": True}}}


def machines():
    """Whole machines: what adds up over states, rules and iterations."""
    busy = "$sum([1..40000].($ * 2)) > $number('%d')"
    yield ("a choice of 100 rules, each busy", {
        "QueryLanguage": "JSONata", "StartAt": "A", "States": {
            "A": {"Type": "Choice", "Choices": [
                {"Condition": "{% " + busy % (10 ** 15 + i) + " %}", "Next": "B"}
                for i in range(100)], "Default": "B"},
            "B": {"Type": "Succeed"}}}, 0, None)
    yield ("200 states, each a little busy", {
        "QueryLanguage": "JSONata", "StartAt": "S0", "States": {
            f"S{i}": {"Type": "Pass", "Assign": {"n": "{% $sum([1..5000].($ * 2)) %}"},
                      **({"Next": f"S{i + 1}"} if i < 199 else {"End": True})}
            for i in range(200)}}, 0, None)
    yield ("50 fields, each busy", {
        "QueryLanguage": "JSONata", "StartAt": "A", "States": {
            "A": {"Type": "Pass", "Output": {
                f"f{i}": "{% " + busy % i + " %}" for i in range(50)}, "End": True}}},
        0, QUERY)
    yield ("a Map of 2,000, each a little busy", {
        "QueryLanguage": "JSONata", "StartAt": "A", "States": {
            "A": {"Type": "Map", "Items": "{% [1..2000] %}", "End": True,
                  "ItemSelector": {"n": "{% $sum([1..500].($ * $states.context.Map.Item.Value)) %}"},
                  "ItemProcessor": {"StartAt": "B", "States": {
                      "B": {"Type": "Pass", "Output": "{% $states.input.n %}", "End": True}}}}}},
        0, None)
    yield ("a Map of 20, each hostile and caught", {
        "QueryLanguage": "JSONata", "StartAt": "A", "States": {
            "A": {"Type": "Map", "Items": "{% [1..20] %}", "End": True,
                  "ItemProcessor": {"StartAt": "B", "States": {
                      "B": {"Type": "Map", "Items": "{% ($f := function($x) { $f($x) }; $f(1)) %}",
                            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}],
                            "ItemProcessor": {"StartAt": "D", "States": {"D": {"Type": "Succeed"}}},
                            "End": True},
                      "C": {"Type": "Pass", "Output": "{% $sum([1..1000]) %}", "End": True}}}}}},
        0, None)
    yield ("a large value through 30 states", {
        "StartAt": "S0", "States": {
            f"S{i}": {"Type": "Pass", "ResultPath": "$.x", "Result": i,
                      **({"Next": f"S{i + 1}"} if i < 29 else {"End": True})}
            for i in range(30)}}, NUMBERS, None)
    yield ("a large value assigned 30 times", {
        "QueryLanguage": "JSONata", "StartAt": "S0", "States": {
            f"S{i}": {"Type": "Pass", "Assign": {"v": "{% $states.input.d %}"},
                      **({"Next": f"S{i + 1}"} if i < 29 else {"End": True})}
            for i in range(30)}}, NUMBERS, None)
    yield ("a parallel of 40, each busy", {
        "QueryLanguage": "JSONata", "StartAt": "A", "States": {
            "A": {"Type": "Parallel", "End": True, "Branches": [
                {"StartAt": f"B{i}", "States": {f"B{i}": {
                    "Type": "Pass", "Output": "{% " + busy % i + " %}", "End": True}}}
                for i in range(40)]}}}, 0, None)


def dense():
    """Values of 250 KB that are nothing but digits: an end without a bound, for
    the record."""
    yield "125,000 numbers, in and out", jsonpath({"a.$": "$.d"}), DENSE
    yield "80,000 empty objects, in and out", jsonpath({"a.$": "$.d"}), [{}] * 80000
    yield "18,000 texts, in and out", jsonpath({"a.$": "$.d"}), [
        f"word{i * 7919 % 10007}" for i in range(18000)]


def cases():
    for name, expr, data, error in JSONATA:
        yield name, jsonata(expr), data, error
    for name, parameters, data, error in JSONPATH:
        yield name, jsonpath(parameters), data, error
    yield from machines()


def status(client, name):
    text = client.get("/status")
    for line in text.splitlines():
        if line.startswith(f"cloudflow_{name} "):
            return int(line.split()[1])
    raise KeyError(name)


def run(client, definition, data):
    made = client.call("CreateStateMachine", name="m", definition=json.dumps(definition),
                       roleArn=ROLE)
    started = client.call("StartExecution", stateMachineArn=made["stateMachineArn"], name="e",
                          input=json.dumps({"d": data}, separators=(",", ":")))
    until = time.time() + 60
    while True:
        done = client.call("DescribeExecution", executionArn=started["executionArn"])
        if done["status"] != "RUNNING" or time.time() > until:
            return done
        time.sleep(0.02)


def measure(name, definition, data):
    """Milliseconds of work and held, how it ended, or None: refused."""
    with Server(workers=1) as server:
        server.start()
        client = Client(server.port)
        try:
            done = run(client, definition, data)
        except Refused as refused:
            print(f"# {name}: {str(refused)[:300]}")
            return None
        work, held = (status(client, f"loop_{kind}_max_microseconds") / 1000
                      for kind in ("work", "held"))
    return work, held, done


def main():
    tap = Tap()
    worst = (0, "nothing")
    for name, definition, data, error in cases():
        if WORD not in name:
            continue
        seen = measure(name, definition, data)
        if seen is None:
            tap.ok(False, name)
            continue
        work, held, done = seen
        worst = max(worst, (work, name))
        how = done.get("error", done["status"])
        tap.ok(work <= MOST and error in (None, how),
               f"{name}: {work:.1f} ms of work at once, {held:.1f} ms held; {how}")
        if work > MOST or "error" in done:
            tap.note(done.get("cause", "")[-160:])
    tap.note(f"the most is {worst[0]:.1f} ms: {worst[1]}")
    for name, definition, data in dense():
        seen = measure(name, definition, data) if WORD in name else None
        if seen:
            tap.note(f"{name}: {seen[0]:.1f} ms, {seen[2]['status']}")
    sys.exit(tap.done())


if __name__ == "__main__":
    main()
