import pytest

from redsearcher.world.extract.catalog import Catalog
from redsearcher.world.extract.claim import Claim
from redsearcher.world.extract.sentence import LeadReader
from tests.world.extract.pages import BASE, page

PAGES = {
    "France": "France is a country in western Europe that everybody in Tor has heard a good deal of by now.",
    "United_States": "United States is a country in America that most of Tor knows from films, and some from letters.",
    "Karn": "Karn is a town in Tor that has seen better days, or so the people of Karn like to say to guests.",
    "Karn_Rovers": "Karn Rovers is a football club that has played in blue and white stripes for a hundred years.",
    "Ada_Kern": "Ada Kern is a French singer whose voice has been likened to the wind around the towers of old Karn.",
    "Ada_Kern_(director)": "Ada Kern is a director whose films have been seen by nearly nobody, which is a great pity.",
    "Bo_Lind": "Bo Lind is a director whose films have been seen by many, and loved by not a few of these, too.",
    "Grey_Owls": "Grey Owls are a rock band that was formed after the great fire and has never since been quiet.",
}


@pytest.fixture(scope="module")
def reader() -> LeadReader:
    catalog = Catalog()
    for name, text in PAGES.items():
        catalog.add(page(name, text))
    for n, (_, text) in enumerate(CASES):
        catalog.add(page(f"case_{n}", text))
    return LeadReader(catalog)


def said(claim: Claim) -> tuple[str, str]:
    return claim.concept, claim.object.removeprefix(BASE) if claim.object else claim.value.text if claim.value else ""


CASES: list[tuple[set[tuple[str, str]], str]] = [
    ({("nationality", "France")}, "Cy Dorn (7 May 1901) is a French poet who was born in a town that he never names."),
    (set(), "Fy Gale is an American football linebacker who has played for more clubs than anybody cares to count."),
    (set(), "Di Evans is a French-Torian poet whose works are said to have been written at night, and by day."),
    (
        {("released", "1987"), ("director", "Bo_Lind")},
        "Long Night is a 1987 drama film directed by Bo Lind. It was made in ten days and in one room.",
    ),
    ({("released", "1988")}, "Long Day is a 1988 drama film directed by Ada Kern. It was made in many days, outdoors."),
    (
        {("performer", "Grey_Owls")},
        "Low Tide is the third studio album by the rock band Grey Owls, and by far the quietest of them.",
    ),
    (
        {("base", "Karn"), ("founded", "1901")},
        "Dorn Wool is a company based in Karn that was founded in 1901 by people whom nobody remembers now.",
    ),
    (
        {("base", "Karn")},
        "Dorn Silk is a company based in Karn, which spins what other companies of Karn have left over.",
    ),
    (
        {("location", "Karn"), ("capacity", "12500")},
        "Karn Green is a stadium in Karn. The ground has a capacity of 12,500, though few have ever seen it full.",
    ),
    (
        {("location", "Karn")},
        "Karn Blue is a stadium in Karn. It has a capacity of 1,500, and after that a capacity of 900.",
    ),
    ({("team", "Karn_Rovers")}, "Eo Finn is a footballer who currently plays as a left back for Karn Rovers in Tor."),
]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_openings_say_what_they_say_plainly(reader: LeadReader, number: int) -> None:
    wanted, text = CASES[number]
    found = list(reader.claims(f"{BASE}case_{number}", text))
    assert {said(claim) for claim in found} == wanted
    assert all(text[claim.start : claim.end].strip() for claim in found)
