#!/usr/bin/env python3
"""A second opinion of the flow languages: small random flows of both
generations run in the server and in a model of a few lines.  Both must agree
on status, output, error and on every event of the history.

language.py [SEED] [COUNT]: COUNT flows of each generation, two runs each."""

import base64
import copy
import hashlib
import http.client
import json
import random
import sys

from server import Server, Tap, call_on

SEED = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(1 << 30)
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 150

MISSING = object()
ANY = Ellipsis              # a text that the model does not know
KEYS = ["a", "b", "c", "d"]
TEXTS = ["", "x", "yes", "é", "a\"b\n", "$input", "7", "a,b", "\U0001f600\u2028",
         "${x}", "null", "$.a"]
EVENTS_MAX = 5000


class Failed(Exception):
    """The error that a state ends with."""

    def __init__(self, error, cause=ANY):
        super().__init__(error)
        self.error, self.cause = error, cause


class Full(Exception):
    """The history is."""


class Unclear(Exception):
    """The model cannot know how it goes on."""


class Trace:
    """The history as it should be."""

    def __init__(self):
        self.events = []

    def emit(self, kind, step="", **detail):
        if len(self.events) + 1 >= EVENTS_MAX:
            raise Full()
        self.events.append((kind, step, copy.deepcopy(detail)))

    def fail(self, kind, step, failed):
        self.emit(kind, step, error=failed.error, cause=failed.cause)

    def end(self, kind, **detail):
        self.events.append((kind, "", copy.deepcopy(detail)))


# --- what both generations share ------------------------------------------

def value(rng, depth=2):
    kind = rng.randrange(7 if depth else 5)
    if kind == 0:
        return rng.choice([0, 1, -3, 7, 2.5, 10 ** 15, 2 ** 53 + 1, -2 ** 63])
    if kind == 1:
        return rng.choice(TEXTS)
    if kind == 2:
        return rng.choice([True, False])
    if kind == 3:
        return None
    if kind == 4:
        return rng.randrange(100)
    if kind == 5:
        return [value(rng, depth - 1) for _ in range(rng.randrange(3))]
    return {key: value(rng, depth - 1)
            for key in rng.sample(KEYS, rng.randrange(3))}


def path(rng):
    text = ""
    for _ in range(rng.randrange(1, 3)):
        text += "." + rng.choice(KEYS)
        if rng.random() < 0.2:
            text += rng.choice(["[0]", "[1]", "[*]"])
    return text


def walk(root, text):
    """The value of a path, MISSING if there is none; [*] flattens one level."""
    many, found = False, [] if root is MISSING else [root]
    steps = text.replace("[", ".[").split(".")[1:] if text else []
    for step in steps:
        following = []
        for item in found:
            if step == "[*]":
                if isinstance(item, list):
                    following += item
                elif isinstance(item, dict):
                    following += list(item.values())
            elif step.startswith("["):
                no = int(step[1:-1])
                if isinstance(item, list) and no < len(item):
                    following.append(item[no])
            elif isinstance(item, dict) and step in item:
                following.append(item[step])
        many = many or step == "[*]"
        found = following
    if many:
        return found
    return found[0] if found else MISSING


def equal(a, b):
    if ANY in (a, b):
        return True
    if isinstance(a, bool) or isinstance(b, bool):
        return isinstance(a, bool) and isinstance(b, bool) and a == b
    if number(a) and number(b):
        return a == b
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[k], b[k]) for k in a)
    return a == b


def number(x):
    return isinstance(x, (int, float)) and not isinstance(x, bool)


def compare(op, a, b):
    if a is MISSING or b is MISSING:
        return False
    if repr(ANY) in repr((a, b)):
        raise Unclear()
    if op == "==":
        return equal(a, b)
    if op == "!=":
        return not equal(a, b)
    if op == "in":
        if isinstance(b, dict):
            return isinstance(a, str) and a in b
        return isinstance(b, list) and any(equal(a, item) for item in b)
    if isinstance(a, str) and isinstance(b, str):
        a, b = a.encode(), b.encode()
    elif not (number(a) and number(b)):
        return False
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]


