"""The LLM roles of the verifier: what each asks, in which schema, and what its reply means for the task."""

from typing import Literal, NamedTuple

from pydantic import BaseModel, Field

from redsearcher.errors import BudgetError
from redsearcher.grading.match import grade
from redsearcher.graph.evaluate import answers
from redsearcher.llm.chat import ChatModel
from redsearcher.llm.role import Reply, Role, RoleConfig, read_prompt
from redsearcher.records.chat import Usage
from redsearcher.records.task import Task, VerifyStage
from redsearcher.synthesis.evidence import evidence
from redsearcher.synthesis.reader import NameIndex
from redsearcher.synthesis.verify.finding import Finding, unjudged
from redsearcher.synthesis.verify.uniqueness import refuted
from redsearcher.world.store import World

VERSIONS = {
    VerifyStage.CLOSED_BOOK_LLM: "closed_book_llm/1",
    VerifyStage.CONSISTENCY_LLM: "consistency_llm/1",
    VerifyStage.UNIQUENESS_LLM: "uniqueness_llm/1",
}
_PACKAGE = "redsearcher.synthesis.verify"
_PAGES_SHOWN = 2
_LANGUAGES = {"en": "in English", "zh": "in Chinese"}


class Guess(BaseModel):
    """The closed-book solver's reply."""

    answer: str | None
    confidence: float = Field(ge=0, le=1)


class ClaimReview(BaseModel):
    """One claim of the question, held against the evidence."""

    claim: str
    verdict: Literal["supported", "contradicted", "missing"]
    quote: str = ""


class Review(BaseModel):
    """The consistency verifier's reply."""

    claims: list[ClaimReview] = Field(min_length=1)


class Rival(BaseModel):
    """Another answer, and why it would fit."""

    name: str
    why: str = ""


class Challenge(BaseModel):
    """The challenger's reply."""

    others: list[Rival]


class Opinion(NamedTuple):
    """A finding of an LLM role, with what asking cost."""

    finding: Finding
    n_calls: int
    usage: Usage


class Panel:
    """Three roles over one model. `ask` gives a finding for each way a reply can come out; a reply that is none,
    for whatever cause, is an unjudged finding that names the cause."""

    def __init__(self, world: World, model: ChatModel, config: RoleConfig) -> None:
        self._world, self._names = world, NameIndex(world.entities)
        self._solver = Role(model, read_prompt(_PACKAGE, "closed_book"), Guess, config)
        self._reviewer = Role(model, read_prompt(_PACKAGE, "consistency"), Review, config)
        self._challenger = Role(model, read_prompt(_PACKAGE, "challenger"), Challenge, config)

    async def ask(self, stage: VerifyStage, task: Task) -> Opinion:
        """What the stage's role says of a task."""
        common = {"question": task.question, "lang": _LANGUAGES.get(task.lang, task.lang)}
        if stage is VerifyStage.CLOSED_BOOK_LLM:
            guess = await self._solver.ask(**common)
            return _opinion(guess, _failed(guess) if guess.value is None else _closed_book(task, guess.value))
        if stage is VerifyStage.CONSISTENCY_LLM:
            text = self._evidence(task)
            review = await self._reviewer.ask(**common, answer=task.answer, evidence=text)
            return _opinion(review, _failed(review) if review.value is None else _consistency(review.value, text))
        if stage is VerifyStage.UNIQUENESS_LLM:
            named = await self._challenger.ask(**common, answer=task.answer)
            return _opinion(named, _failed(named) if named.value is None else self._uniqueness(task, named.value))
        raise ValueError(f"no role judges {stage}")

    def _evidence(self, task: Task) -> str:
        """The sentences that state each fact, with the titles of their pages."""
        stated = evidence(self._world, task.query)
        chosen = [s for rows in stated.values() for s in rows[:_PAGES_SHOWN]]
        pages = self._world.pages(sorted({s.document for s in chosen}))
        lines = dict.fromkeys(
            f"[{pages[s.document].title}] {pages[s.document].text[s.start : s.end]}"
            for s in chosen
            if s.document in pages
        )
        return "\n".join(lines)

    def _uniqueness(self, task: Task, challenge: Challenge) -> Finding:
        """Rivals count where the world knows them: exactly on closed worlds, unless a fact refutes them elsewhere."""
        rivals = {
            entity: rival
            for rival in challenge.others
            for entity in self._names.bearers(rival.name, task.query.answer.type)
            if entity != task.answer_entity
        }
        said = f"{len(challenge.others)} others named, {len(rivals)} of them known here"
        if not rivals:
            return Finding(None, "nobody else fits, says the challenger", said)
        if self._world.info.kind == "closed":
            try:
                fitting = set(answers(task.query, self._world.known, limit=50)) & set(rivals)
            except BudgetError as error:
                return unjudged(f"cannot be decided: {error}", said)
            standing = [entity for entity in rivals if entity in fitting]
        else:
            standing = [entity for entity in rivals if not refuted(task.query, entity, self._world)]
        if not standing:
            return Finding(None, "the facts refute every other answer named", said)
        shown = "; ".join(f"{rivals[e].name}: {rivals[e].why}" for e in standing)
        return Finding("another answer: the challenger names one that nothing refutes", evidence=shown)


def _closed_book(task: Task, guess: Guess) -> Finding:
    said = f"{guess.answer!r} at {guess.confidence:.2f}"
    if grade(guess.answer, task.answer, task.aliases).value == 1.0:
        return Finding("solved without tools: too easy", evidence=said)
    return Finding(None, "not solved without tools", said)


def _consistency(review: Review, text: str) -> Finding:
    """A contradiction counts only with words that stand in the evidence; without, the reviewer is not believed."""
    quoted = " ".join(text.split())
    denied = [c for c in review.claims if c.verdict == "contradicted"]
    proved = [c for c in denied if c.quote.strip() and " ".join(c.quote.split()) in quoted]
    if proved:
        said = "; ".join(f"{c.claim}: “{c.quote}”" for c in proved)
        return Finding("contradiction: the evidence says otherwise", evidence=said)
    lacking = [c.claim for c in review.claims if c.verdict == "missing"]
    if lacking:
        return Finding("missing evidence: a claim stands on no page", evidence="; ".join(lacking))
    if denied:
        said = "; ".join(f"{c.claim}: “{c.quote}”" for c in denied)
        return unjudged("the reviewer's quote does not stand in the evidence", said)
    return Finding(None, f"{len(review.claims)} claims supported")


def _failed(reply: Reply[Guess] | Reply[Review] | Reply[Challenge]) -> Finding:
    return unjudged(f"{reply.outcome} ({reply.detail})", reply.text[:300])


def _opinion(reply: Reply[Guess] | Reply[Review] | Reply[Challenge], finding: Finding) -> Opinion:
    return Opinion(finding=finding, n_calls=reply.n_calls, usage=reply.usage)
