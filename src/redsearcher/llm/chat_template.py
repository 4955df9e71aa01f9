"""Chat templates: the Jinja text beside a tokenizer, rendered as transformers renders it, without transformers."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import Any

from jinja2 import TemplateError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from redsearcher.errors import ModelError, boundary

NANO = (files("redsearcher.llm") / "template" / "nano.jinja").read_text(encoding="utf-8")
"""ChatML that keeps every turn's thinking and prints no tools: the policy it belongs to knows them."""
TODAY = date(2026, 1, 1)
"""The date templates print unless told another: the same messages always give the same prompt."""

Turn = dict[str, Any]


class ChatTemplate:
    """A compiled template. `variables` are passed on to it, such as enable_thinking or bos_token."""

    def __init__(self, source: str, variables: Mapping[str, Any] | None = None, today: date = TODAY) -> None:
        self.source, self._today = source, today
        self._variables = dict(variables or {})
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
        )
        environment.filters["tojson"] = _tojson
        environment.globals["raise_exception"] = _raise
        environment.globals["strftime_now"] = today.strftime
        with boundary("compiling the chat template", raises=ModelError):
            self._template = environment.from_string(source)

    def default(self, **variables: Any) -> "ChatTemplate":
        """The same template with these variables where it was given none of their names."""
        return ChatTemplate(self.source, {**variables, **self._variables}, self._today)

    def render(self, turns: Sequence[Turn], tools: Sequence[Turn], *, generate: bool) -> str:
        """The text of a conversation, ending where the assistant is to speak if `generate`. Raises ModelError."""
        with boundary("rendering the chat template", raises=ModelError):
            return self._template.render(
                messages=list(turns),
                tools=list(tools) or None,
                documents=None,
                add_generation_prompt=generate,
                **self._variables,
            )


class _Generation(Extension):
    """Reads the `generation` blocks that training templates put around the assistant's tokens, and prints the body."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise(message: str) -> None:
    raise TemplateError(message)
