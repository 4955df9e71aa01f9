"""Keep the last k observations: thoughts and calls stay, older observations are hidden."""

from redsearcher.agent.context.base import Room, View
from redsearcher.agent.conversation import Change


class KeepLast:
    """Hides the observations of all but the last `k` rounds, each time the threshold is passed again."""

    every_turn = False

    def __init__(self, k: int) -> None:
        self._k = k

    @property
    def name(self) -> str:
        return f"keep_last_{self._k}"

    async def make_room(self, view: View) -> Room | None:
        hidden = view.n_rounds - self._k
        return Room(Change(hidden=hidden)) if hidden > view.hidden else None
