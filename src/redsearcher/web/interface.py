"""The fingerprint of what a policy sees: tool schemas and the text of observations."""

from collections.abc import Iterable

from redsearcher.records.tool import BASIC_TOOLS, Hit, Page, PageLink, ToolCall, interface_hash
from redsearcher.records.world import Entity, Fact, Value
from redsearcher.web.render import (
    BETWEEN_PAGES,
    BETWEEN_QUERIES,
    render_error,
    render_missing,
    render_page,
    render_results,
)
from redsearcher.web.tool.kit import make_tools
from redsearcher.world.tooling import ToolKnowledge

_LINK = PageLink(text="River Osk", url="https://atlas.example/osk_(river)")
_HIT = Hit(
    rank=1,
    url="https://atlas.example/velm_(town)",
    title="Velm",
    snippet="Velm lies on the River Osk ...",
    site="atlas.example",
)
_PAGE = Page(
    url="https://atlas.example/velm_(town)",
    title="Velm",
    text="Velm lies on the [River Osk](https://atlas.example/osk_%28river%29).\n\n[...]\n\nIt has a mill.",
    links=(_LINK,),
    n_chars=1234,
    n_shown=43,
    truncated=True,
)
SAMPLES = (
    BETWEEN_QUERIES.join(
        [
            render_results("mills on the Osk", [_HIT, _HIT.model_copy(update={"rank": 2, "date": "1987-03-02"})]),
            render_results("nothing", []),
        ]
    ),
    BETWEEN_PAGES.join(
        [
            render_page(_PAGE),
            render_page(_PAGE.model_copy(update={"truncated": False})),
            render_missing("https://atlas.example/gone", "no page"),
        ]
    ),
    render_error("query is empty"),
)
INTERFACE_HASH = interface_hash(*SAMPLES)


def fingerprint(tools: Iterable[str]) -> str:
    """INTERFACE_HASH for search and visit; with more tools, what they answer in a small world counts too."""
    wanted = set(tools) - set(BASIC_TOOLS)
    if not wanted:
        return INTERFACE_HASH
    answers: list[str] = []
    for tool in make_tools(wanted, _knowledge()):
        answers += [f"{call.name} {tool.run(call).content}" for call in _CALLS if call.name == tool.schema.name]
        tool.close()
    return interface_hash(*SAMPLES, *answers, tools=(*BASIC_TOOLS, *wanted))


def _knowledge() -> ToolKnowledge:
    """Two towns and two papers."""
    entities = {
        id: Entity(id=id, label=label, type=type)
        for id, label, type in (
            ("E1", "Velm", "city"), ("E2", "Osk", "city"), ("E3", "Ola Brandt", "person"),
            ("E4", "Ana Brandt", "person"),
            ("E5", "On mills", "paper"), ("E6", "On rivers", "paper"),
        )
    }  # fmt: skip
    facts = [
        *[Fact(subject=s, property="P50", object=o) for s, o in (("E5", "E3"), ("E6", "E3"), ("E6", "E4"))],
        *[
            Fact(subject=s, property=p, value=Value(datatype=kind, text=text))
            for s, p, kind, text in (
                ("E1", "P625", "coordinate", "10.0000,20.0000"), ("E2", "P625", "coordinate", "10.5000,20.2500"),
                ("E5", "P8328", "quantity", "7"), ("E5", "P577", "time", "1987-03-02"),
                ("E6", "P8328", "quantity", "1"),
            )
        ],
    ]  # fmt: skip
    return ToolKnowledge(entities, lambda: facts)


_CALLS = tuple(
    ToolCall(id="c", name=name, arguments=arguments)
    for name, arguments in (
        ("maps", {"query": "Velm"}),
        ("maps", {"query": "Velm", "to": "Osk", "mode": "foot", "nearest": "city"}),
        ("maps", {"query": "Vlem"}),
        ("scholar", {"query": ["Ola Brandt", "On mills", "Olla Brandt"]}),
        ("python", {"code": "print(1)\n2 / 3"}),
        ("python", {"code": "1 / 0"}),
        ("python", {"code": "None"}),
    )
)
