"""A crew of workers: units go out, at most so many at a time, and results come back as they are done."""

import math
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, NamedTuple, Protocol

from redsearcher.core.fanout.desk import Done
from redsearcher.core.fanout.drain import draining
from redsearcher.core.fanout.place import Place
from redsearcher.core.fanout.work import R, U, WaitingWork, Work


class Turn(NamedTuple):
    """What one worker has done since it was last given units."""

    worker: int
    done: list[Done]


class Team(Protocol):
    """Workers by number. Each is either at work, between `give` and the turn that answers it, or idle."""

    def start(self) -> int:
        """Make the workers ready and return how many there are."""
        ...

    def give(self, worker: int, units: Sequence[Any]) -> None:
        """Let an idle worker take on more units and go on with those that it has."""
        ...

    def turns(self) -> list[Turn]:
        """Wait until at least one worker has done something. Raises WorkerError where one died."""
        ...

    def close(self, *, at_once: bool) -> None:
        """End the workers; `at_once` also those at work."""
        ...


class Crew(Generic[U, R]):
    """Maps units to results. Workers start with the first units and stay for the next."""

    def __init__(self, work: Work[U, R] | WaitingWork[U, R], team: Team) -> None:
        self._work, self._team = work, team
        self._n_workers = 0
        self._results: Generator[R, None, None] | None = None

    def map(self, units: Iterable[U]) -> Iterator[R]:
        """Results in the order in which they are done, which is not fixed; each should therefore name its unit.

        Raises the first error that a unit ends in, WorkerError where a worker dies. After Ctrl-C the results of what
        is in flight still come, then KeyboardInterrupt. One map at a time.
        """
        self._results = self._map(deque(units))
        return self._results

    def _map(self, left: deque[U]) -> Generator[R, None, None]:
        if not left:
            return
        self._n_workers = self._n_workers or self._team.start()
        n_held = [0] * self._n_workers
        idle = list(range(self._n_workers))
        with draining(self._work.what) as drain:
            while True:
                for worker in idle:
                    room = 0 if drain.asked else self._capacity - n_held[worker]
                    units = [left.popleft() for _ in range(min(room, math.ceil(len(left) / self._n_workers)))]
                    n_held[worker] += len(units)
                    if n_held[worker]:
                        self._team.give(worker, units)
                if not any(n_held):
                    break
                turns = self._team.turns()
                idle = [turn.worker for turn in turns] + [worker for worker in idle if not n_held[worker]]
                for turn in turns:
                    n_held[turn.worker] -= len(turn.done)
                for turn in turns:
                    for done in turn.done:
                        yield _result(done)
            if left:  # it was asked to stop
                raise KeyboardInterrupt

    def close(self, *, at_once: bool) -> None:
        """End the map, if one goes on, and the workers."""
        if self._results is not None:
            self._results.close()
        self._team.close(at_once=at_once)

    @property
    def _capacity(self) -> int:
        """Units that one worker may hold."""
        if isinstance(self._work, WaitingWork):
            return math.ceil(self._work.in_flight / self._n_workers)
        return 1


@contextmanager
def crew(work: Work[U, R] | WaitingWork[U, R], workers: int | Place = 1) -> Iterator[Crew[U, R]]:
    """Workers for the work, at a place; they end with the block.

    Raises InputError where the place is Ray and it is not installed or cannot be reached.
    """
    made = Crew(work, _team(work, Place.of(workers)))
    finished = False
    try:
        yield made
        finished = True
    finally:
        made.close(at_once=not finished)


def _team(work: Work[U, R] | WaitingWork[U, R], place: Place) -> Team:
    if place.ray is not None:
        from redsearcher.core.fanout.actors import Actors

        return Actors(work, place.ray)
    if place.n_processes == 1:
        from redsearcher.core.fanout.inline import Inline

        return Inline(work)
    from redsearcher.core.fanout.processes import Processes

    return Processes(work, place.n_processes)


def _result(done: Done) -> Any:
    if done.error is not None:
        raise done.error
    return done.result
