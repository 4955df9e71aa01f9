"""Text to token ids and back: the small face of a tokenizer that rendering needs."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from redsearcher.errors import InputError, boundary

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Backend


class Tokenizer(Protocol):
    """Encodes text without adding anything to it, special tokens written out in it read as such."""

    @property
    def special(self) -> tuple[str, ...]:
        """Texts of the special tokens."""
        ...

    @property
    def eos(self) -> str:
        """Text of the end-of-sequence token."""
        ...

    @property
    def bos(self) -> str:
        """Text of the token that begins a sequence; empty if there is none."""
        ...

    def encode(self, text: str) -> list[int]:
        """Token ids of a text."""
        ...

    def decode(self, ids: Sequence[int]) -> str:
        """Text of token ids, special tokens written out; broken UTF-8 is replaced."""
        ...


class FastTokenizer:
    """A Tokenizer over one of the `tokenizers` package, or over a transformers tokenizer that has one inside."""

    def __init__(self, tokenizer: Any, eos: str | None = None, bos: str | None = None) -> None:
        self._backend: Backend = getattr(tokenizer, "backend_tokenizer", tokenizer)
        added = self._backend.get_added_tokens_decoder()
        self._special = tuple(token.content for _, token in sorted(added.items()) if token.special)
        self._eos = eos or getattr(tokenizer, "eos_token", None) or ""
        self._bos = bos or getattr(tokenizer, "bos_token", None) or ""

    @property
    def special(self) -> tuple[str, ...]:
        return self._special

    @property
    def eos(self) -> str:
        return self._eos

    @property
    def bos(self) -> str:
        return self._bos

    def encode(self, text: str) -> list[int]:
        return list(self._backend.encode(text, add_special_tokens=False).ids)

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._backend.decode(list(ids), skip_special_tokens=False))


class Loaded(NamedTuple):
    """A tokenizer and the chat template stored beside it, if any."""

    tokenizer: FastTokenizer
    template: str | None


def load_tokenizer(folder: Path) -> Loaded:
    """Read `tokenizer.json`, `tokenizer_config.json` and `chat_template.jinja` of a model folder.

    Raises InputError if there is no tokenizer or the `tokenizers` package is missing.
    """
    file = folder / "tokenizer.json"
    if not file.is_file():
        raise InputError(f"{folder} holds no tokenizer.json; expected a model folder in the transformers layout")
    try:
        from tokenizers import Tokenizer as Backend
    except ImportError as error:
        raise InputError(
            "reading a tokenizer needs the tokenizers package: pip install 'redsearcher[local]'"
        ) from error
    with boundary(f"reading {file}", raises=InputError):
        backend = Backend.from_file(str(file))
    settings = folder / "tokenizer_config.json"
    config: dict[str, Any] = json.loads(settings.read_text(encoding="utf-8")) if settings.is_file() else {}
    template = folder / "chat_template.jinja"
    text = template.read_text(encoding="utf-8") if template.is_file() else config.get("chat_template")
    ends = [_token(config.get(name)) for name in ("eos_token", "bos_token")]
    return Loaded(FastTokenizer(backend, *ends), text if isinstance(text, str) else None)


def _token(value: Any) -> str | None:
    """The text of a token as tokenizer_config.json has it: plain, or an object with its content."""
    return value.get("content") if isinstance(value, dict) else value
