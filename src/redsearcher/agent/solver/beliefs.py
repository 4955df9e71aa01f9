"""What has been read so far, merged: relations between names, numbers of names, pages of names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from redsearcher.agent.solver.extract import Triple
from redsearcher.agent.solver.kind import fits, introduced_as, shape
from redsearcher.agent.solver.names import Name, bare, name_key
from redsearcher.agent.solver.observe import Document, Results
from redsearcher.agent.solver.title import topic
from redsearcher.world.property import properties

STRONG = 0.8
FIRM = 0.5
CUE_WITH_KINDS = 0.1
PLAIN = 0.95
UNSURE = 0.45
_NOTHING: Mapping[str, float] = MappingProxyType({})


class Reading(NamedTuple):
    """A number read for a name, with the weight of the sentence it was read in."""

    number: float
    weight: float


class Beliefs:
    """Evidence so far. Names are merged by `name_key`; a link whose target's title is known counts as that title.

    Weights from different pages add up as independent evidence: 1 - (1 - a)(1 - b).
    """

    def __init__(self, results: Iterable[Results], pages: Iterable[Document], givens: Iterable[str] = ()) -> None:
        self.results = tuple(results)
        self.visited = {page.url: page for page in pages}
        self._kinds: dict[str, str] = {}
        self._votes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._raw_titles: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        self._pages: dict[str, list[str]] = defaultdict(list)
        self._spelling: dict[str, str] = {}
        self._forward: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
        self._backward: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
        self._numbers: dict[str, dict[str, list[Reading]]] = defaultdict(lambda: defaultdict(list))
        self._anchors: dict[Name, None] = {}
        self._linked: dict[str, list[str]] = defaultdict(list)
        self._given = {self.key(Name(label)) for label in givens}
        for document in self.documents():
            self._register(document)
        self._retitle()

    def documents(self) -> Iterable[Document]:
        """Hits in order of appearance, then opened pages."""
        for result in self.results:
            yield from result.hits
        yield from self.visited.values()

    def names(self) -> tuple[Name, ...]:
        """Names of pages seen and of pages linked to, in order of first sight."""
        return tuple(dict.fromkeys((*(Name(t, u) for u, t in self._titles.items()), *self._anchors)))

    def add(self, triples: Iterable[Triple]) -> None:
        """Merge triples; several readings of one page count once, with their best weight."""
        best: dict[tuple[str, str, str], float] = {}
        triples = tuple(triples)
        for triple in triples:
            self._vote(triple)
        for triple in triples:
            subject = self.key(triple.subject)
            if triple.number is not None:
                if not fits(self.kind(subject), properties()[triple.property].subject):
                    continue
                self._numbers[triple.property][subject].append(Reading(triple.number, triple.weight))
            elif triple.object is not None:
                pair = (triple.property, subject, self.key(triple.object))
                if pair[1] and pair[2] and pair[1] != pair[2]:
                    weight = triple.weight * self._trust(pair[1]) * self._trust(pair[2])
                    best[pair] = max(best.get(pair, 0.0), weight)
        for (property_id, subject, object_), weight in best.items():
            prop = properties()[property_id]
            ends = self.kind(subject), self.kind(object_)
            if not (fits(ends[0], prop.subject) and fits(ends[1], prop.object)):
                continue
            if weight < FIRM and (
                (ends[0] and not fits(ends[0], prop.object)) or (ends[1] and not fits(ends[1], prop.subject))
            ):
                # Only one direction makes sense: a mere cue is then worth more.
                weight += CUE_WITH_KINDS
            self._relate(property_id, subject, object_, weight)
            if prop.symmetric:
                self._relate(property_id, object_, subject, weight)
            if prop.inverse:
                self._relate(prop.inverse, object_, subject, weight)

    def key(self, name: Name) -> str:
        """The key a name is merged under."""
        title = self._titles.get(name.url) if name.url else None
        text = title or bare(name.text)
        key = name_key(text)
        if title or key not in self._spelling:
            self._spelling[key] = text
        return key

    def kind(self, key: str) -> str:
        """The type the name seems to have, "" if nothing says."""
        kind = self._kinds.get(key) or shape(self.spelling(key))
        votes = self._votes.get(key)
        return kind or (max(votes, key=lambda k: votes[k]) if votes else "")

    def spelling(self, key: str) -> str:
        """How to write a key."""
        return self._spelling.get(key, key)

    def objects(self, property_id: str, subject: str) -> Mapping[str, float]:
        """Object key -> weight, in order of first sight."""
        return self._forward[property_id].get(subject, _NOTHING)

    def subjects(self, property_id: str, object_: str) -> Mapping[str, float]:
        """Subject key -> weight, in order of first sight."""
        return self._backward[property_id].get(object_, _NOTHING)

    def numbers(self, property_id: str, subject: str) -> list[Reading]:
        """Numbers read for a name."""
        return self._numbers[property_id].get(subject, [])

    def measured(self, property_id: str) -> tuple[str, ...]:
        """Keys a number of the property was read for, in order of first sight."""
        return tuple(self._numbers[property_id])

    def pages(self, key: str) -> list[str]:
        """Addresses of pages whose title is this name, and of pages it links to, in order of first sight."""
        return list(dict.fromkeys((*self._pages.get(key, ()), *self._linked.get(key, ()))))

    def contradicts(self, property_id: str, subject: str, object_: str) -> bool:
        """Whether a functional property is already firmly known to have another object."""
        if not properties()[property_id].functional:
            return False
        known = self.objects(property_id, subject)
        return known.get(object_, 0.0) < STRONG and any(weight >= STRONG for weight in known.values())

    def _retitle(self) -> None:
        """Links to a page say its subject better than its title does, when their text is part of the title."""
        for anchor in self._anchors:
            title = self._raw_titles.get(anchor.url, "")
            if anchor.text in title and len(anchor.text) > len(self._titles[anchor.url]) and anchor.text != title:
                self._titles[anchor.url] = anchor.text
                self._pages[name_key(anchor.text)].append(anchor.url)

    def _trust(self, key: str) -> float:
        """Less for a single word that no link and no page title shows to be a name."""
        return 1.0 if " " in key or key in self._pages or key in self._linked or key in self._given else UNSURE

    def _vote(self, triple: Triple) -> None:
        """A plainly stated fact tells what kind of things its ends are, where the property leaves no choice."""
        if triple.weight >= PLAIN:
            prop = properties()[triple.property]
            for name, types in ((triple.subject, prop.subject), (triple.object, prop.object)):
                if name is not None and len(types) == 1:
                    self._votes[self.key(name)][types[0]] += 1

    def _relate(self, property_id: str, subject: str, object_: str, weight: float) -> None:
        row = self._forward[property_id][subject]
        merged = 1 - (1 - row.get(object_, 0.0)) * (1 - weight)
        row[object_] = self._backward[property_id][object_][subject] = min(merged, 0.99)

    def _register(self, document: Document) -> None:
        title = topic(document)
        key = name_key(title)
        if document.visited or document.url not in self._titles:
            self._titles[document.url] = title
        self._spelling[key] = title
        if document.url not in self._pages[key]:
            self._pages[key].append(document.url)
        self._raw_titles[document.url] = document.title
        kind = introduced_as(document)
        if kind and (document.visited or key not in self._kinds):
            self._kinds[key] = kind
        for sentence in document.sentences:
            for anchor in sentence.anchors:
                text = sentence.text[anchor.start : anchor.end]
                self._anchors[Name(text, anchor.url)] = None
                linked = self._linked[name_key(text)]
                if anchor.url not in linked:
                    linked.append(anchor.url)
