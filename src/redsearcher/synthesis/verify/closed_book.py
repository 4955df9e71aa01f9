"""Closed book: would somebody who only knows what is famous guess the answer?"""

from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.finding import Case, Finding

VERSION = "closed_book/1"


def judge(bench: Bench, case: Case) -> Finding:
    """Drops a task whose answer is the most mentioned entity of its type, the givens left out."""
    task = case.task
    givens = {v.entity for v in task.query.givens}
    known = [e for e in bench.by_fame.get(task.query.answer.type, ()) if e not in givens]
    if not known:
        return Finding(None, "nothing of that type is known")
    guess = bench.world.entities[known[0]]
    rank = known.index(task.answer_entity) + 1 if task.answer_entity in known else None
    said = f"a prior guesser says {guess.label!r}; the answer is number {rank} of {len(known)} by mentions"
    if guess.id == task.answer_entity:
        return Finding("a prior guess is right: the most mentioned of its type", evidence=said)
    return Finding(None, "the prior guess is wrong", said)
