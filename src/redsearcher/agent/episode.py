"""One episode: question, (thought, calls, observations)*, answer. The ReAct loop (paper §2)."""

import asyncio
import uuid
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

from redsearcher.agent.answer import FINISH, Final, read_final, read_finish
from redsearcher.agent.config import EpisodeConfig
from redsearcher.agent.context.base import View
from redsearcher.agent.context.choice import make_strategy
from redsearcher.agent.conversation import Conversation
from redsearcher.agent.meter import Meter
from redsearcher.agent.tools import Tools
from redsearcher.agent.watchdog import StalledError
from redsearcher.errors import ModelError, OutageError, RedsearcherError
from redsearcher.llm.chat import ChatModel
from redsearcher.llm.protocol.arguments import problem
from redsearcher.llm.protocol.base import FormatKind
from redsearcher.llm.segment import SegmentMerger
from redsearcher.llm.session import keeper
from redsearcher.llm.window import WindowError
from redsearcher.records.chat import Completion, FormatProblem, Message, Sampling, Segment, Usage
from redsearcher.records.tool import Observation, ToolCall, ToolSchema
from redsearcher.records.trajectory import Step, StopReason
from redsearcher.web.moment import MOMENT, Moment

SYSTEM = (files("redsearcher.agent") / "prompt" / "system.txt").read_text(encoding="utf-8").strip()
FORCE = (files("redsearcher.agent") / "prompt" / "force.txt").read_text(encoding="utf-8").strip()


class Outcome(NamedTuple):
    """What an episode came to; `segments` where the model gave token ids."""

    steps: tuple[Step, ...]
    final: Final
    detail: str
    usage: Usage
    segments: tuple[Segment, ...] | None
    context_strategy: str


