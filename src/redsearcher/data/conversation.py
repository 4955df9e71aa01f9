"""A trajectory as the conversation it was, with a mask on the policy's turns."""

from redsearcher.agent.episode import FORCE, SYSTEM
from redsearcher.core.hashing import content_hash
from redsearcher.records.chat import Message
from redsearcher.records.sample import Sample
from redsearcher.records.trajectory import Trajectory

SOURCE = "redsearcher"


def to_sample(trajectory: Trajectory) -> Sample:
    """Messages in order (system, question, then assistant and tool turns); mask 1 on assistant turns only."""
    messages = [Message(role="system", content=SYSTEM), Message(role="user", content=trajectory.question)]
    last = len(trajectory.steps) - 1
    for number, step in enumerate(trajectory.steps):
        if number == last and trajectory.detail.startswith("answer forced"):
            messages.append(Message(role="user", content=FORCE))
        messages.append(Message(role="assistant", content=step.thought, calls=step.calls))
        for observation in step.observations:
            messages.append(Message(role="tool", content=observation.content, call_id=observation.call_id))
    mask = tuple(int(message.role == "assistant") for message in messages)
    return Sample(
        id=content_hash("sample", trajectory.id),
        source=SOURCE,
        stage="sft",
        messages=tuple(messages),
        mask=mask,
        meta={"task": trajectory.task, "trajectory": trajectory.id, "model": trajectory.model},
    )
