"""A small country with two towns of one name, and a few papers."""

import pytest

from redsearcher.records.world import Entity, Fact, Value
from redsearcher.world.tooling import ToolKnowledge

ENTITIES = {
    entity.id: entity
    for entity in (
        Entity(id="R1", label="Northmark", type="region"),
        Entity(id="R2", label="Southmark", type="region"),
        Entity(id="C1", label="Velm", type="city", aliases=("Old Velm",)),
        Entity(id="C2", label="Osk", type="city"),
        Entity(id="C3", label="Osk", type="city"),
        Entity(id="C4", label="Żór", type="city"),
        Entity(id="M1", label="Mount Ard", type="mountain"),
        Entity(id="C5", label="Nowhere", type="city"),
        Entity(id="P1", label="Ola Brandt", type="person"),
        Entity(id="P2", label="Ana Brandt", type="person"),
        Entity(id="P3", label="Kim Idle", type="person"),
        Entity(id="A1", label="On mills, and why", type="paper"),
        Entity(id="A2", label="On rivers", type="paper"),
        Entity(id="A3", label="On silence", type="paper"),
    )
}
SPOTS = {"C1": "10.0,20.0", "C2": "11.0,20.0", "C3": "-40.0,20.0", "C4": "10.0,21.0", "M1": "10.2,20.1"}


def _value(subject: str, property: str, kind: str, text: str) -> Fact:
    return Fact(subject=subject, property=property, value=Value(datatype=kind, text=text))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def knowledge() -> ToolKnowledge:
    facts = [_value(place, "P625", "coordinate", text) for place, text in SPOTS.items()]
    regions = {"C1": "R1", "C2": "R1", "C3": "R2", "C4": "R1", "M1": "R1"}
    facts += [Fact(subject=place, property="P131", object=region) for place, region in regions.items()]
    authors = {"A1": ("P1",), "A2": ("P1", "P2"), "A3": ("P2",)}
    facts += [Fact(subject=paper, property="P50", object=person) for paper, row in authors.items() for person in row]
    facts += [_value("A1", "P8328", "quantity", "1200"), _value("A2", "P8328", "quantity", "1")]
    facts += [_value("A1", "P577", "time", "1987-03-02")]
    return ToolKnowledge(ENTITIES, lambda: facts)
