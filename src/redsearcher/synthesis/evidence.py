"""The pages behind a task: which they are, and how much of the question's wording they share."""

import re
from collections.abc import Collection, Iterable, Mapping

from redsearcher.core.text import fold, is_cjk
from redsearcher.records.query import Query
from redsearcher.records.world import Document, Statement, Strength
from redsearcher.world.store import World

_WORD = re.compile(r"\w+")
_STOP = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been by did does for from had has have he her him his i in is it its of on one or she "
        "some than that the their them there they this to was were what when where which who whose with",
    )
)


def pages(world: World, ids: Collection[str]) -> dict[str, Document]:
    """The documents of those ids; those that the world lacks are left out."""
    return world.pages(ids)


def evidence(world: World, query: Query) -> dict[str, list[Statement]]:
    """Strict statements of each fact that the query's constraints rest on, by fact id."""
    facts = [fact for constraint in query.constraints for fact in constraint.facts]
    return {fact: [s for s in world.statements.get(fact, []) if s.strength is Strength.STRICT] for fact in facts}


def lexical_overlap(question: str, statements: Iterable[Statement], documents: Mapping[str, Document]) -> float:
    """The share of the question's content words that occur in sentences that state its evidence, in [0, 1].

    English: words of three letters or more that are no function words, cut to their first six letters (a crude stem,
    so that "directed" meets "director"). Chinese: pairs of adjacent characters.
    """
    said: set[str] = set()
    for statement in statements:
        document = documents.get(statement.document)
        if document is not None:
            said |= _content(document.text[statement.start : statement.end])
    asked = _content(question)
    return round(len(asked & said) / len(asked), 4) if asked else 0.0


def _content(text: str) -> set[str]:
    found: set[str] = set()
    for word in _WORD.findall(fold(text)):
        if is_cjk(word):
            found.update(word[n : n + 2] for n in range(len(word) - 1))
        elif len(word) >= 3 and word not in _STOP:
            found.add(word[:6])
    return found
