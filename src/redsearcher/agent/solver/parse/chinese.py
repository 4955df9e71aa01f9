"""The Chinese question grammar: a backtracking parser from one sentence to its clauses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from redsearcher.agent.solver.parse.lexicon import Pattern, openings, patterns
from redsearcher.agent.solver.parse.tree import Clause, ParseError, Phrase, Verb
from redsearcher.world import interval
from redsearcher.world.property import entity_types
from redsearcher.world.wording import CHINESE_DIGITS, role_nouns, type_nouns

MAX_STEPS = 20_000
_EXISTS = re.compile(r"(?:已知有|有|设想|我在寻找|我想找出|请找出|请找到)")
_ASKS = (
    re.compile(r"(?:请问)?这是哪(?P<kind>.+)"),
    re.compile(r"(?:请问)?(?P<np>.+)(?:是谁|叫什么名字|的名称是什么|是哪.+)"),
)
_SEPARATORS = ("，并且", "，")


def clauses(text: str, asks: bool) -> Iterator[Clause]:
    """Every reading of a sentence (without its final mark), the likeliest first. Raises ParseError after MAX_STEPS."""
    if asks:
        yield from _questions(text)
        return
    sentence = _Sentence(text)
    if opening := _EXISTS.match(text):
        for phrase, end in sentence.phrases(opening.end()):
            if phrase.kind == "new" and text[end : end + 1] in ("，", "："):
                for verbs, stop in sentence.series(end + 1, first=False, separators=_SEPARATORS):
                    if stop == len(text):
                        yield Clause(phrase, verbs)
    for subject, end in sentence.phrases(0, plain_first=True):
        for verbs, stop in sentence.series(end, first=True, separators=_SEPARATORS):
            if stop == len(text):
                yield Clause(subject, verbs)


def _questions(text: str) -> Iterator[Clause]:
    for pattern in _ASKS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        if kind := match.groupdict().get("kind"):
            for noun in type_nouns("zh"):
                if kind.endswith(noun):
                    yield Clause(Phrase("known", noun=noun), asks=True)
            continue
        for phrase, end in _Sentence(match["np"]).phrases(0):
            if end == len(match["np"]) and phrase.kind in ("known", "role"):
                yield Clause(phrase, asks=True)


@dataclass
class _Sentence:
    """One sentence; offsets are code points of `text`."""

    text: str
    steps: int = 0
    ends: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.ends = [*(match.start() for match in _boundaries().finditer(self.text)), len(self.text)]

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise ParseError(f"too many readings: {self.text[:80]!r}")

    # ---- verb phrases

    def series(self, start: int, *, first: bool, separators: tuple[str, ...]) -> Iterator[tuple[tuple[Verb, ...], int]]:
        """Coordinated verb phrases. Only right after a subject (`first`) does 的 lead those that have it."""
        self._step()
        for verb, end in self._verbs(start, first):
            for separator in separators:
                if self.text.startswith(separator, end):
                    for rest, stop in self.series(end + len(separator), first=False, separators=separators):
                        yield (verb, *rest), stop
            yield (verb,), end

    def _verbs(self, start: int, first: bool) -> Iterator[tuple[Verb, int]]:
        for pattern in patterns("zh"):
            prefix = pattern.prefix if first else pattern.prefix.removeprefix("的")
            if not self.text.startswith(prefix, start):
                continue
            after = start + len(prefix)
            if pattern.kind == "literal":
                for found, end in interval.read(pattern.property, self.text, after, "zh"):
                    if self.text.startswith(pattern.suffix, end):
                        yield Verb(pattern.property, True, interval=found), end + len(pattern.suffix)
                continue
            if pattern.suffix and pattern.suffix not in self.text[after:]:
                continue
            for phrase, end in self.phrases(after):
                if self.text.startswith(pattern.suffix, end):
                    yield _verb(pattern, phrase), end + len(pattern.suffix)

    # ---- noun phrases

    def phrases(self, start: int, *, plain_first: bool = False) -> Iterator[tuple[Phrase, int]]:
        """Noun phrases at an offset: those of the grammar first, then whatever may be a name, the shortest first.

        Where 的 may lead a verb phrase (的支流包括), `plain_first` tries that before a possessive (的支流).
        """
        self._step()
        if self.text.startswith("其", start) and (match := _nouns().own.match(self.text, start)):
            yield Phrase("role", noun=match["role"], owner=Phrase("pronoun")), match.end()
        for phrase, end in self._simple(start):
            if plain_first:
                yield phrase, end
            for match in (_nouns().owned.match(self.text, end), _nouns().owned_one.match(self.text, end)):
                if match and phrase.kind in ("given", "known", "pronoun"):
                    yield Phrase("role", noun=match["role"], owner=phrase), match.end()
            if not plain_first:
                yield phrase, end

    def _simple(self, start: int) -> Iterator[tuple[Phrase, int]]:
        nouns = _nouns()
        if match := nouns.known.match(self.text, start):
            number = CHINESE_DIGITS.index(match["number"]) + 1 if match["number"] else None
            noun = match["noun"] or match["numbered"] or match["this"] or _person()
            yield Phrase("known", noun=noun, number=number), match.end()
            return
        if match := nouns.new.match(self.text, start):
            yield from self._new(match)
        if self.text.startswith("它", start):
            yield Phrase("pronoun"), start + 1
        for opening, closing in (("“", "”"), ("《", "》")):
            if self.text.startswith(opening, start):
                end = self.text.find(closing, start + 2)
                while end >= 0:
                    yield Phrase("given", self.text[start + 1 : end]), end + 1
                    end = self.text.find(closing, end + 1)
                return
        stop = re.compile("[，；：、的]").search(self.text, start)
        for end in self.ends:
            if end > start:
                yield Phrase("given", self.text[start:end]), end
            if stop is not None and end >= stop.start():
                break

    def _new(self, match: re.Match[str]) -> Iterator[tuple[Phrase, int]]:
        number = {"一": 1, "某": 1, "另一": 2, "又一": None}[match["head"]]
        bare = _nouns().noun.match(self.text, match.end())
        if bare:
            yield Phrase("new", noun=bare[0], number=number), bare.end()
        for verbs, end in self.series(match.end(), first=False, separators=("、",)):
            if noun := _nouns().described.match(self.text, end):
                yield Phrase("new", noun=noun["noun"], number=number, relative=verbs), noun.end()


def _verb(pattern: Pattern, other: Phrase) -> Verb:
    return Verb(pattern.property, pattern.forward, other, against=pattern.against)


def _person() -> str:
    return entity_types()["person"].zh.noun


@dataclass(frozen=True)
class _Nouns:
    """Compiled noun phrases."""

    own: re.Pattern[str]
    owned: re.Pattern[str]
    owned_one: re.Pattern[str]
    known: re.Pattern[str]
    new: re.Pattern[str]
    noun: re.Pattern[str]
    described: re.Pattern[str]


@cache
def _nouns() -> _Nouns:
    role = _any([role.noun for role in role_nouns("zh")])
    type_ = _any(list(type_nouns("zh")))
    either = _any([*(role.noun for role in role_nouns("zh")), *type_nouns("zh")])
    measure = _any(sorted({type_.zh.measure for type_ in entity_types().values()}))
    return _Nouns(
        own=re.compile(rf"其(?P<role>{role})"),
        owned=re.compile(rf"的(?P<role>{role})"),
        owned_one=re.compile(rf"的一(?:{measure})(?P<role>{role})"),
        known=re.compile(
            rf"(?:此人|该(?P<noun>{either})|这(?:{measure})(?P<this>{type_})"
            rf"|第(?P<number>[{CHINESE_DIGITS}])(?:{measure})(?P<numbered>{type_}))"
        ),
        new=re.compile(rf"(?P<head>一|某|另一|又一)(?:{measure})"),
        noun=re.compile(type_),
        described=re.compile(rf"的(?P<noun>{type_})"),
    )


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


@cache
def _boundaries() -> re.Pattern[str]:
    """Where a name may end: before punctuation, 的, a verb phrase, or the rest of a phrase around it."""
    suffixes = sorted({pattern.suffix for pattern in patterns("zh")} - {""})
    return re.compile(rf"(?=[，、的\d]|{'|'.join(map(re.escape, suffixes))}|{openings('zh').pattern})")
