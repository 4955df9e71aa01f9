"""Search necessity: can the answer be had from the question's own words, without looking anything up?"""

import re
from functools import lru_cache

from redsearcher.core.text import fold, is_cjk
from redsearcher.records.task import Task
from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.finding import Case, Finding
from redsearcher.world.store import World

VERSION = "search_necessity/1"
MIN_POOL = 5
"""Fewer entities of the answer's type than this, and a blind guess is right too often."""
_WORD = re.compile(r"\w+")
_MAX_BEARERS = 20


def judge(bench: Bench, case: Case) -> Finding:
    """Drops a task whose answer hardly anything else could be, or whose name is pieced together from those given."""
    task = case.task
    pool = len(bench.by_fame.get(task.query.answer.type, ()))
    if pool < MIN_POOL:
        return Finding(f"hardly a choice: the world has {pool} of type {task.query.answer.type}")
    guess = name_guess(bench.world, task)
    if guess is not None and guess == task.answer_entity:
        name = bench.world.entities[guess].label
        return Finding("its name can be guessed: it shares a rare word with a name in the question", evidence=name)
    return Finding(None, "the question's own words do not settle it", f"one of {pool} of its type")


def name_guess(world: World, task: Task) -> str | None:
    """The only entity of the answer's type that shares the most rare words with the names in the question, if any."""
    names = [v.label or "" for v in task.query.givens]
    words = {word for name in names for word in _words(name)}
    bearers = _bearers(world, task.query.answer.type)
    givens = {v.entity for v in task.query.givens}
    scores: dict[str, int] = {}
    for word in sorted(words):
        for entity in bearers.get(word, ()):
            if entity not in givens:
                scores[entity] = scores.get(entity, 0) + 1
    best = max(scores.values(), default=0)
    top = [entity for entity, score in scores.items() if score == best]
    return top[0] if len(top) == 1 else None


def _words(name: str) -> list[str]:
    folded = fold(name)
    if is_cjk(folded):
        return [folded[n : n + 2] for n in range(len(folded) - 1)]
    return [word for word in _WORD.findall(folded) if len(word) >= 4]


@lru_cache(maxsize=64)
def _bearers(world: World, type_: str) -> dict[str, tuple[str, ...]]:
    """Word -> the entities of a type that bear it, where they are few."""
    found: dict[str, dict[str, None]] = {}
    for entity in world.entities.values():
        if entity.type == type_:
            for word in {word for name in entity.names for word in _words(name)}:
                found.setdefault(word, {})[entity.id] = None
    return {word: tuple(rows) for word, rows in found.items() if len(rows) <= _MAX_BEARERS}
