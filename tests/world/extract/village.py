"""Families in towns: in each five things that four facts hold together in a line, and pages that say more.

What the pages say but no fact does (`closing`): the husband was born in the wife's town, the film is set there, and its
star is his sister.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from redsearcher.records.world import Document, Entity, Fact, Statement, Strength
from redsearcher.world.build import build_world
from redsearcher.world.store import World

FAMILIES = (
    ("Kern", "Karn"),
    ("Dorn", "Ostle"),
    ("Falk", "Velm"),
    ("Holt", "Mird"),
    ("Rusk", "Quoy"),
    ("Tarn", "Brill"),
)
BORN, SPOUSE, DIRECTOR, CAST, SETTING, SIBLING = "P19", "P26", "P57", "P161", "P840", "P3373"
WORDS = {BORN: "born in", SPOUSE: "married", DIRECTOR: "directed by", CAST: "star is"}


def things(number: int) -> list[Entity]:
    """Wife, husband, town, film, star."""
    family, town = FAMILIES[number]
    people = [f"{name} {family}" for name in ("Ada", "Bo", "Cy")]
    rows = (
        (people[0], "person"),
        (people[1], "person"),
        (town, "city"),
        (f"The {town} Bell", "film"),
        (people[2], "person"),
    )
    return [Entity(id=f"E{number}{place}", label=label, type=type_) for place, (label, type_) in enumerate(rows)]


def known(number: int) -> list[Fact]:
    """The wife was born in the town and married the husband, who directed the film with the star."""
    wife, husband, town, film, star = (thing.id for thing in things(number))
    return [
        Fact(subject=wife, property=BORN, object=town),
        Fact(subject=wife, property=SPOUSE, object=husband),
        Fact(subject=film, property=DIRECTOR, object=husband),
        Fact(subject=film, property=CAST, object=star),
    ]


def closing(number: int) -> list[Fact]:
    """What else the pages say."""
    _, husband, town, film, star = (thing.id for thing in things(number))
    return [
        Fact(subject=husband, property=BORN, object=town),
        Fact(subject=film, property=SETTING, object=town),
        Fact(subject=husband, property=SIBLING, object=star),
    ]


def texts(number: int) -> dict[str, str]:
    """Page texts by the id of what they are about."""
    wife, husband, town, film, star = things(number)
    return {
        wife.id: f"{wife.label} is a singer. She was born in {town.label}. She married {husband.label}.",
        town.id: f"{town.label} is a town. {husband.label} was born in {town.label}. {wife.label} moved away later.\n"
        f"Guest: {husband.label} | Sister: {star.label} | Year: 1950\n",
        film.id: f"{film.label} is a film directed by {husband.label}. It is set in {town.label}. "
        f"Its star is {star.label}.",
    }


def village(
    path: Path,
    n: int = 1,
    *,
    kind: Literal["closed", "open"] = "open",
    unstated: Sequence[Fact] = (),
    others: Sequence[Entity] = (),
) -> World:
    """A world of so many families; `unstated` facts are known too, `others` are there beside."""
    entities = [thing for number in range(n) for thing in things(number)]
    facts = [fact for number in range(n) for fact in known(number)]
    labels = {entity.id: entity.label for entity in entities}

    def pages() -> Iterator[tuple[Document, list[Statement]]]:
        for number in range(n):
            for about, text in texts(number).items():
                page = Document(
                    url=f"https://village.example/{about}", site="village.example", kind="page", title=labels[about],
                    text=text, about=(about,),
                )  # fmt: skip
                yield page, list(_said(page, known(number), labels))

    build_world(
        path, name="village", lang="en", kind=kind, source="made up.", seed=None, config_hash="",
        entities=[*entities, *others], facts=[*facts, *unstated], pages=pages(),
    )  # fmt: skip
    return World(path)


def _said(page: Document, facts: Sequence[Fact], labels: dict[str, str]) -> Iterator[Statement]:
    """The sentences that say known facts: on the page about their subject."""
    for fact in facts:
        words = f"{WORDS[fact.property]} {labels[str(fact.object)]}"
        if fact.subject in page.about:
            start = page.text.index(words)
            end = start + len(words)
            yield Statement(fact=fact.id, document=page.id, start=start, end=end, strength=Strength.STRICT)
