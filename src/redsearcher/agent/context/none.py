"""No context management: the conversation grows until the window ends it."""

from redsearcher.agent.context.base import Room, View


class NoManagement:
    """Never changes anything."""

    name = "none"
    every_turn = False

    async def make_room(self, view: View) -> Room | None:
        return None
