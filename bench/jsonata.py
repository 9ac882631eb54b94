"""JSONata: one evaluation of a compiled expression, ours against the reference
implementation on node, in turns in one run.  The answers must be equal.  node
is needed, and the package, which is fetched once."""

import json
import math
import os
import shutil
import subprocess

from bench import TOP

TURNS = 3
TURN_MS = 700
PACKAGE = "jsonata@2.2.2"
PEER = os.path.join(TOP, "build/peer")
TOOL = os.path.join(TOP, "build/jsonata")

ORDER = {
    "id": "A-17", "price": 12.5, "qty": 4, "status": "open", "total": 250,
    "customer": {"first": "Ada", "last": "Lovelace", "email": "Ada@Example.COM",
                 "address": {"city": "London", "zip": "W1"}},
    "items": [{"name": f"item {i}", "price": i * 7 % 90 + 0.5, "qty": i % 9}
              for i in range(100)],
}
LINES = [f"{'error' if i % 7 == 0 else 'info'} {i} user{i}@host{i % 5}.com "
         f"asked for /page/{i * 31 % 97}" for i in range(200)]
NUMBERS = [i * 37 % 1009 for i in range(1000)]
ORDERS = [{"id": i, "customer": f"c{i * 7919 % 100}", "total": i % 83 + 0.25,
           "lines": [{"sku": f"s{i % 13}", "qty": i % 4}]}
          for i in range(10000)]

CASES = [
    ("arithmetic", "(1 + 2) * price - qty / 3 % 7", ORDER),
    ("a path", "customer.address.city", ORDER),
    ("text put together",
     'customer.first & " " & customer.last & " <" & $lowercase(customer.email)'
     ' & ">"', ORDER),
    ("a condition", 'total > 100 and status = "open" ? "big" : "small"', ORDER),
    ("an object from 100 items",
     '{"id": id, "city": customer.address.city, "names": items.name,'
     ' "total": $sum(items.(price * qty))}', ORDER),
    ("a filter of 100 items", "items[price > 50 and qty < 5].name", ORDER),
    ("a sum of 1,000 products", "$sum($.(price * qty))", ORDER["items"] * 10),
    ("map, filter, reduce of 1,000 numbers",
     "$reduce($map($filter($, function($x) { $x % 2 = 0 }),"
     " function($x) { $x * $x }), function($a, $b) { $a + $b })", NUMBERS),
    ("1,000 items sorted by two keys", "$^(>price, name).name",
     ORDER["items"] * 10),
    ("a regular expression on 200 lines",
     r"$.$match($, /(\w+)@(\w+)\.com/).groups[0]", LINES),
    ("recursion, fib(15)",
     "($f := function($n) { $n < 2 ? $n : $f($n - 1) + $f($n - 2) }; $f(15))",
     {}),
    ("10,000 orders grouped by customer",
     '${customer: {"count": $count(id), "total": $sum(total)}}', ORDERS),
]


def peer():
    """The reference implementation's folder; None: not to be had."""
    folder = os.path.join(PEER, "node_modules/jsonata")
    if shutil.which("node") is None:
        return None
    if not os.path.isdir(folder):
        os.makedirs(PEER, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-fund",
                        "--prefix", PEER, PACKAGE], check=False)
    return folder if os.path.isdir(folder) else None


def run(args, expr, path):
    done = subprocess.run(args + [expr, path], stdout=subprocess.PIPE,
                          text=True, check=True)
    return done.stdout


def spell(ns):
    return f"{ns / 1000:.2f} us" if ns < 1e6 else f"{ns / 1e6:.2f} ms"


def measure(rows):
    folder = peer()
    if folder is None:
        print("jsonata: needs node and npm, left out", flush=True)
        return
    subprocess.run(["make", "-s", "-f", "t/Makefile", "jsonata"], cwd=TOP,
                   check=True, stdout=subprocess.DEVNULL)
    node = ["node", os.path.join(TOP, "bench/jsonata_peer.js"), folder]
    path = os.path.join(TOP, "build/bench-jsonata.json")
    ratios = []
    for what, expr, data in CASES:
        with open(path, "w") as f:
            json.dump(data, f)
        ours, theirs = run([TOOL, "-r"], expr, path), run(node + ["0"], expr, path)
        if json.loads(ours) != json.loads(theirs):
            raise RuntimeError(f"{expr}: {ours} and {theirs}")
        turns = [(float(run([TOOL, "-r", "-t", str(TURN_MS)], expr, path)),
                  float(run(node + [str(TURN_MS)], expr, path)))
                 for _ in range(TURNS)]
        ns, base = min(t[0] for t in turns), min(t[1] for t in turns)
        ratios.append(base / ns)
        rows.add(f"JSONata: {what}", spell(ns), f"node: {spell(base)}",
                 f"{base / ns:.1f}")
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    rows.add("JSONata: geometric mean of the twelve", "", "node", f"{mean:.1f}")
    os.unlink(path)
