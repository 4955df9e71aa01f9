"""Whose fault an error is: the request's, which no other engine would answer either, or the engine's."""

from enum import StrEnum

from redsearcher.errors import ModelError
from redsearcher.llm.api import StatusError

_SETUP = frozenset({401, 403, 404})
_BUSY = frozenset({408, 409, 429})


class Fault(StrEnum):
    """Who is at fault, and how.

    request: it is bad anywhere. gone: nobody took it at that address. cut: the engine had it, and the connection broke.
    busy: the engine says that it cannot, or says nothing in time. setup: it does not know us or the model.
    """

    REQUEST = "request"
    GONE = "gone"
    CUT = "cut"
    BUSY = "busy"
    SETUP = "setup"


def fault_of(error: ModelError) -> Fault:
    """By what the wire raised; an error that did not come over the wire is the request's."""
    from aiohttp import ClientConnectionError, ClientConnectorError, ClientPayloadError

    if isinstance(error, StatusError):
        if error.status in _SETUP:
            return Fault.SETUP
        return Fault.BUSY if error.status in _BUSY or error.status >= 500 else Fault.REQUEST
    cause = error.__cause__
    if cause is None or isinstance(cause, ModelError):
        return Fault.REQUEST
    if isinstance(cause, TimeoutError):
        return Fault.BUSY
    if isinstance(cause, ClientConnectorError):
        return Fault.GONE
    return Fault.CUT if isinstance(cause, ClientConnectionError | ClientPayloadError | ConnectionError) else Fault.BUSY
