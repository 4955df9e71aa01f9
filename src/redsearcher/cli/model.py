"""Which ChatModel a name stands for, and how it is opened and closed."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

from redsearcher.agent.config import RolloutConfig
from redsearcher.core.config import Config
from redsearcher.errors import InputError
from redsearcher.llm.chat import ChatModel
from redsearcher.llm.endpoint import EndpointConfig
from redsearcher.llm.protocol.native import NAME as NATIVE
from redsearcher.llm.router.address import BaseUrl, addresses

ModelSource = Callable[[], AbstractAsyncContextManager[ChatModel]]
"""Opens a model inside a running event loop and closes it there. Pickles, so that workers can open their own."""

KINDS = (
    "rules (the offline solver), openai:NAME or tokens:NAME with --base-url, or local:FOLDER (a model in this process; "
    "local:nano is the one that ships)"
)


class ModelConfig(Config):
    """A model by name, with what its kind needs."""

    name: str = "rules"
    """rules; openai:NAME, a chat endpoint; tokens:NAME, an endpoint of token ids; local:FOLDER; local:nano ships."""
    base_url: BaseUrl = "http://127.0.0.1:8000/v1"
    """openai, tokens: root of the API; several of engines that serve the same model."""
    protocol: str = ""
    """native, hermes, react or query_tag; native for chat endpoints and hermes for token ids unless given."""
    tokenizer: Path | None = None
    """tokens: folder of the tokenizer and the chat template."""
    device: str = "cpu"
    """local: a torch device."""


def make_model(config: EndpointConfig | None) -> ModelSource:
    """The endpoint's model, or the offline solver where no endpoint is configured."""
    return _rules if config is None else partial(_endpoint, config, NATIVE)


def parse_model(name: str, base_url: str) -> EndpointConfig | None:
    """`rules`, or `openai:NAME` served at `base_url`. Raises InputError for anything else."""
    if name == "rules":
        return None
    kind, _, model = name.partition(":")
    if kind != "openai" or not model:
        raise InputError(
            f"model {name!r} is unknown; expected rules (the offline solver) or openai:NAME with --base-url"
        )
    addresses(base_url)
    return EndpointConfig(model=model, base_url=base_url)


def find_model(config: ModelConfig) -> ModelSource:
    """How to open the model. Raises InputError for an unknown kind or protocol, or where a setting is missing."""
    from redsearcher.llm.protocol.choice import text_protocol

    kind, _, name = config.name.partition(":")
    if config.protocol and (config.protocol != NATIVE or kind not in ("openai", "rules")):
        text_protocol(config.protocol)
    if config.name == "rules":
        return _rules
    if kind not in ("openai", "tokens", "local") or not name:
        raise InputError(f"model {config.name!r} is unknown; expected {KINDS}")
    if kind != "local":
        addresses(config.base_url)
    if kind == "openai":
        endpoint = EndpointConfig(model=name, base_url=config.base_url)
        return partial(_endpoint, endpoint, config.protocol or NATIVE)
    if kind == "local":
        from redsearcher.llm.local.load import resolve

        resolve(name)
        return partial(_local, name, config)
    if config.tokenizer is None:
        raise InputError(f"model {config.name!r} needs --tokenizer, the folder of its tokenizer and chat template")
    return partial(_tokens, name, config)


def habits(name: str) -> RolloutConfig | None:
    """The settings that a local model's folder asks to be rolled out with, if it holds any (`rollout.toml`).

    Raises InputError where there is no such folder.
    """
    kind, _, model = name.partition(":")
    if kind != "local":
        return None
    from redsearcher.llm.local.load import HABITS, resolve

    path = resolve(model) / HABITS
    return RolloutConfig.load(path) if path.is_file() else None


@asynccontextmanager
async def _rules() -> AsyncIterator[ChatModel]:
    from redsearcher.agent.solver.model import RulesSolver

    yield RulesSolver()


@asynccontextmanager
async def _endpoint(config: EndpointConfig, protocol: str) -> AsyncIterator[ChatModel]:
    from redsearcher.llm.protocol.choice import text_protocol
    from redsearcher.llm.router.model import chat_model
    from redsearcher.llm.text_chat import TextChat

    model = chat_model(config)
    try:
        yield model if protocol == NATIVE else TextChat(model, text_protocol(protocol))
    finally:
        await model.aclose()


@asynccontextmanager
async def _tokens(name: str, config: ModelConfig) -> AsyncIterator[ChatModel]:
    from redsearcher.llm.chat_template import NANO, ChatTemplate
    from redsearcher.llm.policy import TokenPolicy
    from redsearcher.llm.protocol.choice import text_protocol
    from redsearcher.llm.remote import RemoteConfig
    from redsearcher.llm.render import Renderer
    from redsearcher.llm.router.engine import token_engine
    from redsearcher.llm.tokenizer import load_tokenizer

    tokenizer, template = load_tokenizer(config.tokenizer or Path())
    renderer = Renderer(tokenizer, ChatTemplate(template or NANO), text_protocol(config.protocol or "hermes"))
    engine = await token_engine(RemoteConfig(model=name, base_url=config.base_url))
    try:
        yield TokenPolicy(engine, renderer)
    finally:
        await engine.aclose()


@asynccontextmanager
async def _local(name: str, config: ModelConfig) -> AsyncIterator[ChatModel]:
    from redsearcher.llm.local.config import EngineConfig
    from redsearcher.llm.local.load import load
    from redsearcher.llm.policy import TokenPolicy
    from redsearcher.llm.protocol.choice import text_protocol

    loaded = load(name, text_protocol(config.protocol or "hermes"))
    from redsearcher.llm.local.engine import LocalEngine

    async with LocalEngine(loaded.model, loaded.name, EngineConfig(device=config.device)) as engine:
        yield TokenPolicy(engine, loaded.renderer)