OPERATORS = ["==", "!=", "<", "<=", ">", ">=", "in"]


def condition(rng, root, depth=2):
    """(text, function of the root's value -> bool)"""
    kind = rng.randrange(6 if depth else 3)
    if kind < 3:
        where = path(rng).replace("[*]", "[0]")
        if kind == 0:
            return root + where, lambda v: walk(v, where) is True
        op = rng.choice(OPERATORS)
        if rng.random() < 0.3:
            other = path(rng)
            return (f"{root}{where} {op} {root}{other}",
                    lambda v: compare(op, walk(v, where), walk(v, other)))
        literal = rng.choice([0, 1, 7, 2.5, -3, "x", "yes", "a", True, False])
        if rng.random() < 0.5:
            return (f"{root}{where}{'' if op != 'in' else ' '}{op} "
                    f"{json.dumps(literal)}",
                    lambda v: compare(op, walk(v, where), literal))
        return (f"{json.dumps(literal)} {op} {root}{where}",
                lambda v: compare(op, literal, walk(v, where)))
    left, f = condition(rng, root, depth - 1)
    right, g = condition(rng, root, depth - 1)
    if kind == 3:
        return f"({left})&&({right})", lambda v: f(v) and g(v)
    if kind == 4:
        return f"({left}) || ({right})", lambda v: f(v) or g(v)
    return f"!({left})", lambda v: not f(v)


# --- generation 1 ------------------------------------------------------------

class Legacy:
    """Random flows.  Loops end because they look at the number of events."""

    loops = True
    context = ["$context.flow.name", "$context.step.name",
               "$context.execution.name", "$context.step.eventId",
               "$context.none", "$contexts", "$input-a", "$inputs.a"]

    def __init__(self, rng):
        self.rng, self.count = rng, 0

    def name(self):
        self.count += 1
        return self.rng.choice(["s", "步骤 ", "a b", "é."]) + str(self.count)

    def mappings(self):
        rng, made = self.rng, []
        for target in rng.choices(KEYS, k=rng.randrange(1, 4)):
            kind = rng.random()
            if kind < 0.6:
                source = rng.choice(["$input", "$local"])
                if rng.random() < 0.85:
                    source += path(rng)
            elif kind < 0.7:
                source = rng.choice(self.context)
            else:
                source = value(rng, 1)
                if source == "$input":
                    source = "plain"
            made.append({"target": target, "source": source})
            if rng.random() < 0.03:
                del made[-1]["source"]
        return made

    def steps(self, depth):
        rng = self.rng
        steps = [self.step(depth) for _ in range(rng.randrange(1, 4))]
        names = [step["name"] for step in steps]
        for no, step in enumerate(steps):
            for branch in step.get("choices", []) + [step.get("default", {})]:
                if no + 1 < len(names) and rng.random() < 0.4 \
                        and ("condition" in branch or "steps" in branch):
                    branch["goto"] = rng.choice(names[no + 1:])
        if self.loops and rng.random() < 0.15:
            limit = rng.choice([30, 80]) if rng.random() < 0.97 else EVENTS_MAX
            steps.append({
                "type": "choice", "name": self.name(),
                "inputMappings": [{"target": "n",
                                   "source": "$context.step.eventId"}],
                "choices": [{"condition": f"$.n<{limit}",
                             "_check": lambda v: v["n"] < limit,
                             "goto": rng.choice(names)}]})
        return steps

    def step(self, depth):
        rng = self.rng
        kind = rng.choice(["pass", "pass", "pass", "choice", "choice", "succeed",
                           "fail", "wait"] if depth else ["pass"])
        step = {"type": kind, "name": self.name()}
        if rng.random() < 0.5:
            step["inputMappings"] = self.mappings()
        if rng.random() < 0.5:
            step["outputMappings"] = self.mappings()
        if kind == "wait":
            step["duration"] = rng.choice([0, -1, "0"])
            if rng.random() < 0.3:
                del step["duration"]
                step["timestamp"] = "2020-01-01T00:00:00+08:00"
        if kind == "fail" and rng.random() < 0.9:
            step.update(error=rng.choice(["E1", "É 2"]), cause="because")
        if kind in ("pass", "choice", "wait") and rng.random() < 0.1:
            step["end"] = True
        if kind == "choice":
            step["choices"] = []
            for _ in range(rng.randrange(1, 3)):
                text, check = condition(rng, "$")
                branch = {"condition": text, "_check": check}
                if rng.random() < 0.6:
                    branch["steps"] = self.steps(depth - 1)
                step["choices"].append(branch)
            if rng.random() < 0.5:
                step["default"] = {"steps": self.steps(depth - 1)}
        return step

    def flow(self):
        flow = {"version": self.rng.choice(["v1", "v1beta1"]), "type": "flow",
                "steps": self.steps(3)}
        if self.rng.random() < 0.2:
            flow["inputMappings"] = self.mappings()
        if self.rng.random() < 0.3:
            flow["outputMappings"] = self.mappings()
        return flow


