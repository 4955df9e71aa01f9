"""A reader that does not reason: it guesses the entity of the right type that snippets name most often."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import ahocorasick

from redsearcher.core.text import fold, is_cjk
from redsearcher.records.world import Entity


class NameIndex:
    """Finds names of the entities of one type in text; automata are built when a type is first asked for."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        self._names: dict[str, dict[str, list[str]]] = {}
        for entity in entities.values():
            for name in entity.names:
                if folded := fold(name):
                    self._names.setdefault(entity.type, {}).setdefault(folded, []).append(entity.id)
        self._automata: dict[str, ahocorasick.Automaton] = {}

    def bearers(self, name: str, type: str) -> list[str]:
        """Entities of the type that bear the name."""
        return self._names.get(type, {}).get(fold(name), [])

    def named(self, text: str, type: str) -> list[str]:
        """Entities of the type whose names occur as whole words, once per occurrence, in order."""
        automaton = self._automaton(type)
        if automaton is None:
            return []
        folded = fold(text)
        found: list[str] = []
        for end, name in automaton.iter_long(folded):
            if _whole(folded, end - len(name) + 1, end + 1, name):
                found += self._names[type][name]
        return found

    def _automaton(self, type: str) -> ahocorasick.Automaton | None:
        if type not in self._names:
            return None
        if type not in self._automata:
            automaton = ahocorasick.Automaton()
            for name in sorted(self._names[type]):
                automaton.add_word(name, name)
            automaton.make_automaton()
            self._automata[type] = automaton
        return self._automata[type]


def guess(index: NameIndex, texts: Iterable[str], type: str, without: Collection[str]) -> str | None:
    """The entity named in most texts, the earlier one on a tie; None if none of the type is named."""
    counts: Counter[str] = Counter()
    for text in texts:
        for entity in dict.fromkeys(index.named(text, type)):
            if entity not in without:
                counts[entity] += 1
    return max(counts, key=lambda entity: counts[entity]) if counts else None


def _whole(text: str, start: int, end: int, name: str) -> bool:
    if is_cjk(name):
        return True
    before = start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_")
    after = end < len(text) and (text[end].isalnum() or text[end] == "_")
    return not before and not after
