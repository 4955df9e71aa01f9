"""What a model says closes a cycle, held against pages and world: kept, or dropped with its reason."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from redsearcher.llm.role import RoleConfig
from redsearcher.records.chat import Completion, Message, Sampling, Usage
from redsearcher.records.tool import ToolSchema
from redsearcher.records.world import Entity, Fact, Qualifier
from redsearcher.world.extract.densify import Checker, ClosingFact, ClosingReply, Densifier, Piece, excerpt
from redsearcher.world.store import World
from tests.world.extract.village import BORN, SIBLING, closing, known, things, village

WIFE, HUSBAND, TOWN, FILM, STAR = things(0)
AGAIN = {
    "subject": "Bo Kern",
    "property": "place of birth",
    "object": "Karn",
    "page": 2,
    "quote": "Bo Kern was born in Karn.",
}


def piece(world: World) -> Piece:
    pages = {page.about[0]: page for page in world.documents()}
    return Piece(things(0), known(0), [pages[thing.id] for thing in (WIFE, TOWN, FILM)])


def said(world: World, **changes: Any) -> Fact | str:
    """The fact that is accepted, or why it is dropped."""
    tally: Counter[str] = Counter()
    reply = ClosingReply(facts=[ClosingFact(**{**AGAIN, **changes})])
    found = list(Checker(world).statements(piece(world), reply, tally))
    if found:
        ((fact, place),) = found
        page = world.pages([place.document])[place.document]
        assert not tally and place.fact == fact.id
        assert " ".join(page.text[place.start : place.end].split()) == " ".join(
            changes.get("quote", AGAIN["quote"]).split()
        )
        return fact
    ((reason, n),) = tally.items()
    assert n == 1
    return reason


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return village(tmp_path_factory.mktemp("village") / "world", 2)


SET = {"subject": "the karn BELL", "property": "narrative location", "page": 3, "quote": "It is set in Karn."}
ROW = {"object": "Cy Kern", "property": "sibling", "quote": "Guest: Bo Kern | Sister: Cy Kern"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, closing(0)[0]),
        ({"property": " p19"}, closing(0)[0]),
        ({"property": "出生地"}, closing(0)[0]),
        (SET, closing(0)[1]),
        (ROW, closing(0)[2]),
    ],
)
def test_what_a_page_says_in_so_many_words_is_kept(world: World, changes: dict[str, Any], expected: Fact) -> None:
    assert said(world, **changes) == expected


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"page": 4}, "no such excerpt"),
        ({"page": 0}, "no such excerpt"),
        ({"page": 1}, "quote not on the page"),
        ({"quote": "Bo Kern was born at Karn."}, "quote not on the page"),
        ({"quote": "  "}, "quote not on the page"),
        ({"quote": "Karn is a town. Bo Kern was born in Karn."}, "quote longer than a sentence or a row"),
        ({"quote": "moved away later. Guest: Bo Kern"}, "quote longer than a sentence or a row"),
        ({"subject": "Bo Dorn"}, "a thing that was not shown"),
        ({"object": "Bo Kern"}, "a thing joined to itself"),
        ({"object": "Cy Kern", "property": "sibling"}, "quote that does not name both things"),
        ({**SET, "object": "Bo Kern"}, "quote that does not name both things"),
        ({"property": "place where he was, perhaps, born"}, "relation that types do not allow"),
        ({"property": "spouse"}, "relation that types do not allow"),
        ({"subject": "Karn", "object": "Bo Kern"}, "relation that types do not allow"),
        ({"property": "date of birth"}, "relation that types do not allow"),
        ({**ROW, "property": "spouse"}, "a second object of a relation that has one"),
        (
            {
                "subject": "Ada Kern",
                "object": "Bo Kern",
                "property": "sibling",
                "page": 1,
                "quote": "She married Bo Kern.",
            },
            "two things that a fact joins already",
        ),
    ],
)
def test_what_it_does_not_say_is_dropped_with_its_reason(world: World, changes: dict[str, Any], reason: str) -> None:
    assert said(world, **changes) == reason


def test_a_closed_world_takes_nothing_but_the_truth(tmp_path: Path) -> None:
    world = village(tmp_path / "world", kind="closed", unstated=[closing(0)[0]])
    assert said(world) == closing(0)[0]
    assert said(world, **SET) == "untrue in a world whose facts are all known"


def test_a_relation_with_one_object_gets_no_second_one(tmp_path: Path) -> None:
    elsewhere = Entity(id="E9", label="Elsewhere", type="city")
    born = Fact(subject=HUSBAND.id, property=BORN, object=elsewhere.id)
    assert said(village(tmp_path / "world", unstated=[born], others=[elsewhere])) == (
        "a second object of a relation that has one"
    )


def test_a_symmetric_fact_is_the_one_that_is_known(tmp_path: Path) -> None:
    turned = Fact(subject=STAR.id, property=SIBLING, object=HUSBAND.id)
    assert said(village(tmp_path / "world", unstated=[turned]), **ROW) == turned


def test_what_holds_under_conditions_needs_more_than_a_quote(tmp_path: Path) -> None:
    since = Fact(
        subject=HUSBAND.id, property=BORN, object=TOWN.id, qualifiers=(Qualifier(property="P580", object=FILM.id),)
    )
    assert said(village(tmp_path / "world", unstated=[since])) == "known under conditions only"


def test_a_namesake_makes_a_quote_worthless_but_on_the_page_about_the_thing(tmp_path: Path) -> None:
    bell = Entity(id="E8", label="The Karn Bell", type="film")
    world = village(tmp_path / "world", others=[bell, Entity(id="E9", label="Bo Kern", type="person")])
    assert said(world) == "a name that several things bear"
    assert said(world, **{**SET, "quote": "It is set in Karn."}) == closing(0)[1]


async def _asked(world: World, chars: int) -> str:
    model = Heard()
    await Densifier(model, RoleConfig(tries=1), chars).ask(piece(world))
    return model.messages[-1].content


class Heard:
    """A model that says nothing and remembers what it was asked."""

    name = "heard"

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def complete(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], sampling: Sampling
    ) -> Completion:
        self.messages = list(messages)
        return Completion(
            message=Message(role="assistant", content='{"facts": []}'), finish_reason="stop", usage=Usage()
        )


def test_it_is_shown_things_facts_relations_and_the_lines_that_name_them(world: World) -> None:
    prompt = asyncio.run(_asked(world, 400))
    assert "- Bo Kern (person)" in prompt and "- Ada Kern | spouse | Bo Kern" in prompt
    assert "Excerpt 2, of the page 'Karn':\nKarn is a town." in prompt and "Guest: Bo Kern | Sister: Cy Kern" in prompt
    assert "narrative location" in prompt and "date of birth" not in prompt and "twinned" in prompt
    assert "Guest:" not in asyncio.run(_asked(world, 50))


def test_lines_without_the_things_are_left_out(world: World) -> None:
    page = next(world.documents()).model_copy(update={"text": "Ada Kern sang.\n\nNobody else did.\nThen Bo Kern came."})
    assert excerpt(page, things(0), 99) == "Ada Kern sang.\nThen Bo Kern came."
    assert excerpt(page, things(0), 20) == "Ada Kern sang.\nThen "
