"""Trying editors on a task, one change at a time: what proves unique and tight stays, the rest is undone."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Literal, NamedTuple

from redsearcher.core import rng
from redsearcher.errors import DataError, InputError
from redsearcher.records.query import FactAtom, Query, ToolAtom, ToolExpression
from redsearcher.records.task import Certificate, Edit, Task
from redsearcher.synthesis.candidate import given_names, leaked_name
from redsearcher.synthesis.evidence import evidence, lexical_overlap, pages
from redsearcher.synthesis.evolve.bench import Bench, Editor
from redsearcher.synthesis.prove import prove
from redsearcher.synthesis.sample import Verbalise
from redsearcher.world.store import World

WORDINGS = 4
Kind = Literal["evolve", "fuzz"]


class Changed(NamedTuple):
    """A task after some edits, with its proof, which names the task and knows its words."""

    task: Task
    certificate: Certificate


Fits = Callable[[Query, Certificate], bool]
"""Whether a proved change is wanted."""


class Rewriter:
    """Changes tasks of one world by editors."""

    def __init__(self, bench: Bench, verbalise: Verbalise) -> None:
        self._bench, self._verbalise = bench, verbalise

    @property
    def _world(self) -> World:
        return self._bench.world

    def step(
        self,
        kind: Kind,
        start: Changed,
        editors: Sequence[Editor],
        max_tries: int,
        fits: Fits,
        draws: Random,
        tally: Counter[str],
        max_gain: float = 1.0,
    ) -> Changed | None:
        """The task after one edit by the first editor, in random order, that finds one; None if none does.

        `tally` counts what became of the proposals, by editor. A question whose words come nearer to its evidence by
        more than `max_gain` (lexical overlap) is not taken.
        """
        for editor in draws.sample(list(editors), len(editors)):
            tally[f"{editor.name}: tasks"] += 1
            found = self._by(kind, editor, start, max_tries, fits, draws, tally, max_gain)
            if found is not None:
                tally[f"{editor.name}: done"] += 1
                return found
        return None

    def _by(
        self,
        kind: Kind,
        editor: Editor,
        start: Changed,
        max_tries: int,
        fits: Fits,
        draws: Random,
        tally: Counter[str],
        max_gain: float = 1.0,
    ) -> Changed | None:
        n_tries, settled = 0, -1
        for proposal in editor.proposals(self._bench, start.task.query, draws):
            if proposal.group == settled:
                continue
            n_tries += 1
            if n_tries > max_tries:
                tally[f"{editor.name}: gave_up"] += 1
                return None
            certificate, why = prove(self._world, proposal.query)
            if certificate is None:
                tally[f"{editor.name}: {why}"] += 1
                settled = proposal.group if why != "not_unique" else settled  # closer ranges help uniqueness only
                continue
            if not has_start(proposal.query) or not fits(proposal.query, certificate):
                tally[f"{editor.name}: unfit"] += 1
                settled = proposal.group
                continue
            found = self._worded(kind, editor, start, proposal.query, certificate)
            if found is None:
                tally[f"{editor.name}: no_words"] += 1
            elif found.certificate.lexical_overlap > start.certificate.lexical_overlap + max_gain:
                tally[f"{editor.name}: nearer_to_pages"] += 1
            else:
                return found
        return None

    def _worded(
        self, kind: Kind, editor: Editor, start: Changed, query: Query, certificate: Certificate
    ) -> Changed | None:
        task = start.task
        question = self._question(query, task)
        if question is None:
            return None
        overlap = self.overlap(question, query)
        edit = Edit(
            kind=kind,
            before=task.question,
            after=question,
            n_answers=certificate.n_answers,
            implementation=f"rules:{editor.name}",
            lexical_overlap=(start.certificate.lexical_overlap, overlap),
        )
        more = [tool for tool in editor.tools if tool not in task.tools]
        made = Task(
            **{
                **{name: getattr(task, name) for name in Task.model_fields},
                "question": question,
                "query": query,
                "tools": (*task.tools, *more),
                "edits": (*task.edits, edit),
            }
        )
        return Changed(made, certificate.model_copy(update={"task": made.id, "lexical_overlap": overlap}))

    def _question(self, query: Query, task: Task) -> str | None:
        for wording in range(WORDINGS):
            seed = rng.derive_seed(task.provenance.seed, "rewording", task.id, wording)
            try:
                question = self._verbalise(query, given_names(query), lang=task.lang, seed=seed)
            except (InputError, ValueError):
                return None
            if leaked_name(question, query, self._world.entities) is None:
                return question
        return None

    def overlap(self, question: str, query: Query) -> float:
        """How much of the question's wording its evidence shares."""
        said = [statement for rows in evidence(self._world, query).values() for statement in rows]
        return lexical_overlap(question, said, pages(self._world, {statement.document for statement in said}))


def has_start(query: Query) -> bool:
    """Whether a solver has a name to begin with: a given that a fact, a map or a list of papers ties to something.

    How often somebody is cited leads nowhere: no tool finds others by such a number.
    """
    givens = {variable.name for variable in query.givens}
    return any(
        givens & set(c.variables)
        for c in query.constraints
        if isinstance(c, FactAtom)
        or (isinstance(c, ToolAtom) and not c.reads_pages and any(map(_leads_on, c.call.calls)))
    )


def _leads_on(call: ToolExpression) -> bool:
    return call.tool == "maps" or call.function == "joint_papers"


def proved(reproduce: Callable[[Query], Iterable[object]]) -> Callable[[Query], bool]:
    """Whether calling the tools settles every tool constraint of a query."""

    def settles(query: Query) -> bool:
        try:
            list(reproduce(query))
        except DataError:
            return False
        return True

    return settles
