"""Proving tasks again from the world alone: certificate, evidence, identity."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

from redsearcher.errors import BudgetError
from redsearcher.graph.check import Checker
from redsearcher.records.task import Certificate, Task
from redsearcher.records.world import Document, Statement
from redsearcher.synthesis.evidence import evidence, lexical_overlap, pages
from redsearcher.synthesis.evolve.check import tool_problems
from redsearcher.synthesis.reader import NameIndex
from redsearcher.synthesis.span import SpanReader
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
    by_tool = tool_problems(world, tasks)
    with closing(checker(world)) as prover:
        proof = Proof(world, prover)
        for n_done, task in enumerate(tasks, 1):
            texts = [*proof.problems(task, certificates.get(task.id)), *by_tool.get(task.id, [])]
            found += [Problem(task.id, text) for text in texts]
            if progress is not None:
                progress(n_done)
    return found


def checker(world: World) -> Checker:
    """The graph layer's checker over a world's facts."""
    statements = (statement for rows in world.statements.values() for statement in rows)
    return Checker(world.facts.values(), statements, world.types, world.knowledge.table)


class Proof:
    """Checks tasks of one world. `prover` counts answers; pages are fetched as tasks need them."""

    def __init__(self, world: World, prover: Checker, names: NameIndex | None = None) -> None:
        self._world, self._prover = world, prover
        self._reader = SpanReader(world, names or NameIndex(world.entities))

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
        stated = evidence(self._world, task.query)
        read = pages(self._world, {s.document for rows in stated.values() for s in rows})
        found += self._answer(task) + self._complete(stated, read)
        try:
            found += self._prover.check(certificate, task.query)
        except BudgetError as error:
            found.append(f"its certificate cannot be decided: {error}")
        said = [statement for rows in stated.values() for statement in rows]
        overlap = lexical_overlap(task.question, said, read)
        if abs(overlap - certificate.lexical_overlap) > 1e-9:
            found.append(f"lexical_overlap is {certificate.lexical_overlap}, counted again it is {overlap}")
        return found

    def _answer(self, task: Task) -> list[str]:
        entity = self._world.entities.get(task.answer_entity or "")
        if entity is None or task.query.answer.entity != entity.id:
            return ["its answer is not the entity that the query asks for"]
        if task.answer != entity.label or set(task.aliases) - set(entity.aliases):
            return ["its answer text is not a name of its answer"]
        return []

    def _complete(self, stated: dict[str, list[Statement]], read: dict[str, Document]) -> list[str]:
        """That every fact is stated by a page, in words that stand there."""
        found = [f"page {id_} does not hold the text it is named after" for id_ in read if read[id_].id != id_]
        for fact, statements in stated.items():
            if fact not in self._world.facts:
                found.append(f"fact {fact} is not in the world")
            elif not any(self._says(fact, statement, read) for statement in statements):
                found.append(f"no page states fact {fact} verbatim")
        return found

    def _says(self, fact: str, statement: Statement, read: dict[str, Document]) -> bool:
        page = read.get(statement.document)
        return self._reader.read(self._world.facts[fact], statement, page).said == "says"
