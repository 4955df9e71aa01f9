"""Causal attention within each document of a packed batch, by the fastest way the machine has.

Shapes: queries (H, M, d) of the positions asked for, keys and values (K, N, d) of all N tokens; result (H, M, d).
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AttentionInterface

Kind = Literal["chunked", "sdpa", "varlen"]
CHUNK = 128
MAX_CHUNKED = 6144
"""Beyond this the probabilities that `chunked` keeps for the backward pass cost more memory than they save time."""
PREFIX = "redsearcher_"


class Packing(NamedTuple):
    """Where documents begin and end: offsets as a tensor (int32, D + 1), lengths as numbers, the longest allowed."""

    bounds: Tensor
    lengths: tuple[int, ...]
    longest: int


def chunked(q: Tensor, k: Tensor, v: Tensor, packing: Packing, scale: float) -> Tensor:
    """For CPUs: matrix products over chunks of queries, almost nothing computed above the diagonal.

    On short documents about twice as fast as torch's fused CPU kernel, which serves the long ones.
    """
    parts = zip(*(torch.split(part, list(packing.lengths), dim=1) for part in (q, k, v)), strict=True)
    return torch.cat([_document(q, k, v, None, scale) for q, k, v in parts], dim=1)


def chunked_at(q: Tensor, k: Tensor, v: Tensor, packing: Packing, scale: float, asked: Tensor) -> Tensor:
    """As `chunked`, for queries at some positions only (`asked`, ascending, M)."""
    bounds = packing.bounds.tolist()
    ends = torch.searchsorted(asked, packing.bounds.to(asked.dtype)).tolist()
    out = []
    for start, end, first, last in zip(bounds[:-1], bounds[1:], ends[:-1], ends[1:], strict=True):
        if first < last:
            rows = asked[first:last] - start
            out.append(_document(q[:, first:last], k[:, start:end], v[:, start:end], rows, scale))
    return torch.cat(out, dim=1) if out else q


def sdpa(q: Tensor, k: Tensor, v: Tensor, packing: Packing, scale: float) -> Tensor:
    """For every device: torch's fused attention, document by document."""
    parts = zip(*(torch.split(part, list(packing.lengths), dim=1) for part in (q, k, v)), strict=True)
    return torch.cat([_fused(q, k, v, scale) for q, k, v in parts], dim=1)


def varlen(q: Tensor, k: Tensor, v: Tensor, packing: Packing, scale: float) -> Tensor:
    """For CUDA: the variable-length FlashAttention that torch carries, all documents in one call (bf16 or fp16)."""
    parts = [part.transpose(0, 1) for part in (q, k, v)]
    bounds, longest = packing.bounds, packing.longest
    out = torch.ops.aten._flash_attention_forward(
        *parts, bounds, bounds, longest, longest, 0.0, True, False, scale=scale
    )
    attended: Tensor = out[0].transpose(0, 1)
    return attended


KINDS: dict[Kind, Callable[[Tensor, Tensor, Tensor, Packing, float], Tensor]] = {
    "chunked": chunked,
    "sdpa": sdpa,
    "varlen": varlen,
}


