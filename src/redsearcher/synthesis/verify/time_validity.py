"""Time validity: does the answer hold whenever the question is asked?"""

import re

from redsearcher.records.query import CompareAtom, FactAtom, LiteralAtom
from redsearcher.records.task import Task
from redsearcher.records.world import Fact
from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.finding import Case, Finding, unjudged
from redsearcher.world.property import properties
from redsearcher.world.store import World

VERSION = "time_validity/1"
VOLATILE = frozenset({"P35", "P169", "P286", "P488", "P551", "P1037", "P1082", "P2139", "P8328"})
"""Properties that hold of today and are worded so: who heads, trains or runs something, counts that grow."""
ENDED = frozenset({"P582", "P576"})
DATED = frozenset({"P580", "P585", *ENDED})
_LIVES = (("P569", "P570"),)
"""Pairs of dates of one entity of which the first cannot come after the second."""
_TODAY = {
    "en": re.compile(
        r"(?<!\w)(?:today|nowadays|currently|at present|presently|incumbent|this (?:year|month|week)"
        r"|last (?:year|month)|(?:the )?latest|most recent(?:ly)?|recently|so far|to date|until now|ago)(?!\w)",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"今天|如今|目前|当前|现任|今年|去年|本月|最近|最新|迄今|至今|截至"),
}


def judge(bench: Bench, case: Case) -> Finding:
    """Drops a question that hangs on the day it is asked, or whose solution lives against the order of time.

    A closed world is frozen, so only wording and order can go wrong in it. On an open world a fact of a volatile
    property that no qualifier dates cannot be judged.
    """
    task, world = case.task, bench.world
    outside = _without_names(task)
    if match := _TODAY["zh" if task.lang == "zh" else "en"].search(outside):
        return Finding(f"hangs on the day it is asked: {match[0]!r}", evidence=match[0])
    if wrong := _disorder(world, task):
        return Finding(f"dates out of order: {wrong}", evidence=wrong)
    if world.info.kind == "closed":
        return Finding(None, "a frozen world, dates in order")
    loose = []
    for constraint, fact in _volatile(world, task):
        if any(q.property in ENDED for q in fact.qualifiers):
            return Finding(f"no longer holds: {constraint} ended", evidence=fact.id)
        if not any(q.property in DATED for q in fact.qualifiers):
            loose.append(constraint)
    if loose:
        return unjudged(f"nothing dates {', '.join(dict.fromkeys(loose))}")
    return Finding(None, "nothing in it changes with time")


def _without_names(task: Task) -> str:
    text = task.question
    for given in task.query.givens:
        if given.label:
            text = text.replace(given.label, " ")
    return text


def _volatile(world: World, task: Task) -> list[tuple[str, Fact]]:
    found = []
    for constraint in task.query.constraints:
        if isinstance(constraint, FactAtom | LiteralAtom):
            used = {constraint.property}
        elif isinstance(constraint, CompareAtom):
            used = {constraint.left_property, constraint.right_property}
        else:
            continue
        if used & VOLATILE:
            found += [(constraint.id, world.facts[fact]) for fact in constraint.facts if fact in world.facts]
    return found


def _disorder(world: World, task: Task) -> str | None:
    for variable in task.query.variables:
        for first, second in _LIVES:
            early = world.known.numbers(first).get(variable.entity or "", ())
            late = world.known.numbers(second).get(variable.entity or "", ())
            if early and late and min(early) > max(late):
                labels = [properties()[p].label["en"] for p in (first, second)]
                return f"{variable.name} has its {labels[0]} after its {labels[1]}"
    return None
