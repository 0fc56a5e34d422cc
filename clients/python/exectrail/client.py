"""The client, and the same for asyncio."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from datetime import datetime
from typing import Any, AsyncIterator, Callable, Iterator, TypeVar

from . import types
from ._events import Event, stream_events
from ._transport import Transport
from .operations import Operations

Item = TypeVar("Item")
#: Beside the time limit of the code, seconds.
BESIDE = 60.0
TIME_LIMIT_MS = 30_000
# An agent has a limit of its own, which is not known here.
AGENT_LIMIT_MS = 600_000
POLL = 0.5


class Client(Operations):
    """
    Every operation of the service. `url` and `key` come from EXECTRAIL_URL and EXECTRAIL_API_KEY where they are absent.
    A call is tried up to `retries` more times, within `timeout` seconds in all.
    """

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        timeout: float = 60.0,
        retries: int = 3,
    ) -> None:
        address = url or os.environ.get("EXECTRAIL_URL") or "http://127.0.0.1:7070"
        super().__init__(
            Transport(address, key or os.environ.get("EXECTRAIL_API_KEY"), timeout=timeout, retries=retries)
        )

    def run_code(self, **request: Any) -> types.ExecutionResult:  # type: ignore[override]
        """Runs code and waits for its end. A key of its own lets a lost reply be asked for again."""
        request.setdefault("idempotency_key", str(uuid.uuid4()))
        default = AGENT_LIMIT_MS if request.get("agent") else TIME_LIMIT_MS
        limit = (request.get("limits") or {}).get("timeoutMs", default)
        request.setdefault("timeout", limit / 1000 + BESIDE)
        result: Any = super().run_code(**request)
        return result

    def start_code(self, *, timeout: float | None = None, **request: Any) -> types.RunningExecution:
        """As `run_code`, without waiting for the end. The request has the names of the API."""
        body = {"idempotencyKey": str(uuid.uuid4()), **request}
        headers = {"Prefer": "respond-async"}
        started: Any = self._transport.call("POST", "/v1/executions", body=body, headers=headers, timeout=timeout)
        return started

    def wait_for_execution(self, id: str, *, organization: str | None = None) -> types.Execution:
        """Waits until an execution has ended."""
        while True:
            found: Any = self.get_execution(id, organization=organization)
            if "phase" not in found:
                return found
            time.sleep(POLL)

    def stream_output(
        self, id: str, *, organization: str | None = None, last_event_id: str = ""
    ) -> Iterator[Event]:
        """The output of an execution while it runs: `stdout`, `stderr`, `skipped`, `restart` and `end`."""
        return stream_events(
            self._transport,
            "/v1/executions/{id}/output",
            path_values={"id": id},
            query={"organization": organization},
            last_event_id=last_event_id,
            is_last=lambda event: event.event == "end",
        )

    def stream_live(self, *, last_event_id: str = "", **query: Any) -> Iterator[Event]:
        """Executions as they start and end, without end. The filters have the names of the API."""
        return stream_events(
            self._transport,
            "/v1/live",
            path_values={},
            query=query,
            last_event_id=last_event_id,
            is_last=lambda event: False,
        )

    def export_executions(
        self, *, from_: str | datetime | None = None, timeout: float = 60.0, **query: Any
    ) -> Iterator[bytes]:
        """A file of every matching execution, in pieces; complete only if no exception comes."""
        given = {**query, "from": from_}
        headers = {"Accept": "*/*"}
        with self._transport.open("GET", "/v1/executions/export", None, given, None, headers, timeout=timeout) as reply:
            while piece := reply.read(65_536):
                yield piece

    def get_stdout(
        self, id: str, *, organization: str | None = None, timeout: float = 60.0
    ) -> Iterator[bytes]:
        """All that the code printed, in pieces; complete only if no exception comes."""
        return self._read("/v1/executions/{id}/stdout", {"id": id}, {"organization": organization}, timeout)

    def get_stderr(
        self, id: str, *, organization: str | None = None, timeout: float = 60.0
    ) -> Iterator[bytes]:
        """All that the code printed as errors, in pieces; complete only if no exception comes."""
        return self._read("/v1/executions/{id}/stderr", {"id": id}, {"organization": organization}, timeout)

    def get_code(
        self, id: str, *, organization: str | None = None, timeout: float = 60.0
    ) -> Iterator[bytes]:
        """The whole code, in pieces; complete only if no exception comes."""
        return self._read("/v1/executions/{id}/code", {"id": id}, {"organization": organization}, timeout)

    def get_input(
        self, id: str, *, organization: str | None = None, timeout: float = 60.0
    ) -> Iterator[bytes]:
        """The whole input, as JSON, in pieces; complete only if no exception comes."""
        return self._read("/v1/executions/{id}/input", {"id": id}, {"organization": organization}, timeout)

    def get_request(
        self, id: str, *, organization: str | None = None, timeout: float = 60.0
    ) -> Iterator[bytes]:
        """What else the run was given, as JSON, in pieces; complete only if no exception comes."""
        return self._read("/v1/executions/{id}/request", {"id": id}, {"organization": organization}, timeout)

    def get_result(
        self, id: str, *, organization: str | None = None, timeout: float = 60.0
    ) -> Iterator[bytes]:
        """The whole result, as JSON, in pieces; complete only if no exception comes."""
        return self._read("/v1/executions/{id}/result", {"id": id}, {"organization": organization}, timeout)

    def get_out_file(
        self, id: str, path: str, *, organization: str | None = None, timeout: float = 60.0
    ) -> Iterator[bytes]:
        """A file of `/out`, in pieces; complete only if no exception comes."""
        query = {"path": path, "organization": organization}
        return self._read("/v1/executions/{id}/files/content", {"id": id}, query, timeout)

    def get_linked_content(self, token: str, *, timeout: float = 60.0) -> Iterator[bytes]:
        """The content of a link of `create_content_link`, in pieces; complete only if no exception comes."""
        return self._read("/v1/links", {}, {"token": token}, timeout)

    def _read(
        self, path: str, values: dict[str, str], query: dict[str, Any], timeout: float
    ) -> Iterator[bytes]:
        headers = {"Accept": "*/*"}
        with self._transport.open("GET", path, values, query, None, headers, timeout=timeout) as reply:
            while piece := reply.read(65_536):
                yield piece

    def get_metrics(self, *, timeout: float = 60.0) -> str:
        """Prometheus text."""
        with self._transport.open("GET", "/metrics", timeout=timeout) as reply:
            return reply.read().decode()


def paginate(list_page: Callable[..., Any], *arguments: Any, **keywords: Any) -> Iterator[Any]:
    """Every item of a list, page after page: `paginate(client.list_executions, outcome="failure")`."""
    cursor = keywords.pop("cursor", None)
    while True:
        page = list_page(*arguments, cursor=cursor, **keywords)
        yield from page["data"]
        cursor = page["nextCursor"]
        if cursor is None:
            return


class AsyncClient:
    """The methods of `Client` as coroutines, and its iterators as asynchronous ones, on threads."""

    _ITERATORS = frozenset(
        "stream_output stream_live export_executions get_stdout get_stderr get_code get_input get_request"
        " get_result get_out_file get_linked_content".split()
    )

    def __init__(self, url: str | None = None, key: str | None = None, **options: Any) -> None:
        self._client = Client(url, key, **options)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)
        if name in self._ITERATORS:
            return lambda *arguments, **keywords: _iterate(method(*arguments, **keywords))

        async def call(*arguments: Any, **keywords: Any) -> Any:
            return await asyncio.to_thread(method, *arguments, **keywords)

        return call

    def paginate(self, name: str, *arguments: Any, **keywords: Any) -> AsyncIterator[Any]:
        """Every item of a list: `client.paginate("list_executions", outcome="failure")`."""
        return _iterate(paginate(getattr(self._client, name), *arguments, **keywords))


async def _iterate(items: Iterator[Item]) -> AsyncIterator[Item]:
    end = object()
    while True:
        item: Any = await asyncio.to_thread(next, items, end)
        if item is end:
            return
        yield item
