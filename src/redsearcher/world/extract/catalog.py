"""The entities that pages are about: one per page, redirects and copies merged, typed by lead and by column."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from redsearcher.core.hashing import content_hash
from redsearcher.core.text import fold
from redsearcher.records.world import Entity
from redsearcher.world.extract.lead import read_lead
from redsearcher.world.extract.page import Cell, SourcePage, Table, page_name
from redsearcher.world.seed.redirect import Merger

MIN_ADOPTED = 4
ADOPTED_SHARE = 0.7
"""A page without a type takes that of its column where so many typed neighbours, and this share of them, agree."""
NEVER_ADOPTED = frozenset({"country", "state", "language", "city"})
"""Types too well described by leads for a page without one to be of them."""
MAX_ALIASES = 6
_DETAIL = re.compile(r"\s*\([^()]*\)$")
_WORD = re.compile(r"\w+")


@dataclass
class Draft:
    """An entity in the making. `titles`: titles of its pages -> how often cells link there; `anchors`: words that
    link to it -> how often."""

    key: str
    titles: Counter[str]
    type: str
    description: str
    anchors: Counter[str] = field(default_factory=Counter)

    @property
    def title(self) -> str:
        """The title that most links lead to, the first of them."""
        return max(self.titles, key=lambda title: self.titles[title])

    @property
    def label(self) -> str:
        """The title without what tells namesakes apart."""
        return _DETAIL.sub("", self.title) or self.title


class Catalog:
    """Pages by key. A key is the URL of the first page that has an article; other URLs of it lead to the same key."""

    def __init__(self) -> None:
        self.drafts: dict[str, Draft] = {}
        self._keys: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        self._merger = Merger()

    def add(self, page: SourcePage) -> None:
        """Take up a page that is about one thing. One that opens like an earlier page is a redirect to it: another name
        of the same thing where the titles share a word or one is the other's initials, else part of it and no thing of
        its own."""
        self._titles[page.url] = page.title
        known = self._merger.same(page.url, page.text)
        if known is not None:
            if _alike(page.title, self.drafts[known].titles):
                self._keys[page.url] = known
                self.drafts[known].titles.setdefault(page.title, 0)
            return
        lead = read_lead(page.text)
        description = page.text[lead.phrase_start : lead.phrase_end].strip(" ,") if lead else ""
        self._keys[page.url] = page.url
        self.drafts[page.url] = Draft(page.url, Counter({page.title: 0}), lead.type if lead else "", description)

    def key(self, url: str) -> str | None:
        """The entity that a URL leads to."""
        return self._keys.get(url)

    def type(self, key: str) -> str:
        """Its type, or "" where none is known."""
        return self.drafts[key].type

    def give_type(self, key: str, type_: str) -> None:
        """Set the type of an entity that has none."""
        if not self.drafts[key].type:
            self.drafts[key].type = type_

    def add_named(self, name: str, type_: str) -> str:
        """The key of a thing without a page, known by its name and type."""
        key = f"name:{type_}:{fold(name)}"
        self.drafts.setdefault(key, Draft(key, Counter([name]), type_, ""))
        return key

    def linked(self, cell: Cell) -> list[str]:
        """Entities whose name, or part of it, the cell's words show; a link behind other words says nothing."""
        found = []
        for url in cell.links:
            key = self._keys.get(url)
            if key is not None and key not in found and shows(cell.text, self.drafts[key], url):
                found.append(key)
        return found

    def sole(self, cell: Cell) -> str | None:
        """The one entity of a cell; of "Town, State" the first where the cell begins with it."""
        found = self.linked(cell)
        if len(found) > 1 and "," in cell.text:
            first = self.drafts[found[0]].label
            return found[0] if cell.text.startswith(first.split(",")[0]) else None
        return found[0] if len(found) == 1 and len(cell.links) == 1 else None

    def adopt(self, table: Table) -> None:
        """Note what links are called, and give pages without a type the type that their column shows."""
        for number in range(len(table.headers)):
            cells = [row[number] for row in table.rows if number < len(row)]
            keys = [key for cell in cells if (key := self.sole(cell)) is not None]
            for cell in cells:
                for url in cell.links:
                    if (known := self._keys.get(url)) is not None:
                        self.drafts[known].titles[self._titles[url]] += 1
                if len(cell.links) == 1 and (key := self.sole(cell)) is not None:
                    self.drafts[key].anchors[cell.text] += 1
            common = majority([self.type(key) for key in keys], MIN_ADOPTED, ADOPTED_SHARE)
            for key in keys if common not in NEVER_ADOPTED else ():
                if common and not self.type(key):
                    self.drafts[key].type = common

    def entities(self, wanted: Iterable[str]) -> dict[str, Entity]:
        """Entities of those keys, in their order, with the aliases that are nobody else's name."""
        keys = list(dict.fromkeys(wanted))
        bearers: dict[str, set[str]] = defaultdict(set)
        for key in keys:
            for name in (self.drafts[key].label, self.drafts[key].title):
                bearers[fold(name)].add(key)
        spellings = {key: self._aliases(key, bearers) for key in keys}
        shared = Counter(fold(name) for names in spellings.values() for name in names)
        return {
            key: Entity(
                id=entity_id(key),
                label=self.drafts[key].label,
                type=self.drafts[key].type or "thing",
                aliases=tuple(name for name in spellings[key] if shared[fold(name)] == 1),
                description=self.drafts[key].description,
            )
            for key in keys
        }

    def _aliases(self, key: str, bearers: dict[str, set[str]]) -> list[str]:
        draft = self.drafts[key]
        words = {word for title in draft.titles for word in _WORD.findall(fold(title))}
        anchors = [name for name, n in draft.anchors.most_common() if n > 1 and "," not in name]
        shorter = [name for name in anchors if set(_WORD.findall(fold(name))) <= words]
        names = [draft.title, *draft.titles, *shorter]
        found: dict[str, str] = {}
        for name in names:
            folded = fold(name)
            if folded != fold(draft.label) and len(folded) > 2 and not name.isdigit() and bearers[folded] <= {key}:
                found.setdefault(folded, name)
        return list(found.values())[:MAX_ALIASES]


