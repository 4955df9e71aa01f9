"""The cache gives back what it was given, across openings and torn lines, and forgets errors."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from redsearcher.errors import ModelError
from redsearcher.llm.cache import CachedModel
from redsearcher.records.chat import Completion, Message, Sampling, Usage
from redsearcher.records.tool import ToolSchema


class Counting:
    """Says how often it was asked; fails when told to."""

    name = "counting"

    def __init__(self) -> None:
        self.n = 0
        self.fails = False

    async def complete(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], sampling: Sampling
    ) -> Completion:
        self.n += 1
        if self.fails:
            raise ModelError("down")
        text = f"{messages[-1].content} {self.n}"
        return Completion(message=Message(role="assistant", content=text), usage=Usage(prompt=3))


def _ask(model: CachedModel, text: str, seed: int = 0) -> str:
    turn = asyncio.run(model.complete([Message(role="user", content=text)], (), Sampling(seed=seed)))
    assert turn.usage.prompt == 3
    return turn.message.content


def test_the_same_request_is_answered_from_disk(tmp_path: Path) -> None:
    path, model = tmp_path / "cache.jsonl", Counting()
    cached = CachedModel(model, path)
    assert [_ask(cached, "a"), _ask(cached, "a"), _ask(cached, "a", seed=1), _ask(cached, "b")] == [
        "a 1", "a 1", "a 2", "b 3",
    ]  # fmt: skip
    with path.open("a") as file:
        file.write('{"key": "to')
    again = CachedModel(model, path)
    assert [_ask(again, "b"), _ask(again, "c")] == ["b 3", "c 4"]
    assert (again.n_hits, model.n) == (1, 4)


def test_errors_are_not_remembered(tmp_path: Path) -> None:
    model = Counting()
    cached = CachedModel(model, tmp_path / "cache.jsonl")
    model.fails = True
    with pytest.raises(ModelError):
        _ask(cached, "a")
    model.fails = False
    assert _ask(cached, "a") == "a 2"
