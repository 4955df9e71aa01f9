"""Device steps over many sequences: chunks of prompts, or one token for each running sequence."""

from collections.abc import Sequence

import torch
from torch import Tensor

from redsearcher.llm.local.cache import SlotCache
from redsearcher.llm.local.graph import DecodeGraphs
from redsearcher.llm.local.network import Network, Piece
from redsearcher.llm.local.plan import Chunk, plan_groups, plan_runs, round_length, round_up
from redsearcher.llm.local.sampler import sample
from redsearcher.llm.local.weights import Weights
from redsearcher.records.chat import Sampling

_SEED_BITS = 63
_LEAST_ROWS = 32


class Batch:
    """Per-slot state on the device (last token, its position, sampling settings) and the steps that advance it.

    Where computing costs (CPU), rows are packed and read in place; where calls cost (CUDA), they are `padded` to few
    shapes, and decode steps are replayed as graphs unless `cuda_graphs` is off.
    """

    def __init__(self, weights: Weights, cache: SlotCache, *, padded: bool, cuda_graphs: bool = False) -> None:
        self._network, self._cache = Network(weights, cache), cache
        self._device, self._dtype = weights.embed.device, weights.embed.dtype
        device, n = self._device, cache.n_slots
        self._ids = torch.zeros(n, dtype=torch.long, device=device)
        self._positions = torch.full((n,), cache.padding, dtype=torch.long, device=device)
        self._seeds = torch.zeros(n, dtype=torch.long, device=device)
        self._temperature = torch.zeros(n, dtype=torch.float32, device=device)
        self._top_p = torch.ones(n, dtype=torch.float32, device=device)
        self._slots = torch.arange(n, device=device)
        self._columns = torch.arange(cache.n_positions, device=device)
        self._padded = padded
        self._graphs = DecodeGraphs() if cuda_graphs else None

    def start(self, slots: Sequence[int], samplings: Sequence[Sampling]) -> None:
        """How the sequences that now take `slots` are sampled."""
        rows = self._tensor(slots)
        self._seeds[rows] = self._tensor([sampling.seed % (1 << _SEED_BITS) for sampling in samplings])
        self._temperature[rows] = torch.tensor([sampling.temperature for sampling in samplings], device=self._device)
        self._top_p[rows] = torch.tensor([sampling.top_p for sampling in samplings], device=self._device)

    def copy(self, source: int, target: int, n_tokens: int) -> None:
        """Give the sequence in slot `target` the first tokens of slot `source`."""
        self._cache.copy(source, target, n_tokens)

    def retire(self, slots: Sequence[int]) -> None:
        """These slots stop: rows of theirs that still take part write to the padding."""
        self._positions[self._tensor(slots)] = self._cache.padding

    def reset(self) -> None:
        """Forget all sequences: after an error the cache may hold anything, numbers that are none included."""
        self._cache.clear()
        self._positions.fill_(self._cache.padding)
        self._ids.zero_()

    def prefill(self, chunks: Sequence[Chunk], finished: Sequence[int], *, greedy: bool) -> list[tuple[int, float]]:
        """Compute chunks; sample the first token of those whose prompt ends here (indices into `chunks`)."""
        groups = plan_groups(chunks) if self._padded else {}
        layout = [(n, groups[n]) for n in sorted(groups)] or [(len(c.ids), [i]) for i, c in enumerate(chunks)]
        ids: list[int] = []
        positions: list[int] = []
        slots: list[int] = []
        last_rows = [0] * len(chunks)
        pieces = []
        for n_queries, members in layout:
            pieces.append(self._prompt_piece(len(ids), n_queries, [chunks[index] for index in members]))
            for index in members:
                chunk = chunks[index]
                n_padding = n_queries - len(chunk.ids)
                last_rows[index] = len(ids) + len(chunk.ids) - 1
                ids += [*chunk.ids, *[0] * n_padding]
                positions += [*range(chunk.start, chunk.end), *[self._cache.padding] * n_padding]
                slots += [chunk.slot] * n_queries
        row_positions = self._tensor(positions)
        cells = self._cache.cells(self._tensor(slots), row_positions)
        wanted = self._tensor([last_rows[index] for index in finished])
        logits = self._network.forward(self._tensor(ids), row_positions, cells, pieces, wanted)
        if not finished:
            return []
        rows = self._tensor([chunks[index].slot for index in finished])
        self._positions[rows] = row_positions[wanted]
        return self._sample(logits, rows, greedy=greedy)

    def decode(self, slots: Sequence[int], lengths: Sequence[int], *, greedy: bool) -> list[tuple[int, float]]:
        """The next token of each running sequence. `slots` ascend; `lengths` count the tokens fed after this step."""
        rows = self._tensor(slots)
        if self._padded:
            n_rows = min(round_up(slots[-1] + 1, _LEAST_ROWS), self._cache.n_slots)
            length = round_length(max(lengths), self._cache.n_positions)
            step = self._decode_padded
            logits = (self._graphs.run(step, n_rows, length) if self._graphs else step(n_rows, length))[rows]
        else:
            logits = self._decode_packed(slots, lengths)
        return self._sample(logits, rows, greedy=greedy)

    def _decode_padded(self, n_rows: int, length: int) -> Tensor:
        """Logits of the first `n_rows` slots, whether they run or not. Changes nothing but the cache's new cells."""
        positions = self._positions[:n_rows]
        piece = Piece(0, n_rows, 1, slice(0, n_rows), length, self._reach(0, n_rows, length))
        cells = self._cache.cells(self._slots[:n_rows], positions)
        return self._network.forward(self._ids[:n_rows], positions, cells, [piece])

    def _decode_packed(self, slots: Sequence[int], lengths: Sequence[int]) -> Tensor:
        """Logits of `slots`; those between them may be computed along."""
        pieces = []
        every: list[int] = []
        for low, high, length in plan_runs(slots, lengths):
            mask = self._reach(low, high, length) if high - low > 1 else None
            pieces.append(Piece(len(every), high - low, 1, slice(low, high), length, mask))
            every += range(low, high)
        rows = self._tensor(every)
        positions = self._positions[rows]
        wanted = None
        if len(every) != len(slots):
            row_of = {slot: row for row, slot in enumerate(every)}
            wanted = self._tensor([row_of[slot] for slot in slots])
        return self._network.forward(self._ids[rows], positions, self._cache.cells(rows, positions), pieces, wanted)

    def _sample(self, logits: Tensor, rows: Tensor, *, greedy: bool) -> list[tuple[int, float]]:
        self._positions[rows] += 1
        ids, logprobs = sample(
            logits, self._temperature[rows], self._top_p[rows], self._seeds[rows], self._positions[rows], greedy=greedy
        )
        self._ids[rows] = ids
        # One transfer for both; ids are exact in float64.
        both = torch.stack((ids.double(), logprobs.double())).tolist()
        return [(int(token), logprob) for token, logprob in zip(*both, strict=True)]

    def _prompt_piece(self, row_start: int, n_queries: int, chunks: Sequence[Chunk]) -> Piece:
        """Chunks padded to `n_queries` queries each; query i of a chunk sees the tokens up to its start + i."""
        length = max(chunk.end for chunk in chunks)
        slots: slice | Tensor = slice(chunks[0].slot, chunks[0].slot + 1)
        if self._padded:
            length = round_length(length, self._cache.n_positions)
            slots = self._tensor([chunk.slot for chunk in chunks])
        starts = self._tensor([chunk.start for chunk in chunks])
        ends = (starts.unsqueeze(1) + self._columns[:n_queries]).repeat(1, self._network.shape.n_groups)
        mask = self._additive(self._columns[:length] > ends[:, None, :, None])
        return Piece(row_start, len(chunks), n_queries, slots, length, mask)

    def _reach(self, low: int, high: int, length: int) -> Tensor:
        """Scores to add so that each slot sees its own tokens, (n, 1, 1, length); rows that pad see everything."""
        return self._additive(self._columns[:length] > self._positions[low:high, None, None, None])

    def _additive(self, hidden: Tensor) -> Tensor:
        return torch.zeros(hidden.shape, dtype=self._dtype, device=self._device).masked_fill_(hidden, -torch.inf)

    def _tensor(self, values: Sequence[int]) -> Tensor:
        return torch.tensor(values, dtype=torch.long, device=self._device)