def _alike(title: str, others: Iterable[str]) -> bool:
    words = _long_words(title)
    return any(words & _long_words(other) or _initials(title) == _initials(other) for other in others)


def _long_words(title: str) -> set[str]:
    return {word for word in _WORD.findall(fold(_DETAIL.sub("", title))) if len(word) > 2}


def _initials(title: str) -> str:
    """The title itself if it is one short word in capitals, else the first letters of its longer words."""
    plain = _DETAIL.sub("", title).replace(".", "")
    return plain if plain.isupper() and len(plain) < 6 else "".join(w[0] for w in plain.split() if w[0].isupper())


def entity_id(key: str) -> str:
    """The id of the entity that a page is about."""
    return "N" + content_hash("page", key)[:12]


def shows(text: str, draft: Draft, url: str) -> bool:
    """Whether words name a page: they share a word with its title, or are its beginning or its initials."""
    said = fold(text)
    for title in (draft.title, unquote(page_name(url))):
        name = fold(_DETAIL.sub("", title))
        words = _WORD.findall(name)
        if set(_WORD.findall(said)) & {word for word in words if len(word) > 2}:
            return True
        if said and (name.startswith(said) or said == name):
            return True
        if 2 <= len(said) <= 5 and "".join(word[0] for word in words) == said.replace(".", "").replace(" ", ""):
            return True
    return False


def majority(types: Sequence[str], least: int, share: float) -> str:
    """The type that enough of the known ones have, or ""."""
    known = Counter(type_ for type_ in types if type_)
    if not known:
        return ""
    common, n = min(known.items(), key=lambda item: (-item[1], item[0]))
    return common if n >= least and n >= share * known.total() else ""
