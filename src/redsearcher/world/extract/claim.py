"""What an extractor says a page states, before it is known which property and which entities are meant for good."""

from typing import NamedTuple

from redsearcher.records.world import Value


class Claim(NamedTuple):
    """`concept` names a row of the headers' table, a property id, or a phrase; ends are entity keys (merged URLs).

    Exactly one of `object` and `value` is set. `[start, end)` are code points of the page at `url`, verbatim.
    """

    subject: str
    concept: str
    object: str | None
    value: Value | None
    url: str
    start: int
    end: int