def mapped(mappings, roots, outer=()):
    made = {}
    for mapping in mappings:
        source = mapping.get("source")
        root = source.split(".")[0].split("[")[0] if isinstance(source, str) else ""
        if root in roots:
            where = source[len(root):]
            # What leads up to the first [*] decides which local is meant.
            locals_of = (roots[root],) + (outer if root == "$local" else ())
            head = where.split("[*]")[0]
            source = walk(next((x for x in locals_of
                                if walk(x, head) is not MISSING),
                               roots[root]), where)
            if source is MISSING:
                continue
        made[mapping["target"]] = copy.deepcopy(source)
    return made


class LegacyModel:
    def __init__(self, flow, flow_name, execution):
        self.flow, self.trace = flow, Trace()
        self.names = {"flow": {"name": flow_name},
                      "execution": {"name": execution}}

    def context(self, step=None):
        return {**self.names, "step": {
            "eventId": len(self.trace.events),
            **({"name": step["name"]} if step else {})}}

    def run(self, given):
        flow, trace = self.flow, self.trace
        trace.emit("ExecutionStarted", input=given)
        if "inputMappings" in flow:
            given = mapped(flow["inputMappings"], {
                "$input": given, "$local": {}, "$context": self.context()})
        local = self.steps(flow["steps"], given, ())
        if "outputMappings" in flow:
            return mapped(flow["outputMappings"], {
                "$input": given, "$local": local, "$context": self.context()})
        return local

    def steps(self, steps, parent, outer):
        """The scope's local; outer: locals of enclosing scopes, inner first."""
        local, no = {}, 0
        names = [step["name"] for step in steps]
        while no is not None and no < len(steps):
            step = steps[no]
            self.trace.emit("StepEntered", step["name"], input=parent, local=local)
            try:
                output, goto = self.step(step, parent, local, outer)
                self.trace.emit("StepSucceeded", step["name"], output=output)
            except Failed as failed:
                self.trace.fail("StepFailed", step["name"], failed)
                caught = self.caught(step, failed)
                if caught is None:
                    self.trace.emit("StepExited", step["name"], local=local)
                    raise
                output, goto = caught
            local = {**local, **output}
            self.trace.emit("StepExited", step["name"], local=local)
            if goto:
                no = names.index(goto)
            elif step["type"] == "succeed" or step.get("end"):
                no = None
            else:
                no += 1
        return local

    def caught(self, step, failed):
        """(output, goto) of a failure that is caught."""
        return None

    def step(self, step, parent, local, outer):
        given, result, goto = {**parent, **local}, {}, None
        if "inputMappings" in step:
            given = mapped(step["inputMappings"], {
                "$input": parent, "$local": local,
                "$context": self.context(step)}, outer)
        self.trace.emit("StepStarted", step["name"], input=given)
        if step["type"] == "fail":
            raise Failed(step.get("error", ""), step.get("cause", ""))
        if step["type"] == "choice":
            taken = next((b for b in step["choices"] if b["_check"](given)),
                         step.get("default", {}))
            goto = taken.get("goto")
            if "steps" in taken:
                result = self.steps(taken["steps"], given, (local,) + outer)
        if "outputMappings" in step:
            result = mapped(step["outputMappings"], {
                "$input": given, "$local": result,
                "$context": self.context(step)})
        return result, goto


