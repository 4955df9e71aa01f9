"""A model folder from disk, never from the network."""

from pathlib import Path
from typing import Any, NamedTuple

from redsearcher.errors import InputError, boundary


class LoadedModel(NamedTuple):
    """A transformers causal language model and its tokenizer, with the name records give them."""

    name: str
    model: Any
    tokenizer: Any


def resolve(name: str) -> Path:
    """The folder that a model's name stands for: a path. Raises InputError saying what a folder must hold."""
    path = Path(name)
    if not path.is_dir():
        raise InputError(f"model {name!r} is no folder here; expected a folder with config.json and weights")
    if not (path / "config.json").is_file():
        raise InputError(f"{path} holds no config.json, so it is no model folder")
    if not any(path.glob("*.safetensors")):
        raise InputError(f"{path} holds no *.safetensors weights")
    return path


def load(name: str) -> LoadedModel:
    """Read a model folder (config.json, *.safetensors, tokenizer files), weights in float32 on the CPU.

    Raises InputError where it is no such folder or torch or transformers are missing.
    """
    path = resolve(name)
    with boundary("the local engine needs torch and transformers: pip install 'redsearcher[local]'", raises=InputError):
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    with boundary(f"model folder {path} cannot be loaded", raises=InputError):
        model = AutoModelForCausalLM.from_pretrained(path, local_files_only=True, dtype=torch.float32).eval()
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
    return LoadedModel(path.resolve().name, model, tokenizer)
