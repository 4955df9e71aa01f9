"""/v1/completions: text or token ids in, text and token ids out, without a chat template."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any, NamedTuple

from redsearcher.llm.server.convert import read_sampling, seeds
from redsearcher.llm.server.failure import ApiError, too_long
from redsearcher.llm.server.generation import Finished, Piece, ServedEngine, pieces, whole
from redsearcher.llm.server.reply import Json, completion_logprobs, head, usage
from redsearcher.llm.server.schema import CompletionRequest
from redsearcher.llm.tokenizer import Tokenizer
from redsearcher.records.chat import Sampling


class Job(NamedTuple):
    """One choice to make: its prompt and how to sample."""

    prompt: tuple[int, ...]
    sampling: Sampling


class CompletionService:
    """Continues token sequences with one engine; `stop_ids` end them unless a request ignores those."""

    def __init__(self, engine: ServedEngine, tokenizer: Tokenizer, stop_ids: frozenset[int], model: str) -> None:
        self._engine, self._tokenizer, self._stop_ids, self._model = engine, tokenizer, stop_ids, model

    def read(self, request: CompletionRequest) -> list[Job]:
        """The choices to make, prompt by prompt. Raises ApiError for what cannot be served."""
        jobs = []
        for ids in self._prompts(request):
            room = self._engine.window - len(ids)
            if not ids:
                raise ApiError(400, "a prompt is empty; expected at least one token", "prompt")
            if max(ids) >= self._engine.vocab:
                text = f"token id {max(ids)} is outside the vocabulary of {self._engine.vocab}"
                raise ApiError(400, text, "prompt")
            if room < 1:
                raise too_long(len(ids), self._engine.window)
            most = min(request.max_tokens or room, room)
            jobs += [Job(ids, read_sampling(request, most, seed)) for seed in seeds(request, request.n)]
        return jobs

    async def answer(self, request: CompletionRequest, jobs: list[Job]) -> Json:
        """The whole reply. Raises ModelError when the engine fails."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._whole(request, job)) for job in jobs]
        made = [task.result() for task in tasks]
        reply = head("text_completion", "cmpl", self._model)
        reply["choices"] = [
            self._choice(request, index, job, finished)
            for index, (job, finished) in enumerate(zip(jobs, made, strict=True))
        ]
        # A prompt counts once however many choices it gets.
        firsts = range(0, len(jobs), request.n)
        reply["usage"] = usage(
            sum(len(jobs[index].prompt) for index in firsts),
            sum(made[index].cached for index in firsts),
            sum(len(finished.token_ids) for finished in made),
        )
        return reply

    async def stream(self, request: CompletionRequest, job: Job) -> AsyncIterator[Json]:
        """The reply's chunks, one choice. Raises ModelError when the engine fails."""
        first = head("text_completion", "cmpl", self._model)
        offset = 0
        tells_tokens = request.logprobs is not None or request.return_token_ids
        async for item in self._pieces(request, job):
            if isinstance(item, Finished):
                choice: Json = {"index": 0, "text": "", "finish_reason": item.finish_reason, "logprobs": None}
                yield {**first, "choices": [choice]}
                if request.stream_options is not None and request.stream_options.include_usage:
                    counts = usage(len(job.prompt), item.cached, len(item.token_ids))
                    yield {**first, "choices": [], "usage": counts}
                return
            if not item.text and not tells_tokens:
                continue
            choice = {"index": 0, "text": item.text, "finish_reason": None, "logprobs": None}
            if item.token is not None and request.logprobs is not None:
                ids, logprobs = [item.token.token_id], [item.token.logprob]
                choice["logprobs"] = completion_logprobs(self._tokenizer, ids, logprobs, offset)
            if item.token is not None and request.return_token_ids:
                choice["token_ids"] = [item.token.token_id]
            offset += len(item.text)
            yield {**first, "choices": [choice]}

    def _prompts(self, request: CompletionRequest) -> list[tuple[int, ...]]:
        prompt = request.prompt
        if isinstance(prompt, str):
            return [tuple(self._tokenizer.encode(prompt))]
        if prompt and isinstance(prompt[0], int):
            return [tuple(one for one in prompt if isinstance(one, int))]
        if not prompt:
            raise ApiError(400, "the prompt is empty; expected text, token ids, or a list of either", "prompt")
        return [
            tuple(self._tokenizer.encode(one) if isinstance(one, str) else one)
            for one in prompt
            if not isinstance(one, int)
        ]

    def _pieces(self, request: CompletionRequest, job: Job) -> AsyncIterator[Piece | Finished]:
        stop, stops = self._stops(request), request.stop_texts
        return pieces(self._engine, self._tokenizer, job.prompt, job.sampling, stop, stops)

    def _whole(self, request: CompletionRequest, job: Job) -> Coroutine[Any, Any, Finished]:
        stop, stops = self._stops(request), request.stop_texts
        return whole(self._engine, self._tokenizer, job.prompt, job.sampling, stop, stops)

    def _stops(self, request: CompletionRequest) -> frozenset[int]:
        return frozenset(request.stop_token_ids or ()) | (frozenset() if request.ignore_eos else self._stop_ids)

    def _choice(self, request: CompletionRequest, index: int, job: Job, finished: Finished) -> Json:
        choice: Json = {
            "index": index,
            "text": finished.text,
            "finish_reason": finished.finish_reason,
            "logprobs": None,
        }
        if request.logprobs is not None:
            choice["logprobs"] = completion_logprobs(self._tokenizer, finished.token_ids, finished.logprobs)
        if request.return_token_ids:
            choice["token_ids"] = list(finished.token_ids)
            choice["prompt_token_ids"] = list(job.prompt)
        return choice
