"""Notes: every turn reads the question, the notes that the policy wrote last, and what its last calls returned.

Nothing else is kept, so a prompt stays short however long the work takes (as in MEM1, arXiv 2506.15841, where a policy
rewrites an internal state every turn). For policies trained to end their thoughts with notes; see `data.notes`.
"""

from collections.abc import Sequence

from redsearcher.agent.context.base import Room, View
from redsearcher.agent.conversation import Change
from redsearcher.records.chat import Message

MARK = "Notes:\n"
"""What notes begin with in a thought; they go to its end."""
SO_FAR = "Notes so far:\n{notes}"


class Notes:
    """Drops all past rounds before every turn, and says what the notes and the last observations were."""

    name = "notes"
    every_turn = True

    async def make_room(self, view: View) -> Room | None:
        if view.n_rounds == 0:
            return None
        return Room(Change(fresh=True, asked=reminder(view.messages)))


def reminder(messages: Sequence[Message]) -> str:
    """What the policy is told after its last turn; a turn that could not be read leaves what it had been told."""
    last = max(n for n, message in enumerate(messages) if message.role == "assistant")
    told = messages[last - 1].content if last > 2 and messages[last - 1].role == "user" else ""
    seen = [message.content for message in messages[last + 1 :] if message.role == "tool"]
    said = [message.content for message in messages[last + 1 :] if message.role == "user"]
    if not seen:
        return "\n\n".join([part for part in (told, *said) if part])
    notes = notes_of(f"{messages[last].thought}\n{messages[last].content}") or notes_told(told)
    return "\n\n".join([*([so_far(notes)] if notes else []), *seen, *said])


def notes_of(thought: str) -> str:
    """The notes at the end of a thought; empty where it has none."""
    return thought.rpartition(MARK)[2].strip() if MARK in thought else ""


def so_far(notes: str) -> str:
    """How notes are read back."""
    return SO_FAR.format(notes=notes)


def notes_told(told: str) -> str:
    """The notes in what the policy was told before; empty where there are none."""
    head, mark, rest = told.partition(SO_FAR.partition("{")[0])
    return rest.partition("\n\n")[0] if mark and not head else ""