class Episode:
    """A single-use conversation between a model and tools about one question."""

    def __init__(self, question: str, model: ChatModel, tools: Tools, config: EpisodeConfig, seed: int) -> None:
        self._model, self._tools, self._config = model, tools, config
        self._sampling = Sampling(
            temperature=config.temperature, top_p=config.top_p, max_tokens=config.max_tokens, seed=seed,
            session=uuid.uuid4().hex,
        )  # fmt: skip
        self._talk = Conversation([Message(role="system", content=SYSTEM), Message(role="user", content=question)])
        self._strategy = make_strategy(config, model, self._sampling)
        self._meter = Meter(model, config)
        self._offered = (*tools.schemas, *((FINISH,) if config.answer_by == "call" else ()))
        self._steps: list[Step] = []
        self._n_problems = 0
        self._usage = Usage()
        self._calls: Counter[str] = Counter()
        self._merger = SegmentMerger()

    async def run(self) -> Outcome:
        """Run to the end. Never raises for what a model or tool does: every failure is an Outcome with a StopReason.

        Raises OutageError where what the tools live on is gone: that says nothing about the episode, which stays owed.
        """
        try:
            async with asyncio.timeout(self._config.wall_time_s):
                final, detail = await self._converse()
        except TimeoutError:
            final, detail = _failed(StopReason.TIMEOUT), f"over {self._config.wall_time_s:g} s"
        except ModelError as error:
            final, detail = _failed(StopReason.MODEL_ERROR), str(error)
        except StalledError as error:
            final, detail = _failed(StopReason.TIMEOUT), str(error)
        except OutageError:
            raise
        except Exception as error:  # noqa: BLE001 - episode capture: an episode is a record, never a crash
            kind = StopReason.TOOL_ERROR if isinstance(error, RedsearcherError) else StopReason.INTERNAL_ERROR
            final, detail = _failed(kind), f"{type(error).__name__}: {error}"
        finally:
            sessions = keeper(self._model)
            if sessions is not None:
                sessions.end_session(self._sampling.session)
        segments = self._merger.segments or None
        return Outcome(tuple(self._steps), final, detail, self.usage, segments, self._strategy.name)

    @property
    def usage(self) -> Usage:
        """Tokens and tool calls so far."""
        return self._usage.model_copy(update={"calls_by_tool": dict(sorted(self._calls.items()))})

    async def _converse(self) -> tuple[Final, str]:
        while True:
            over = self._over_limit()
            if over is not None:
                return await self._force(over)
            tools = self._schemas()
            if not self._meter.fits(await self._manage(tools)):
                return await self._force(StopReason.MAX_TOKENS)
            try:
                turn = await self._turn(tools)
            except WindowError:
                return await self._force(StopReason.MAX_TOKENS)
            wrong = _problem(turn)
            if wrong is not None:
                self._complain(turn, wrong)
                if self._n_problems >= self._config.max_format_errors:
                    return _failed(StopReason.FORMAT_ERROR), f"{self._n_problems} in a row, the last {wrong.kind}"
                continue
            self._n_problems = 0
            if not turn.message.calls:
                self._add(turn, ())
                return read_final(turn.message.content), ""
            if turn.message.calls[0].name == FINISH.name and FINISH in tools:
                self._add(turn, ())
                return read_finish(turn.message.calls[0]), ""
            await self._act(turn)

    def _over_limit(self) -> StopReason | None:
        if len(self._steps) >= self._config.max_rounds:
            return StopReason.MAX_ROUNDS
        limit = self._config.max_tool_calls
        if limit and self._calls.total() >= limit:
            return StopReason.MAX_TOOL_CALLS
        return None

    def _schemas(self) -> tuple[ToolSchema, ...]:
        return self._offered if self._config.max_tool_calls else ()

    async def _manage(self, tools: tuple[ToolSchema, ...]) -> int | None:
        """Let the context strategy make room if the prompt is long; returns the tokens the prompt then has."""
        messages = self._talk.messages()
        n_tokens = self._meter.count(messages, tools)
        if not self._strategy.every_turn and not self._meter.is_long(n_tokens):
            return n_tokens
        rounds = self._talk.rounds
        view = View(messages, len(rounds), sum(one.n_calls for one in rounds), self._talk.hidden)
        room = await self._strategy.make_room(view)
        if room is None:
            return n_tokens
        self._spend(room.usage)
        self._talk.change(room.change)
        return self._meter.count(self._talk.messages(), tools)

    async def _turn(self, tools: Sequence[ToolSchema]) -> Completion:
        messages = self._talk.messages()
        turn = await self._model.complete(messages, tools, self._sampling)
        self._spend(turn.usage)
        self._meter.saw(messages, turn)
        return turn

    def _spend(self, used: Usage) -> None:
        self._usage = self._usage.model_copy(
            update={
                "prompt": self._usage.prompt + used.prompt,
                "cached": self._usage.cached + used.cached,
                "completion": self._usage.completion + used.completion,
            }
        )

    def _add(self, turn: Completion, observations: Sequence[Observation], wrong: FormatProblem | None = None) -> None:
        """Record a turn as a step, and go on from it in the conversation."""
        message = turn.message
        step = Step(
            thought="\n".join(part for part in (message.thought, message.content) if part),
            calls=message.calls,
            observations=tuple(observations),
            segment=self._merger.add(turn.segment) if turn.segment else None,
            problem=wrong.kind if wrong else None,
        )
        seen = [Message(role="tool", content=o.content, call_id=o.call_id) for o in observations]
        self._steps.append(self._talk.add(message, seen, step))

    def _complain(self, turn: Completion, wrong: FormatProblem) -> None:
        """A turn that cannot be read: nothing of it is run, and the model is told why."""
        self._n_problems += 1
        unread = turn.model_copy(update={"message": turn.message.model_copy(update={"calls": ()})})
        self._add(unread, (), wrong)
        self._talk.ask(wrong.text)

    async def _act(self, turn: Completion) -> None:
        """Run the calls of a turn. Whatever ends the episode meanwhile, what was sampled and seen is recorded."""
        observations: list[Observation] = []
        try:
            await self._observe(turn.message.calls, observations)
        finally:
            for call in turn.message.calls[len(observations) :]:
                text = "Error: the episode ended before this call did."
                observations.append(Observation(call_id=call.id, content=text, error="interrupted"))
            self._add(turn, observations)

    async def _observe(self, calls: Sequence[ToolCall], observations: list[Observation]) -> None:
        """Run calls in order and append what they return."""
        room = max(self._config.max_tool_calls - self._calls.total(), 0)
        for number, call in enumerate(calls):
            if number >= room:
                text = "Error: the budget of tool calls is used up; this call was not run."
                observations.append(Observation(call_id=call.id, content=text, error="over_budget"))
                continue
            MOMENT.set(Moment(self._sampling.seed, self._calls.total()))
            self._calls[call.name] += 1
            try:
                async with asyncio.timeout(self._config.call_timeout_s):
                    observations.append(await self._tools.call(call))
            except (TimeoutError, StalledError):
                text = f"Error: {call.name} did not answer within {self._config.call_timeout_s:g} s. Try another call."
                observations.append(Observation(call_id=call.id, content=text, error="timeout"))

    async def _force(self, reason: StopReason) -> tuple[Final, str]:
        """Demand an answer without tools; where the window is full, after rolling rounds back until one fits."""
        if reason is StopReason.MAX_TOKENS:
            self._talk.roll_back()
        while True:
            self._talk.ask(FORCE)
            try:
                fits = self._meter.fits(self._meter.count(self._talk.messages(), ()))
                turn = await self._turn(()) if fits else None
            except WindowError:
                turn = None
            if turn is not None:
                break
            if not self._talk.roll_back():
                return _failed(StopReason.MAX_TOKENS), "no room even for a forced answer"
        wrong = _problem(turn)
        self._add(turn.model_copy(update={"message": turn.message.model_copy(update={"calls": ()})}), (), wrong)
        final = _failed(reason) if wrong else read_final(turn.message.content)
        if final.answer is None:
            final = final._replace(stop_reason=reason)
        return final, f"answer forced after {reason.value}"


def _problem(turn: Completion) -> FormatProblem | None:
    """What keeps a turn from being read, if anything: its own problem, its being cut off, or a finish among calls."""
    if turn.problem is not None:
        return turn.problem
    calls = turn.message.calls
    if turn.finish_reason == "length" and (calls or read_final(turn.message.content).answer is None):
        return problem(FormatKind.CUT_OFF, "the turn was cut off before its end; keep it shorter.")
    if len(calls) > 1 and any(call.name == FINISH.name for call in calls):
        return problem(FormatKind.CALL_AND_ANSWER, "finish must be the only call of its turn.")
    return None


def _failed(reason: StopReason) -> Final:
    return Final(None, None, reason)
