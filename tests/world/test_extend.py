"""A world with more facts, or more said of them: everything else as it was."""

from pathlib import Path

import pytest

from redsearcher.errors import DataError
from redsearcher.records.world import Fact, Statement, Strength
from redsearcher.world.extend import extend
from redsearcher.world.store import World
from tests.world.extract.village import closing, known, things, village

WIFE, HUSBAND, TOWN, FILM, STAR = things(0)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return village(tmp_path_factory.mktemp("village") / "world", 2)


def place(world: World, fact: Fact, words: str) -> Statement:
    page = next(page for page in world.documents() if words in page.text)
    start = page.text.index(words)
    return Statement(fact=fact.id, document=page.id, start=start, end=start + len(words), strength=Strength.STRICT)


def rows(world: World) -> set[Statement]:
    return {statement for found in world.statements.values() for statement in found}


def test_nothing_more_gives_the_same_world(world: World, tmp_path: Path) -> None:
    assert extend(world, tmp_path / "w", [], [], about="Nothing.").id == world.id


def test_new_facts_are_stated_where_they_are_said_and_loosely_where_both_ends_occur(
    world: World, tmp_path: Path
) -> None:
    born = closing(0)[0]
    said = place(world, born, "Bo Kern was born in Karn.")
    info = extend(world, tmp_path / "w", [born, known(0)[0]], [said], about="One fact.", config_hash="c")
    found = World(tmp_path / "w")
    assert info == found.info and info.source == "made up. One fact." and info.config_hash == "c"
    assert (info.n_facts, info.n_documents, info.kind) == (world.info.n_facts + 1, world.info.n_documents, "open")
    assert list(found.entities) == list(world.entities) and info.id != world.id
    assert found.is_stated(born.id) and not world.facts.get(born.id)
    more = rows(found) - rows(world)
    assert said in more and rows(world) <= rows(found)
    pages = found.pages([statement.document for statement in more])
    loose = {pages[s.document].title for s in more if s.strength is Strength.LOOSE}
    assert loose == {"Ada Kern", "The Karn Bell"} and {s.fact for s in more} == {born.id}


def test_an_old_fact_is_stated_anew_in_the_place_of_a_loose_statement(tmp_path: Path) -> None:
    born = closing(0)[0]
    world = village(tmp_path / "old", unstated=[born])
    said = place(world, born, "Bo Kern was born in Karn.")
    assert not world.is_stated(born.id) and said.document in world.stating(born.id, Strength.LOOSE)
    extend(world, tmp_path / "new", [], [said], about="")
    found = World(tmp_path / "new").statements[born.id]
    assert [s for s in found if s.document == said.document] == [said]
    assert len(found) == len(world.statements[born.id])


def test_a_schema_of_its_own_comes_along(tmp_path: Path) -> None:
    world = village(tmp_path / "old")
    (tmp_path / "old" / "schema.json").write_text(
        '{"types": [{"id": "mill_x1", "en": {"noun": "mill"}, "zh": {"noun": "磨坊"}}]}'
    )
    extend(world, tmp_path / "new", [], [], about="")
    assert "mill_x1" in (tmp_path / "new" / "schema.json").read_text()


@pytest.mark.parametrize("case", ["fact", "page", "place", "thing"])
def test_what_the_world_lacks_is_refused_and_nothing_written(world: World, tmp_path: Path, case: str) -> None:
    born = closing(0)[0]
    said = place(world, born, "Bo Kern was born in Karn.")
    changes: dict[str, dict[str, object]] = {
        "fact": {"fact": "F0"}, "page": {"document": "D0"}, "place": {"end": 9_999}, "thing": {}
    }  # fmt: skip
    facts = [born, born.model_copy(update={"object": "E0"})] if case == "thing" else [born]
    with pytest.raises(DataError, match={"fact": "F0", "page": "D0", "place": "9999", "thing": "E0"}[case]):
        extend(world, tmp_path / "w", facts, [said.model_copy(update=changes[case])], about="")
    assert not list(tmp_path.iterdir())
