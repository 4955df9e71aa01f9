"""The interface a policy learned must not drift: change the version, the hash and the shipped checkpoint together."""

from redsearcher.records.tool import INTERFACE_VERSION
from redsearcher.web.interface import INTERFACE_HASH

PINNED = ("1", "29414994e64fba276f07")


def test_a_change_of_schemas_or_observation_text_is_deliberate() -> None:
    assert (INTERFACE_VERSION, INTERFACE_HASH) == PINNED
