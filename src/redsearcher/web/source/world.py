"""The pages of a world."""

from collections.abc import Iterator

from redsearcher.core.hashing import content_hash
from redsearcher.web.source.base import Placed, Position
from redsearcher.world.store import World


class WorldPages:
    """All documents of a world in stored order; a place is their number."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.fingerprint = content_hash("world", world.id)
        self.n_documents: int | None = world.info.n_documents

    def read(self, start: Position = ()) -> Iterator[Placed]:
        """The documents from a place on."""
        (first,) = start or (0,)
        for number, document in enumerate(self._world.documents(first), first + 1):
            yield Placed(document, (number,))