# --- generation 2 ------------------------------------------------------------

def need(condition_holds):
    if not condition_holds:
        raise Failed("FnF.InvalidExpression")


def dumps(x):
    return json.dumps(x, separators=(",", ":"), ensure_ascii=False)


def f_length(x):
    need(isinstance(x, (str, list, dict)))
    return len(x)


def f_contains(a, x):
    need(isinstance(a, list))
    return any(equal(x, item) for item in a)


def f_unique(a):
    need(isinstance(a, list))
    made = []
    for item in a:
        if not any(equal(item, seen) for seen in made):
            made.append(item)
    return made


def f_keys(x):
    need(isinstance(x, dict))
    return sorted(x, key=str.encode)


def f_values(x):
    return [x[key] for key in f_keys(x)]


def f_merge(a, b):
    need(isinstance(a, dict) and isinstance(b, dict))
    return {**a, **b}


def f_split(text, separator):
    need(isinstance(text, str) and isinstance(separator, str))
    return text.split(separator) if separator else list(text) or [""]


def f_base64(text):
    need(isinstance(text, str))
    return base64.b64encode(text.encode()).decode()


def f_hash(text):
    need(isinstance(text, str))
    return hashlib.sha256(text.encode()).hexdigest()


def f_add(a, b):
    need(all(isinstance(x, int) and not isinstance(x, bool) for x in (a, b)))
    need(-2 ** 63 <= a + b < 2 ** 63)
    return a + b


def f_format(x, y):
    return " ".join(z if isinstance(z, str) else dumps(z) for z in (x, y))


FUNCTIONS = [
    ("length({})", f_length), ("arrayContains({}, {})", f_contains),
    ("arrayUnique({})", f_unique), ("mapKeys({})", f_keys),
    ("mapValues({})", f_values), ("jsonMerge({}, {})", f_merge),
    ("split({}, {})", f_split), ("toArray({}, {})", lambda x, y: [x, y]),
    ("fromBase64(toBase64({}))", lambda x: (f_base64(x), x)[1]),
    ("toBase64({})", f_base64), ("hash({}, 'SHA-256')", f_hash),
    ("stringToJson(jsonToString({}))", lambda x: x),
    ("jsonToString({})", dumps), ("intAdd({},{})", f_add),
    ("format('{{}} {{}}', {}, {})", f_format),
    ("[{}, {}]", lambda x, y: [x, y]),
    ("{{\"k\": {}, 'l': {}}}", lambda x, y: {"k": x, "l": y})
]


def expression(rng, roots, depth=2):
    """(text, function of the roots -> value, or MISSING, or Failed)"""
    kind = rng.random()
    if depth == 0 or kind < 0.35:
        if rng.random() < 0.75:
            root, where = rng.choice(roots), rng.choice(["", path(rng), path(rng)])
            return root + where, lambda env: walk(env[root], where)
        literal = rng.choice([0, 7, 2.5, True, False, "x", "a\"é", ""])
        return json.dumps(literal), lambda env: literal
    left, f = expression(rng, roots, depth - 1)
    right, g = expression(rng, roots, depth - 1)
    if kind < 0.45:
        op = rng.choice(OPERATORS)
        return f"(({left}) {op} ({right}))", lambda env: compare(op, f(env), g(env))
    if kind < 0.5:
        return f"(({left}) || !({right}))", lambda env: \
            f(env) is True or g(env) is not True
    if kind < 0.55:
        return f"(({left})&&({right}))", lambda env: \
            f(env) is True and g(env) is True
    if kind < 0.6:
        return (f"get({left}, \"a\", {right})",
                lambda env: f_get(f(env), g(env)))
    text, function = rng.choice(FUNCTIONS)
    count = text.replace("{{}}", "").count("{}")

    def call(env):
        args = [h(env) for h in (f, g)[:count]]
        return MISSING if MISSING in args else function(*args)
    return text.format(*(left, right)[:count]), call


