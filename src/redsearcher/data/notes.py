"""Traces as a policy works that keeps notes: every turn ends with them and is read with nothing before them.

The expert's turns refer to what was seen many turns ago. With notes a turn knows the question, what the turn before
wrote down (the conditions, what is known, what comes next) and the last observations; so all turns are alike and none
is long. Turns that need more are left out of the trace.
"""

import re

from redsearcher.agent.context.notes import MARK, so_far
from redsearcher.data.expert.peek import PeekChecker
from redsearcher.data.expert.words import BEFORE, CLOSER, own_words
from redsearcher.records.trajectory import Step, Trajectory

_ASKED_FOR = re.compile(r"\AFind \w\.\Z")
_NAME = re.compile(r"\b[A-Z][\w'’-]+")
_LEAST = 2
"""Letters of a capitalised word that counts as part of a name."""


def with_notes(trajectory: Trajectory, checker: PeekChecker | None = None) -> Trajectory:
    """The trajectory as a policy under the context strategy `notes` would have left it; a first turn alone gets its
    mark. Turns after which the request to write them again was made are gone, the request stays in what is read. With
    a checker, no turn names anything that it was not told."""
    lines = trajectory.steps[0].thought.split("\n")
    end = next((n for n, line in enumerate(lines) if _ASKED_FOR.match(line)), None)
    if end is None:
        return trajectory
    conditions = lines[: end + 1]
    steps: list[Step] = []
    told, requests = "", list[str]()
    for number, step in enumerate(trajectory.steps):
        if step.problem is not None:
            continue
        after_problem = number > 0 and trajectory.steps[number - 1].problem is not None
        requests = [step.asked] if after_problem else []
        thought = _noted(step, conditions, is_first=number == 0)
        asked = "\n\n".join([part for part in (told, *requests) if part])
        turn = step.model_copy(update={"thought": thought, "asked": asked, "fresh": bool(told)})
        if number == 0 or (
            _is_supported(step.thought, trajectory.question, told) and not _peeks(trajectory, turn, checker)
        ):
            steps.append(turn)
        notes = thought.rpartition(MARK)[2]
        told = "\n\n".join([so_far(notes), *(seen.content for seen in step.observations)])
    return trajectory.model_copy(update={"steps": tuple(steps)})


def _noted(step: Step, conditions: list[str], *, is_first: bool) -> str:
    """The thought with its notes: the conditions, where the search stands, and what comes next."""
    lines = step.thought.split("\n")
    if not step.calls:
        return step.thought
    if is_first:
        return "\n".join([MARK.strip(), *lines])
    at = len(lines) - 1
    if at > 0 and lines[at - 1].startswith("["):
        at -= 1
    return "\n".join([*lines[:at], MARK.strip(), *conditions, *lines[at:]])


def _peeks(trajectory: Trajectory, turn: Step, checker: PeekChecker | None) -> bool:
    told = f"{trajectory.question}\n{turn.asked}"
    alone = trajectory.model_copy(update={"question": told, "steps": (turn,)})
    return checker is not None and bool(checker.violations(alone))


def _is_supported(thought: str, question: str, told: str) -> bool:
    """Whether all that a turn goes back to is before its eyes: it repeats nothing, begins no second round, and every
    name in it was told."""
    if any(line.startswith(f"{BEFORE},") or line in CLOSER for line in thought.split("\n")):
        return False
    known = set(_NAME.findall(f"{question}\n{told}"))
    said = {name for name in _NAME.findall(thought) if len(name) > _LEAST}
    return said - known <= own_words()
