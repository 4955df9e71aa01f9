"""Each kind of abnormality is found, and none where there is none."""

import asyncio

import pytest

from redsearcher.agent.abnormal import abnormality
from redsearcher.agent.tools import Subset
from redsearcher.errors import InputError
from redsearcher.records.tool import SEARCH, VISIT, Observation, ToolCall, ToolSchema
from redsearcher.records.trajectory import Step, StopReason, Trajectory


def _trajectory(*steps: Step, stop: StopReason = StopReason.ANSWERED) -> Trajectory:
    return Trajectory(
        key="k", task="t", sample=0, question="Who?", model="m", protocol="native", context_strategy="none",
        interface_version="1", seed=1, steps=steps, stop_reason=stop,
    )  # fmt: skip


def _search(query: str, error: str | None = None) -> Step:
    call = ToolCall(id="c", name="search", arguments={"query": [query]})
    return Step(thought="look", calls=(call,), observations=(Observation(call_id="c", content="x", error=error),))


WORDS = " ".join(f"word{n * n}" for n in range(200))


@pytest.mark.parametrize(
    ("steps", "stop", "kinds"),
    [
        ([_search(str(n)) for n in range(9)], StopReason.ANSWERED, ()),
        ([_search("a")] * 3, StopReason.ANSWERED, ()),
        ([_search("a")] * 4, StopReason.ANSWERED, ("repetition",)),
        ([Step(thought=WORDS)], StopReason.ANSWERED, ()),
        ([Step(thought="and again " * 100)], StopReason.ANSWERED, ("repetition",)),
        ([], StopReason.MAX_TOKENS, ("over_length",)),
        ([Step(thought="x", problem="cut_off")], StopReason.ANSWERED, ("over_length",)),
        ([_search(str(n), "not_found") for n in range(3)], StopReason.ANSWERED, ("tool_failures",)),
        ([_search(str(n), "not_found" if n < 3 else None) for n in range(9)], StopReason.ANSWERED, ()),
        ([_search(str(n), "not_found" if n < 5 else None) for n in range(20)], StopReason.ANSWERED, ("tool_failures",)),
        ([Step(thought="x", problem="empty")] * 3, StopReason.ANSWERED, ("format_errors",)),
    ],
)
def test_kinds(steps: list[Step], stop: StopReason, kinds: tuple[str, ...]) -> None:
    assert abnormality(_trajectory(*steps, stop=stop)).kinds == kinds


class Two:
    """Two tools that say their name."""

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        return (SEARCH, VISIT)

    async def call(self, call: ToolCall) -> Observation:
        return Observation(call_id=call.id, content=call.name)


def test_a_subset_of_tools() -> None:
    tools = Subset(Two(), ["search"])
    assert tools.schemas == (SEARCH,)
    assert asyncio.run(tools.call(ToolCall(id="a", name="search", arguments={}))).content == "search"
    assert asyncio.run(tools.call(ToolCall(id="a", name="visit", arguments={}))).error == "unknown_tool"
    with pytest.raises(InputError, match="fly"):
        Subset(Two(), ["fly"])