def f_get(of, otherwise):
    if otherwise is MISSING:
        return MISSING
    got = walk(of, ".a")
    return otherwise if got is MISSING else got


class Modern:
    """Random flows.  Loops end because a global variable counts the steps."""

    def __init__(self, rng):
        self.rng, self.known = rng, {}

    def expression(self, roots):
        text, function = expression(self.rng, roots)
        self.known[text] = function
        return text

    def constructor(self, roots, depth=1):
        rng, made = self.rng, {}
        for key in rng.sample(KEYS, rng.randrange(1, 4)):
            kind = rng.random()
            if kind < 0.55:
                made[key + ".$"] = self.expression(roots)
            elif kind < 0.7 and depth:
                made[key] = self.constructor(roots, depth - 1)
            elif kind < 0.8:
                made[key] = [value(rng, 0), {"k.$": self.expression(roots)}]
            else:
                made[key] = value(rng, 1)
        return made

    def state(self, no, count):
        rng = self.rng
        kind = rng.choice(["Pass", "Pass", "Pass", "Pass", "Choice", "Choice",
                           "Succeed", "Fail", "Wait"])
        if no == count - 1 and kind == "Choice":
            kind = "Pass"
        state = {"Type": kind, "Name": f"n{no}"}
        inside = ["$Input", "$Global", "$Context.Execution.Input",
                  "$Context.Current.Input", "$Env"]
        if kind != "Fail" and rng.random() < 0.4:
            state["InputConstructor"] = self.constructor(inside)
        inside += ["$Output", "$Context.Current.Output"]
        if kind not in ("Fail", "Choice"):
            if rng.random() < 0.5:
                state["OutputConstructor"] = self.constructor(inside)
            if rng.random() < 0.4:
                state["GlobalConstructor"] = self.constructor(inside, 0)
        if kind == "Wait":
            state["UntilDateTime"] = "2020-01-01T00:00:00Z"
        if kind in ("Pass", "Wait"):
            count_up = 'intAdd(get($Global, "i", 0), 1)'
            self.known[count_up] = lambda env: env["$Global"].get("i", 0) + 1
            state.setdefault("GlobalConstructor", {})["i.$"] = count_up
            if no == count - 1 or rng.random() < 0.1:
                state["End"] = True
            else:
                state["Next"] = f"n{rng.randrange(no + 1, count)}"
        if kind == "Choice":
            state["Branches"] = []
            if rng.random() < 0.3:
                limit = rng.choice([3, 9])
                state["Branches"].append({
                    "Condition": f"$Global.i < {limit}",
                    "_check": lambda _, g: g.get("i", limit) < limit,
                    "Next": f"n{rng.randrange(count)}"})
            for _ in range(rng.randrange(1, 3)):
                text, check = condition(rng, "$Input")
                state["Branches"].append({
                    "Condition": text, "_check": lambda v, _, c=check: c(v),
                    "Next": f"n{rng.randrange(no + 1, count)}"})
            state["Default"] = f"n{rng.randrange(no + 1, count)}"
        if kind == "Fail":
            state.update(Code="E3", Detail="because")
            if rng.random() < 0.3:
                del state["Detail"]
                state["Detail.$"] = "format('{}', $Input)"
        return state

    def flow(self):
        count = self.rng.randrange(1, 7)
        states = [self.state(no, count) for no in range(count)]
        self.rng.shuffle(states)
        return {"Type": "StateMachine", "SpecVersion": "v1", "Name": "x",
                "StartAt": "n0", "States": states, "_known": self.known}


