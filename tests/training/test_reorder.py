"""Traces whose results stand in another order."""

from collections import Counter

from redsearcher.data.expert.evidence import Block, Sight
from redsearcher.data.expert.words import quotation
from redsearcher.records.tool import Hit, Observation, ToolCall
from redsearcher.records.trajectory import Step, Trajectory
from redsearcher.training.reorder import reordered
from redsearcher.web.render import render_results
from tests.training.toy import traces

TITLES = ("Velm (town)", "Salt Road", "Ola Brandt: a life")


def _said(rank: int) -> str:
    block = Block(f"https://x.example/{rank}", TITLES[rank - 1], f"Text {rank}.", visited=False, rank=rank)
    return quotation(Sight(block, f"Text {rank}."), is_new=True)


def _trace(*quoted: int, key: str = "k") -> Trajectory:
    hits = [
        Hit(rank=rank, url=f"https://x.example/{rank}", title=title, snippet=f"Text {rank}.", site="x.example")
        for rank, title in enumerate(TITLES, 1)
    ]
    call = ToolCall(id="c1", name="search", arguments={"query": ["salt"]})
    seen = Observation(call_id="c1", content=render_results("salt", hits))
    steps = (
        Step(thought="I search.", calls=(call,), observations=(seen,)),
        Step(thought="\n".join([*map(_said, quoted), "1) x: Velm."])),
    )
    return traces(0, 1)[0].model_copy(update={"key": key, "steps": steps})


def test_the_quotation_moves_with_its_result() -> None:
    places: Counter[str] = Counter()
    for number in range(60):
        trajectory = _trace(2, key=str(number))
        first, second = reordered(trajectory, 1).steps
        line = next(line for line in second.thought.splitlines() if line.startswith("Result "))
        rank, title = line.removeprefix("Result ").split(", ", 1)
        assert title == "Salt Road: “Text 2.”"
        assert f"\n{rank}. [Salt Road](https://x.example/2)\n   x.example\n   Text 2." in first.observations[0].content
        blocks = first.observations[0].content.split("\n\n")
        assert sorted(block.partition(". [")[2] for block in blocks if ". [" in block) == sorted(
            block.partition(". [")[2]
            for block in trajectory.steps[0].observations[0].content.split("\n\n")
            if ". [" in block
        )
        places[rank] += 1
    assert set(places) == {"1", "2", "3"} and min(places.values()) > 10


def test_where_several_or_none_are_quoted_all_stays() -> None:
    for trajectory in (_trace(1, 3), _trace()):
        assert reordered(trajectory, 1).steps == trajectory.steps


def test_another_variant_is_another_order() -> None:
    orders = {reordered(_trace(1), variant).steps[0].observations[0].content for variant in range(1, 30)}
    assert len(orders) == 6
    assert reordered(_trace(1), 5) == reordered(_trace(1), 5)
