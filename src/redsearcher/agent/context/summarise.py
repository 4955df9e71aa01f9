"""Summarise: drop every past round and go on from notes about them. The notes are a role: a model's, or rules'."""

from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple, Protocol

from redsearcher.agent.context.base import Room, View, fill
from redsearcher.agent.conversation import Change
from redsearcher.llm.chat import ChatModel
from redsearcher.records.chat import Message, Sampling, Usage

ASK = (files("redsearcher.agent") / "prompt" / "summarise.txt").read_text(encoding="utf-8").strip()
STATEMENT = (files("redsearcher.agent") / "prompt" / "summarised.txt").read_text(encoding="utf-8").strip()
NOTE_CHARS = 300


class Notes(NamedTuple):
    """A summary and what it cost."""

    text: str
    usage: Usage = Usage()


class Summariser(Protocol):
    """Sums up a conversation."""

    @property
    def name(self) -> str:
        """Who writes, as records say it."""
        ...

    async def summarise(self, messages: Sequence[Message]) -> Notes:
        """Notes on what the conversation has shown. Raises ModelError if the writer cannot."""
        ...


class RulesSummariser:
    """Lists the calls that were made, each with the beginning of what it returned."""

    name = "rules"

    async def summarise(self, messages: Sequence[Message]) -> Notes:
        seen = {m.call_id: m.content for m in messages if m.role == "tool"}
        lines = []
        for call in (call for message in messages for call in message.calls):
            lines.append(f"- {call.signature}: {' '.join(seen.get(call.id, '').split())[:NOTE_CHARS]}")
        return Notes("\n".join(lines))


class ModelSummariser:
    """Asks a model, usually the policy itself. What it writes here is no turn of the episode."""

    def __init__(self, model: ChatModel, sampling: Sampling) -> None:
        self._model, self._sampling = model, sampling

    @property
    def name(self) -> str:
        return self._model.name

    async def summarise(self, messages: Sequence[Message]) -> Notes:
        turn = await self._model.complete((*messages, Message(role="user", content=ASK)), (), self._sampling)
        text = turn.message.content.rpartition("</think>")[2].strip() or turn.message.thought.strip()
        return Notes(text, turn.usage)


class Summarise:
    """Drops all rounds and puts the notes in their place; where a model writes none, the rules do."""

    every_turn = False

    def __init__(self, summariser: Summariser) -> None:
        self._summariser = summariser

    @property
    def name(self) -> str:
        return f"summarise:{self._summariser.name}"

    async def make_room(self, view: View) -> Room | None:
        if view.n_rounds == 0:
            return None
        notes = await self._summariser.summarise(view.messages)
        text = notes.text or (await RulesSummariser().summarise(view.messages)).text
        return Room(Change(fresh=True, asked=fill(STATEMENT, view, summary=text)), notes.usage)
