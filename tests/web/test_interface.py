"""The interface a policy learned must not drift: change the version, the hash and the shipped checkpoint together."""

from redsearcher.records.tool import BASIC_TOOLS, INTERFACE_VERSION, interface_version
from redsearcher.web.interface import INTERFACE_HASH, fingerprint

PINNED = ("1", "29414994e64fba276f07")
PINNED_SETS = {
    "maps": "414591562cfb3df88b4e",
    "scholar": "0de92143a15d200197e7",
    "python": "21a09cb4b29fd0d9a042",
    "maps+python+scholar": "677514fd7738670f24ec",
}


def test_a_change_of_schemas_or_observation_text_is_deliberate() -> None:
    assert (INTERFACE_VERSION, INTERFACE_HASH) == PINNED


def test_each_set_of_tools_is_an_interface_of_its_own() -> None:
    assert fingerprint(BASIC_TOOLS) == INTERFACE_HASH
    assert interface_version(BASIC_TOOLS) == INTERFACE_VERSION
    for names, pinned in PINNED_SETS.items():
        tools = (*BASIC_TOOLS, *names.split("+"))
        assert (interface_version(tools), fingerprint(tools)) == (f"1+{names}", pinned)
