"""Server-sent events of the service, resumed where a connection is lost."""

from __future__ import annotations

import http.client
import json
import random
import time
from typing import Any, Callable, Iterator, Mapping, NamedTuple

from ._transport import DELAY_MAX, FIRST_DELAY, Transport
from .errors import ProblemError

#: The service writes at least a comment every 15 s; a stream that is silent for longer is broken.
SILENCE_MAX = 60.0


class Event(NamedTuple):
    event: str
    #: A later stream goes on behind it.
    id: str
    data: Any


def stream_events(
    transport: Transport,
    path: str,
    *,
    path_values: Mapping[str, str],
    query: Mapping[str, Any],
    last_event_id: str,
    is_last: Callable[[Event], bool],
) -> Iterator[Event]:
    """The events of a stream. A lost connection is opened again behind the last event; leaving the loop closes it."""
    attempt = 0
    while True:
        headers = {"Accept": "text/event-stream"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        try:
            with transport.open("GET", path, path_values, query, None, headers, timeout=SILENCE_MAX) as reply:
                if reply.status == 204:
                    return
                for event in _read_events(reply, last_event_id):
                    attempt = 0
                    last_event_id = event.id
                    yield event
                    if is_last(event):
                        return
        except ProblemError as problem:
            if problem.status not in (0, 429, 502, 503, 504):
                raise
        except (http.client.HTTPException, OSError):
            pass
        time.sleep(min(DELAY_MAX, FIRST_DELAY * 2**attempt) * random.uniform(0.5, 1))
        attempt += 1


def _read_events(reply: http.client.HTTPResponse, last_id: str) -> Iterator[Event]:
    name, event_id, data = "", last_id, []
    for raw in reply:
        line = raw.decode().rstrip("\r\n")
        if not line:
            if data:
                yield Event(name or "message", event_id, json.loads("\n".join(data)))
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data.append(value)
        elif field == "event":
            name = value
        elif field == "id":
            event_id = value
