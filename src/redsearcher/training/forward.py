"""The forward pass of a Qwen3 decoder for CPUs: transformers' numbers in fewer passes over memory.

Norm weights are folded into the matrices behind them, a norm and its cast are one operation with a lean gradient, and
the last layer computes queries, output and feed-forward only where a token of the policy is predicted.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from transformers import Qwen3ForCausalLM

from redsearcher.training.attention import Packing, chunked, chunked_at
from redsearcher.training.pack import Batch


class _Shared(NamedTuple):
    """What every layer needs: rotation of all N positions, where documents lie, the dtype of products."""

    cos: Tensor
    sin: Tensor
    packing: Packing
    dtype: torch.dtype


def hidden_states(model: Qwen3ForCausalLM, batch: Batch, longest: int, dtype: torch.dtype = torch.bfloat16) -> Tensor:
    """Final states (M, width) at the positions of `batch.predict`, products computed in `dtype`, sums in float32."""
    body = model.model
    cos, sin = _rotation(batch.positions, body.rotary_emb, dtype)
    shared = _Shared(cos, sin, Packing(batch.bounds, batch.lengths, longest), dtype)
    x = functional.embedding(batch.ids, body.embed_tokens.weight, body.padding_idx)
    *layers, last = body.layers
    for layer in layers:
        x = _layer(layer, x, shared, None)
    x = _layer(last, x, shared, batch.predict)
    weight: Tensor = body.norm.weight
    return _normed(x, body.norm, dtype) * weight.to(dtype)


def _layer(layer: Any, x: Tensor, shared: _Shared, asked: Tensor | None) -> Tensor:
    """All rows of a layer's output, or those at the positions `asked`."""
    attention, mlp, dtype = layer.self_attn, layer.mlp, shared.dtype
    weight, width, scale = layer.input_layernorm.weight, attention.head_dim, attention.scaling
    cos, sin, packing = shared.cos, shared.sin, shared.packing
    seen = _normed(x, layer.input_layernorm, dtype)
    k = _rotated(_heads(_linear(seen, attention.k_proj, weight), width), attention.k_norm, cos, sin)
    v = _heads(_linear(seen, attention.v_proj, weight), width).transpose(0, 1)
    if asked is not None:
        x, seen, cos, sin = (part.index_select(0, asked) for part in (x, seen, cos, sin))
    q = _rotated(_heads(_linear(seen, attention.q_proj, weight), width), attention.q_norm, cos, sin)
    mixed = chunked(q, k, v, packing, scale) if asked is None else chunked_at(q, k, v, packing, scale, asked)
    x = x + functional.linear(mixed.transpose(0, 1).reshape(len(x), -1), attention.o_proj.weight.to(dtype))
    weight = layer.post_attention_layernorm.weight
    inner = _normed(x, layer.post_attention_layernorm, dtype)
    gate = functional.silu(_linear(inner, mlp.gate_proj, weight))
    return x + functional.linear(gate * _linear(inner, mlp.up_proj, weight), mlp.down_proj.weight.to(dtype))


def _normed(x: Tensor, norm: Any, dtype: torch.dtype) -> Tensor:
    out: Tensor = _Normed.apply(x, norm.variance_epsilon, dtype)  # type: ignore[no-untyped-call]
    return out


def _linear(x: Tensor, linear: Any, norm: Tensor) -> Tensor:
    """A product with a matrix that takes in the weight of the norm before it."""
    return functional.linear(x, (linear.weight * norm).to(x.dtype))


def _heads(x: Tensor, width: int) -> Tensor:
    return x.view(x.shape[0], -1, width)


def _rotated(x: Tensor, norm: Any, cos: Tensor, sin: Tensor) -> Tensor:
    """Normed and rotated heads, (N, H, d) to (H, N, d)."""
    normed = _normed(x, norm, x.dtype) * norm.weight.to(x.dtype)
    out: Tensor = _Rotated.apply(normed.transpose(0, 1), cos, sin)  # type: ignore[no-untyped-call]
    return out


def _rotation(positions: Tensor, rotary: Any, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Cosine and signed sine (N, d) of every position, laid out for `_Rotated`."""
    angles = positions[:, None].float() * rotary.inv_freq
    cos, sin = angles.cos() * rotary.attention_scaling, angles.sin() * rotary.attention_scaling
    return torch.cat([cos, cos], -1).to(dtype), torch.cat([-sin, sin], -1).to(dtype)


class _Normed(torch.autograd.Function):
    """x / rms(x) over the last axis, in another dtype; the gradient needs the result and one number per row."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, eps: float, dtype: torch.dtype) -> Tensor:
        size = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
        scale = size.square_().div_(x.shape[-1]).add_(eps).rsqrt_()
        out = torch.empty(x.shape, dtype=dtype)
        torch.mul(x, scale, out=out)
        ctx.save_for_backward(out, scale)
        ctx.dtype = x.dtype
        return out

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        out, scale = ctx.saved_tensors
        along = torch.linalg.vecdot(gradients[0], out).unsqueeze(-1)
        rest = torch.addcmul(gradients[0], out, along, value=-1 / out.shape[-1])
        result = torch.empty(out.shape, dtype=ctx.dtype)
        torch.mul(rest, scale, out=result)
        return result, None, None


class _Rotated(torch.autograd.Function):
    """Rotary embedding with halves as pairs; the gradient is the rotation back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        ctx.save_for_backward(cos, sin)
        return _rotate(x, cos, sin)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        cos, sin = ctx.saved_tensors
        return _rotate(gradients[0], cos, -sin), None, None


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    out = torch.empty(x.shape, dtype=x.dtype)
    torch.mul(x, cos, out=out)
    out[..., :half].addcmul_(x[..., half:], sin[..., :half])
    out[..., half:].addcmul_(x[..., :half], sin[..., half:])
    return out
