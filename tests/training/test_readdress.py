"""Traces on webs of invented addresses."""

import re

from redsearcher.records.tool import Hit, Observation, Page, ToolCall
from redsearcher.records.trajectory import Step, Trajectory
from redsearcher.training.readdress import Readdresser
from redsearcher.web.render import render_page, render_results
from tests.training.toy import traces

FIRST, SECOND = "https://www.a.example/title/3/salt-road", "https://b.example/velm"


def _trace(key: str = "k") -> Trajectory:
    said = "See https://b.example/velm for more."
    hits = [
        Hit(rank=1, url=FIRST, title="Salt Road (film)", snippet=said, site="www.a.example", date="2024-08-18"),
        Hit(rank=2, url=SECOND, title="Velm", snippet="b.example is old", site="b.example"),
    ]  # fmt: skip
    page = Page(
        url=SECOND, title="Velm", text=f"Made by [Olo]({FIRST}).", links=(), n_chars=9, n_shown=9, truncated=False
    )
    seen = (
        Observation(call_id="c1", content=render_results("salt", hits)),
        Observation(call_id="c2", content=render_page(page)),
    )
    calls = (
        ToolCall(id="c1", name="search", arguments={"query": ["salt"]}),
        ToolCall(id="c2", name="visit", arguments={"url": [SECOND], "goal": "who"}),
    )
    step = Step(thought=f"I open {SECOND}.", calls=calls, observations=seen)
    return traces(0, 1)[0].model_copy(update={"key": key, "steps": (step,)})


def test_a_page_has_one_address_wherever_it_is_named() -> None:
    step = Readdresser(0).moved(_trace(), 1).steps[0]
    results, page = (seen.content for seen in step.observations)
    second = step.calls[1].arguments["url"][0]
    assert second.startswith("https://") and "velm" not in second
    assert step.thought == f"I open {second}."
    assert f"2. [Velm]({second})\n   {second.split('/')[2]}\n" in results
    assert f"See {second} for more." in results and "b.example is old" in results
    assert f"URL: {second}" in page
    first = re.findall(r"\[Olo\]\((\S+)\)", page)[0]
    assert f"1. [Salt Road (film)]({first})\n   {first.split('/')[2]} · 2024-08-18\n" in results
    assert "a.example" not in results + page


def test_traces_fall_on_many_webs_and_repeat_themselves() -> None:
    mover = Readdresser(3)
    made = [mover.moved(_trace(str(number)), 1).steps[0].thought for number in range(40)]
    assert len(set(made)) > 20
    assert made == [Readdresser(3).moved(_trace(str(number)), 1).steps[0].thought for number in range(40)]
