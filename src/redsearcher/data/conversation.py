"""A trajectory as the conversations it was, with a mask on the policy's turns."""

from redsearcher.agent.episode import FORCE, SYSTEM
from redsearcher.core.hashing import content_hash
from redsearcher.llm.encode import exchanges
from redsearcher.records.chat import Message
from redsearcher.records.sample import Sample
from redsearcher.records.trajectory import Trajectory

SOURCE = "redsearcher"


def to_samples(trajectory: Trajectory) -> list[Sample]:
    """One sample per unbroken run of turns: system, question, then what was said and observed, in order.

    A run ends where context management takes away or rewrites what was read before; the next one opens with what was
    left. The mask is 1 on every turn of the policy exactly once, in the run it was spoken in; turns that could not be
    read as calls or an answer (format errors) stay 0, for nobody should learn them.
    """
    runs: list[tuple[list[Message], list[int]]] = []
    for exchange, step in zip(exchanges(trajectory, SYSTEM, FORCE), trajectory.steps, strict=True):
        read = [_as_told(message) for message in exchange.read]
        if not runs or runs[-1][0] != read[: len(runs[-1][0])]:
            runs.append(([], []))
        messages, mask = runs[-1]
        added = [*read[len(messages) :], _as_told(exchange.said)]
        messages += added
        mask += [0] * (len(added) - 1) + [int(step.problem is None)]
    meta = {"task": trajectory.task, "trajectory": trajectory.id, "model": trajectory.model}
    return [
        Sample(
            id=content_hash("sample", trajectory.id, number),
            source=SOURCE,
            stage="sft",
            messages=tuple(messages),
            mask=tuple(mask),
            meta={**meta, "part": number, "parts": len(runs)},
        )
        for number, (messages, mask) in enumerate(runs)
    ]


def _as_told(message: Message) -> Message:
    """Words and answer in one text, as formats without a field for thoughts hold them."""
    if message.role != "assistant":
        return message
    said = "\n".join(part for part in (message.thought, message.content) if part)
    return Message(role="assistant", content=said, calls=message.calls)
