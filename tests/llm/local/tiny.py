"""Tiny models with random weights, and what plain transformers makes of the same prompts."""

from collections.abc import Sequence
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the local engine needs torch")
transformers = pytest.importorskip("transformers", reason="the local engine needs transformers")

VOCAB = 300
torch.set_num_threads(1)  # threads that wait for each other make tiny models slow on a busy machine


def tiny_model(family: str = "qwen3", window: int = 256, vocab: int = VOCAB, seed: int = 0) -> Any:
    """Two layers, grouped-query attention; weights larger than at the start of training, so that choices are clear."""
    sizes: dict[str, Any] = {
        "vocab_size": vocab, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": window,
        "tie_word_embeddings": True, "initializer_range": 0.2,
    }  # fmt: skip
    torch.manual_seed(seed)
    if family == "qwen3":
        return transformers.Qwen3ForCausalLM(transformers.Qwen3Config(head_dim=8, **sizes)).eval()
    if family == "qwen2":
        model = transformers.Qwen2ForCausalLM(transformers.Qwen2Config(**sizes)).eval()
        for name, parameter in model.named_parameters():
            if name.endswith("bias"):
                torch.nn.init.normal_(parameter, std=0.5)
        return model
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**{**sizes, "tie_word_embeddings": False})).eval()


def plain_greedy(model: Any, prompt: Sequence[int], n_tokens: int) -> list[int]:
    """Greedy tokens by transformers' own `generate`."""
    ids = torch.tensor([list(prompt)])
    with torch.inference_mode():
        out = model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=n_tokens, do_sample=False, eos_token_id=None,
            pad_token_id=0,
        )  # fmt: skip
    return [int(token) for token in out[0, len(prompt) :]]


def plain_logprobs(model: Any, prompt: Sequence[int], sampled: Sequence[int]) -> list[float]:
    """Log-probabilities at temperature 1 of `sampled` after `prompt`, in one transformers forward pass."""
    with torch.inference_mode():
        logits = model(torch.tensor([[*prompt, *sampled]])).logits[0].float()
    chosen = logits.log_softmax(-1)[len(prompt) - 1 : -1].gather(-1, torch.tensor(list(sampled)).unsqueeze(-1))
    return [float(value) for value in chosen.squeeze(-1)]
