"""The weights of a transformers decoder, fused for few large products per layer."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from redsearcher.errors import InputError

FAMILIES = ("qwen3", "qwen2", "llama")


class Shape(NamedTuple):
    """Sizes of a decoder. `n_groups` query heads share each key-value head."""

    n_layers: int
    n_heads: int
    n_kv_heads: int
    head_dim: int
    vocab: int
    max_positions: int
    eps: float

    @property
    def n_groups(self) -> int:
        return self.n_heads // self.n_kv_heads

    def cache_bytes(self, n_tokens: int, bytes_per_value: int) -> int:
        """Bytes of keys and values of one sequence."""
        return 2 * self.n_layers * self.n_kv_heads * self.head_dim * n_tokens * bytes_per_value


class LayerWeights(NamedTuple):
    """One layer. `out` and `down` lie transposed (in, out): the residual is added within their products."""

    norm_in: Tensor
    qkv: Tensor
    qkv_bias: Tensor | None
    head_norm: Tensor | None
    out: Tensor
    norm_mid: Tensor
    gate_up: Tensor
    down: Tensor


class Weights(NamedTuple):
    """All of a decoder; `inv_freq` and `rope_scale` make its rotary embedding."""

    shape: Shape
    embed: Tensor
    layers: tuple[LayerWeights, ...]
    norm_out: Tensor
    head: Tensor
    inv_freq: Tensor
    rope_scale: float


def extract(model: Any, device: torch.device, dtype: torch.dtype) -> Weights:
    """Copy a transformers model (Qwen3, Qwen2 or Llama for causal language modelling) to `device` as `dtype`.

    Raises InputError for architectures and variants that the forward pass does not compute.
    """
    config = model.config
    _check(config)
    n_heads, n_kv_heads = config.num_attention_heads, config.num_key_value_heads or config.num_attention_heads
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // n_heads
    shape = Shape(
        n_layers=config.num_hidden_layers,
        n_heads=n_heads,
        n_kv_heads=n_kv_heads,
        head_dim=head_dim,
        vocab=config.vocab_size,
        max_positions=config.max_position_embeddings,
        eps=config.rms_norm_eps,
    )

    def put(tensor: Tensor) -> Tensor:
        return tensor.detach().to(device=device, dtype=dtype, copy=True).contiguous()

    body = model.model
    rotary = body.rotary_emb
    embed = put(body.embed_tokens.weight)
    tied = model.lm_head.weight.data_ptr() == body.embed_tokens.weight.data_ptr()
    return Weights(
        shape=shape,
        embed=embed,
        layers=tuple(_layer(layer, shape, put) for layer in body.layers),
        norm_out=put(body.norm.weight),
        head=embed if tied else put(model.lm_head.weight),
        inv_freq=rotary.inv_freq.detach().to(device=device, dtype=torch.float32, copy=True),
        rope_scale=float(rotary.attention_scaling),
    )


def _layer(layer: Any, shape: Shape, put: Any) -> LayerWeights:
    attention, mlp = layer.self_attn, layer.mlp
    for name, linear in (("o_proj", attention.o_proj), ("gate_proj", mlp.gate_proj), ("down_proj", mlp.down_proj)):
        if linear.bias is not None:
            raise InputError(f"the local engine computes no bias in {name}; serve this model with another engine")
    parts = (attention.q_proj, attention.k_proj, attention.v_proj)
    bias = None if parts[0].bias is None else put(torch.cat([part.bias for part in parts]))
    head_norm = None
    if hasattr(attention, "q_norm"):
        queries = attention.q_norm.weight.expand(shape.n_heads, -1)
        keys = attention.k_norm.weight.expand(shape.n_kv_heads, -1)
        head_norm = put(torch.cat([queries, keys]))
    return LayerWeights(
        norm_in=put(layer.input_layernorm.weight),
        qkv=put(torch.cat([part.weight for part in parts])),
        qkv_bias=bias,
        head_norm=head_norm,
        out=put(attention.o_proj.weight.t()),
        norm_mid=put(layer.post_attention_layernorm.weight),
        gate_up=put(torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight])),
        down=put(mlp.down_proj.weight.t()),
    )


def _check(config: Any) -> None:
    if config.model_type not in FAMILIES:
        raise InputError(
            f"the local engine computes {', '.join(FAMILIES)}; this model is {config.model_type!r}: serve it with vLLM "
            "or SGLang and name its base URL"
        )
    if config.hidden_act != "silu":
        raise InputError(f"the local engine computes silu; this model's activation is {config.hidden_act!r}")
    if "sliding_attention" in (getattr(config, "layer_types", None) or ()):
        raise InputError("the local engine has no sliding-window attention, which this model's layers use")
    rope = getattr(config, "rope_parameters", None) or getattr(config, "rope_scaling", None) or {}
    if rope.get("rope_type", "default") in ("dynamic", "longrope"):
        raise InputError(f"the local engine has no {rope['rope_type']} rotary embedding, which this model uses")
