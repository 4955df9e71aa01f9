"""Batches without end from a folder of shards that may grow meanwhile."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from redsearcher.core.rng import derive
from redsearcher.errors import InputError
from redsearcher.training.pack import best_fit, plan
from redsearcher.training.shard import Shard, shard_names
from redsearcher.training.state import Position


class Rows(NamedTuple):
    """The rows of one step: document numbers of a shard, and the position that comes after them."""

    shard: Shard
    rows: list[list[int]]
    after: Position


class Feed:
    """Goes round several shards, step by step: read one by one, the names of each world would be learnt by heart.

    A shard that is read to its end makes room for one of those read least often, so that fresh ones come first.
    """

    def __init__(
        self, folder: Path, tokenizer: str, row_tokens: int, batch_rows: int, seed: int, n_open: int = 1
    ) -> None:
        self._folder, self._tokenizer, self._n_open = folder, tokenizer, n_open
        self._row_tokens, self._batch_rows, self._seed = row_tokens, batch_rows, seed

    def batches(self, position: Position) -> Iterator[Rows]:
        """Steps from a position on. Raises InputError where no shard is there or one has other tokens."""
        turns, opened = dict(position.turns), dict(position.opened)
        plans: dict[str, tuple[Shard, list[list[list[int]]]]] = {}
        while True:
            while len(opened) < self._n_open and (fresh := self._next(turns, opened)) is not None:
                opened[fresh] = 0
            name = next(iter(opened))
            if name not in plans:
                plans[name] = self._planned(name, turns.get(name, 0))
            shard, batches = plans[name]
            number = opened.pop(name)
            if number + 1 < len(batches):
                opened[name] = number + 1
            else:
                turns[name] = turns.get(name, 0) + 1
                del plans[name]
            yield Rows(shard, batches[number], Position(opened=dict(opened), turns=dict(turns)))

    def _planned(self, name: str, turn: int) -> tuple[Shard, list[list[list[int]]]]:
        shard = open_shard(self._folder / name, self._tokenizer)
        batches = plan(shard, self._row_tokens, self._batch_rows, self._seed, turn)
        if not batches:
            raise InputError(f"{self._folder / name} has no document that fits in {self._row_tokens} tokens")
        return shard, batches

    def _next(self, turns: dict[str, int], opened: dict[str, int]) -> str | None:
        """One of the shards that were read least often and are not open; None where all are."""
        names = [name for name in shard_names(self._folder) if name not in opened]
        if not names and not opened:
            raise InputError(f"{self._folder} holds no shards; write some with `redsearcher train encode`")
        if not names:
            return None
        fewest = min(turns.get(name, 0) for name in names)
        waiting = [name for name in names if turns.get(name, 0) == fewest]
        return waiting[derive(self._seed, "shard", fewest, len(waiting)).randrange(len(waiting))]


def count_too_long(folder: Path, row_tokens: int) -> tuple[int, int]:
    """How many documents of a folder do not fit in a row, and how many there are."""
    shards = [Shard(folder / name) for name in shard_names(folder)]
    return sum(int((shard.lengths > row_tokens).sum()) for shard in shards), sum(len(shard) for shard in shards)


def open_shard(path: Path, tokenizer: str) -> Shard:
    """A shard whose ids are of the given tokenizer. Raises InputError if they are of another."""
    shard = Shard(path)
    if shard.tokenizer != tokenizer:
        raise InputError(f"{path} was encoded with another tokenizer; encode it again with this folder's")
    return shard


def heldout_rows(folder: Path, tokenizer: str, row_tokens: int, n_tokens: int) -> list[tuple[Shard, Sequence[int]]]:
    """Rows of held-out documents, the same each time, of `n_tokens` tokens at most (one row at least)."""
    chosen: list[tuple[Shard, Sequence[int]]] = []
    seen = 0
    for name in shard_names(folder):
        shard = open_shard(folder / name, tokenizer)
        for row in best_fit([int(n) for n in shard.lengths], row_tokens):
            size = sum(int(shard.lengths[n]) for n in row)
            if chosen and seen + size > n_tokens:
                return chosen
            chosen.append((shard, row))
            seen += size
    return chosen
