"""The LLM role that words a query: asked, checked for faithfulness, asked again with what was wrong."""

from collections.abc import Mapping
from typing import NamedTuple

from redsearcher.llm.chat import ChatModel
from redsearcher.llm.role import Role, RoleConfig, read_prompt
from redsearcher.records.chat import Usage
from redsearcher.records.query import Query
from redsearcher.records.world import Entity
from redsearcher.synthesis.candidate import given_names
from redsearcher.synthesis.verbalise.brief import brief
from redsearcher.synthesis.verbalise.faithful import Draft, complaints
from redsearcher.synthesis.verbalise.reading import LANGUAGES, Reader
from redsearcher.world.property import Lang

_AGAIN = (
    "\n\nYour last attempt was refused.\nIt was: $question\nWhat was wrong:\n$problems\nWrite another that is right."
)


class Written(NamedTuple):
    """A question that passed, or None; what every refused attempt was refused for; what it cost.

    `outcome` is `faithful`, `unfaithful` where no attempt passed, or how the model failed to reply (llm/role.py).
    """

    question: str | None
    outcome: str
    problems: tuple[str, ...]
    n_calls: int
    usage: Usage


class Writer:
    """Words queries. `reader` is a second model that reads each question back, or None."""

    def __init__(
        self, model: ChatModel, config: RoleConfig, attempts: int, entities: Mapping[str, Entity], reader: Reader | None
    ) -> None:
        self._role = Role(model, read_prompt("redsearcher.synthesis.verbalise", "write"), Draft, config)
        self._attempts, self._entities, self._reader = attempts, entities, reader

    async def write(self, query: Query, stiff: str, lang: Lang) -> Written:
        """A faithful question for the query; `stiff` is an offline wording of it. Never raises for what models do.

        Raises ValueError for a constraint that no plain words are known for.
        """
        told = brief(query, given_names(query), lang)
        refused: list[str] = []
        n_calls, usage, complaint = 0, Usage(), ""
        for _ in range(self._attempts):
            reply = await self._role.ask(
                lang=LANGUAGES[lang],
                things=told.things,
                conditions=told.lines,
                asked=told.asked,
                stiff=stiff,
                complaint=complaint,
            )
            n_calls, usage = n_calls + reply.n_calls, _sum(usage, reply.usage)
            if reply.value is None:
                return Written(None, reply.outcome, (*refused, reply.detail), n_calls, usage)
            problems = complaints(reply.value, query, told, self._entities, lang)
            question = " ".join(reply.value.question.split())
            if not problems and self._reader is not None:
                verdict = await self._reader.judge(question, query, self._entities, lang)
                n_calls, usage = n_calls + verdict.reply.n_calls, _sum(usage, verdict.reply.usage)
                problems = [verdict.problem] if verdict.problem else []
            if not problems:
                return Written(question, "faithful", tuple(refused), n_calls, usage)
            refused.append("; ".join(problems))
            listed = "\n".join(f"- {problem}" for problem in problems)
            complaint = _AGAIN.replace("$question", question).replace("$problems", listed)
        return Written(None, "unfaithful", tuple(refused), n_calls, usage)


def _sum(a: Usage, b: Usage) -> Usage:
    return Usage(prompt=a.prompt + b.prompt, cached=a.cached + b.cached, completion=a.completion + b.completion)
