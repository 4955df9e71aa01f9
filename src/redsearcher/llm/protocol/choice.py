"""Text protocols by name."""

from redsearcher.errors import InputError
from redsearcher.llm.protocol.base import TextProtocol
from redsearcher.llm.protocol.hermes import HERMES
from redsearcher.llm.protocol.query_tag import QUERY_TAG
from redsearcher.llm.protocol.react import REACT

TEXT_PROTOCOLS: dict[str, TextProtocol] = {p.name: p for p in (HERMES, REACT, QUERY_TAG)}


def text_protocol(name: str) -> TextProtocol:
    """The protocol of that name. Raises InputError for an unknown one."""
    if name not in TEXT_PROTOCOLS:
        raise InputError(f"protocol {name!r} is unknown; expected {', '.join(TEXT_PROTOCOLS)}, or native")
    return TEXT_PROTOCOLS[name]
