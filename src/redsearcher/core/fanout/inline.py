"""A team of one: this process."""

from collections.abc import Sequence
from typing import Generic

from redsearcher.core.fanout.crew import Turn
from redsearcher.core.fanout.desk import Desk, make_desk
from redsearcher.core.fanout.work import R, U, WaitingWork, Work


class Inline(Generic[U, R]):
    """Does the work between two looks at it."""

    def __init__(self, work: Work[U, R] | WaitingWork[U, R]) -> None:
        self._work = work
        self._desk: Desk[U] | None = None
        self._given: Sequence[U] = ()

    def start(self) -> int:
        self._desk = make_desk(self._work, here=True)
        return 1

    def give(self, worker: int, units: Sequence[U]) -> None:
        self._given = units

    def turns(self) -> list[Turn]:
        assert self._desk is not None, "started by the crew"
        return [Turn(0, self._desk.turn(self._given))]

    def close(self, *, at_once: bool) -> None:
        if self._desk is not None:
            self._desk.close()
