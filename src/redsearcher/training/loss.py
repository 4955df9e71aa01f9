"""The loss of a packed batch: cross-entropy on the policy's tokens, logits computed for those alone."""

from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from transformers import Qwen3ForCausalLM

from redsearcher.training.attention import PREFIX, Kind, Packing
from redsearcher.training.forward import hidden_states
from redsearcher.training.pack import Batch


class Way(NamedTuple):
    """How the forward pass is computed: by our own lean one (CPU), or by transformers' module with one of our
    attentions, compiled by torch or not."""

    by: Literal["lean", "module"]
    attention: Kind = "chunked"
    compiled: bool = False

    def __str__(self) -> str:
        return "lean" if self.by == "lean" else f"module, attention {self.attention}{', compiled' * self.compiled}"


class LossSum(NamedTuple):
    """Sum of the negative log-likelihoods (nats), and over how many tokens."""

    total: Tensor
    n_tokens: int


class PackedLoss:
    """Computes the loss of packed batches for one model in one way. `longest` bounds the length of documents."""

    def __init__(self, model: Qwen3ForCausalLM, way: Way, longest: int, dtype: torch.dtype = torch.bfloat16) -> None:
        self.way = way
        self._model, self._longest, self._dtype = model, longest, dtype
        self._body: Any = model.model
        if way.by == "module":
            model.config._attn_implementation = PREFIX + way.attention
        if way.compiled:
            self._body = torch.compile(model.model, dynamic=False)

    def __call__(self, batch: Batch) -> LossSum:
        """Products in the dtype given at the start, the loss itself in float32."""
        if self.way.by == "lean":
            hidden = hidden_states(self._model, batch, self._longest, self._dtype)
            logits = functional.linear(hidden, self._model.lm_head.weight.to(self._dtype))
        else:
            logits = self._by_module(batch)
        return LossSum(functional.cross_entropy(logits.float(), batch.targets, reduction="sum"), len(batch.targets))

    def _by_module(self, batch: Batch) -> Tensor:
        half = self._dtype != torch.float32
        with torch.autocast(batch.ids.device.type, self._dtype if half else torch.bfloat16, enabled=half):
            hidden = self._body(
                input_ids=batch.ids[None],
                position_ids=batch.positions[None],
                attention_mask={"full_attention": None},
                use_cache=False,
                packing=Packing(batch.bounds, batch.lengths, self._longest),
            ).last_hidden_state[0]
            logits: Tensor = self._model.lm_head(hidden.index_select(0, batch.predict))
        return logits
