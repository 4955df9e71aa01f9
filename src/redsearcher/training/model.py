"""A Qwen3 decoder of any size with random weights."""

import copy
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import GenerationConfig, Qwen3Config, Qwen3ForCausalLM

from redsearcher.core.rng import derive_seed
from redsearcher.errors import InputError, boundary
from redsearcher.training.config import ModelConfig

INITIAL_STD = 0.02
TIED = "lm_head.weight"
"""The same tensor as the embedding; files hold it once."""
VOCAB_STEP = 64
"""Rows of the embedding come in multiples of this: a shape that matrix units like."""


def build_model(config: ModelConfig, vocab: int, seed: int, stop_id: int, pad_id: int) -> Qwen3ForCausalLM:
    """Float32 weights drawn from `seed`; the global generator of torch is left as it was."""
    settings = Qwen3Config(
        vocab_size=-(-vocab // VOCAB_STEP) * VOCAB_STEP,
        hidden_size=config.width,
        intermediate_size=config.feed_forward,
        num_hidden_layers=config.n_layers,
        num_attention_heads=config.n_heads,
        num_key_value_heads=config.n_kv_heads,
        head_dim=config.head_dim,
        max_position_embeddings=config.window,
        rope_parameters={"rope_type": "default", "rope_theta": config.rope_theta},
        tie_word_embeddings=True,
        initializer_range=INITIAL_STD,
        bos_token_id=None,
        eos_token_id=stop_id,
        pad_token_id=pad_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(seed, "weights"))
        return Qwen3ForCausalLM(settings)


def n_parameters(model: torch.nn.Module) -> int:
    """Parameters, tied ones once."""
    return sum(parameter.numel() for parameter in model.parameters())


def export(model: Qwen3ForCausalLM, folder: Path) -> None:
    """Write config.json, generation_config.json and bf16 model.safetensors; the tokenizer is the caller's."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = copy.deepcopy(model.config)
    settings.dtype = torch.bfloat16
    settings.architectures = [type(model).__name__]
    settings.save_pretrained(folder)
    GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=False, eos_token_id=settings.eos_token_id, pad_token_id=settings.pad_token_id
    ).save_pretrained(folder)
    weights = {
        name: tensor.detach().to("cpu", torch.bfloat16).contiguous()
        for name, tensor in model.state_dict().items()
        if name != TIED
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def load_weights(model: Qwen3ForCausalLM, folder: Path) -> None:
    """Put an exported checkpoint's weights into a model. Raises InputError if they are not there or do not fit."""
    file = folder / "model.safetensors"
    if not file.is_file():
        raise InputError(f"{file} is not there; expected a folder that training wrote, such as RUN/model")
    with boundary(f"taking the weights of {folder}", raises=InputError):
        missing, unknown = model.load_state_dict(load_file(file), strict=False)
        if unknown or set(missing) - {TIED}:
            raise InputError(f"{folder} has other weights than the model of this config; give one of the same shape")
