"""Discard-all (paper §2): drop every past round and go on from the question and a minimal task statement."""

from importlib.resources import files

from redsearcher.agent.context.base import Room, View, fill
from redsearcher.agent.conversation import Change

STATEMENT = (files("redsearcher.agent") / "prompt" / "discard_all.txt").read_text(encoding="utf-8").strip()


class DiscardAll:
    """The question stays, and a sentence says that earlier work is gone."""

    name = "discard_all"
    every_turn = False

    async def make_room(self, view: View) -> Room | None:
        if view.n_rounds == 0:
            return None
        return Room(Change(fresh=True, asked=fill(STATEMENT, view)))
