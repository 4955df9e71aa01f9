import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from redsearcher.llm.endpoint import EndpointConfig
from redsearcher.llm.role import RoleConfig
from redsearcher.world.importers.pages_folder import PagesConfig, import_folder
from redsearcher.world.property import properties
from redsearcher.world.store import World
from tests.chat_server import Answer, chat_server

KERN = "# Ada Kern\n\nAda Kern is a singer. She was born in [Karn](karn.md) on 3 May 1950 and married Bo Lind.\n"
KARN = "# Karn\n\nKarn is a town of 1,200 people, the home of Bo Lind and Ada Kern. Bo Lind was born in Karn.\n"
Script = Callable[[str], Answer]
"""From the user's message to the answer."""


def fact(subject: str, property: str, quote: str, **rest: str | None) -> dict[str, str | None]:
    return {"subject": subject, "subject_type": "person", "property": property, "quote": quote, **rest}


BORN = fact("Ada Kern", "place of birth", "She was born in Karn on 3 May 1950", object="Karn", object_type="city")
DATE = fact("Ada Kern", "date of birth", "born in Karn on 3 May 1950", value="1950-05-03", value_kind="time")
WED = fact("Ada Kern", "spouse", "married Bo Lind", object="Bo Lind", object_type="singer")


def good(message: str) -> Answer:
    if "Title: Ada Kern" in message:
        return Answer(json.dumps({"facts": [BORN, DATE, WED]}))
    return Answer(json.dumps({"facts": []}))


def read(folder: Path, script: Script, **rest: Any) -> tuple[World, Counter[str]]:
    pages = folder / "pages"
    pages.mkdir(exist_ok=True)
    (pages / "ada_kern.md").write_text(KERN)
    (pages / "karn.md").write_text(KARN)
    with chat_server(lambda messages: script(messages[1]["content"])) as url:
        config = PagesConfig(
            folder=str(pages), extract="llm", model=EndpointConfig(model="reader", base_url=url, max_retries=0),
            role=RoleConfig(tries=2, timeout_s=5.0, max_tokens=64), **rest,
        )  # fmt: skip
        import_folder(folder / "world", config)
    told = json.loads((folder / "world" / "extraction.json").read_text())
    assert told["implementation"] == "llm:reader"
    return World(folder / "world"), Counter(told["counts"])


def test_facts_that_the_page_bears_out_are_kept(tmp_path: Path) -> None:
    world, counts = read(tmp_path, good)
    names = {entity.id: (entity.label, entity.type) for entity in world.entities.values()}
    found = {(f.property, names.get(f.object or "", (f.value and f.value.text,))[0]) for f in world.facts.values()}
    assert found == {("P19", "Karn"), ("P569", "1950-05-03"), ("P26", "Bo Lind")}
    assert ("Karn", "city") in names.values() and ("Bo Lind", "person") in names.values()
    assert counts["kept"] == 3 and counts["pages answered"] == 2
    born = next(f for f in world.facts.values() if f.property == "P19")
    (statement,) = [s for s in world.statements[born.id] if s.strength.value == "strict"]
    page = world.pages({statement.document})[statement.document]
    assert page.text[statement.start : statement.end] == BORN["quote"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({**BORN, "quote": "She came from Karn"}, "quote not on the page"),
        ({**BORN, "quote": "Ada Kern is a singer."}, "object not in the quote"),
        ({**BORN, "subject": "Cy Dorn"}, "subject not on the page"),
        ({**DATE, "value": "1950-06-03"}, "value not in the quote"),
        ({**DATE, "value": "in spring"}, "value that is no date or number"),
        ({**WED, "object": "Ada Kern", "quote": "Ada Kern is a singer."}, "a thing joined to itself"),
        ({**BORN, "property": "head coach"}, "relation that types or words do not allow"),
        ({**WED, "property": "was seen, they say, with"}, "relation that types or words do not allow"),
    ],
)
def test_what_the_page_does_not_bear_out_is_dropped_and_counted(
    tmp_path: Path, wrong: dict[str, str | None], reason: str
) -> None:
    def script(message: str) -> Answer:
        return Answer(json.dumps({"facts": [WED, wrong]})) if "Title: Ada Kern" in message else good(message)

    world, counts = read(tmp_path, script)
    assert [fact.property for fact in world.facts.values()] == ["P26"]
    assert (counts["kept"], counts[reason]) == (1, 1)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer("Ada Kern was born in Karn."), "malformed"),
        (Answer('{"facts": [{"subject": "Ada', finish="length"), "truncated"),
        (Answer('{"refusal": "I do not read pages"}'), "refused"),
        (Answer(status=500), "failed"),
    ],
)
def test_a_page_whose_reply_is_none_gives_nothing(tmp_path: Path, answer: Answer, outcome: str) -> None:
    def script(message: str) -> Answer:
        return answer if "Title: Karn" in message else good(message)

    world, counts = read(tmp_path, script)
    assert len(world.facts) == 3 and counts[f"pages {outcome}"] == 1


def test_replies_are_remembered(tmp_path: Path) -> None:
    first, _ = read(tmp_path, good)
    second, counts = read(tmp_path, lambda _: Answer(status=500))
    assert second.info == first.info.model_copy(update={"config_hash": second.info.config_hash})
    assert counts["kept"] == 3


def test_cycles_are_closed_by_what_a_page_says(tmp_path: Path) -> None:
    asked: list[str] = []
    closing = fact("Bo Lind", "place of birth", "Bo Lind was born in Karn.", object="Karn", object_type="city")
    made_up = {**closing, "quote": "Bo Lind was born in old Karn."}

    def script(message: str) -> Answer:
        if "mentions both" in message:
            asked.append(message)
            return Answer(json.dumps({"facts": [closing, made_up]}))
        return good(message)

    world, counts = read(tmp_path, script, max_bridges=3)
    assert len(asked) == 1 and '"Karn"' in asked[0] and '"Bo Lind"' in asked[0]
    assert counts["cycles closed"] == 1 and counts["quote not on the page"] == 1
    assert sum(fact.property == "P19" for fact in world.facts.values()) == 2
    assert properties()["P19"].label["en"] == "place of birth"
