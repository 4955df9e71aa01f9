import asyncio
from pathlib import Path

import pytest

from redsearcher.llm.endpoint import EndpointConfig, EndpointModel
from redsearcher.llm.role import RoleConfig
from redsearcher.records.world import Document, Entity, Fact
from redsearcher.world.build import build_world
from redsearcher.world.seed.cascade import choose_seeds, objection
from redsearcher.world.seed.concrete import ConcreteRole, is_abstract
from redsearcher.world.seed.config import SeedConfig
from redsearcher.world.seed.meta import is_meta
from redsearcher.world.seed.redirect import redirect_target
from redsearcher.world.store import World
from tests.chat_server import Answer, chat_server

LONG = (
    "{} is a small town on the coast of the sea, known for its wool, its boats and the long winters its poets praise "
    "in many songs."
)
REFERS = "Karn may refer to:\n" + "- a town of that name in the far north of Tor\n" * 4


def page(title: str, text: str = "", about: str = "") -> Document:
    text = text or LONG.format(title) + " It is old."
    subjects = (about,) if about else ()
    return Document(url=f"https://x.org/{title}", site="x.org", kind="page", title=title, text=text, about=subjects)


@pytest.mark.parametrize(
    ("title", "text", "why"),
    [
        ("Karn", "", None),
        ("Karn", "A town.", "too short"),
        ("Karn", "#REDIRECT [[Karn Harbour]]", "redirect"),
        ("List of towns in Tor", "", "list, index or disambiguation"),
        ("Karn (disambiguation)", "", "list, index or disambiguation"),
        ("Karn", REFERS, "list, index or disambiguation"),
        ("Towns", "Towns of note\n" + "* one of the towns of Tor\n" * 9, "list, index or disambiguation"),
        ("托镇列表", LONG, "list, index or disambiguation"),
        ("Category:Towns", "", "meta page"),
        ("1950", "", "meta page"),
        ("May 3", "", "meta page"),
        ("Kern (surname)", "", "meta page"),
        ("Wool", "Wool craft is a technique used in towns. " + LONG, "abstract concept"),
    ],
)  # fmt: skip
def test_the_first_filter_that_objects_is_named(title: str, text: str, why: str | None) -> None:
    type_ = "city" if title == "Karn" else ""
    assert objection(page(title, text), type_, SeedConfig()) == why


def test_kinds_are_abstract_and_things_are_not() -> None:
    assert is_abstract("sport", "") and not is_abstract("city", "Karn is a concept.")
    assert not is_meta("1950 Karn fair") and is_meta("Talk:Karn") and redirect_target("See #REDIRECT [[x]]") is None


def test_seeds_of_a_world(tmp_path: Path) -> None:
    entities = [Entity(id=f"E{n}", label=f"Town {n}", type="city") for n in range(5)]
    hub = Entity(id="H", label="Tor", type="country")
    facts = [Fact(subject=e.id, property="P17", object="H") for e in entities[:4]]
    facts += [Fact(subject="E0", property="P190", object="E1"), Fact(subject="E2", property="P190", object="E1")]
    pages = [(page(e.label, about=e.id), []) for e in entities[:4]]
    pages.append((page("Tor", about="H"), []))
    pages.append((page("Town 4", LONG.format("Town 0") + " It is young.", about="E4"), []))
    build_world(
        tmp_path / "w", name="w", lang="en", kind="open", source="made up", seed=None, config_hash="",
        entities=[*entities, hub], facts=facts, pages=pages,
    )  # fmt: skip
    report = choose_seeds(World(tmp_path / "w"), SeedConfig(max_facts=3))
    assert report.seeds == ("E0", "E1", "E2")
    assert {why: n for why, n in report.dropped.items() if n} == {
        "too few facts": 1, "too many facts": 1, "same article as another page": 1,
    }  # fmt: skip


def judged(answer: Answer) -> tuple[str, str | None]:
    async def ask(url: str) -> tuple[str, str | None]:
        model = EndpointModel(EndpointConfig(model="judge", base_url=url, max_retries=0))
        try:
            reply = await ConcreteRole(model, RoleConfig(tries=2, timeout_s=5.0)).ask("Karn", LONG.format("Karn"))
        finally:
            await model.aclose()
        return reply.outcome, reply.value.verdict if reply.value else None

    def script(messages: list[dict[str, str]]) -> Answer:
        return answer if "Title: Karn" in messages[1]["content"] else Answer(status=400)

    with chat_server(script) as url:
        return asyncio.run(ask(url))


def test_a_model_may_judge_concreteness() -> None:
    assert judged(Answer('{"verdict": "concrete", "why": "a town"}')) == ("answered", "concrete")
    assert judged(Answer('{"verdict": "perhaps"}')) == ("malformed", None)
    assert judged(Answer("I'm sorry, I can't.")) == ("refused", None)
