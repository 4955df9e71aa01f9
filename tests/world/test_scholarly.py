"""Counts of papers by hand; name hints."""

import pytest

from redsearcher.records.world import Entity, Fact, Value
from redsearcher.world import hint
from redsearcher.world.scholarly import Scholarly
from redsearcher.world.tooling import COMPUTATIONS, ToolKnowledge

ENTITIES = {
    **{f"p{n}": Entity(id=f"p{n}", label=f"Paper {n}", type="paper") for n in range(5)},
    **{name: Entity(id=name, label=name.title(), type="person") for name in ("ann", "bob", "cy", "dee")},
}
COUNTS = {"p0": 10, "p1": 3, "p2": 3, "p3": 0}
AUTHORS = {"p0": ["ann", "bob"], "p1": ["ann"], "p2": ["ann", "bob", "cy"], "p3": ["ann"], "p4": ["cy"]}


def facts() -> list[Fact]:
    counts = [
        Fact(subject=paper, property="P8328", value=Value(datatype="quantity", text=str(n)))
        for paper, n in COUNTS.items()
    ]
    return [*counts, *(Fact(subject=p, property="P50", object=who) for p, people in AUTHORS.items() for who in people)]


def test_counts_by_hand() -> None:
    known = Scholarly.of(ENTITIES, facts())
    assert known.citations("p0") == 10 and known.citations("p4") is None
    assert known.citations("ann") == 16 and known.citations("dee") is None
    assert known.n_papers("ann") == 4
    assert known.h_index("ann") == 3 and known.h_index("bob") == 2 and known.h_index("cy") == 1
    assert known.coauthors("ann") == ("bob", "cy") and known.coauthors("dee") == ()
    assert known.joint_papers("ann", "bob") == 2 and known.joint_papers("ann", "ann") is None
    assert known.joint_papers("ann", "dee") is None


def test_the_table_speaks_of_entities() -> None:
    table = ToolKnowledge(ENTITIES, facts).table
    assert table["scholar.h_index"]("ann") == (3.0,)
    assert table["scholar.h_index"]("dee") == ()
    assert table["maps.distance"]("ann", "bob") == ()
    assert table["name.initials"]("p0", "P") == (1.0,)
    assert table["name.letters"]("ann") == (3.0,)


@pytest.mark.parametrize(
    ("name", "inputs", "result"),
    [
        ("difference", (5, 3), (2,)),
        ("sum", (1, 2, 3.5), (6.5,)),
        ("ratio", (6, 4), (1.5,)),
        ("ratio", (6, 0), ()),
        ("mean", (1, 2), (1.5,)),
        ("rank", (5, 9, 2, 5), (2,)),
        ("years", (1987.9, 1901.2), (86,)),
    ],
)
def test_computations(name: str, inputs: tuple[float, ...], result: tuple[float, ...]) -> None:
    assert COMPUTATIONS[f"python.{name}"](*inputs) == result


@pytest.mark.parametrize(
    ("name", "capitals", "n"),
    [("Érik von der Aa", "EVDA", 12), ("O'Neil-Bray 3", "ONB", 9), ("北京大学", "北京大学", 4), ("42", "", 0)],
)
def test_hints(name: str, capitals: str, n: int) -> None:
    assert hint.initials(name) == capitals
    assert hint.n_letters(name) == n
    assert hint.first_letter(name) == capitals[:1]
