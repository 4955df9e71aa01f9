"""A toy world per seed: invented names, and traces that look them up."""

from pathlib import Path

from redsearcher.core import jsonl
from redsearcher.core.rng import derive
from redsearcher.records.tool import INTERFACE_VERSION, Observation, ToolCall
from redsearcher.records.trajectory import Step, StopReason, Trajectory

SYLLABLES = ("ka", "lo", "mi", "ter", "ran", "du", "vel", "os", "shi", "pa", "gor", "ne")


def traces(seed: int, n: int) -> list[Trajectory]:
    """`n` trajectories over the names of one world."""
    return [_trace(seed, number) for number in range(n)]


def write_traces(path: Path, seed: int, n: int) -> Path:
    """The same as a file of JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    jsonl.write(path, (jsonl.dump(one) for one in traces(seed, n)))
    return path


def _trace(seed: int, number: int) -> Trajectory:
    rng = derive(seed, "trace", number)

    def name() -> str:
        return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4))).capitalize()

    book, author, other = name(), name(), name()
    call = ToolCall(id="call_1", name="search", arguments={"query": [f"{book} author"]})
    seen = f"## Results\n1. [{book}](https://a.example/{number})\n{book} was written by {author}. {other} reviewed it."
    steps = (
        Step(
            thought=f"Find who wrote {book}. I search.",
            calls=(call,),
            observations=(Observation(call_id="call_1", content=seen),),
        ),
        Step(thought=f"{book} was written by {author}.\n<answer>{author}</answer>"),
    )
    return Trajectory(
        key=f"{seed}-{number}", task=f"t{number}", sample=0, question=f"Who wrote {book}?", model="rules",
        protocol="native", context_strategy="none", interface_version=INTERFACE_VERSION, seed=seed, steps=steps,
        answer=author, stop_reason=StopReason.ANSWERED,
    )  # fmt: skip
