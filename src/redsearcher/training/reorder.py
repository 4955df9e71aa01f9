"""The same traces with the results of a search in another order, so that where the answer stands cannot be guessed.

Most answers stand in the first result, and a policy that says so is right more often than not without having read. In
another order it has to read.
"""

import re
from itertools import pairwise
from random import Random

from redsearcher.core.rng import derive
from redsearcher.records.trajectory import Step, Trajectory

_HIT = re.compile(r"(?m)^(\d+)(\. \[.*\]\(https?://[^\s()]+\))$")
_QUOTED = re.compile(r"(?m)^Result (\d+)(?=, .*: “.*”$)")
"""How the expert begins a quotation (`data.expert.words.quotation`)."""


def reordered(trajectory: Trajectory, variant: int) -> Trajectory:
    """The trajectory with results shuffled wherever the next thought quotes one of them; another order per variant.

    Where several are quoted the thought goes through them in their order, so these are left as they are. Segments are
    left out, as their ids would not hold.
    """
    rng = derive(0, "results", trajectory.key, variant)
    steps = [step.model_copy(update={"segment": None}) for step in trajectory.steps]
    for number in range(len(steps) - 1):
        steps[number], steps[number + 1] = _shuffled(steps[number], steps[number + 1], rng)
    return trajectory.model_copy(update={"steps": tuple(steps), "segments": None})


def _shuffled(step: Step, after: Step, rng: Random) -> tuple[Step, Step]:
    quoted = set(_QUOTED.findall(after.thought))
    if len(step.observations) != 1 or len(quoted) != 1:
        return step, after
    head, *hits = _parts(step.observations[0].content)
    (rank,) = map(int, quoted)
    if rank > len(hits) or head.count("\n## ") or not head.startswith("## "):
        return step, after
    order = rng.sample(range(len(hits)), len(hits))
    told = [_HIT.sub(rf"{place}\2", hits[old], count=1) for place, old in enumerate(order, 1)]
    content = head + "\n\n".join(told) + step.observations[0].content[len(head) + len("\n\n".join(hits)) :]
    seen = step.observations[0].model_copy(update={"content": content})
    thought = _QUOTED.sub(f"Result {order.index(rank - 1) + 1}", after.thought)
    return step.model_copy(update={"observations": (seen,)}), after.model_copy(update={"thought": thought})


def _parts(content: str) -> list[str]:
    """What stands before the first result, then each result without the blank lines behind it."""
    starts = [found.start() for found in _HIT.finditer(content)]
    bounds = [*starts, len(content)]
    return [content[: bounds[0]], *(content[i:j].rstrip("\n") for i, j in pairwise(bounds))]
