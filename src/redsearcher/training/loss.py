"""The loss of a packed batch: cross-entropy on the policy's tokens, logits computed for those alone."""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from transformers import Qwen3ForCausalLM

from redsearcher.training.attention import KINDS, PREFIX, Kind, Packing
from redsearcher.training.pack import Batch


class LossSum(NamedTuple):
    """Sum of the negative log-likelihoods (nats), and over how many tokens."""

    total: Tensor
    n_tokens: int


def use_attention(model: Qwen3ForCausalLM, kind: Kind) -> None:
    """Let the model compute attention by one of KINDS. A model prepared so reads packed batches only."""
    name = PREFIX + kind
    model.config._attn_implementation = name


def loss_sum(model: Qwen3ForCausalLM, batch: Batch, longest: int, body: Any = None) -> LossSum:
    """Loss of a batch. `body` stands in for `model.model`, say a compiled one; `longest` bounds document lengths."""
    packing = Packing(batch.bounds, batch.lengths, longest)
    with torch.autocast(batch.ids.device.type, torch.bfloat16):
        hidden = (body or model.model)(
            input_ids=batch.ids[None],
            position_ids=batch.positions[None],
            attention_mask={"full_attention": None},
            use_cache=False,
            packing=packing,
        ).last_hidden_state[0]
        logits = model.lm_head(hidden.index_select(0, batch.predict))
    return LossSum(functional.cross_entropy(logits.float(), batch.targets, reduction="sum"), len(batch.targets))
