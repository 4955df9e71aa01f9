from pathlib import Path

import pytest

from redsearcher.errors import DataError
from redsearcher.world.extract.concept import concept_of, concepts, normalised
from redsearcher.world.extract.rules import RulesExtractor
from redsearcher.world.importers.pages import import_pages
from redsearcher.world.property import EntityType, Noun, entity_types, learn, properties
from redsearcher.world.store import World
from tests.world.extract.pages import League


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    path = tmp_path_factory.mktemp("pages") / "league"
    import_pages(path, League(), RulesExtractor, name="league", about="made up")
    return World(path)


def said(world: World) -> set[tuple[str, str, str]]:
    """Facts by label: subject, property's label, object or value."""
    names = {entity.id: entity.label for entity in world.entities.values()}
    return {
        (
            names[fact.subject],
            properties()[fact.property].label["en"],
            names.get(fact.object or "") or (fact.value.text if fact.value else ""),
        )
        for fact in world.facts.values()
    }


def test_a_table_gives_its_facts_and_no_others(world: World) -> None:
    found = said(world)
    assert {
        ("Karn Rovers", "home ground", "Karn Park"),
        ("Karn Rovers", "headquarters location", "Karn"),
        ("Karn Rovers", "head coach", "Coach Karn"),
        ("Karn Park", "capacity", "5500"),
        ("Karn Park", "location", "Karn"),
        ("Coach Karn", "date of birth", "1950-05-03"),
        ("Karn", "population", "4200"),
    } <= found
    assert len(found) == 35


def test_every_fact_is_stated_verbatim(world: World) -> None:
    pages = {row.id: row for row in world.documents()}
    for id_, fact in world.facts.items():
        strict = [s for s in world.statements[id_] if s.strength.value == "strict"]
        assert strict
        for statement in strict:
            words = pages[statement.document].text[statement.start : statement.end]
            if fact.object is not None:
                assert world.entities[fact.object].label in words


def test_table_rows_are_lines_of_the_page(world: World) -> None:
    page = next(page for page in world.documents() if page.title == "The League")
    assert (
        "Club: Karn Rovers | Stadium: Karn Park | Capacity: 5,500 | Town: Karn | Rank: 1 | Coach: Coach Karn\n"
        in page.text
    )
    assert {page.text[link.start : link.end] for link in page.links} >= {"Karn Rovers", "Velm Park"}


def test_a_world_brings_its_own_properties(world: World) -> None:
    own = {row.label["en"]: row for row in properties().values() if "-" in row.id}
    assert own["home ground"].functional and own["home ground"].subject == ("club",)
    assert own["capacity"].object == ("quantity",)
    assert entity_types()["stadium"].en.plural == "sports venues"
    assert (world.path / "schema.json").is_file()


def test_ids_never_change_their_meaning(world: World) -> None:
    assert world.path.is_dir()
    with pytest.raises(DataError, match="stadium is already known"):
        learn({}, {"stadium": EntityType(id="stadium", en=Noun(noun="ground"), zh=Noun(noun="ground"))})


def test_the_same_pages_make_the_same_world(world: World, tmp_path: Path) -> None:
    again = import_pages(tmp_path / "again", League(), RulesExtractor, name="league", about="made up")
    assert again == world.info


def test_headers_mean_what_their_types_allow() -> None:
    assert normalised("Director ( s )") == "director" and normalised("Name of the Register") == "register"
    team = concept_of("Team", "person", "club")
    tenant = concept_of("Team", "stadium", "club")
    assert team is not None and tenant is not None and (team.id, tenant.id) == ("team", "tenant")
    assert concept_of("Director", "film", "person") == concepts()["director"]
    assert concepts()["director"].wikidata("film", "person") == "P57"
    assert concepts()["director"].wikidata("game", "person") is None
    assert concept_of("Notes", "film", "person") is None and concept_of("Opponent", "club", "club") is None
    mascot = concept_of("Mascot", "university", "thing")
    assert mascot is not None and mascot.is_generic


def test_known_properties_of_headers_exist() -> None:
    for concept in concepts().values():
        assert set(concept.known) <= properties().keys(), concept.id
        assert concept.value or concept.backward, concept.id


def test_no_two_relations_are_said_alike() -> None:
    bearers: dict[str, set[str]] = {}
    for row in properties().values():
        if "-" not in row.id:
            for text in {*row.en.forward, *row.en.backward, *row.en.less, *row.en.more, row.en.same} - {""}:
                bearers.setdefault(text, set()).add(row.id)
    for concept in concepts().values():
        said = {*concept.forward, *concept.backward, *concept.less, *concept.more, concept.same} - {""}
        for text in said:
            assert not bearers.get(text), f"{concept.id} and {bearers[text]} both say {text!r}"
            bearers[text] = {concept.id}
