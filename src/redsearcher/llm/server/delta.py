"""An assistant's turn as a stream of deltas whose sum is the parsed turn."""

from collections.abc import Iterator
from typing import Any, Literal

from redsearcher.llm.server.reply import call_json
from redsearcher.records.chat import Message

_OPEN, _CLOSE = "<think>", "</think>"
_STRUCTURE = ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", _OPEN, _CLOSE)

Delta = dict[str, Any]


class TurnDeltas:
    """Thought and content are told as they come, up to the first tool call; the rest once the turn is parsed.

    White space at the ends is held back, since the parsed turn is stripped of it.
    """

    def __init__(self, in_thought: bool) -> None:
        """`in_thought`: the prompt has opened <think> already."""
        self._state: Literal["start", "thought", "content", "held"] = "thought" if in_thought else "start"
        self._text = ""
        self._told = {"reasoning_content": "", "content": ""}

    def push(self, text: str) -> Iterator[Delta]:
        """What `text` lets be told."""
        self._text += text
        if self._state == "start":
            begun = self._text.lstrip()
            if begun.startswith(_OPEN):
                self._state, self._text = "thought", begun[len(_OPEN) :]
            elif begun and not _OPEN.startswith(begun):
                self._state = "content"
        if self._state == "thought":
            thought, closed, rest = self._text.partition(_CLOSE)
            yield from self._tell("reasoning_content", thought if closed else None, (_CLOSE,))
            if closed:
                self._state, self._text = "content", rest
        if self._state == "content":
            ends = [at for at in (self._text.find(tag) for tag in _STRUCTURE) if at >= 0]
            end = min(ends, default=None)
            rest = "" if end is None else self._text[end:]
            yield from self._tell("content", None if end is None else self._text[:end], _STRUCTURE)
            if end is not None:
                self._state, self._text = "held", rest

    def finish(self, turn: Message, *, parsed: bool) -> Iterator[Delta]:
        """What is left of the turn; of one that could not be parsed, the text as it came."""
        if not parsed:
            if self._text:
                yield {"content": self._text}
            return
        for kind, whole in (("reasoning_content", turn.thought), ("content", turn.content)):
            rest = whole.removeprefix(self._told[kind])
            if rest and whole.startswith(self._told[kind]):
                yield {kind: rest}
        for index, call in enumerate(turn.calls):
            yield {"tool_calls": [{"index": index, **call_json(call)}]}

    def _tell(self, kind: str, whole: str | None, tags: tuple[str, ...]) -> Iterator[Delta]:
        """Tell `whole` if it is complete, else the text but for what may still be a tag or white space at its end."""
        text = self._text if whole is None else whole
        n_safe = len(text)
        if whole is None:
            n_safe -= max(_overlap(text, tag) for tag in tags)
        safe = text[:n_safe].rstrip()
        if not self._told[kind]:
            safe = safe.lstrip()
        if safe:
            self._told[kind] += safe
            yield {kind: safe}
        if whole is None:
            keep = text[:n_safe].rstrip()
            self._text = text[len(keep) :] if keep else text


def _overlap(text: str, tag: str) -> int:
    return next((n for n in range(min(len(tag) - 1, len(text)), 0, -1) if text.endswith(tag[:n])), 0)
