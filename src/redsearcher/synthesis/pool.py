"""Units of synthesis in several processes."""

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, Protocol

from redsearcher.synthesis.candidate import Unit
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.sample import Sampler, Verbalise
from redsearcher.world.store import World

FORKS = sys.platform == "linux"
_sampler: list[Sampler] = []  # one per worker process: inherited, or set by its initialiser


class Aim(NamedTuple):
    """A unit to do: its number, the cell it aims at, how many units aimed at it before."""

    number: int
    k: int
    msd: int
    turn: int


class Workers(Protocol):
    """Does units, handing each on as it finishes."""

    def run(self, aims: list[Aim]) -> Iterator[Unit]: ...


class Inline:
    """Does units one after the other in this process; the world is indexed at the first one."""

    def __init__(self, world: World, config: SynthConfig, verbalise: Verbalise) -> None:
        self._arguments = (world, config, verbalise)
        self._sampler: Sampler | None = None

    def run(self, aims: list[Aim]) -> Iterator[Unit]:
        for aim in aims:
            self._sampler = self._sampler or Sampler(*self._arguments)
            yield self._sampler.unit(*aim)


class Pool:
    """Does units in worker processes; the order in which they come back is not fixed."""

    def __init__(self, executor: ProcessPoolExecutor) -> None:
        self._executor = executor

    def run(self, aims: list[Aim]) -> Iterator[Unit]:
        for future in as_completed([self._executor.submit(_unit, aim) for aim in aims]):
            yield future.result()


@contextmanager
def workers(world: World, config: SynthConfig, verbalise: Verbalise, n_workers: int) -> Iterator[Workers]:
    """`n_workers` processes, or this one for 1. `verbalise` must then be a function of a module, so that it travels.

    Where processes can be forked the world is indexed once and its memory shared (100,000 entities take 4 GB);
    elsewhere each process opens it anew.
    """
    if n_workers <= 1:
        yield Inline(world, config, verbalise)
        return
    if FORKS:
        _sampler[:] = [Sampler(world, config, verbalise).ready()]
        gc.freeze()  # so that collections in the children do not write to, and thereby copy, what is shared
        executor = ProcessPoolExecutor(n_workers, mp_context=get_context("fork"))
    else:
        context = get_context("spawn")
        executor = ProcessPoolExecutor(
            n_workers, mp_context=context, initializer=_open, initargs=(world.path, config, verbalise)
        )
    try:
        yield Pool(executor)
    finally:
        executor.shutdown(cancel_futures=True)
        _sampler.clear()
        gc.unfreeze()


def _open(path: Path, config: SynthConfig, verbalise: Verbalise) -> None:
    _sampler[:] = [Sampler(World(path), config, verbalise)]


def _unit(aim: Aim) -> Unit:
    return _sampler[0].unit(*aim)