def _fused(q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
    out = functional.scaled_dot_product_attention(
        q[None], k[None], v[None], is_causal=True, scale=scale, enable_gqa=q.shape[0] != k.shape[0]
    )
    return out[0]


def _document(q: Tensor, k: Tensor, v: Tensor, asked: Tensor | None, scale: float) -> Tensor:
    if asked is None and q.shape[1] > MAX_CHUNKED:
        return _fused(q, k, v, scale)
    out: Tensor = _Chunked.apply(q, k, v, asked, scale)  # type: ignore[no-untyped-call]
    return out


class _Chunked(torch.autograd.Function):
    """One document. The queries of a group lie side by side, so that a shared key is read once for all of them."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, asked: Tensor | None, scale: float) -> Tensor:
        (n_heads, n_asked, width), n_kv = q.shape, k.shape[0]
        q = (q * scale).view(n_kv, n_heads // n_kv, n_asked, width)
        k, v = k.contiguous(), v.contiguous()
        out = torch.empty_like(q)
        diagonal = _later(torch.arange(CHUNK), 0, CHUNK, q.dtype)
        spans, kept = _spans(n_asked, asked), []
        for start, stop, first, end in spans:
            scores = torch.bmm(_rows(q, start, stop), k[:, :end].transpose(1, 2))
            hidden = (
                diagonal[: stop - start, : stop - start]
                if asked is None
                else _later(asked[start:stop], first, end, q.dtype)
            )
            scores.view(n_kv, -1, stop - start, end)[..., first:] += hidden
            weights = torch.softmax(scores, -1)
            out[:, :, start:stop] = torch.bmm(weights, v[:, :end]).view(n_kv, -1, stop - start, width)
            kept.append(weights)
        ctx.save_for_backward(q, k, v, *kept)
        ctx.spans, ctx.scale = spans, scale
        return out.view(n_heads, n_asked, width)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        q, k, v, *kept = ctx.saved_tensors
        n_kv, n_groups, n_asked, width = q.shape
        above = gradients[0].reshape(q.shape)
        dq = torch.empty_like(q)
        dk, dv = torch.zeros(k.shape), torch.zeros(v.shape)
        for weights, (start, stop, _, end) in zip(kept, ctx.spans, strict=True):
            rows, queries = _rows(above, start, stop), _rows(q, start, stop)
            dv[:, :end] += torch.bmm(weights.transpose(1, 2), rows)
            d_weights = torch.bmm(rows, v[:, :end].transpose(1, 2))
            d_scores = torch._softmax_backward_data(d_weights, weights, -1, weights.dtype)
            dq[:, :, start:stop] = torch.bmm(d_scores, k[:, :end]).view(n_kv, n_groups, stop - start, width)
            dk[:, :end] += torch.bmm(d_scores.transpose(1, 2), queries)
        dq *= ctx.scale
        return dq.view(-1, n_asked, width), dk.to(k.dtype), dv.to(v.dtype), None, None


def _spans(n_asked: int, asked: Tensor | None) -> list[tuple[int, int, int, int]]:
    """Chunks of queries: first and last row, the position of the first one, and how many keys the last one sees."""
    starts = range(0, n_asked, CHUNK)
    stops = [min(n_asked, start + CHUNK) for start in starts]
    if asked is None:
        return [(start, stop, start, stop) for start, stop in zip(starts, stops, strict=True)]
    at = asked.tolist()
    return [(start, stop, at[start], at[stop - 1] + 1) for start, stop in zip(starts, stops, strict=True)]


def _later(rows: Tensor, first: int, end: int, dtype: torch.dtype) -> Tensor:
    """-inf where a key (first to end) comes after the row's own position, else 0."""
    hidden = torch.arange(first, end) > rows[:, None]
    return torch.zeros(hidden.shape, dtype=dtype).masked_fill_(hidden, float("-inf"))


def _rows(part: Tensor, start: int, stop: int) -> Tensor:
    """(K, groups, n, d) to (K, groups x chunk, d)."""
    n_kv, n_groups, _, width = part.shape
    return part[:, :, start:stop].reshape(n_kv, n_groups * (stop - start), width)


def _register(kind: Kind) -> None:
    attend = KINDS[kind]

    def interface(
        module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: None, packing: Packing, scaling: float,
        **_: Any,
    ) -> tuple[Tensor, None]:  # fmt: skip
        dtype = value.dtype  # under autocast the norms leave queries and keys in float32
        out = attend(query[0].to(dtype), key[0].to(dtype), value[0], packing, scaling)
        return out.transpose(0, 1)[None], None

    AttentionInterface.register(PREFIX + kind, interface)


for _kind in KINDS:
    _register(_kind)