class ModernModel:
    def __init__(self, flow, _flow_name, _execution):
        self.flow, self.known, self.given = flow, flow["_known"], None
        self.trace, self.shared = Trace(), {}

    def filled(self, template, roots):
        if isinstance(template, list):
            return [self.filled(item, roots) for item in template]
        if not isinstance(template, dict):
            return template
        made = {}
        for key, item in template.items():
            if key.endswith(".$"):
                key, item = key[:-2], self.known[item](roots)
                if item is MISSING:
                    raise Failed("FnF.InvalidExpression")
                made[key] = copy.deepcopy(item)
            else:
                made[key] = self.filled(item, roots)
        return made

    def roots(self, given, taken, output=MISSING):
        return {"$Context.Execution.Input": given, "$Global": self.shared,
                "$Input": taken, "$Context.Current.Input": taken, "$Env": {},
                "$Output": output, "$Context.Current.Output": output}

    def run(self, given):
        self.given = given
        self.trace.emit("ExecutionStarted", input=given)
        return self.scope(self.flow, given)

    def scope(self, scope, current):
        """What its last state hands on."""
        states = {state["Name"]: state for state in scope["States"]}
        at, trace = scope["StartAt"], self.trace
        while at:
            state = states[at]
            trace.emit("StepEntered", at, input=current)
            try:
                current, following = self.state(state, current)
                trace.emit("StepSucceeded", at, output=current)
            except Failed as failed:
                trace.fail("StepFailed", at, failed)
                try:
                    caught = self.caught(state, failed)
                except Failed as again:         # is not caught
                    trace.fail("StepFailed", at, again)
                    failed, caught = again, None
                if caught is None:
                    trace.emit("StepExited", at, output={})
                    raise failed
                current, following = caught
            trace.emit("StepExited", at, output=current)
            at = following
        return current

    def caught(self, state, failed):
        """(output, next state) of a failure that is caught."""
        return None

    def state(self, state, current):
        given = self.given
        if "InputConstructor" in state:
            current = self.filled(state["InputConstructor"],
                                  self.roots(given, current))
        self.trace.emit("StepStarted", state["Name"], input=current)
        if state["Type"] == "Fail":
            raise Failed(state["Code"], state.get(
                "Detail", current if isinstance(current, str) else dumps(current)))
        if state["Type"] == "Choice":
            return current, next(
                (b["Next"] for b in state["Branches"]
                 if b["_check"](current, self.shared)), state["Default"])
        roots = self.roots(given, current, current)
        output, shared = current, self.shared
        if "OutputConstructor" in state:
            output = self.filled(state["OutputConstructor"], roots)
        if "GlobalConstructor" in state:
            shared = {**shared, **self.filled(state["GlobalConstructor"], roots)}
        self.shared = shared
        return output, state.get("Next")


# --- the comparison ---------------------------------------------------------

def bare(x):
    """Without the model's own marks."""
    if isinstance(x, dict):
        return {k: bare(v) for k, v in x.items() if not k.startswith("_")}
    if isinstance(x, list):
        return [bare(v) for v in x]
    return x


def block(x, indent=0):
    """Block YAML of JSON's scalars.  YAML folds U+2028, and knows no pairs of
    surrogates."""
    pad = "\n" + "  " * indent
    if isinstance(x, dict) and x:
        return "".join(f"{pad}{scalar(k)}: {block(v, indent + 1)}"
                       for k, v in x.items())
    if isinstance(x, list) and x:
        return "".join(f"{pad}- {block(v, indent + 1)}" for v in x)
    return scalar(x)


def scalar(x):
    return dumps(x).replace("\u2028", "\\u2028")


