"""One choice as it is sampled: tokens, their text, and where it ends."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Literal, NamedTuple, Protocol

from redsearcher.errors import ModelError
from redsearcher.llm.local.request import SampledToken
from redsearcher.llm.server.detokenize import StopText, TextStream
from redsearcher.llm.token import Generated, TokenEngine
from redsearcher.llm.tokenizer import Tokenizer
from redsearcher.records.chat import Sampling


class ServedEngine(TokenEngine, Protocol):
    """A token engine that also tells each token as it is sampled."""

    @property
    def vocab(self) -> int:
        """Token ids are below this."""
        ...

    @property
    def trouble(self) -> str | None:
        """Why it serves no more, or None while it does."""
        ...

    def stream(
        self, prompt: Sequence[int], sampling: Sampling, stop: frozenset[int]
    ) -> AsyncGenerator[SampledToken | Generated, None]:
        """Each token, then the whole."""
        ...


class Piece(NamedTuple):
    """What one more token brought: its id and log-probability (None at the end's flush), and text, maybe none."""

    token: SampledToken | None
    text: str


class Finished(NamedTuple):
    """A whole choice: ids with log-probabilities, its text without what stopped it, why it ended, cached tokens."""

    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    text: str
    finish_reason: Literal["stop", "length"]
    cached: int


async def pieces(
    engine: ServedEngine,
    tokenizer: Tokenizer,
    prompt: Sequence[int],
    sampling: Sampling,
    stop: frozenset[int],
    stop_texts: Sequence[str],
) -> AsyncIterator[Piece | Finished]:
    """The pieces of a choice and then the whole. A stop text ends it early; the token that completes it is the last."""
    texts, watch = TextStream(tokenizer), StopText(stop_texts)
    tokens: list[SampledToken] = []
    said: list[str] = []
    cached = 0
    finish: Literal["stop", "length"] = "stop"
    async with aclosing(engine.stream(prompt, sampling, stop)) as stream:
        async for item in stream:
            if isinstance(item, Generated):
                cached, finish = item.cached, item.finish_reason
                break
            tokens.append(item)
            text = "" if item.token_id in stop else watch.push(texts.push(item.token_id))
            said.append(text)
            yield Piece(item, text)
            if watch.found:
                break
    if not watch.found:
        rest = watch.push(texts.flush()) + watch.flush()
        if rest:
            said.append(rest)
            yield Piece(None, rest)
    yield Finished(
        tuple(token.token_id for token in tokens),
        tuple(token.logprob for token in tokens),
        "".join(said),
        finish,
        cached,
    )


async def whole(
    engine: ServedEngine,
    tokenizer: Tokenizer,
    prompt: Sequence[int],
    sampling: Sampling,
    stop: frozenset[int],
    stop_texts: Sequence[str],
) -> Finished:
    """A choice at once; without stop texts nobody has to look at each token."""
    if not stop_texts:
        made = await engine.generate(prompt, sampling, stop)
        body = made.token_ids[:-1] if made.token_ids[-1] in stop else made.token_ids
        return Finished(made.token_ids, made.logprobs, tokenizer.decode(body), made.finish_reason, made.cached)
    async for item in pieces(engine, tokenizer, prompt, sampling, stop, stop_texts):
        if isinstance(item, Finished):
            return item
    raise ModelError(f"{engine.name} ended a turn without an end")
