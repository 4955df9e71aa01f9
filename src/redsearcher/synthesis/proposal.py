"""What a model proposes for one piece of a world, and what many proposals come to together."""

from collections import Counter
from collections.abc import Iterable

from redsearcher.records.base import Record
from redsearcher.records.chat import Usage
from redsearcher.records.world import Fact
from redsearcher.world.property import properties


class Borne(Record):
    """A fact that was proposed and stands on a page: code points `[start, end)` of the document."""

    fact: Fact
    document: str
    start: int
    end: int


class Proposal(Record):
    """What came of one piece: how the reply ended, the facts that pages bear out, why others were dropped, the cost."""

    key: str
    things: tuple[str, ...]
    pages: tuple[str, ...]
    outcome: str
    facts: tuple[Borne, ...]
    dropped: dict[str, int]
    implementation: str
    n_calls: int
    usage: Usage


def agreed(found: Iterable[Borne], dropped: Counter[str]) -> list[Borne]:
    """Every fact once, where it was first found; of those that cannot hold together the first. `dropped` counts the
    others by reason."""
    known: set[tuple[str, ...]] = set()
    taken: set[tuple[str, str]] = set()
    kept: list[Borne] = []
    table = properties()
    for borne in found:
        row = table[borne.fact.property]
        ends = (borne.fact.subject, str(borne.fact.object))
        said = (row.id, *(sorted(ends) if row.symmetric else ends))
        slots = {(end, row.id) for end in (ends if row.symmetric else ends[:1])} if row.functional else set()
        if said in known:
            dropped["found in an earlier piece too"] += 1
        elif slots & taken:
            dropped["a second object of a relation that has one"] += 1
        else:
            known.add(said)
            taken |= slots
            kept.append(borne)
    return kept
