"""The Chinese question grammar: a backtracking parser from one sentence to its clauses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from redsearcher.agent.solver.parse.chinese_noun import NEVER_FIRST, known, nouns, person
from redsearcher.agent.solver.parse.lexicon import Pattern, openings, patterns
from redsearcher.agent.solver.parse.tool_chinese import sentences as tool_sentences
from redsearcher.agent.solver.parse.tree import Budget, Clause, Computed, Phrase, Verb
from redsearcher.world import interval
from redsearcher.world.property import per_table
from redsearcher.world.wording import CHINESE_DIGITS, dated_phrases, type_nouns

_EXISTS = re.compile(r"(?:已知有|已知|有这样|还有|有|设想|我在寻找|我想找出|请找出|请找到)")
_ASKS = (
    re.compile(r"(?:请问)?这是哪(?P<kind>.+)"),
    re.compile(r"(?:请问)?(?P<np>.+)(?:是谁|叫什么名字|的名称是什么|是哪.+)"),
)
_SEPARATORS = ("，并且", "，同时", "，还", "，")


def clauses(text: str, asks: bool, budget: Budget) -> Iterator[Clause | Computed]:
    """Every reading of a sentence (without its final mark), the likeliest first.

    Raises ParseError when the budget is spent.
    """
    if asks:
        yield from _questions(text, budget)
        return
    yield from tool_sentences(text, budget)
    sentence = _Sentence(text, budget)
    if opening := _EXISTS.match(text):
        for phrase, end in sentence.phrases(opening.end()):
            if (phrase.kind == "new" or phrase.number) and text[end : end + 1] in ("，", "："):
                for verbs, stop in sentence.series(end + 1, led=False, separators=_SEPARATORS):
                    if stop == len(text):
                        yield Clause(phrase, verbs)
    for led in (True, False):
        for subject, end in sentence.phrases(0):
            if led == text.startswith("的", end):
                for verbs, stop in sentence.series(end, led=led, separators=_SEPARATORS):
                    if stop == len(text):
                        yield Clause(subject, verbs)


def _questions(text: str, budget: Budget) -> Iterator[Clause]:
    if match := nouns().asked.match(text):
        for verbs, end in _Sentence(text, budget).series(match.end(), led=False, separators=_SEPARATORS):
            if end == len(text):
                yield Clause(Phrase("asked", noun=match["noun"] or person()), verbs, asks=True)
    for pattern in _ASKS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        if kind := match.groupdict().get("kind"):
            noun = max((noun for noun in type_nouns("zh") if kind.endswith(noun)), key=len, default=None)
            if noun is not None:
                yield Clause(Phrase("known", noun=noun), asks=True)
            continue
        for phrase, end in _Sentence(match["np"], budget).phrases(0):
            if end == len(match["np"]) and phrase.kind in ("known", "role"):
                yield Clause(phrase, asks=True)


@dataclass
class _Sentence:
    """One sentence; offsets are code points of `text`."""

    text: str
    budget: Budget
    ends: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.ends = [*(match.start() for match in _boundaries().finditer(self.text)), len(self.text)]

    # ---- verb phrases

    def series(self, start: int, *, led: bool, separators: tuple[str, ...]) -> Iterator[tuple[tuple[Verb, ...], int]]:
        """Coordinated verb phrases. Only a sole one right after a subject is led by 的 (`led`)."""
        self.budget.spend()
        for verbs, end in self._verbs(start, led=led):
            for separator in () if led else separators:
                if self.text.startswith(separator, end):
                    for rest, stop in self.series(end + len(separator), led=False, separators=separators):
                        yield (*verbs, *rest), stop
            yield verbs, end

    def _verbs(self, start: int, *, led: bool) -> Iterator[tuple[tuple[Verb, ...], int]]:
        yield from self._dated(start)
        for pattern in patterns("zh"):
            for prefix in _prefixes(pattern.prefix, led):
                if self.text.startswith(prefix, start):
                    for verb, end in self._after(pattern, start + len(prefix)):
                        yield (verb,), end

    def _after(self, pattern: Pattern, start: int) -> Iterator[tuple[Verb, int]]:
        if pattern.kind == "literal":
            for found, end in interval.read(pattern.property, self.text, start, "zh"):
                if self.text.startswith(pattern.suffix, end):
                    yield Verb(pattern.property, True, interval=found), end + len(pattern.suffix)
        elif pattern.suffix in self.text[start:]:
            for phrase, end in self.phrases(start):
                if self.text.startswith(pattern.suffix, end):
                    verb = Verb(pattern.property, pattern.forward, phrase, against=pattern.against)
                    yield verb, end + len(pattern.suffix)

    def _dated(self, start: int) -> Iterator[tuple[tuple[Verb, ...], int]]:
        """A date before the event it dates: 1950年代出生于..."""
        if not self.text[start : start + 1].isdigit():
            return
        for pattern in patterns("zh"):
            for date, phrases in dated_phrases(pattern.property, "zh").items():
                if pattern.kind == "fact" and pattern.forward and f"{pattern.prefix}{{}}" in phrases:
                    for found, end in interval.read(date, self.text, start, "zh"):
                        if self.text.startswith(pattern.prefix, end):
                            for verb, stop in self._after(pattern, end + len(pattern.prefix)):
                                yield (verb, Verb(date, True, interval=found)), stop

    # ---- noun phrases

    def phrases(self, start: int) -> Iterator[tuple[Phrase, int]]:
        """Noun phrases at an offset: those of the grammar first, then whatever may be a name, the shortest first."""
        self.budget.spend()
        if self.text.startswith("其", start) and (match := nouns().own.match(self.text, start)):
            yield Phrase("role", noun=match["role"], owner=Phrase("pronoun")), match.end()
        for phrase, end in self._simple(start):
            for match in (nouns().owned.match(self.text, end), nouns().owned_one.match(self.text, end)):
                if match and phrase.kind in ("given", "known", "pronoun"):
                    yield Phrase("role", noun=match["role"], owner=phrase), match.end()
            yield phrase, end

    def _simple(self, start: int) -> Iterator[tuple[Phrase, int]]:
        words = nouns()
        if match := words.known.match(self.text, start):
            yield known(match), match.end()
            if numbered := words.numbered.match(self.text, start):  # "国家" may begin what describes the noun
                yield from self._new(numbered, bare=False)
            return
        if match := words.numbered.match(self.text, start) or words.new.match(self.text, start):
            yield from self._new(match)
        if self.text.startswith("它", start):
            yield Phrase("pronoun"), start + 1
        for opening, closing in (("“", "”"), ("《", "》")):
            if self.text.startswith(opening, start):
                end = self.text.find(closing, start + 2)
                while end >= 0:
                    name = self.text[start + 1 : end]
                    if name.count(opening) == name.count(closing):
                        yield Phrase("given", name), end + 1
                    end = self.text.find(closing, end + 1)
                return
        if self.text[start : start + 1] in NEVER_FIRST:
            return
        stop = re.compile("[，；：、的]").search(self.text, start)
        for end in self.ends:
            if end > start:
                yield Phrase("given", self.text[start:end]), end
            if stop is not None and end >= stop.start():
                break

    def _new(self, match: re.Match[str], *, bare: bool = True) -> Iterator[tuple[Phrase, int]]:
        head = match["head"]
        number = {"一": 1, "某": 1, "另一": 2}.get(head) or CHINESE_DIGITS.index(head[-1]) + 1
        if bare and (plain := nouns().noun.match(self.text, match.end())):
            yield Phrase("new", noun=plain[0], number=number), plain.end()
        for verbs, end in self.series(match.end(), led=False, separators=("、",)):
            if noun := nouns().described.match(self.text, end):
                yield Phrase("new", noun=noun["noun"], number=number, relative=verbs), noun.end()


def _prefixes(prefix: str, led: bool) -> tuple[str, ...]:
    """How a phrase begins: with its 的 or not; 作为 for 是 where it describes a noun."""
    if prefix.startswith("的"):
        return (prefix,) if led else (prefix[1:],)
    if led:
        return ()
    return (prefix, f"作为{prefix[1:]}") if prefix.startswith("是") else (prefix,)


@per_table
def _boundaries() -> re.Pattern[str]:
    """Where a name may end: before punctuation, 的, a verb phrase, or the rest of a phrase around it."""
    suffixes = sorted({pattern.suffix for pattern in patterns("zh")} - {""})
    return re.compile(rf"(?=[，、的\d]|{'|'.join(map(re.escape, suffixes))}|作为|{openings('zh').pattern})")
