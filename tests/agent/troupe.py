"""A model and tools that workers can open."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from redsearcher.agent.tools import Tools
from redsearcher.llm.chat import ChatModel
from redsearcher.llm.scripted import ScriptedModel
from redsearcher.records.chat import Message
from redsearcher.records.tool import SEARCH, Observation, ToolCall, ToolSchema

TURNS = [
    Message(role="assistant", calls=(ToolCall(id="c", name="search", arguments={"query": ["x"]}),)),
    Message(role="assistant", content="<answer>Salt</answer>"),
]


class Note:
    """Answers at once, and leaves a file for each call; with `deadly`, the fourth call kills the process."""

    def __init__(self, folder: Path, deadly: bool) -> None:
        self._folder, self._deadly, self._n_calls = folder, deadly, 0

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        return (SEARCH,)

    async def call(self, call: ToolCall) -> Observation:
        self._n_calls += 1
        if self._deadly and self._n_calls == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        (self._folder / f"{os.getpid()}-{self._n_calls}").touch()
        return Observation(call_id=call.id, content="seen")


@contextmanager
def notes(folder: Path, deadly: bool) -> Iterator[Tools]:
    yield Note(folder, deadly)


@asynccontextmanager
async def script() -> AsyncIterator[ChatModel]:
    yield ScriptedModel(TURNS)
