"""Supervised data from recorded trajectories: the ids and the mask a policy would have left had it sampled them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from redsearcher.llm.render import Renderer
from redsearcher.llm.segment import SegmentMerger, turn_segment
from redsearcher.records.chat import Message, Segment
from redsearcher.records.tool import ToolSchema
from redsearcher.records.trajectory import Step, Trajectory

HIDDEN = "[This observation is no longer shown.]"
"""What stands in place of an observation that context management hid."""
_ANSWER = "<answer>"


class Exchange(NamedTuple):
    """One turn of the policy: the numbers of the earlier steps it read, all that it read, and what it said."""

    earlier: tuple[int, ...]
    read: tuple[Message, ...]
    said: Message


def encode_trajectory(
    renderer: Renderer,
    trajectory: Trajectory,
    system: str,
    tools: Sequence[ToolSchema] = (),
    force: str = "",
    *,
    unreadable: bool = True,
) -> tuple[Segment, ...]:
    """Segments of a whole trajectory: mask 1 exactly on the policy's tokens, its end-of-turn included; logprobs 0.

    Built turn by turn as a rollout builds it, so a model trained on it meets the same ids when it runs. `force` is
    the user's message before a forced answer in trajectories that do not store it. Without `unreadable`, turns that
    could not be read keep mask 0: they are context, and nothing to learn. Raises ModelError if the template
    refuses the conversation.
    """
    merger = SegmentMerger()
    carried: dict[int, Message] = {}
    for number, (earlier, read, said) in enumerate(exchanges(trajectory, system, force)):
        messages = list(read)
        spoken = [n for n, message in enumerate(read) if message.role == "assistant"]
        for at, step in zip(spoken, earlier, strict=True):
            messages[at] = carried[step]
        prompt = renderer.render(messages, tools)
        ids = renderer.encode_turn(said)
        if unreadable or trajectory.steps[number].problem is None:
            merger.add(turn_segment(prompt.ids, ids, (0.0,) * len(ids)))
        carried[number] = said.model_copy(update={"sampled": renderer.sampled(prompt, ids)})
    return merger.segments


def exchanges(trajectory: Trajectory, system: str, force: str = "") -> Iterator[Exchange]:
    """Every turn with the conversation it answered, context management as the steps record it."""
    opening = (Message(role="system", content=system),) if system else ()
    opening = (*opening, Message(role="user", content=trajectory.question))
    past: list[tuple[int, Step]] = []
    last = len(trajectory.steps) - 1
    for number, step in enumerate(trajectory.steps):
        forced = number == last and trajectory.detail.startswith("answer forced")
        asked = step.asked or (force if forced else "")
        step = step.model_copy(update={"asked": asked})
        if step.fresh:
            past = []
        past = past[: len(past) - step.rolled_back]
        read = [*opening]
        for n, (_, earlier) in enumerate(past):
            read += _as_messages(earlier, hidden=n < step.hidden)
        if asked:
            read.append(Message(role="user", content=asked))
        yield Exchange(tuple(n for n, _ in past), tuple(read), said_by(step))
        past.append((number, step))


def said_by(step: Step) -> Message:
    """The policy's turn of a step. Its words are thought, but for the answer that ends them or a turn gone wrong."""
    if step.problem is not None:
        return Message(role="assistant", content=step.thought)
    if step.calls:
        return Message(role="assistant", thought=step.thought, calls=step.calls)
    thought, tag, answer = step.thought.rpartition(_ANSWER)
    return Message(role="assistant", thought=thought.strip(), content=tag + answer)


def _as_messages(step: Step, *, hidden: bool) -> list[Message]:
    asked = [Message(role="user", content=step.asked)] if step.asked else []
    seen = [
        Message(role="tool", content=HIDDEN if hidden else observation.content, call_id=observation.call_id)
        for observation in step.observations
    ]
    return [*asked, said_by(step), *seen]
