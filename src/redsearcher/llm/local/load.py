"""A model folder from disk, never from the network."""

from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from redsearcher.errors import InputError, boundary
from redsearcher.llm.chat_template import NANO, ChatTemplate
from redsearcher.llm.local.config import EngineConfig
from redsearcher.llm.policy import TokenPolicy
from redsearcher.llm.protocol.base import TextProtocol
from redsearcher.llm.protocol.hermes import HERMES
from redsearcher.llm.render import Renderer
from redsearcher.llm.tokenizer import load_tokenizer

NANO_NAME = "nano"
SHIPPED = files("redsearcher.llm") / "nano"
"""The policy that ships with the package."""
HABITS = "rollout.toml"
"""What a model folder may hold besides: the settings it was trained to be rolled out with."""


class LoadedModel(NamedTuple):
    """A transformers causal language model with the name that records give it, and how its conversations look."""

    name: str
    model: Any
    renderer: Renderer


def resolve(name: str) -> Path:
    """The folder that a model's name stands for: a path, or `nano`, which ships, where no folder is called so.

    Raises InputError saying what a folder must hold.
    """
    path = Path(name)
    if name == NANO_NAME and not path.exists():
        path = Path(str(SHIPPED))
    if not path.is_dir():
        raise InputError(
            f"model {name!r} is no folder here; expected one with config.json, weights and tokenizer.json, "
            "or nano, the policy that ships"
        )
    if not (path / "config.json").is_file():
        raise InputError(f"{path} holds no config.json, so it is no model folder in the transformers layout")
    if not any(path.glob("*.safetensors")):
        raise InputError(f"{path} holds no *.safetensors weights")
    return path


def load(name: str, protocol: TextProtocol = HERMES) -> LoadedModel:
    """Read a model folder in the transformers layout, weights on the CPU as they are stored.

    Without a chat template of its own, the folder's model is spoken to in the nano policy's. Raises InputError where
    it is no such folder, or where torch or transformers are missing.
    """
    path = resolve(name)
    tokenizer, template = load_tokenizer(path)
    with boundary("the local engine needs torch and transformers: pip install 'redsearcher[local]'", raises=InputError):
        from transformers import AutoModelForCausalLM
    with boundary(f"model folder {path} cannot be loaded", raises=InputError):
        model: Any = AutoModelForCausalLM.from_pretrained(path, local_files_only=True)
        model.eval()
    return LoadedModel(path.resolve().name, model, Renderer(tokenizer, ChatTemplate(template or NANO), protocol))


def open_policy(name: str, config: EngineConfig | None = None, protocol: TextProtocol = HERMES) -> TokenPolicy:
    """A model folder as a policy in this process; its engine is the caller's to close."""
    loaded = load(name, protocol)
    from redsearcher.llm.local.engine import LocalEngine

    return TokenPolicy(LocalEngine(loaded.model, loaded.name, config), loaded.renderer)
