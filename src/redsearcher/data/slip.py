"""Turns gone wrong, for a policy to learn what comes after them.

A policy that has only seen right turns reads the loop's request to write a turn again as something else. Here one turn
of a trace is said wrongly first: it breaks off, goes round in circles, or ends without a call. Nobody learns the wrong
turn (its step names a problem); what is learnt is the right one after the request.
"""

from random import Random

from redsearcher.llm.protocol.arguments import problem
from redsearcher.llm.protocol.base import FormatKind
from redsearcher.records.trajectory import Step, Trajectory

_CUT = problem(FormatKind.CUT_OFF, "the turn was cut off before its end.")
_UNCLOSED = problem(FormatKind.UNCLOSED, "<think> is not closed, so the turn is cut off or all thought.")
_EMPTY = problem(FormatKind.EMPTY, "the turn holds neither a <tool_call> nor an <answer>.")
_CIRCLE = range(2, 9)
"""Words that a turn going round in circles repeats."""
_ROUNDS = range(3, 12)


def after_slip(trajectory: Trajectory, rng: Random) -> Trajectory:
    """The same work with one turn, not the first, said wrongly before it is said right. A trace of one turn stays."""
    if len(trajectory.steps) < 2:
        return trajectory
    at = rng.randrange(1, len(trajectory.steps))
    right = trajectory.steps[at]
    words = right.thought.split(" ")
    said = " ".join(words[: rng.randint(1, len(words))])
    kind = rng.choice((_CUT, _UNCLOSED, _EMPTY))
    if kind is _CUT:
        circle = " ".join(words[-rng.choice(_CIRCLE) :])
        said = " ".join([said, *[circle] * rng.choice(_ROUNDS)])
    text = f"<think>\n{said}" + ("\n</think>" if kind is _EMPTY else "")
    wrong = Step(asked=right.asked, thought=text, problem=kind.kind)
    again = right.model_copy(update={"asked": kind.text})
    return trajectory.model_copy(update={"steps": (*trajectory.steps[:at], wrong, again, *trajectory.steps[at + 1 :])})
