"""The offline solver behind the ChatModel protocol: reads the question, plans searches, answers. No model, no world."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from redsearcher.agent.answer import PARSE_FAILED
from redsearcher.agent.solver import wording
from redsearcher.agent.solver.assign import Assignment, assignments
from redsearcher.agent.solver.beliefs import Beliefs
from redsearcher.agent.solver.extract import names_within, triples
from redsearcher.agent.solver.names import Name, name_key
from redsearcher.agent.solver.observe import Document, Results, read_observation
from redsearcher.agent.solver.parse.question import parse_question
from redsearcher.agent.solver.phrase import property_at
from redsearcher.agent.solver.plan import Action, Planner
from redsearcher.core.rng import derive
from redsearcher.core.text import is_cjk
from redsearcher.errors import RedsearcherError
from redsearcher.records.chat import Completion, Message, Sampling
from redsearcher.records.query import Query
from redsearcher.records.tool import ToolCall, ToolSchema

MAX_CALLS = 40
GUESS_SHARE = 0.5
JITTER = 0.2

Parser = Callable[[str, str | None], Query]


class Past(NamedTuple):
    """What the conversation holds: the question, the calls made and what came back."""

    question: str
    n_calls: int
    is_forced: bool
    asked: frozenset[str]
    opened: frozenset[str]
    results: tuple[Results, ...]
    pages: tuple[Document, ...]


class RulesSolver:
    """Answers by rules. Every turn is a function of the messages and the sampling alone; `parse` reads the question.

    Temperature 0 takes the best choice; above, the seed varies the wording of queries and the order of near equals.
    """

    def __init__(self, parse: Parser = parse_question, max_calls: int = MAX_CALLS) -> None:
        # Every turn reads the question anew; reading it is the dearest part of a turn.
        self._parse = lru_cache(maxsize=1024)(parse)
        self._max_calls = max_calls

    @property
    def name(self) -> str:
        return "rules"

    async def complete(
        self, messages: Sequence[Message], tools: Sequence[ToolSchema], sampling: Sampling
    ) -> Completion:
        past = read_past(messages)
        lang = "zh" if is_cjk(past.question) else "en"
        try:
            query = self._parse(past.question, None)
        except RedsearcherError as error:
            return _say(f"{PARSE_FAILED} {error}")
        givens = {v.name: name_key(v.label or "") for v in query.givens}
        beliefs = _believe(query, past, lang)
        seed = sampling.seed if sampling.temperature > 0 else None
        planner = Planner(query, beliefs, past.asked, past.opened, lang, seed)
        ranked = assignments(query, givens, beliefs, planner.exhausted)
        offered = {tool.name for tool in tools}
        may_call = not past.is_forced and past.n_calls < self._max_calls and {"search", "visit"} <= offered
        settled = planner.is_settled(ranked[0])
        actions: list[Action] = []
        if may_call and settled:
            actions = planner.doubts(ranked[0])
        elif may_call:
            actions = planner.next_actions(_jitter(ranked, sampling, past.n_calls))
        if not actions and settled:
            return _say(wording.final_answer(query, ranked[0].values, beliefs, lang, sure=True))
        if not actions:
            return _say(_best_guess(query, ranked[0], beliefs, lang))
        arguments = (
            {"query": [a.text for a in actions]}
            if actions[0].kind == "search"
            else {
                "url": [a.text for a in actions],
                "goal": wording.goal(query, actions, beliefs, lang),
            }
        )
        call = ToolCall(id=f"call_{past.n_calls + 1}", name=actions[0].kind, arguments=arguments)
        said = wording.thought(query, actions, beliefs, lang)
        return Completion(message=Message(role="assistant", content=said, calls=(call,)), finish_reason="tool_calls")


def read_past(messages: Sequence[Message]) -> Past:
    """Rebuild the state of the search from the conversation."""
    users = [m.content for m in messages if m.role == "user"]
    calls = [call for m in messages for call in m.calls]
    seen = [read_observation(m.content) for m in messages if m.role == "tool"]
    return Past(
        question=users[0] if users else "",
        n_calls=len(calls),
        is_forced=len(users) > 1,
        asked=frozenset(q for c in calls if c.name == "search" for q in _texts(c, "query")),
        opened=frozenset(u for c in calls if c.name == "visit" for u in _texts(c, "url")),
        results=tuple(result for s in seen for result in s.results),
        pages=tuple(page for s in seen for page in s.pages),
    )


def _texts(call: ToolCall, key: str) -> list[str]:
    given = call.arguments.get(key, [])
    return [given] if isinstance(given, str) else [str(item) for item in given]


def _believe(query: Query, past: Past, lang: str) -> Beliefs:
    known = tuple(Name(v.label) for v in query.givens if v.label)
    beliefs = Beliefs(past.results, past.pages, (name.text for name in known))
    wanted = tuple(sorted({property_at(c, name) for c in query.constraints for name in c.variables}))
    seen = beliefs.names()
    for document in dict.fromkeys(beliefs.documents()):
        here = names_within(document, seen, lang)
        beliefs.add(triples(document, (*known, *here), wanted, lang))
    return beliefs


def _jitter(ranked: list[Assignment], sampling: Sampling, turn: int) -> list[Assignment]:
    if sampling.temperature <= 0:
        return ranked
    rng = derive(sampling.seed, "order", turn)
    noise = [rng.uniform(0, JITTER * sampling.temperature) for _ in ranked]
    return [a for _, a in sorted(zip(noise, ranked, strict=True), key=lambda row: -(row[0] + row[1].score))]


def _best_guess(query: Query, best: Assignment, beliefs: Beliefs, lang: str) -> str:
    met = sum(1 for weight in best.support if weight > 0)
    if query.answer.name in best.values and met >= GUESS_SHARE * len(best.support):
        return wording.final_answer(query, best.values, beliefs, lang, sure=best.is_complete)
    return wording.abstain(lang)


def _say(content: str) -> Completion:
    return Completion(message=Message(role="assistant", content=content))
