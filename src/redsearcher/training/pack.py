"""Documents into rows of fixed length, and rows into the flat batches that a model reads."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from redsearcher.core.rng import derive
from redsearcher.training.shard import Shard


class Batch(NamedTuple):
    """Documents one after another, without attention between them. N tokens, D documents, M predictions.

    `bounds` holds the D + 1 offsets of the documents; `predict` says from which positions a token of the policy is
    predicted, `targets` which token it is. `lengths` is empty in a batch of fixed shape, whose bounds may repeat.
    """

    ids: Tensor
    positions: Tensor
    bounds: Tensor
    lengths: tuple[int, ...]
    predict: Tensor
    targets: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same batch on a device."""
        ids, positions, bounds, lengths, predict, targets = self
        moved = [part.to(device, non_blocking=True) for part in (ids, positions, bounds, predict, targets)]
        return Batch(moved[0], moved[1], moved[2], lengths, moved[3], moved[4])


def best_fit(lengths: Sequence[int], capacity: int) -> list[list[int]]:
    """Best-fit decreasing bin packing: rows of document numbers whose lengths add up to `capacity` at most.

    Longest first, each into the fullest row that still takes it (Johnson 1973: within 11/9 of the optimum). Documents
    longer than `capacity` are left out.
    """
    rows: list[list[int]] = []
    free: list[tuple[int, int]] = []
    order = sorted((number for number, n in enumerate(lengths) if n <= capacity), key=lambda n: (-lengths[n], n))
    for number in order:
        at = bisect_left(free, (lengths[number], -1))
        if at == len(free):
            rows.append([number])
            left, row = capacity - lengths[number], len(rows) - 1
        else:
            left, row = free.pop(at)
            rows[row].append(number)
            left -= lengths[number]
        if left:
            insort(free, (left, row))
    return rows


def plan(shard: Shard, row_tokens: int, batch_rows: int, seed: int, turn: int) -> list[list[list[int]]]:
    """The batches of one pass over a shard: lists of rows of document numbers, in an order drawn from the seed.

    The rows are dealt out evenly, so that no step is much smaller than the others.
    """
    rng = derive(seed, "order", shard.name, turn)
    order = list(range(len(shard)))
    rng.shuffle(order)
    rows = [[order[n] for n in row] for row in best_fit([int(shard.lengths[n]) for n in order], row_tokens)]
    rng.shuffle(rows)
    n_batches = -(-len(rows) // batch_rows)
    return [rows[n * len(rows) // n_batches : (n + 1) * len(rows) // n_batches] for n in range(n_batches)]


def units(shard: Shard, rows: Sequence[Sequence[int]], n_tokens: int) -> list[list[int]]:
    """The documents of some rows in portions of about `n_tokens`, a longer document alone, the costliest first."""
    numbers = [number for row in rows for number in row]
    lengths = [int(shard.lengths[number]) for number in numbers]
    portions = [[at] for at, length in enumerate(lengths) if length > n_tokens] + best_fit(lengths, n_tokens)
    portions.sort(key=lambda portion: -sum(lengths[at] * (lengths[at] + n_tokens) for at in portion))
    return [[numbers[at] for at in portion] for portion in portions]


class Frame(NamedTuple):
    """A fixed shape for compiled code: tokens, bounds, and the longest document that padding may be cut into."""

    n_tokens: int
    n_bounds: int
    longest: int


def collate(shard: Shard, rows: Sequence[Sequence[int]], frame: Frame | None = None) -> Batch:
    """The documents of some rows as one flat batch.

    With a frame, padding is added as documents without predictions and the last bound is repeated.
    """
    parts = [shard.document(number) for row in rows for number in row]
    ids, masks = [part.ids for part in parts], [part.mask for part in parts]
    missing = frame.n_tokens - sum(len(part) for part in ids) if frame else 0
    while frame and missing > 0:
        piece = min(missing, frame.longest)
        ids.append(np.zeros(piece, dtype=np.uint16))
        masks.append(np.zeros(piece, dtype=np.bool_))
        missing -= piece
    flat, mask = np.concatenate(ids).astype(np.int64), np.concatenate(masks)
    lengths = tuple(len(part) for part in ids)
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    mask[bounds[:-1]] = False
    said = np.flatnonzero(mask)
    padded = np.full(max(len(bounds), frame.n_bounds if frame else 0), bounds[-1], dtype=np.int32)
    padded[: len(bounds)] = bounds
    positions = np.arange(len(flat)) - np.repeat(bounds[:-1], lengths)
    return Batch(
        torch.from_numpy(flat),
        torch.from_numpy(positions),
        torch.from_numpy(padded),
        () if frame else lengths,
        torch.from_numpy(said - 1),
        torch.from_numpy(flat[said]),
    )
