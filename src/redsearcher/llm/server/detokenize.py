"""Text of token ids as they come, and where a stop text ends it."""

from collections.abc import Sequence

from redsearcher.llm.tokenizer import Tokenizer

_BROKEN = "\ufffd"


class TextStream:
    """Turns ids into pieces of text one by one; a character of several tokens comes once it is whole.

    Each push decodes the few tokens since the last piece and the ones before them, since a tokenizer may write a token
    otherwise at the start of a text.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []
        self._context, self._told = 0, 0

    def push(self, token_id: int) -> str:
        """The text that this id completes, maybe none."""
        self._ids.append(token_id)
        text = self._new()
        if not text or text.endswith(_BROKEN):
            return ""
        self._context, self._told = self._told, len(self._ids)
        return text

    def flush(self) -> str:
        """What is left: characters that never became whole."""
        text = self._new()
        self._context, self._told = self._told, len(self._ids)
        return text

    def _new(self) -> str:
        known = self._tokenizer.decode(self._ids[self._context : self._told])
        return self._tokenizer.decode(self._ids[self._context :])[len(known) :]


class StopText:
    """Holds back text that may be the beginning of a stop text, and ends at the first one."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stops)
        self._held = ""
        self.found = False

    def push(self, text: str) -> str:
        """The text that is surely no part of a stop text; nothing more once one was found."""
        if self.found:
            return ""
        text = self._held + text
        starts = [at for at in (text.find(stop) for stop in self._stops) if at >= 0]
        if starts:
            self.found, self._held = True, ""
            return text[: min(starts)]
        n_held = max((_overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - n_held :]
        return text[: len(text) - n_held]

    def flush(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of `text` with which `stop` begins."""
    return next((n for n in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:n])), 0)
