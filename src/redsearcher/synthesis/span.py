"""Does a span of a page say a fact? Reading it anew, with the statement that points there taken as a claim only."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from redsearcher.agent.solver.literal import amounts, in_unit
from redsearcher.agent.solver.nationality import nationality
from redsearcher.core.text import contains_name, fold
from redsearcher.records.world import Document, Fact, Statement, Value
from redsearcher.synthesis.reader import NameIndex
from redsearcher.world.number import number_key, numbers_in
from redsearcher.world.prose.value import SEX_ZH
from redsearcher.world.store import World

Said = Literal["says", "silent", "contradicts"]
_CITIZENSHIP = "P27"
_CLOSE = 1e-6


class SpanReading(NamedTuple):
    """`silent`: the span does not speak of the fact; `contradicts`: it puts something else in the fact's place."""

    said: Said
    detail: str


class SpanReader:
    """Reads spans of one world's pages.

    On closed worlds, whose pages we write, a span has to name each end but the one its page is about, and to hold the
    exact value. Pages of open worlds word facts in ways this reader does not know, so there one name is enough.
    """

    def __init__(self, world: World, names: NameIndex) -> None:
        self._world, self._names = world, names
        self._strict = world.info.kind == "closed"

    def read(self, fact: Fact, statement: Statement, page: Document | None) -> SpanReading:
        """What the span of a statement says of its fact."""
        if page is None:
            return SpanReading("silent", "the page is not in the world")
        if not 0 <= statement.start < statement.end <= len(page.text):
            return SpanReading("silent", "the span lies outside its page")
        span = page.text[statement.start : statement.end]
        ends = [fact.subject] + ([fact.object] if fact.object is not None else [])
        told = [end for end in ends if end not in page.about[:1]]
        missing = [end for end in told if not self._names_end(end, span, fact.property)]
        if missing and (self._strict or len(missing) == len(ends)) and not self._titled(missing, page):
            return self._instead(fact, missing[0], span, page)
        if fact.value is not None:
            return self._value(fact, fact.value, span)
        return SpanReading("says", span)

    def _names_end(self, end: str, span: str, property_: str) -> bool:
        entity = self._world.entities[end]
        if any(contains_name(span, name) for name in (*entity.names, *entity.labels.values())):
            return True
        return property_ == _CITIZENSHIP and nationality(span) in entity.names

    def _titled(self, missing: list[str], page: Document) -> bool:
        """Whether, on an open world, the page's title stands for what its span leaves unsaid."""
        if self._strict:
            return False
        return any(contains_name(page.title, name) for end in missing for name in self._world.entities[end].names)

    def _instead(self, fact: Fact, missing: str, span: str, page: Document) -> SpanReading:
        """Something else of the same kind in the place of a missing end contradicts; nothing there is silence."""
        if self._strict:
            ends = {fact.subject, fact.object, *page.about[:1]}
            type_ = self._world.types[missing]
            others = [entity for entity in self._names.named(span, type_) if entity not in ends]
            if others:
                label = self._world.entities[others[0]].label
                return SpanReading("contradicts", f"{label!r} stands where {self._world.entities[missing].label!r} was")
        return SpanReading("silent", f"{self._world.entities[missing].label!r} is not named")

    def _value(self, fact: Fact, value: Value, span: str) -> SpanReading:
        if value.datatype in ("string", "coordinate", "image"):
            words = {value.text, value.text.replace(",", ", "), SEX_ZH.get(value.text, value.text)}
            if any(fold(word) in fold(span) for word in words):
                return SpanReading("says", span)
            return SpanReading("silent", f"{value.text!r} is not in the span")
        found = sorted(dict.fromkeys(_amounts(fact.property, span, is_time=value.datatype == "time")))
        if any(abs(number - value.number) <= _CLOSE * max(1.0, abs(value.number)) for number in found):
            return SpanReading("says", span)
        if value.datatype == "time" and number_key(value) in numbers_in(span) and "-" not in value.text:
            return SpanReading("says", span)  # a year of three digits reads as an amount
        if found and self._strict:
            return SpanReading("contradicts", f"{', '.join(f'{n:g}' for n in found)} stands where {value.text} was")
        if self._strict:
            return SpanReading("silent", f"{value.text} is not in the span")
        return SpanReading("says", span)


def _amounts(property_: str, span: str, *, is_time: bool) -> Iterator[float]:
    for amount in amounts(span):
        if amount.is_time == is_time:
            yield amount.number if is_time else in_unit(amount, property_)
            if not is_time:
                yield amount.number