def written(rng, flow):
    """The definition as somebody may write it."""
    kind = rng.randrange(5)
    if kind == 0:
        return json.dumps(flow)
    if kind == 1:
        return json.dumps(flow, indent="\t", ensure_ascii=False)
    text = "# a flow" + block(flow) + "\n"
    if kind == 2:
        return text.replace("\n", "\r\n")
    return "\ufeff" + text if kind == 3 else text


def expected(model, given):
    """(status, events)"""
    trace = model.trace
    try:
        output = model.run(copy.deepcopy(given))
        trace.end("ExecutionSucceeded", output=output)
        return "Succeeded", trace.events
    except Failed as failed:
        trace.end("ExecutionFailed", error=failed.error, cause=failed.cause)
    except Full:
        trace.end("ExecutionFailed", error="FnF.EventLimitExceeded", cause=ANY)
    return "Failed", trace.events


def history(connection, flow, execution):
    events, token = [], None
    while True:
        page = call_on(connection, "GetExecutionHistory", FlowName=flow,
                       ExecutionName=execution, Limit=1000, NextToken=token)
        events += page["Events"]
        token = page.get("NextToken")
        if not token:
            return events


def differences(want, events):
    """The first place where the history is not as it should be."""
    for no, event in enumerate(events):
        if event["EventId"] != no + 1 or event["ScheduleEventId"] != no:
            return f"numbers of {event}"
        got = (event["Type"], event["StepName"], json.loads(event["EventDetail"]))
        if no >= len(want) or not equal(want[no], got):
            return f"event {no + 1}: want {want[no:no + 1]}, got {got}"
    return None if len(want) == len(events) else f"ends before {want[len(events)]}"


def run(connection, model, flow, execution, given):
    """(status, what is wrong or None)"""
    status, want = expected(model, given)
    call_on(connection, "StartExecution", FlowName=flow, ExecutionName=execution,
            Input=json.dumps(given))
    seen = call_on(connection, "DescribeExecution", FlowName=flow,
                   ExecutionName=execution, WaitTimeSeconds=20)
    if seen["Status"] != status:
        return status, f"want {status} {want[-1]}, got {seen['Status']}"
    if status == "Succeeded" and not equal(json.loads(seen["Output"]),
                                           want[-1][2]["output"]):
        return status, f"want {want[-1][2]}, got {seen['Output']}"
    return status, differences(want, history(connection, flow, execution))


def main():
    tap = Tap()
    tap.note(f"seed {SEED}, {COUNT} flows a generation")
    server = Server()
    bad, outcomes = [], {"Succeeded": 0, "Failed": 0}
    try:
        server.start()
        connection = http.client.HTTPConnection("127.0.0.1", server.port,
                                                timeout=70)
        for no in range(2 * COUNT):
            rng = random.Random(SEED * 100003 + no)
            make, model = ((Legacy, LegacyModel) if no % 2
                           else (Modern, ModernModel))
            flow = make(rng).flow()
            text = written(rng, bare(flow))
            call_on(connection, "CreateFlow", Name=f"f{no}", Type="FDL",
                    Description="", Definition=text)
            for execution in ("e0", "e1"):
                given = {key: value(rng) for key in KEYS if rng.random() < 0.8}
                status, wrong = run(connection, model(flow, f"f{no}", execution),
                                    f"f{no}", execution, given)
                outcomes[status] += 1
                if wrong:
                    bad.append(f"flow {no}: {wrong}\n  input {json.dumps(given)}"
                               f"\n  {json.dumps(bare(flow))}")
    finally:
        server.close()
    for text in bad[:3]:
        tap.note(text.replace("\n", "\n# "))
    tap.note(f"outcomes {outcomes}")
    tap.ok(min(outcomes.values()) > COUNT // 10, "flows succeed and fail")
    tap.ok(not bad, f"{4 * COUNT} runs agree with the model ({len(bad)} do not)")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
