"""Finding entities by the name a model writes: any case, an alias, `Name, Region` where a name has several bearers."""

import difflib
from collections.abc import Callable, Iterable, Mapping

from redsearcher.core.text import fold
from redsearcher.records.world import Entity

MAX_SUGGESTIONS = 5
_FEW = 20_000
"""Near spellings are looked for among at most so many names."""


class Lookup:
    """Names of some entities. `context` gives the words that tell bearers of one name apart, such as a region."""

    def __init__(
        self, entities: Mapping[str, Entity], members: Iterable[str], context: Callable[[str], Iterable[str]]
    ) -> None:
        self._entities, self._context = entities, context
        self._bearers: dict[str, list[str]] = {}
        for member in members:
            for name in dict.fromkeys(fold(name) for name in entities[member].names):
                if name:
                    self._bearers.setdefault(name, []).append(member)

    def find(self, query: str) -> list[str]:
        """Bearers of a name, those first who bear it as their label; of `Name, more` those whose context has `more`."""
        name = fold(query.strip().strip("\"'“”《》"))
        found = self._bearers.get(name, [])
        if not found and "," in name:
            head, *rest = (part.strip() for part in name.split(","))
            found = [
                entity
                for entity in self._bearers.get(head, [])
                if all(any(part == fold(word) for word in self._context(entity)) for part in rest if part)
            ]
        labelled = [entity for entity in found if fold(self._entities[entity].label) == name]
        return labelled or found

    def suggest(self, query: str) -> list[str]:
        """Labels that look like the query: the same words in another order or number, else near spellings."""
        words = set(fold(query).replace(",", " ").split())
        sharing = [
            (len(words & set(name.split())) / len(words | set(name.split())), name)
            for name in self._bearers
            if words & set(name.split())
        ]
        best = sorted(sharing, key=lambda item: (-item[0], item[1]))[: 10 * MAX_SUGGESTIONS]
        wanted = fold(query)
        best.sort(key=lambda item: (-item[0], -difflib.SequenceMatcher(None, wanted, item[1]).ratio(), item[1]))
        names = [name for _, name in best[:MAX_SUGGESTIONS]]
        if not names and len(self._bearers) <= _FEW:
            names = difflib.get_close_matches(fold(query), sorted(self._bearers), n=MAX_SUGGESTIONS, cutoff=0.7)
        return list(dict.fromkeys(self._entities[self._bearers[name][0]].label for name in names))
