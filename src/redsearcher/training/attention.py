"""Causal attention within each document of a packed batch, by the fastest way the machine has."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from transformers import AttentionInterface

Kind = Literal["chunked", "sdpa", "varlen"]
CHUNK = 128
MAX_CHUNKED = 4096
"""Beyond this the probabilities that `chunked` keeps for the backward pass cost more memory than they save time."""
PREFIX = "redsearcher_"


class Packing(NamedTuple):
    """Where documents begin and end: offsets as a tensor (int32, D + 1), lengths as numbers, the longest allowed."""

    bounds: Tensor
    lengths: tuple[int, ...]
    longest: int


def chunked(q: Tensor, k: Tensor, v: Tensor, packing: Packing, scale: float) -> Tensor:
    """For CPUs: matrix products over chunks of queries, nothing computed above the diagonal but within a chunk.

    On short documents about twice as fast as torch's fused CPU kernel, which serves the long ones. Shapes: q (H, N, d),
    k and v (K, N, d), result (H, N, d).
    """
    return _by_document(
        q, k, v, packing, scale, lambda *part: _Chunked.apply(*part) if part[0].shape[1] <= MAX_CHUNKED else _fused(*part)
    )


def sdpa(q: Tensor, k: Tensor, v: Tensor, packing: Packing, scale: float) -> Tensor:
    """For every device: torch's fused attention, document by document."""
    return _by_document(q, k, v, packing, scale, _fused)


def varlen(q: Tensor, k: Tensor, v: Tensor, packing: Packing, scale: float) -> Tensor:
    """For CUDA: the variable-length FlashAttention that torch carries, all documents in one call (bf16 or fp16)."""
    parts = [part.transpose(0, 1) for part in (q, k, v)]
    bounds, longest = packing.bounds, packing.longest
    out = torch.ops.aten._flash_attention_forward(
        *parts, bounds, bounds, longest, longest, 0.0, True, False, scale=scale
    )
    return out[0].transpose(0, 1)


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


def _by_document(
    q: Tensor, k: Tensor, v: Tensor, packing: Packing, scale: float, attend: Callable[..., Tensor]
) -> Tensor:
    parts = [part.split(list(packing.lengths), dim=1) for part in (q, k, v)]
    return torch.cat([attend(*part, scale) for part in zip(*parts, strict=True)], dim=1)


class _Chunked(torch.autograd.Function):
    """One document. The queries of a group lie side by side, so that a shared key is read once for all of them."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
        (n_heads, n, width), n_kv = q.shape, k.shape[0]
        q = (q * scale).view(n_kv, n_heads // n_kv, n, width)
        k, v = k.contiguous(), v.contiguous()
        out = torch.empty_like(q)
        above = torch.full((CHUNK, CHUNK), float("-inf"), dtype=q.dtype).triu(1)
        kept = []
        for start in range(0, n, CHUNK):
            end = min(n, start + CHUNK)
            scores = torch.bmm(_rows(q, start, end), k[:, :end].transpose(1, 2))
            by_head = scores.view(n_kv, -1, end - start, end)
            by_head[..., start:] += above[: end - start, : end - start]
            weights = torch.softmax(scores, -1)
            out[:, :, start:end] = torch.bmm(weights, v[:, :end]).view(n_kv, -1, end - start, width)
            kept.append(weights)
        ctx.save_for_backward(q, k, v, *kept)
        ctx.scale = scale
        return out.view(n_heads, n, width)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        q, k, v, *kept = ctx.saved_tensors
        n_kv, n_groups, n, width = q.shape
        above = gradients[0].reshape(q.shape)
        dq = torch.empty_like(q)
        dk, dv = torch.zeros(k.shape), torch.zeros(v.shape)
        for weights, start in zip(kept, range(0, n, CHUNK), strict=True):
            end = min(n, start + CHUNK)
            rows, queries = _rows(above, start, end), _rows(q, start, end)
            dv[:, :end] += torch.bmm(weights.transpose(1, 2), rows)
            d_scores = torch._softmax_backward_data(
                torch.bmm(rows, v[:, :end].transpose(1, 2)), weights, -1, weights.dtype
            )
            dq[:, :, start:end] = torch.bmm(d_scores, k[:, :end]).view(n_kv, n_groups, end - start, width)
            dk[:, :end] += torch.bmm(d_scores.transpose(1, 2), queries)
        dq *= ctx.scale
        return dq.view(-1, n, width), dk.to(k.dtype), dv.to(v.dtype), None


def _rows(part: Tensor, start: int, end: int) -> Tensor:
    """(K, groups, n, d) to (K, groups x chunk, d)."""
    n_kv, n_groups, _, width = part.shape
    return part[:, :, start:end].reshape(n_kv, n_groups * (end - start), width)


def _register(kind: Kind) -> None:
    attend = KINDS[kind]

    def interface(
        module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: None, packing: Packing, scaling: float,
        **_: Any,
    ) -> tuple[Tensor, None]:  # fmt: skip
        kind = value.dtype  # under autocast the norms leave queries and keys in float32
        out = attend(query[0].to(kind), key[0].to(kind), value[0], packing, scaling)
        return out.transpose(0, 1)[None], None

    AttentionInterface.register(PREFIX + kind, interface)


for _kind in KINDS:
    _register(_kind)
