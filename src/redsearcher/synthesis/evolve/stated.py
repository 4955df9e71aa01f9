"""Whether some page states what a tool is needed for: then the tool is not needed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import ahocorasick

from redsearcher.core.text import contains_name, fold
from redsearcher.records.query import Query, ToolAtom, ToolExpression
from redsearcher.records.task import ToolOutput
from redsearcher.records.world import Document, Entity
from redsearcher.synthesis.surgery import bound

_KM = ("km", "kilometres", "kilometers", "kilometre", "公里", "千米")
_WORDS: dict[str, tuple[str, ...]] = {
    "distance": _KM,
    "bearing": ("°", "degrees", "度"),
    "citations": ("citations", "times", "次"),
    "papers": ("papers", "publications", "篇"),
    "joint_papers": ("papers together", "joint papers"),
    "years": ("years", "年后", "岁"),
    "ratio": ("times", "倍"),
}


def find_stated(
    outputs: Mapping[str, tuple[Query, Iterable[ToolOutput]]],
    entities: Mapping[str, Entity],
    pages: Iterable[Document],
) -> dict[str, str]:
    """Task id -> the words by which a page states the result of one of its constraints; tasks without are left out.

    A page states it if it names an entity that the constraint is about and holds the number as one would write it, with
    its unit or noun. One pass over the pages.
    """
    wanted: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for task, (query, said) in outputs.items():
        last = {output.constraint: output for output in said}  # the outermost call of a constraint comes last
        for constraint in query.constraints:
            if isinstance(constraint, ToolAtom) and constraint.id in last:
                values = bound(query)
                about = frozenset(values[name] for name in constraint.variables)
                for text in variants(constraint.call, last[constraint.id].value):
                    wanted[fold(text)].append((task, about))
    found: dict[str, str] = {}
    if not wanted:
        return found
    automaton = ahocorasick.Automaton()
    for text in sorted(wanted):
        automaton.add_word(text, text)
    automaton.make_automaton()
    for page in pages:
        folded = fold(page.text)
        hits = {text for end, text in automaton.iter(folded) if _apart(folded, end - len(text) + 1, end + 1)}
        for text in sorted(hits):
            for task, about in wanted[text]:
                if task not in found and _speaks_of(page, about, entities):
                    found[task] = text
    return found


def variants(call: ToolExpression, value: float) -> list[str]:
    """How a page might write the result of a call."""
    if call.function == "travel":
        hours, minutes = divmod(round(value), 60)
        return [
            f"{hours} h {minutes}",
            f"{hours} hours {minutes}",
            f"{hours} hours and {minutes}",
            f"{hours}小时{minutes}分",
        ]
    if call.function == "h_index":
        return [f"h-index of {value:g}", f"h-index {value:g}", f"h-index is {value:g}", f"h指数为{value:g}"]
    if call.function in ("nearness", "rank"):
        return []  # a rank is no number that a page could give away without the list
    counted = (
        [f"citation count is {value:.0f}", f"citation count of {value:.0f}"] if call.function == "citations" else []
    )
    numbers = list(dict.fromkeys([f"{value:,.0f}", f"{value:.0f}", f"{value:,.1f}", f"{value:.1f}", f"{value:g}"]))
    words = _WORDS.get(call.function)
    if call.tool == "python" and call.function in ("sum", "difference", "mean"):
        inner = call.operands[0]
        words = _WORDS.get(inner.function) if isinstance(inner, ToolExpression) else None
    if words is None:  # a large number says enough without a unit
        return [number for number in numbers if len(number.replace(",", "")) > 3]
    return counted + [f"{number}{gap}{word}" for number in numbers for word in words for gap in (" ", "")]


def _apart(text: str, start: int, end: int) -> bool:
    """Whether the hit is no part of a longer number."""
    return not (start and (text[start - 1].isdigit() or text[start - 1] in ".,")) and not text[end : end + 1].isdigit()


def _speaks_of(page: Document, about: frozenset[str], entities: Mapping[str, Entity]) -> bool:
    return bool(about & set(page.about)) or any(contains_name(page.text, name) for name in _names(about, entities))


def _names(about: frozenset[str], entities: Mapping[str, Entity]) -> Iterator[str]:
    for entity in sorted(about):
        yield from entities[entity].names
