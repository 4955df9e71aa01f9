"""The expert behind the ChatModel protocol: knows what its questions mean and how to read pages, looks with tools."""

from collections.abc import Generator, Iterable, Sequence
from random import Random

from redsearcher.agent.solver.parse.tree import ParseError
from redsearcher.core.rng import derive
from redsearcher.data.expert.condition import Conditions, read_conditions
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.search import ExpertConfig, Search
from redsearcher.data.expert.turn import Turn
from redsearcher.errors import ModelError
from redsearcher.records.chat import Completion, Message, Sampling
from redsearcher.records.task import Task
from redsearcher.records.tool import ToolCall, ToolSchema

_Key = tuple[tuple[str, ...], int, int]
KEPT = 4096
"""Conversations in progress that are remembered; one that was forgotten is replayed from its messages."""


class _Session:
    """A search in progress and how many messages of its conversation it has seen."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self._steps: Generator[Turn, list[str], None] = search.run()
        self.turn = next(self._steps)
        self.over = False

    def observe(self, contents: list[str]) -> None:
        """Go on to the next turn."""
        try:
            self.turn = self._steps.send(contents)
        except StopIteration:
            self.over = True


class Expert:
    """Answers the questions of `tasks` on the world of `library`. A turn is a function of messages and sampling seed.

    A conversation that starts anew (a context reset keeps system and question) is searched anew.
    """

    def __init__(self, tasks: Iterable[Task], library: Library, config: ExpertConfig | None = None) -> None:
        self._tasks = {task.question: task for task in tasks}
        self._library, self._config = library, config or ExpertConfig()
        self._sessions: dict[_Key, _Session] = {}
        self._conditions: dict[str, Conditions] = {}

    @property
    def name(self) -> str:
        return "expert"

    async def complete(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], sampling: Sampling
    ) -> Completion:
        opening = _opening(messages)
        session = self._session(opening, messages, sampling.seed)
        n_turns = sum(1 for m in messages if m.role == "assistant")
        turn = session.turn
        if turn.kind != "answer" and turn.kind not in {tool.name for tool in tools}:
            turn = session.search.forced()
        if turn.kind == "answer":
            said = turn.thought + (f"\n<answer>{turn.answer}</answer>" if turn.answer else "")
            return Completion(message=Message(role="assistant", content=said))
        self._remember((opening, sampling.seed, n_turns + 1), session)
        arguments = {"query": [turn.text]} if turn.kind == "search" else {"url": [turn.text], "goal": turn.goal}
        call = ToolCall(id=f"call_{n_turns + 1}", name=turn.kind, arguments=arguments)
        return Completion(
            message=Message(role="assistant", content=turn.thought, calls=(call,)), finish_reason="tool_calls"
        )

    def _session(self, opening: tuple[str, ...], messages: Sequence[Message], seed: int) -> _Session:
        """The search of this conversation, brought up to its last observation."""
        rounds = _rounds(messages)
        session = self._sessions.pop((opening, seed, len(rounds)), None) if rounds else None
        if session is not None:
            session.observe(rounds[-1])
            return session
        session = self._start(opening, seed)
        for contents in rounds:
            session.observe(contents)
        return session

    def _start(self, opening: tuple[str, ...], seed: int) -> _Session:
        question = opening[0] if opening else ""
        task = self._tasks.get(question)
        if task is None:
            raise ModelError("the expert knows no task with this question")
        if question not in self._conditions:
            try:
                self._conditions[question] = read_conditions(question, task.query)
            except ParseError as error:
                raise ModelError(f"the expert cannot read the question: {error}") from error
        rng: Random = derive(seed, "expert", task.id, *opening[1:])
        return _Session(Search(self._conditions[question], task.query, self._library, self._config, rng))

    def _remember(self, key: _Key, session: _Session) -> None:
        self._sessions[key] = session
        if len(self._sessions) > KEPT:
            del self._sessions[next(iter(self._sessions))]


def _opening(messages: Sequence[Message]) -> tuple[str, ...]:
    """What users said before the first turn: the question, and after a reset what was said about it."""
    found: list[str] = []
    for message in messages:
        if message.role == "assistant":
            break
        if message.role == "user":
            found.append(message.content)
    return tuple(found)


def _rounds(messages: Sequence[Message]) -> list[list[str]]:
    """The observations that followed each turn of the policy."""
    rounds: list[list[str]] = []
    for message in messages:
        if message.role == "assistant":
            rounds.append([])
        elif message.role == "tool" and rounds:
            rounds[-1].append(message.content)
    return rounds
