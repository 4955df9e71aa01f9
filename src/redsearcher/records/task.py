"""Task, its certificate, its search audit, its verdicts."""

from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from redsearcher.core.hashing import content_hash
from redsearcher.records.base import Record
from redsearcher.records.query import Query


class Request(Record):
    """What was asked of synthesis: k, MSD (`msd_or_more`: at least that), tools beyond search and visit."""

    treewidth: int
    msd: int
    msd_or_more: bool = False
    tools: tuple[str, ...] = ()


class Edit(Record):
    """One rewriting of the question, with how many answers it has afterwards."""

    kind: Literal["verbalise", "fuzz", "evolve", "inject"]
    before: str
    after: str
    n_answers: int
    implementation: str
    lexical_overlap: tuple[float, float] | None = None
    """Share of the question's words that its evidence uses, before and after; None where it was not measured."""


class ToolOutput(Record):
    """What a tool says of the intended solution: one call as an agent makes it, and the number that a constraint needs.

    `result` is the text of the observation.
    """

    constraint: str
    name: str
    arguments: dict[str, Any]
    result: str
    value: float


class Provenance(Record):
    """Where a task comes from: world id, seed, package version, and which unit of the synthesis stage made it."""

    world: str
    seed: int
    version: str
    unit: str
    implementation: str = "rules"


class Task(Record):
    """A question whose answer is forced by its query on a world."""

    question: str
    answer: str
    aliases: tuple[str, ...] = ()
    answer_entity: str | None = None
    lang: str = "en"
    query: Query
    tools: tuple[str, ...] = ("search", "visit")
    request: Request
    role: str = ""
    edits: tuple[Edit, ...] = ()
    tool_outputs: tuple[ToolOutput, ...] = ()
    provenance: Provenance

    @cached_property
    def id(self) -> str:
        """Content hash of (question, query, answer, world)."""
        return content_hash(self.question, self.query.model_dump(mode="json"), self.answer, self.provenance.world)


class LowerBound(Record):
    """Why the treewidth is at least `value`, by which argument."""

    kind: str
    value: int


class Decomposition(Record):
    """A tree decomposition: bags of variable names, tree edges between bag numbers."""

    bags: tuple[tuple[str, ...], ...]
    tree: tuple[tuple[int, int], ...]

    @property
    def width(self) -> int:
        return max((len(bag) for bag in self.bags), default=0) - 1


class Certificate(Record):
    """Difficulty proved on a world; checkable from the world alone. Numbers as records.md defines them.

    `necessity` maps each constraint id to the number of answers without it (stated facts), counted up to a cap.
    `n_answers` and `n_solutions` count on all facts known.
    """

    task: str
    world: str
    world_kind: Literal["closed", "open"]
    k: int
    treewidth_with_givens: int
    decomposition: Decomposition
    lower_bound: LowerBound
    msd_strict: int
    msd_loose: int
    cover: tuple[str, ...]
    n_solutions: int
    n_answers: int
    tight: bool
    necessity: dict[str, int]
    search_width: int
    hops: int
    n_constraints: int
    lexical_overlap: float
    n_tool_sources: int = 0
    """Different calls of tools (nested ones included) whose outputs the constraints need."""


class SearchAudit(Record):
    """What one web returns for a task. `retrievable` maps each constraint id to the best rank of a page that states it
    strictly, for queries made of names an agent can know by then; None where no such page is in the top `top_k`.
    `msd_web` is MSD, loosely, with the pages that the web has beside the world's own; None where it has none."""

    task: str
    web: str
    engine_version: str
    top_k: int
    retrievable: dict[str, int | None]
    question_rank: int | None
    page_shortcut: bool
    question_shortcut: bool
    constraint_shortcut_rate: float
    msd_web: int | None = None


class VerifyStage(StrEnum):
    """Stages of the verifier, cheap to dear; those on `_llm` ask a model and run only where one is configured."""

    CERTIFICATE = "certificate"
    LEAKAGE = "leakage"
    TYPE_MATCH = "type_match"
    CLOSED_BOOK = "closed_book"
    RETRIEVABILITY = "retrievability"
    SEARCH_NECESSITY = "search_necessity"
    TOOL_NECESSITY = "tool_necessity"
    TIME_VALIDITY = "time_validity"
    CONSISTENCY = "consistency"
    SHORTCUT = "shortcut"
    CLOSED_BOOK_LLM = "closed_book_llm"
    CONSISTENCY_LLM = "consistency_llm"
    UNIQUENESS_LLM = "uniqueness_llm"
    ROLLOUTS = "rollouts"
    UNIQUENESS = "uniqueness"


class Verdict(Record):
    """What one stage said of one task; `evidence` is text a person can check.

    `reason` begins with a kind, then a colon and the particulars. Not `judged`: the stage could not tell (its reason
    begins "unjudged"); the task then goes on. `version` is the check's, `basis` a hash of all it rests on (version,
    settings, world, web, model): a verdict of another basis is owed again.
    """

    task: str
    stage: VerifyStage
    keep: bool
    reason: str
    evidence: str = ""
    implementation: str = "rules"
    judged: bool = True
    version: str = ""
    basis: str = ""


class VerifyCost(Record):
    """What one verdict cost: searches or model calls, model tokens, wall seconds. A line of the ledger."""

    task: str
    stage: VerifyStage
    version: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float
