"""Proving tasks again from the world alone: certificate, evidence, identity."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

from redsearcher.core.text import fold
from redsearcher.errors import BudgetError
from redsearcher.graph.check import Checker
from redsearcher.records.task import Certificate, Task
from redsearcher.records.world import Document, Fact, Statement
from redsearcher.synthesis.candidate import leaked_name
from redsearcher.synthesis.evidence import evidence, lexical_overlap, pages
from redsearcher.world.store import World


class Problem(NamedTuple):
    """What is wrong with a task, in a sentence."""

    task: str
    text: str


def check_tasks(
    world: World,
    tasks: Sequence[Task],
    certificates: Mapping[str, Certificate],
    progress: Callable[[int], None] | None = None,
) -> list[Problem]:
    """Every problem of every task; empty if all pass. `progress` is told the tasks done."""
    found: list[Problem] = []
    with closing(checker(world)) as prover:
        proof = Proof(world, tasks, prover)
        for n_done, task in enumerate(tasks, 1):
            found += [Problem(task.id, text) for text in proof.problems(task, certificates.get(task.id))]
            if progress is not None:
                progress(n_done)
    return found


def checker(world: World) -> Checker:
    """The graph layer's checker over a world's facts."""
    statements = (statement for rows in world.statements.values() for statement in rows)
    return Checker(world.facts.values(), statements, world.types)


class Proof:
    """Checks tasks of one world; the pages that state their facts are read once."""

    def __init__(self, world: World, tasks: Sequence[Task], prover: Checker) -> None:
        self._world, self._prover = world, prover
        self._evidence = {task.id: evidence(world, task.query) for task in tasks}
        wanted = {s.document for rows in self._evidence.values() for found in rows.values() for s in found}
        self._pages = pages(world, wanted)

    def problems(self, task: Task, certificate: Certificate | None) -> list[str]:
        """What does not hold of one task."""
        if certificate is None:
            return ["it has no certificate"]
        if certificate.task != task.id:
            return [f"its certificate is of task {certificate.task}"]
        if {task.provenance.world, certificate.world} != {self._world.id}:
            return [f"it was made for world {task.provenance.world}, this is {self._world.id}"]
        found = (
            [] if certificate.world_kind == self._world.info.kind else ["its certificate mistakes the kind of world"]
        )
        found += self._answer(task) + self._complete(task)
        try:
            found += self._prover.check(certificate, task.query)
        except BudgetError as error:
            found.append(f"its certificate cannot be decided: {error}")
        said = [statement for rows in self._evidence[task.id].values() for statement in rows]
        overlap = lexical_overlap(task.question, said, self._pages)
        if abs(overlap - certificate.lexical_overlap) > 1e-9:
            found.append(f"lexical_overlap is {certificate.lexical_overlap}, counted again it is {overlap}")
        return found

    def leak(self, task: Task) -> str | None:
        """A name of the answer or a latent that the question lets slip."""
        return leaked_name(task.question, task.query, self._world.entities)

    def _answer(self, task: Task) -> list[str]:
        entity = self._world.entities.get(task.answer_entity or "")
        if entity is None or task.query.answer.entity != entity.id:
            return ["its answer is not the entity that the query asks for"]
        if task.answer != entity.label or set(task.aliases) - set(entity.aliases):
            return ["its answer text is not a name of its answer"]
        return []

    def _complete(self, task: Task) -> list[str]:
        """That every fact is stated by a page, in words that stand there."""
        found = []
        for fact, statements in self._evidence[task.id].items():
            if fact not in self._world.facts:
                found.append(f"fact {fact} is not in the world")
            elif not any(self._says(self._world.facts[fact], s, self._pages.get(s.document)) for s in statements):
                found.append(f"no page states fact {fact} verbatim")
        return found

    def _says(self, fact: Fact, statement: Statement, page: Document | None) -> bool:
        """Whether the span lies in its page and, for a page that is about neither end, names one."""
        if page is None or not 0 <= statement.start < statement.end <= len(page.text):
            return False
        ends = [fact.subject] + ([fact.object] if fact.object is not None else [])
        if set(ends) & set(page.about):
            return True
        span = fold(page.text[statement.start : statement.end])
        return any(fold(name) in span for end in ends for name in self._world.entities[end].names)
