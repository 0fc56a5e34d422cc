"""Errors that the client raises."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from datetime import datetime, timezone
from typing import Any, Mapping


class ProblemError(Exception):
    """A request that the service refused, or that it did not answer (`status` 0, code `unreachable` or `timed_out`)."""

    def __init__(
        self,
        detail: str,
        *,
        status: int,
        code: str,
        title: str | None = None,
        hint: str | None = None,
        errors: list[dict[str, str]] | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail if hint is None else f"{detail}\n{hint}")
        self.detail = detail
        self.status = status
        self.code = code
        self.title = title or code
        self.hint = hint
        #: Everything wrong with the input: `path` and `message`.
        self.errors = errors or []
        self.request_id = request_id
        #: Seconds that the service asks to wait.
        self.retry_after = retry_after


def read_problem(status: int, headers: Mapping[str, str], body: bytes) -> ProblemError:
    """The error of a reply that is not a success."""
    try:
        given: Any = json.loads(body)
    except ValueError:
        given = {}
    if not isinstance(given, dict):
        given = {}
    return ProblemError(
        str(given.get("detail") or f"the service answered with status {status}"),
        status=status,
        code=str(given.get("code") or "unexpected_reply"),
        title=given.get("title"),
        hint=given.get("hint"),
        errors=given.get("errors"),
        request_id=given.get("requestId") or headers.get("X-Request-Id"),
        retry_after=read_retry_after(headers.get("Retry-After")),
    )


def read_retry_after(header: str | None) -> float | None:
    """Seconds to wait, from a number or a date."""
    if header is None:
        return None
    if header.isdigit():
        return float(header)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (at - datetime.now(timezone.utc)).total_seconds())
