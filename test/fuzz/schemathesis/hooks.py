"""Steers the requests of Schemathesis: values that exist, keys of two organizations, code that ends soon."""

import collections
import json
import os
import random
import select

import requests.adapters
import schemathesis

KNOWN = json.loads(os.environ["FUZZ_KNOWN"])
SEED = os.environ["FUZZ_SEED"]
ADMINISTRATOR = f"Bearer {KNOWN['administrator']}"
BOUND = f"Bearer {KNOWN['bound']['secret']}"
# Time that generated code may run for, in ms.
TIMEOUT_MS = 500
# Seconds that a stream of events has for its next event.
STREAM_S = 0.5
ABSENT_KEY = "00000000-0000-4000-8000-000000000000"
seen = collections.Counter()


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Short rounds do not come to all operations: each seed begins with others."""
    paths = list(raw_schema["paths"].items())
    random.Random(SEED).shuffle(paths)
    raw_schema["paths"] = dict(paths)


@schemathesis.hook
def filter_case(context, case):
    """Thins out the phase `coverage`, which sends every invalid value of every parameter: hundreds where there are forty."""
    if case.meta is None or case.meta.phase.name != "coverage":
        return True
    kind = f"{case.operation.label} {case.meta.generation.mode} {case.meta.phase.data.scenario}"
    seen[kind] += 1
    # The n-th of its kind is sent with the chance 1/n: few of many parameters, others with another seed.
    return random.Random(f"{SEED} {kind} {seen[kind]}").random() < 1 / seen[kind]


@schemathesis.hook
def before_call(context, case, kwargs):
    # The same choices for the same seed.
    chance = random.Random(f"{case.operation.label}{case.path_parameters}{case.query}{case.body}")
    use_known_path(case, chance)
    thin_out(case, chance)
    bound_execution(case)
    bound_checks(case)


def use_known_path(case, chance):
    """Most requests name something that exists; none revokes the keys of this run."""
    known = KNOWN["paths"].get(case.operation.path)
    if known is not None and chance.random() < 0.8:
        case.path_parameters = dict(known)
    if case.operation.label == "DELETE /v1/keys/{id}" and case.path_parameters.get("id") in KNOWN["keys"]:
        case.path_parameters = {"id": ABSENT_KEY}


def thin_out(case, chance):
    """Forty random filters match nothing: most requests keep two at most, so that answers have rows."""
    if case.query and chance.random() < 0.7:
        kept = chance.sample(sorted(case.query), min(chance.randrange(3), len(case.query)))
        case.query = {name: case.query[name] for name in kept}


def bound_execution(case):
    """Code that was generated runs for a moment and reaches no other host."""
    if case.operation.label != "POST /v1/executions" or not isinstance(case.body, dict):
        return
    limits = case.body.get("limits", {})
    if isinstance(limits, dict):
        case.body["limits"] = {**limits, "timeoutMs": TIMEOUT_MS}
    if "network" in case.body:
        case.body["network"] = "none"


def bound_checks(case):
    """Examples of a code agent to publish run where they start in milliseconds: WasmEdge's Python takes seconds a run."""
    definition = case.body.get("definition") if isinstance(case.body, dict) else None
    if isinstance(definition, dict) and definition.get("runtimes") == ["subprocess", "wasmedge"]:
        case.body["definition"] = {**definition, "runtimes": ["subprocess"]}


def without_canary(request):
    """Schemathesis sends values again that it saw in the administrator's answers: an echo is no leak."""
    canary = KNOWN["canary"]
    request.url = request.url.replace(canary, "x" * len(canary))
    if isinstance(request.body, str):
        request.body = request.body.encode()
    if request.body:
        request.body = request.body.replace(canary.encode(), b"x" * len(canary))


send_request = requests.adapters.HTTPAdapter.send


def send(self, request, *args, **kwargs):
    """With one of two keys. Takes the first events of a stream, which may never end."""
    without_canary(request)
    if request.headers.get("Authorization") == ADMINISTRATOR and random.Random(request.url).random() < 0.5:
        request.headers["Authorization"] = BOUND
    if "/v1/live" in request.url:
        request.headers.setdefault("Last-Event-ID", KNOWN["lastEventId"])
    response = send_request(self, request, *args, **{**kwargs, "stream": True})
    if response.headers.get("Content-Type", "").startswith("text/event-stream"):
        text = b""
        while b"\ndata:" not in text and select.select([response.raw.fileno()], [], [], STREAM_S)[0]:
            piece = response.raw.read1(65536)
            text += piece
            if not piece:
                break
        response._content = text[: text.rfind(b"\n\n") + 2]
        response._content_consumed = True
        # With the connection, which the rest of the stream would spoil for the next request.
        response.raw.close()
        response.close()
    return response


requests.adapters.HTTPAdapter.send = send


@schemathesis.check
def no_leak(context, response, case):
    """A key of one organization sees nothing of another."""
    asked = response.request.headers.get("Authorization")
    if asked == BOUND and KNOWN["canary"] in response.text:
        raise AssertionError("the answer has what belongs to another organization")
