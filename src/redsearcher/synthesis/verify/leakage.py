"""Leakage: does the question let slip a name it must not?"""

import re
from collections import Counter
from functools import lru_cache

from redsearcher.core.text import contains_name, fold, is_cjk
from redsearcher.records.task import Task
from redsearcher.synthesis.candidate import leaked_name
from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.finding import Case, Finding
from redsearcher.world.store import World

VERSION = "leakage/2"
MIN_PART = 4
"""Letters a part of a name has at least to give it away."""
MAX_BEARERS = 3
"""A part that more entities bear than this, or that is an everyday word in names, tells little."""
_WORD = re.compile(r"\w+")
_TITLED = re.compile(r"(?<!\w)[^\W\d_][\w'’-]*")


def judge(bench: Bench, case: Case) -> Finding:
    """Drops a question that names the answer or a latent, or writes the telling part of the answer's name."""
    task = case.task
    name = leaked_name(task.question, task.query, bench.world.entities)
    if name is not None:
        return Finding(f"names what is asked for: {name!r} stands in the question", evidence=name)
    part = leaked_part(bench.world, task)
    if part is not None:
        return Finding(f"gives away part of the answer's name: {part!r}", evidence=part)
    return Finding(None, "no name of the answer or a latent in the question")


def leaked_part(world: World, task: Task) -> str | None:
    """A word of the answer's names that hardly anything else bears and that the question writes as a name.

    Words of the givens' own names are not looked at: those the question has to write.
    """
    given = " ".join(
        [v.label or "" for v in task.query.givens]
        + [name for v in task.query.givens if v.entity in world.entities for name in world.entities[v.entity].names]
    )
    allowed = set(_WORD.findall(fold(given)))
    written = {fold(word) for word in _TITLED.findall(task.question) if word[:1].isupper()}
    bearers = _bearers(world)
    names: tuple[str, ...] = (task.answer, *task.aliases)
    for name in names:
        if is_cjk(name):
            continue
        words: list[str] = _WORD.findall(fold(name))
        for word in words:
            rare = len(word) >= MIN_PART and 0 < bearers[word] <= MAX_BEARERS
            if rare and word not in allowed and word in written and contains_name(task.question, word):
                return word
    return None


@lru_cache(maxsize=2)
def _bearers(world: World) -> Counter[str]:
    """Word -> how many entities bear it in some name."""
    found: Counter[str] = Counter()
    for entity in world.entities.values():
        found.update({word for name in entity.names for word in _WORD.findall(fold(name))})
    return found
