"""/v1/chat/completions: render, sample, parse; the same turn whole or streamed."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any, Literal, NamedTuple

from redsearcher.core.hashing import content_hash
from redsearcher.errors import ModelError
from redsearcher.llm.render import Rendered, Renderer
from redsearcher.llm.server.convert import read_messages, read_sampling, read_tools, seeds
from redsearcher.llm.server.delta import TurnDeltas
from redsearcher.llm.server.failure import ApiError, too_long
from redsearcher.llm.server.generation import Finished, Piece, ServedEngine, pieces, whole
from redsearcher.llm.server.memory import TurnMemory
from redsearcher.llm.server.reply import Json, call_json, chat_logprobs, head, usage
from redsearcher.llm.server.schema import ChatRequest
from redsearcher.records.chat import FormatProblem, Message, Sampling
from redsearcher.records.tool import ToolSchema


class Asked(NamedTuple):
    """A chat request, read and rendered."""

    request: ChatRequest
    messages: tuple[Message, ...]
    tools: tuple[ToolSchema, ...]
    prompt: Rendered
    samplings: tuple[Sampling, ...]


class Turn(NamedTuple):
    """A sampled turn, read; a turn that breaks the protocol is its text, not `parsed`."""

    message: Message
    parsed: bool
    finish_reason: Literal["stop", "length", "tool_calls"]


class ChatService:
    """Answers conversations with one engine and one renderer."""

    def __init__(self, engine: ServedEngine, renderer: Renderer, model: str) -> None:
        self._engine, self._renderer, self._model = engine, renderer, model
        self._memory = TurnMemory()

    def read(self, request: ChatRequest) -> Asked:
        """Read and render a request. Raises ApiError for what cannot be served."""
        tools = read_tools(request)
        messages = self._memory.recall(read_messages(request.messages), tools)
        try:
            prompt = self._renderer.render(messages, tools)
        except ModelError as error:
            raise ApiError(400, f"the chat template refuses these messages: {error}", "messages") from error
        room = self._engine.window - len(prompt.ids)
        if room < 1:
            raise too_long(len(prompt.ids), self._engine.window)
        most = min(request.max_completion_tokens or request.max_tokens or room, room)
        samplings = tuple(read_sampling(request, most, seed) for seed in seeds(request, request.n))
        return Asked(request, messages, tools, prompt, samplings)

    async def answer(self, asked: Asked) -> Json:
        """The whole reply. Raises ModelError when the engine fails."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._whole(asked, sampling)) for sampling in asked.samplings]
        made = [task.result() for task in tasks]
        choices = [self._choice(asked, index, finished) for index, finished in enumerate(made)]
        n_completion = sum(len(finished.token_ids) for finished in made)
        reply = head("chat.completion", "chatcmpl", self._model)
        reply["choices"] = choices
        reply["usage"] = usage(len(asked.prompt.ids), made[0].cached, n_completion)
        if asked.request.return_token_ids:
            reply["prompt_token_ids"] = list(asked.prompt.ids)
        return reply

    async def stream(self, asked: Asked) -> AsyncIterator[Json]:
        """The reply's chunks, one choice. Raises ModelError when the engine fails."""
        request, first = asked.request, head("chat.completion.chunk", "chatcmpl", self._model)

        def chunk(delta: Json, finish: str | None = None, piece: Piece | None = None) -> Json:
            choice: Json = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
            if piece is not None and piece.token is not None:
                ids, logprobs = [piece.token.token_id], [piece.token.logprob]
                if request.logprobs:
                    choice["logprobs"] = chat_logprobs(self._renderer.tokenizer, ids, logprobs)
                if request.return_token_ids:
                    choice["token_ids"] = ids
            return {**first, "choices": [choice]}

        opening = chunk({"role": "assistant", "content": ""})
        if request.return_token_ids:
            opening["prompt_token_ids"] = list(asked.prompt.ids)
        yield opening
        deltas = TurnDeltas(asked.prompt.text.rstrip().endswith("<think>"))
        tells_tokens = request.logprobs or request.return_token_ids
        async for item in self._pieces(asked, asked.samplings[0]):
            if isinstance(item, Piece):
                told = list(deltas.push(item.text)) if item.text else []
                if tells_tokens and item.token is not None and not told:
                    told = [{}]
                for number, delta in enumerate(told):
                    yield chunk(delta, piece=item if number == 0 else None)
                continue
            turn = self._turn(asked, item)
            for delta in deltas.finish(turn.message, parsed=turn.parsed):
                yield chunk(delta)
            yield chunk({}, turn.finish_reason)
            if request.stream_options is not None and request.stream_options.include_usage:
                counts = usage(len(asked.prompt.ids), item.cached, len(item.token_ids))
                yield {**first, "choices": [], "usage": counts}

    def _pieces(self, asked: Asked, sampling: Sampling) -> AsyncIterator[Piece | Finished]:
        renderer, stops = self._renderer, asked.request.stop_texts
        return pieces(self._engine, renderer.tokenizer, asked.prompt.ids, sampling, renderer.stop_ids, stops)

    def _whole(self, asked: Asked, sampling: Sampling) -> Coroutine[Any, Any, Finished]:
        renderer, stops = self._renderer, asked.request.stop_texts
        return whole(self._engine, renderer.tokenizer, asked.prompt.ids, sampling, renderer.stop_ids, stops)

    def _turn(self, asked: Asked, finished: Finished) -> Turn:
        """The turn as the client gets it, remembered for the conversation's next prompt."""
        sampled = self._renderer.sampled(asked.prompt, finished.token_ids)
        ended = finished.finish_reason == "stop"
        found: Message | FormatProblem | None = None
        if ended:
            found = self._renderer.protocol.parse(finished.text, asked.tools)
        if isinstance(found, Message):
            message = found.model_copy(update={"calls": _named(found, asked.prompt.ids, finished.token_ids)})
        else:
            message = Message(role="assistant", content=finished.text)
        if not asked.request.stop_texts:
            self._memory.keep(asked.messages, asked.tools, message.model_copy(update={"sampled": sampled}))
        reason: Literal["stop", "length", "tool_calls"] = "stop" if ended else "length"
        return Turn(message, isinstance(found, Message), "tool_calls" if message.calls else reason)

    def _choice(self, asked: Asked, index: int, finished: Finished) -> Json:
        turn = self._turn(asked, finished)
        message: Json = {"role": "assistant", "content": turn.message.content or None, "refusal": None}
        if turn.message.thought:
            message["reasoning_content"] = turn.message.thought
        if turn.message.calls:
            message["tool_calls"] = [call_json(call) for call in turn.message.calls]
        choice: Json = {"index": index, "message": message, "finish_reason": turn.finish_reason, "logprobs": None}
        if asked.request.logprobs:
            tokenizer = self._renderer.tokenizer
            choice["logprobs"] = chat_logprobs(tokenizer, finished.token_ids, finished.logprobs)
        if asked.request.return_token_ids:
            choice["token_ids"] = list(finished.token_ids)
        return choice


def _named(turn: Message, prompt_ids: Sequence[int], token_ids: Sequence[int]) -> tuple[Any, ...]:
    """The turn's calls with ids that no other turn of a conversation has, and that the same turn always has."""
    made = content_hash(list(prompt_ids), list(token_ids))[:12]
    return tuple(call.model_copy(update={"id": f"call_{made}_{number}"}) for number, call in enumerate(turn.calls, 1))
