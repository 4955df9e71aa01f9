"""One episode: question, (thought, calls, observations)*, answer. The ReAct loop (paper §2)."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

from redsearcher.agent.answer import Final, read_final
from redsearcher.agent.config import EpisodeConfig
from redsearcher.agent.tools import Tools
from redsearcher.errors import ModelError, RedsearcherError
from redsearcher.llm.chat import ChatModel
from redsearcher.records.chat import Completion, Message, Sampling, Usage
from redsearcher.records.tool import Observation, ToolCall
from redsearcher.records.trajectory import Step, StopReason

SYSTEM = (files("redsearcher.agent") / "prompt" / "system.txt").read_text(encoding="utf-8").strip()
FORCE = (files("redsearcher.agent") / "prompt" / "force.txt").read_text(encoding="utf-8").strip()
CONTEXT_STRATEGY = "none"
PROTOCOL = "native"


class Outcome(NamedTuple):
    """What an episode came to."""

    steps: tuple[Step, ...]
    final: Final
    detail: str
    usage: Usage


class Episode:
    """A single-use conversation between a model and tools about one question."""

    def __init__(self, question: str, model: ChatModel, tools: Tools, config: EpisodeConfig, seed: int) -> None:
        self._model, self._tools, self._config = model, tools, config
        self._sampling = Sampling(
            temperature=config.temperature, top_p=config.top_p, max_tokens=config.max_tokens, seed=seed
        )
        self._messages = [Message(role="system", content=SYSTEM), Message(role="user", content=question)]
        self._steps: list[Step] = []
        self._usage = Usage()
        self._calls: Counter[str] = Counter()

    async def run(self) -> Outcome:
        """Run to the end. Never raises for what a model or tool does: every failure is an Outcome with a StopReason."""
        try:
            async with asyncio.timeout(self._config.wall_time_s):
                final, detail = await self._converse()
        except TimeoutError:
            final, detail = _failed(StopReason.TIMEOUT), f"over {self._config.wall_time_s:g} s"
        except ModelError as error:
            final, detail = _failed(StopReason.MODEL_ERROR), str(error)
        except Exception as error:  # noqa: BLE001 - episode capture: an episode is a record, never a crash
            kind = StopReason.TOOL_ERROR if isinstance(error, RedsearcherError) else StopReason.INTERNAL_ERROR
            final, detail = _failed(kind), f"{type(error).__name__}: {error}"
        usage = self._usage.model_copy(update={"calls_by_tool": dict(sorted(self._calls.items()))})
        return Outcome(tuple(self._steps), final, detail, usage)

    async def _converse(self) -> tuple[Final, str]:
        while True:
            over = self._over_limit()
            if over is not None:
                return await self._force(over)
            turn = await self._turn(with_tools=True)
            if not turn.message.calls:
                self._steps.append(Step(thought=_thought(turn.message)))
                return read_final(turn.message.content), ""
            await self._act(turn.message)

    def _over_limit(self) -> StopReason | None:
        if len(self._steps) >= self._config.max_rounds:
            return StopReason.MAX_ROUNDS
        limit = self._config.max_tool_calls
        if limit and self._calls.total() >= limit:
            return StopReason.MAX_TOOL_CALLS
        return None

    async def _turn(self, *, with_tools: bool) -> Completion:
        tools = self._tools.schemas if with_tools and self._config.max_tool_calls else ()
        turn = await self._model.complete(tuple(self._messages), tools, self._sampling)
        used = turn.usage
        self._usage = self._usage.model_copy(
            update={
                "prompt": self._usage.prompt + used.prompt,
                "cached": self._usage.cached + used.cached,
                "completion": self._usage.completion + used.completion,
            }
        )
        self._messages.append(turn.message)
        return turn

    async def _act(self, message: Message) -> None:
        room = max(self._config.max_tool_calls - self._calls.total(), 0)
        observations = await self._observe(message.calls, room)
        for observation in observations:
            self._messages.append(Message(role="tool", content=observation.content, call_id=observation.call_id))
        self._steps.append(Step(thought=_thought(message), calls=message.calls, observations=tuple(observations)))

    async def _observe(self, calls: Sequence[ToolCall], room: int) -> list[Observation]:
        observations = []
        for number, call in enumerate(calls):
            if number >= room:
                text = "Error: the budget of tool calls is used up; this call was not run."
                observations.append(Observation(call_id=call.id, content=text, error="over_budget"))
                continue
            self._calls[call.name] += 1
            try:
                async with asyncio.timeout(self._config.call_timeout_s):
                    observations.append(await self._tools.call(call))
            except TimeoutError:
                text = f"Error: {call.name} did not answer within {self._config.call_timeout_s:g} s. Try another call."
                observations.append(Observation(call_id=call.id, content=text, error="timeout"))
        return observations

    async def _force(self, reason: StopReason) -> tuple[Final, str]:
        self._messages.append(Message(role="user", content=FORCE))
        turn = await self._turn(with_tools=False)
        self._steps.append(Step(thought=_thought(turn.message)))
        final = read_final(turn.message.content)
        if final.answer is None:
            final = final._replace(stop_reason=reason)
        return final, f"answer forced after {reason.value}"


def _thought(message: Message) -> str:
    return "\n".join(part for part in (message.thought, message.content) if part)


def _failed(reason: StopReason) -> Final:
    return Final(None, None, reason)
