import pytest

from redsearcher.world.extract.lead import read_lead
from redsearcher.world.extract.literal import read_quantity, read_time


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("Ada Kern (born 3 May 1950) is a Torian retired tennis player and coach. She won.", "person"),
        ("Long Night is a 1987 black-and-white drama film directed by Ada Kern.", "film"),
        ("Tor is the capital and largest city of the Isle of Tor.", "city"),
        ("The Grey Owls were a rock band from Tor.", "band"),
        ("KTOR is a television station licensed to Tor.", "broadcaster"),
        ("Ada Kern (born 1950) was the first to be remembered for her cakes.", "person"),
        ("The Tor national football team is the national team of Tor.", ""),
        ("It rained all night.", ""),
    ],
)
def test_head_nouns_name_types(text: str, type_: str) -> None:
    lead = read_lead(text)
    assert (lead.type if lead else "") == type_


def test_a_lead_ends_with_its_sentence() -> None:
    text = "Tor (once a city) is a town in Karn. It is old."
    lead = read_lead(text)
    assert lead is not None
    assert text[lead.phrase_start : lead.phrase_end].strip() == "town"
    assert text[lead.start : lead.end] == "Tor (once a city) is a town in Karn."


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("3 May 1950", "1950-05-03"),
        ("Sept. 3, 1950", "1950-09-03"),
        ("May 1950 [2]", "1950-05"),
        ("1950†", "1950"),
        ("1950-05-03", "1950-05-03"),
        ("1950-52", None),
        ("c. 1950", None),
        ("3050", None),
        ("31 Smarch 1950", None),
    ],
)
def test_times_of_cells(text: str, canonical: str | None) -> None:
    value = read_time(text)
    assert (value.text if value else None) == canonical


@pytest.mark.parametrize(
    ("text", "canonical"), [("12,500", "12500"), ("3.5", "3.5"), ("40 000", None), ("12 km", None), ("9–10", None)]
)
def test_quantities_of_cells(text: str, canonical: str | None) -> None:
    value = read_quantity(text)
    assert (value.text if value else None) == canonical
