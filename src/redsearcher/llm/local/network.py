"""The forward pass of a decoder over packed rows and a slot cache: few calls per layer, since these models are small.

RMSNorm, rotary embedding by halves, grouped-query attention and SwiGLU as in Qwen3 (arXiv 2505.09388), Qwen2 and Llama.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from redsearcher.llm.local.cache import SlotCache
from redsearcher.llm.local.weights import Weights


class Piece(NamedTuple):
    """Rows that attend together: `n_seqs` sequences of `n_queries` rows each, over the first `length` cached tokens.

    `slots` is a range of neighbouring slots, read in place, or an index tensor, gathered. `mask` is added to the scores
    (n_seqs, 1, n_groups * n_queries, length), or None where every query sees all of `length`.
    """

    row_start: int
    n_seqs: int
    n_queries: int
    slots: slice | Tensor
    length: int
    mask: Tensor | None

    @property
    def row_end(self) -> int:
        return self.row_start + self.n_seqs * self.n_queries


class Network:
    """A decoder that writes what it computes into `cache`."""

    def __init__(self, weights: Weights, cache: SlotCache) -> None:
        self.shape = weights.shape
        self._weights = weights
        self._cache = cache
        positions = torch.arange(cache.n_positions, device=weights.embed.device, dtype=torch.float32)
        angles = torch.outer(positions, weights.inv_freq)
        cosine, sine = angles.cos() * weights.rope_scale, angles.sin() * weights.rope_scale
        dtype = weights.embed.dtype
        # Rotation by halves is x * cos + roll(x, half) * (-sin, sin).
        self._cos = torch.cat((cosine, cosine), -1).to(dtype).unsqueeze(1)
        self._sin = torch.cat((-sine, sine), -1).to(dtype).unsqueeze(1)

    def forward(
        self, ids: Tensor, positions: Tensor, cells: Tensor, pieces: Sequence[Piece], wanted: Tensor | None = None
    ) -> Tensor:
        """Logits (float32) of the rows `wanted` (all unless given).

        `ids` and `positions` have one entry per row; `cells` (rows * n_kv_heads) says where the cache keeps each row's
        keys and values.
        """
        weights, shape = self._weights, self.shape
        n_rows, n_turned = ids.shape[0], shape.n_heads + shape.n_kv_heads
        x = functional.embedding(ids, weights.embed)
        cos, sin = self._cos[positions], self._sin[positions]
        for index, layer in enumerate(weights.layers):
            h = functional.rms_norm(x, x.shape[-1:], layer.norm_in, shape.eps)
            qkv = functional.linear(h, layer.qkv, layer.qkv_bias).view(n_rows, -1, shape.head_dim)
            turned = qkv[:, :n_turned]
            if layer.head_norm is not None:
                turned = functional.rms_norm(turned, (shape.head_dim,), None, shape.eps) * layer.head_norm
            turned = torch.addcmul(turned * cos, turned.roll(shape.head_dim // 2, -1), sin)
            self._cache.write(index, cells, turned[:, shape.n_heads :], qkv[:, n_turned:])
            attended = self._attend(index, turned[:, : shape.n_heads], pieces)
            x = torch.addmm(x, attended, layer.out)
            h = functional.rms_norm(x, x.shape[-1:], layer.norm_mid, shape.eps)
            gate, up = functional.linear(h, layer.gate_up).chunk(2, -1)
            x = torch.addmm(x, functional.silu(gate) * up, layer.down)
        if wanted is not None:
            x = x[wanted]
        return functional.linear(
            functional.rms_norm(x, x.shape[-1:], weights.norm_out, shape.eps), weights.head
        ).float()

    def _attend(self, layer: int, queries: Tensor, pieces: Sequence[Piece]) -> Tensor:
        """Attention of all pieces, (rows, n_heads * head_dim). Query heads that share keys are stacked as queries."""
        shape = self.shape
        outputs = []
        for piece in pieces:
            n, t = piece.n_seqs, piece.n_queries
            q = queries[piece.row_start : piece.row_end]
            if t == 1:
                q = q.reshape(n, shape.n_kv_heads, shape.n_groups, shape.head_dim)
            else:
                q = q.reshape(n, t, shape.n_kv_heads, shape.n_groups, shape.head_dim).permute(0, 2, 3, 1, 4)
                q = q.reshape(n, shape.n_kv_heads, shape.n_groups * t, shape.head_dim)
            keys, values = self._cache.read(layer, piece.slots, piece.length)
            o = functional.scaled_dot_product_attention(q, keys, values, attn_mask=piece.mask)
            if t > 1:
                o = o.view(n, shape.n_kv_heads, shape.n_groups, t, shape.head_dim).permute(0, 3, 1, 2, 4)
            outputs.append(o.reshape(n * t, -1))
        return outputs[0] if len(outputs) == 1 else torch.cat(outputs)
