"""Errors as the wire raises them, and whose fault they are."""

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from redsearcher.errors import ModelError, boundary
from redsearcher.llm.api import StatusError
from redsearcher.llm.router.fault import Fault, fault_of
from redsearcher.llm.window import WindowError

PLACE = ConnectionKey("127.0.0.1", 1, False, True, None, None, None)


@pytest.mark.parametrize(
    ("raised", "fault"),
    [
        (StatusError("no", 400), Fault.REQUEST),
        (StatusError("no", 422), Fault.REQUEST),
        (StatusError("no", 401), Fault.SETUP),
        (StatusError("no", 404), Fault.SETUP),
        (StatusError("no", 429), Fault.BUSY),
        (StatusError("no", 500), Fault.BUSY),
        (StatusError("no", 503), Fault.BUSY),
        (aiohttp.ServerTimeoutError("slow"), Fault.BUSY),
        (TimeoutError(), Fault.BUSY),
        (aiohttp.ClientConnectorError(PLACE, OSError("refused")), Fault.GONE),
        (aiohttp.ServerDisconnectedError(), Fault.CUT),
        (aiohttp.ClientPayloadError("half a reply"), Fault.CUT),
        (ConnectionResetError("reset"), Fault.CUT),
        (ValueError("not JSON"), Fault.BUSY),
    ],
)
def test_faults(raised: Exception, fault: Fault) -> None:
    with pytest.raises(ModelError) as caught, boundary("asking", raises=ModelError):
        raise raised
    assert fault_of(caught.value) is fault


def test_what_did_not_come_over_the_wire_is_the_request_s() -> None:
    too_long = WindowError("too long")
    too_long.__cause__ = StatusError("400", 400)
    assert fault_of(ModelError("answered without choices")) is fault_of(too_long) is Fault.REQUEST
