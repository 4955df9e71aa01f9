"""Uniqueness: does anything else satisfy the question? Exact on closed worlds, "not refuted" on open ones."""

from collections import Counter

from redsearcher.errors import BudgetError
from redsearcher.graph.evaluate import answers
from redsearcher.records.query import FactAtom, LiteralAtom, Query
from redsearcher.records.task import Task
from redsearcher.synthesis.config import VerifyConfig
from redsearcher.synthesis.reader import NameIndex
from redsearcher.synthesis.verify.finding import Finding
from redsearcher.synthesis.verify.rollouts import Episodes
from redsearcher.world.property import properties
from redsearcher.world.store import World

VERSION = "uniqueness/2"
_SHOWN = 8


def judge(task: Task, world: World, names: NameIndex, episodes: Episodes, config: VerifyConfig) -> Finding:
    """Drops a task with another answer by the facts known, or one that rollouts agree on and nothing refutes."""
    try:
        found = answers(task.query, world.known, limit=_SHOWN)
    except BudgetError as error:
        return Finding(f"cannot be decided: {error}")
    others = [entity for entity in found if entity != task.answer_entity]
    if others:
        labels = ", ".join(world.entities[entity].label for entity in others)
        return Finding("another answer: more than one entity satisfies the query", evidence=labels)
    given = episodes.answers.get(task.id, [])
    proposed = Counter(
        entity
        for answer in given
        for entity in names.bearers(answer, task.query.answer.type)
        if entity != task.answer_entity
    )
    said = f"{len(proposed)} other entities proposed by {len(given)} rollouts that answered"
    if world.info.kind == "closed":
        return Finding(None, "the only answer", said)
    for entity, count in proposed.most_common():
        agreed = count / len(given) >= config.agreed_share and count > 1
        if agreed and not refuted(task.query, entity, world):
            label = world.entities[entity].label
            return Finding("rollouts agree on another answer", evidence=f"{label}: {count} of {len(given)}")
    return Finding(None, "not refuted by any fact known", said)


def refuted(query: Query, entity: str, world: World) -> bool:
    """Whether a known fact denies that the entity is the answer: another type, a value out of range, another object.

    Only properties with one value can deny; what is merely unknown denies nothing.
    """
    name = query.answer.name
    if world.types.get(entity) != query.answer.type:
        return True
    for constraint in query.constraints:
        if isinstance(constraint, LiteralAtom) and constraint.subject == name:
            numbers = world.known.numbers(constraint.property).get(entity, ())
            low = float("-inf") if constraint.low is None else constraint.low
            high = float("inf") if constraint.high is None else constraint.high
            if numbers and not any(low <= n <= high for n in numbers):
                return True
        if isinstance(constraint, FactAtom) and constraint.subject == name:
            wanted = query.variable(constraint.object)
            objects = world.known.forward(constraint.property).get(entity, ())
            single = properties()[constraint.property].functional
            if single and objects and wanted in query.givens and wanted.entity not in objects:
                return True
    return False
