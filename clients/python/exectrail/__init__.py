"""Client of exectrail's service."""

from ._events import Event
from .client import AsyncClient, Client, paginate
from .errors import ProblemError

__all__ = ["AsyncClient", "Client", "Event", "ProblemError", "paginate"]
