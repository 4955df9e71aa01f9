"""A role: a prompt and a schema over any ChatModel. Every way a model can fail to answer is a typed outcome."""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from redsearcher.core.config import Config
from redsearcher.errors import InputError, ModelError
from redsearcher.llm.chat import ChatModel
from redsearcher.records.chat import Completion, Message, Sampling, Usage

S = TypeVar("S", bound=BaseModel)
Outcome = Literal["answered", "malformed", "refused", "truncated", "timeout", "failed"]
"""answered: `value` is there. malformed: no try gave JSON of the schema. refused: the model, or its provider, says no.
truncated: the reply was cut even at the highest limit. timeout: no reply in time. failed: the endpoint gave an error.
"""

_RULES = (
    "Reply with one JSON object and nothing else. It must satisfy this JSON schema:\n$schema\n"
    'If you will not do this task, reply {"refusal": "why"}.'
)
_AGAIN = "That was not usable: $problem. Reply again with one JSON object that satisfies the schema, and nothing else."
_REFUSING = re.compile(
    r"\b(?:I(?:'m| am) (?:sorry|unable|not able)|I (?:can ?not|can't|won't|must decline)|as an AI)\b"
    r"|抱歉|无法(?:回答|提供|完成|协助)|不能(?:回答|提供|协助)",
    re.IGNORECASE,
)


class RoleConfig(Config):
    """How a role asks."""

    tries: int = Field(default=3, ge=1)
    """Calls for one answer, at most; a malformed reply is sent back with what is wrong with it."""
    timeout_s: float = Field(default=120.0, gt=0)
    """Limit of one call in seconds."""
    max_tokens: int = Field(default=2048, ge=1)
    """Limit of the first reply; doubled when it was cut, up to eight times this."""
    temperature: float = Field(default=0.0, ge=0)
    """Sampling temperature."""


@dataclass(frozen=True)
class Reply(Generic[S]):
    """What came of asking: the value if there is one, how it ended, what it cost, and the last text for the record."""

    outcome: Outcome
    value: S | None
    detail: str
    n_calls: int
    usage: Usage
    text: str


def read_prompt(package: str, name: str) -> str:
    """The prompt file `name`.txt in the folder `prompts` of a package. Raises InputError if it is not there."""
    file = files(package) / "prompts" / f"{name}.txt"
    if not file.is_file():
        raise InputError(f"{package} has no prompt {name!r}")
    return file.read_text(encoding="utf-8")


class Role(Generic[S]):
    """Fills a prompt (`$name` variables), asks, and checks the reply against a schema.

    `ask` never raises for what the model does: the outcome says it. A missing or unknown variable is an InputError.
    """

    def __init__(self, model: ChatModel, prompt: str, schema: type[S], config: RoleConfig | None = None) -> None:
        self._model, self._prompt, self._schema = model, Template(prompt), schema
        self._config = config or RoleConfig()
        shape = json.dumps(schema.model_json_schema(), ensure_ascii=False, sort_keys=True)
        self._rules = Template(_RULES).substitute(schema=shape)

    @property
    def name(self) -> str:
        """What records say made them."""
        return self._model.name

    async def ask(self, **variables: str) -> Reply[S]:
        """One answer, after as many tries as the config allows."""
        messages = [Message(role="system", content=self._rules), Message(role="user", content=self._fill(variables))]
        limit, usage, text = self._config.max_tokens, Usage(), ""
        outcome: Outcome = "failed"
        detail = ""
        for n_calls in range(1, self._config.tries + 1):
            try:
                completion = await self._call(messages, limit)
            except TimeoutError:
                outcome, detail = "timeout", f"no reply within {self._config.timeout_s:g} s"
                continue
            except ModelError as error:
                return Reply("failed", None, str(error), n_calls, usage, text)
            usage = _sum(usage, completion.usage)
            text = completion.message.content
            if completion.finish_reason == "error" or _is_refusal(text):
                return Reply("refused", None, text.strip()[:300] or "filtered by the provider", n_calls, usage, text)
            try:
                return Reply("answered", self._read(text), "", n_calls, usage, text)
            except ValueError as error:
                if completion.finish_reason == "length":
                    outcome, detail = "truncated", f"the reply was cut at {limit} tokens"
                    limit = min(2 * limit, 8 * self._config.max_tokens)
                    continue
                outcome, detail = "malformed", _problem(error)
                again = Template(_AGAIN).substitute(problem=detail)
                messages += [Message(role="assistant", content=text), Message(role="user", content=again)]
        return Reply(outcome, None, detail, self._config.tries, usage, text)

    def _fill(self, variables: dict[str, str]) -> str:
        unknown = set(variables) - set(self._prompt.get_identifiers())
        missing = set(self._prompt.get_identifiers()) - set(variables)
        if unknown or missing:
            raise InputError(f"the prompt lacks {sorted(unknown) or 'nothing'} and is not given {sorted(missing)}")
        return self._prompt.substitute(variables)

    async def _call(self, messages: list[Message], limit: int) -> Completion:
        sampling = Sampling(temperature=self._config.temperature, top_p=1.0, max_tokens=limit)
        async with asyncio.timeout(self._config.timeout_s):
            return await self._model.complete(messages, (), sampling)

    def _read(self, text: str) -> S:
        """The first JSON object of the text that fits the schema. Raises ValueError."""
        problem: ValueError = ValueError("no JSON object in the reply")
        for found in _objects(_said(text)):
            try:
                return self._schema.model_validate(found)
            except ValidationError as error:
                problem = error
        raise problem


def _objects(text: str) -> Iterator[dict[str, object]]:
    """JSON objects that stand in a text, outermost ones only, whatever stands around them."""
    decoder, place = json.JSONDecoder(), text.find("{")
    while place >= 0:
        try:
            found, end = decoder.raw_decode(text, place)
        except json.JSONDecodeError:
            place = text.find("{", place + 1)
            continue
        if isinstance(found, dict):
            yield found
        place = text.find("{", end)


def _said(text: str) -> str:
    """The reply without the thinking that some models put before it."""
    return text.rsplit("</think>", 1)[-1]


def _is_refusal(text: str) -> bool:
    said = _said(text)
    first = next(_objects(said), None)
    if first is None:
        return "{" not in said and _REFUSING.search(said) is not None
    return set(first) == {"refusal"}


def _problem(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'the object'}: {first['msg']}"
    return str(error)


def _sum(a: Usage, b: Usage) -> Usage:
    return Usage(prompt=a.prompt + b.prompt, cached=a.cached + b.cached, completion=a.completion + b.completion)
