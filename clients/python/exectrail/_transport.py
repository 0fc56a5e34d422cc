"""Sends requests to the service, and sends them again where that is safe."""

from __future__ import annotations

import http.client
import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime
from typing import Any, Mapping

from .errors import ProblemError, read_problem

#: Stands for a value that is not given, where None is a value.
ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT", "__bool__": lambda self: False})()

FIRST_DELAY = 0.25
DELAY_MAX = 8.0
#: A service that asks for a longer wait is not waited for.
RETRY_AFTER_MAX = 30.0
#: POSTs that may be delivered twice.
REPEATABLE = ("/v1/sql", "/v1/executions/{id}/cancel")
#: Lists of names that the service reads from one value.
JOINED = ("fields",)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key elsewhere."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Transport:
    def __init__(self, url: str, key: str | None, *, timeout: float, retries: int) -> None:
        self.url = url.rstrip("/")
        self.key = key
        self.timeout = timeout
        self.retries = retries
        self._opener = urllib.request.build_opener(_NoRedirect)

    def call(
        self,
        method: str,
        path: str,
        *,
        path_values: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Sends a request and reads the JSON of the reply."""
        given = None if body is None else {name: value for name, value in body.items() if _is_given(value)}
        repeatable = method != "POST" or path in REPEATABLE or bool(given and given.get("idempotencyKey"))
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        attempt = 0
        while True:
            try:
                left = deadline - time.monotonic()
                with self.open(method, path, path_values, query, given, headers, timeout=left) as reply:
                    return _read(reply)
            except ProblemError as problem:
                delay = _delay_after(problem, attempt)
                late = delay is not None and time.monotonic() + delay >= deadline
                if attempt >= self.retries or delay is None or late or not _may_repeat(problem, repeatable):
                    raise
            attempt += 1
            time.sleep(delay)

    def open(
        self,
        method: str,
        path: str,
        path_values: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float,
    ) -> http.client.HTTPResponse:
        """Opens one request, once. `timeout` is that of each wait for the network."""
        address = f"{self.url}{_fill(path, path_values or {})}{_to_search(query or {})}"
        data = None if body is None else json.dumps(body, default=_to_json).encode()
        request = urllib.request.Request(address, data=data, method=method)
        request.add_header("Accept", "application/json")
        if self.key is not None:
            request.add_header("Authorization", f"Bearer {self.key}")
        if data is not None:
            request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            reply: http.client.HTTPResponse = self._opener.open(request, timeout=max(timeout, 0.001))
            return reply
        except urllib.error.HTTPError as refused:
            with refused:
                raise read_problem(refused.code, refused.headers, refused.read()) from None
        except (urllib.error.URLError, http.client.HTTPException, OSError) as lost:
            raise self._unanswered(lost) from lost

    def _unanswered(self, lost: BaseException) -> ProblemError:
        reason = getattr(lost, "reason", lost)
        late = isinstance(reason, TimeoutError)
        return ProblemError(
            f"the service at {self.url} {'did not answer in time' if late else 'does not answer'}",
            status=0,
            code="timed_out" if late else "unreachable",
            hint="Check the address, and with `exectrail doctor` which part is down.",
        )


def _read(reply: http.client.HTTPResponse) -> Any:
    try:
        return json.loads(reply.read())
    except ValueError as error:
        raise ProblemError(
            "the reply is not JSON: something else answers at this address",
            status=reply.status,
            code="unexpected_reply",
        ) from error
    except (http.client.HTTPException, OSError) as lost:
        late = isinstance(lost, TimeoutError)
        code = "timed_out" if late else "unreachable"
        raise ProblemError("the reply was cut short", status=0, code=code) from lost


def _may_repeat(problem: ProblemError, repeatable: bool) -> bool:
    """What refused before it began may be sent again; after a lost connection only what is repeatable."""
    if problem.status == 429 or problem.code == "store_unavailable":
        return True
    if problem.code == "unreachable" or problem.status in (502, 503, 504):
        return repeatable and problem.code != "runtime_unavailable"
    return False


def _delay_after(problem: ProblemError, attempt: int) -> float | None:
    """Doubles from attempt to attempt, with jitter; None where the service asks for more patience than ours."""
    if problem.retry_after is not None and problem.retry_after > RETRY_AFTER_MAX:
        return None
    backoff = min(DELAY_MAX, FIRST_DELAY * 2**attempt) * random.uniform(0.5, 1)
    return max(backoff, problem.retry_after or 0)


def _is_given(value: Any) -> bool:
    return value is not None and value is not ABSENT


def _fill(path: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        if value in ("", ".", ".."):
            raise ValueError(f"{name}: {value!r} cannot stand in the path of a URL; filter by it instead")
        path = path.replace(f"{{{name}}}", urllib.parse.quote(value, safe=""))
    return path


def _to_search(query: Mapping[str, Any]) -> str:
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if not _is_given(value):
            continue
        values = [_to_text(one) for one in (value if isinstance(value, (list, tuple, set)) else [value])]
        pairs += [(name, ",".join(values))] if name in JOINED else [(name, one) for one in values]
    return f"?{urllib.parse.urlencode(pairs)}" if pairs else ""


def _to_text(value: Any) -> str:
    if isinstance(value, datetime):
        return _to_json(value)
    return str(value)


def _to_json(value: Any) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no zone; write datetime.now(timezone.utc)")
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not JSON")
