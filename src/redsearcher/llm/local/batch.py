"""Device steps over many sequences: a chunk of prompts, or one token for each running sequence."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from redsearcher.llm.local.cache import SlotCache
from redsearcher.llm.local.network import Network, Piece
from redsearcher.llm.local.sampler import sample
from redsearcher.llm.local.weights import Weights
from redsearcher.records.chat import Sampling

# Attending to one more padded token costs about this share of one more call: neighbours are joined while that saves.
_JOIN_WASTE_TOKENS = 256
_SEED_BITS = 63


class Chunk(NamedTuple):
    """Prompt tokens `start` to `end` of the sequence in `slot`; `ids` are those tokens."""

    slot: int
    start: int
    ids: Sequence[int]


class Run(NamedTuple):
    """Neighbouring slots decoded together over `length` tokens."""

    low: int
    high: int
    length: int


class Batch:
    """Per-slot state on the device: last token, its position, sampling settings; and the steps that advance it."""

    def __init__(self, weights: Weights, cache: SlotCache) -> None:
        self._network, self._cache = Network(weights, cache), cache
        self._device, self._dtype = weights.embed.device, weights.embed.dtype
        device, n = self._device, cache.n_slots
        self.ids = torch.zeros(n, dtype=torch.long, device=device)
        self.positions = torch.full((n,), cache.padding, dtype=torch.long, device=device)
        self._seeds = torch.zeros(n, dtype=torch.long, device=device)
        self._temperature = torch.zeros(n, dtype=torch.float32, device=device)
        self._top_p = torch.ones(n, dtype=torch.float32, device=device)
        self._columns = torch.arange(cache.n_positions, device=device)

    def set_sampling(self, slot: int, sampling: Sampling) -> None:
        """How the sequence in `slot` is sampled."""
        self._seeds[slot] = sampling.seed % (1 << _SEED_BITS)
        self._temperature[slot] = sampling.temperature
        self._top_p[slot] = sampling.top_p

    def copy(self, source: int, target: int, n_tokens: int) -> None:
        """Give the sequence in slot `target` the first tokens of slot `source`."""
        self._cache.copy(source, target, n_tokens)

    def retire(self, slots: Sequence[int]) -> None:
        """These slots stop: rows of theirs that still take part write to the padding."""
        if slots:
            self.positions[torch.tensor(slots, device=self._device)] = self._cache.padding

    def prefill(self, chunks: Sequence[Chunk], finished: Sequence[int], *, greedy: bool) -> list[tuple[int, float]]:
        """Compute chunks; sample the first token of those whose prompt ends here (indices into `chunks`)."""
        ids, positions, slots, ends, pieces = [], [], [], [], []
        for chunk in chunks:
            n, start = len(chunk.ids), chunk.start
            pieces.append(Piece(len(ids), 1, n, slice(chunk.slot, chunk.slot + 1), start + n, self._causal(start, n)))
            ids += chunk.ids
            positions += range(start, start + n)
            slots += [chunk.slot] * n
            ends.append(len(ids) - 1)
        row_positions = self._tensor(positions)
        cells = self._cache.cells(self._tensor(slots), row_positions)
        wanted = self._tensor([ends[index] for index in finished])
        logits = self._network.forward(self._tensor(ids), row_positions, cells, pieces, wanted)
        if not finished:
            return []
        rows = self._tensor([chunks[index].slot for index in finished])
        self.positions[rows] = row_positions[wanted]
        return self._sample(logits, rows, greedy=greedy)

    def decode(self, slots: Sequence[int], lengths: Sequence[int], *, greedy: bool) -> list[tuple[int, float]]:
        """The next token of each running sequence. `slots` ascend; `lengths` count the tokens fed after this step."""
        runs = plan_runs(slots, lengths)
        pieces, every = [], []
        for run in runs:
            n = run.high - run.low
            mask = self._reach(run) if n > 1 else None
            pieces.append(Piece(len(every), n, 1, slice(run.low, run.high), run.length, mask))
            every += range(run.low, run.high)
        rows = self._tensor(every)
        ids, positions = self.ids[rows], self.positions[rows]
        cells = self._cache.cells(rows, positions)
        wanted = None
        if len(every) != len(slots):
            index = {slot: row for row, slot in enumerate(every)}
            wanted = self._tensor([index[slot] for slot in slots])
            rows = rows[wanted]
        logits = self._network.forward(ids, positions, cells, pieces, wanted)
        return self._sample(logits, rows, greedy=greedy)

    def _sample(self, logits: Tensor, rows: Tensor, *, greedy: bool) -> list[tuple[int, float]]:
        self.positions[rows] += 1
        ids, logprobs = sample(
            logits, self._temperature[rows], self._top_p[rows], self._seeds[rows], self.positions[rows], greedy=greedy
        )
        self.ids[rows] = ids
        # One transfer for both; ids are exact in float64.
        both = torch.stack((ids.double(), logprobs.double())).tolist()
        return [(int(token), logprob) for token, logprob in zip(*both, strict=True)]

    def _causal(self, start: int, n: int) -> Tensor:
        """Scores to add so that query i sees tokens up to start + i: (1, 1, groups * n, start + n)."""
        ends = torch.arange(start, start + n, device=self._device).repeat(self._network.shape.n_groups)
        return self._additive(self._columns[: start + n] > ends.unsqueeze(1)).view(1, 1, -1, start + n)

    def _reach(self, run: Run) -> Tensor:
        """Scores to add so that each slot sees its own tokens: (n, 1, 1, length); padding rows see everything."""
        ends = self.positions[run.low : run.high, None, None, None]
        return self._additive(self._columns[: run.length] > ends)

    def _additive(self, hidden: Tensor) -> Tensor:
        return torch.zeros(hidden.shape, dtype=self._dtype, device=self._device).masked_fill_(hidden, -torch.inf)

    def _tensor(self, values: Sequence[int]) -> Tensor:
        return torch.tensor(values, dtype=torch.long, device=self._device)


def plan_runs(slots: Sequence[int], lengths: Sequence[int]) -> list[Run]:
    """Group ascending slots into ranges read in place: one more padded row or token against one more call."""
    runs: list[Run] = []
    for slot, length in zip(slots, lengths, strict=True):
        if runs:
            low, high, longest = runs[-1]
            joined = max(longest, length)
            waste = (slot + 1 - low) * joined - (high - low) * longest - length
            if waste <= _JOIN_WASTE_TOKENS:
                runs[-1] = Run(low, slot + 1, joined)
                continue
        runs.append(Run(slot, slot + 1, length))
    return runs
