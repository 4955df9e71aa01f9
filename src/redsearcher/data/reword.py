"""First turns with other words for relations, so that a question's wording is taken over and not guessed.

Questions speak of relations in the few hundred phrases of the property table, and a policy that has read enough of
them completes a phrase from its first word. Here the words of each phrase are exchanged, in question, thought and call
alike: for invented ones (a cipher of letters) or for other words of the world's pages.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from random import Random

from redsearcher.data.cipher import cipher
from redsearcher.data.expert.condition import Conditions
from redsearcher.data.holdout import held_out_phrases
from redsearcher.data.retelling import retold
from redsearcher.records.query import FactAtom
from redsearcher.records.trajectory import Trajectory
from redsearcher.world.property import properties

INVENTED = 0.4
"""Share of first turns whose phrases get invented words; the others get words of pages."""
LEAST_SEEN = 3
"""Times that a world's pages use a word that phrases may get."""
_WORD = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(r'"[^"]+"')


def page_words(texts: Iterable[str]) -> list[str]:
    """Words of the language, in order, that pages use and no phrase of the property table does."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(word for word in _WORD.findall(text) if len(word) > 3 and word.isascii() and word.islower())
    taken = {word for phrase in _table_phrases() for word in _WORD.findall(phrase)}
    return sorted(word for word, n in counts.items() if n >= LEAST_SEEN and word not in taken)


def _table_phrases() -> set[str]:
    found = set(held_out_phrases())
    for property_ in properties().values():
        phrases = property_.en
        found |= {*phrases.forward, *phrases.backward, phrases.object_noun or "", phrases.subject_noun or ""}
    return found


def reworded(opening: Trajectory, conditions: Conditions, words: list[str], rng: Random) -> Trajectory | None:
    """The first turn with other words in the phrases of its relations; None where it has nothing to exchange.

    The query then has the words of the condition that it is for, as nothing else is known of such a relation.
    """
    (step,) = opening.steps
    numbers = re.findall(r"(\d+)\) ", step.thought.rpartition("\n")[2])
    if not numbers or not step.calls or "query" not in step.calls[0].arguments:
        return None
    item = next(item for item in conditions.items if item.number == int(numbers[0]))
    in_question = set(_WORD.findall(opening.question))
    said = [item.words for item in conditions.items if isinstance(item.constraint, FactAtom)]
    exchanged = sorted({word for text in said for word in _WORD.findall(text)} & in_question)
    if not exchanged or not isinstance(item.constraint, FactAtom):
        return None
    others = _others(exchanged, words, rng)
    call = step.calls[0]
    query = call.arguments["query"][0]
    last = query.split()[-1]
    kind = [last] if last in conditions.kinds.values() and last not in item.words.split() else []
    asked = " ".join([*_QUOTED.findall(query), item.words, *kind])
    call = call.model_copy(update={"arguments": {**call.arguments, "query": [asked]}})
    changed = opening.model_copy(update={"steps": (step.model_copy(update={"calls": (call,)}),)})
    return retold(changed, lambda text: _WORD.sub(lambda found: others(found[0]), text))


def _others(exchanged: list[str], words: list[str], rng: Random) -> Callable[[str], str]:
    if not words or rng.random() < INVENTED:
        table = cipher(rng)
        new = {word: word.translate(table) for word in exchanged}
    else:
        new = {word: rng.choice(words) for word in exchanged}
    return lambda word: new.get(word, word)
