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
    """Chooses the next shard among those read least often, so that fresh ones come first."""

    def __init__(self, folder: Path, tokenizer: str, row_tokens: int, batch_rows: int, seed: int) -> None:
        self._folder, self._tokenizer = folder, tokenizer
        self._row_tokens, self._batch_rows, self._seed = row_tokens, batch_rows, seed

    def batches(self, position: Position) -> Iterator[Rows]:
        """Steps from a position on. Raises InputError where no shard is there or one has other tokens."""
        turns, current, start = dict(position.turns), position.shard, position.batch
        while True:
            name = current or self._next(turns)
            shard = open_shard(self._folder / name, self._tokenizer)
            batches = plan(shard, self._row_tokens, self._batch_rows, self._seed, turns.get(name, 0))
            for number in range(start, len(batches)):
                last = number + 1 == len(batches)
                if last:
                    turns[name] = turns.get(name, 0) + 1
                after = Position(shard=None if last else name, batch=0 if last else number + 1, turns=dict(turns))
                yield Rows(shard, batches[number], after)
            if not batches:
                raise InputError(f"{self._folder / name} has no document that fits in {self._row_tokens} tokens")
            current, start = None, 0

    def _next(self, turns: dict[str, int]) -> str:
        names = shard_names(self._folder)
        if not names:
            raise InputError(f"{self._folder} holds no shards; write some with `redsearcher train encode`")
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
