"""What tools say, in Chinese sentences, read back: constraints that only a tool settles, and hints at names."""

from collections.abc import Iterator

from redsearcher.agent.solver.parse.chinese_noun import NEVER_FIRST, known, nouns
from redsearcher.agent.solver.parse.form import Form, Forms, Read
from redsearcher.agent.solver.parse.slot import are_quotes_closed, choice, exactly, ranges, ranks, things, words
from redsearcher.agent.solver.parse.tree import Budget, Call, Computed, Input, Phrase
from redsearcher.agent.solver.parse.unit import BY, unit_of
from redsearcher.world.interval import Interval
from redsearcher.world.property import entity_types, per_table, properties
from redsearcher.world.wording import chinese_event

_N = r"-?\d+(?:\.\d+)?(?:万|亿)?"
_UNITS = "人|百万|厘米|公里|米|次|分钟|篇|"
_MOST_TERMS = 4
_MOST_RANKED = 9
_RANGES = {"km": "公里", "degrees": "度", "minutes": "分钟", "times": "次", "papers": "篇", "plain": ""}
"""Kinds of ranges by what follows them."""


def sentences(text: str, budget: Budget) -> Iterator[Computed]:
    """Every reading of a sentence (without its final mark) as one about a tool.

    Raises ParseError when the budget is spent.
    """
    yield from _forms().sentences(text, budget)


@per_table
def _forms() -> Forms:
    person = ("person",)
    forms = [
        Form("maps", "distance", "{0}与{1}的直线距离{range:km}"),
        Form("maps", "bearing", "从{0}看，{1}的方位角{range:degrees}"),
        Form("maps", "nearness", "{1}是距{0}第{range:nth}近的{type:noun}"),
        Form("maps", "nearness", "{1}是距{0}最近的{range:count}{type:counted}之一"),
        Form("scholar", "citations", "{0}的论文合计被引用次数{range:times}", types=person),
        Form("scholar", "citations", "{0}被引用次数{range:times}", types=("paper",)),
        Form("scholar", "papers", "{0}发表的论文数{range:papers}", types=person),
        Form("scholar", "h_index", "{0}的h指数{range:plain}", types=person),
        Form("scholar", "joint_papers", "{1}与{0}合著的论文数{range:papers}", types=person * 2),
        *_hints("名称", ()),
        *_hints("姓名", person),
        *_beyond("difference", "{0:number}比{1:number}", "多出", "units"),
        Form("python", "ratio", "{0:number}与{1:number}之比{range:plain}"),
        *_beyond("years", "{0:dated}的年份比{1:dated}的年份", "晚", "years"),
    ]
    for mode, by in BY["zh"].items():
        forms.append(Form("maps", "travel", f"从{{0}}到{{1}}{by}所需时间{{range:minutes}}", fixed=(mode,)))
    for n in range(2, _MOST_TERMS + 1):
        terms = "与".join(f"{{{place}:number}}" for place in range(n))
        forms.append(Form("python", "sum", f"{terms}之和{{range:unit}}"))
        forms.append(Form("python", "mean", f"{terms}的平均值{{range:unit}}"))
    for n in range(2, _MOST_RANKED + 1):
        listed = "、".join(f"{{{place}:number}}" for place in range(n - 1))
        text = f"将{listed}和{{{n - 1}:number}}从大到小排列，{{again:number}}排第{{range:nth}}"
        forms.append(Form("python", "rank", text))
    return Forms(forms, _readers(), _unit)


def _hints(name: str, types: tuple[str, ...]) -> tuple[Form, ...]:
    """Hints at what bears a name."""
    return (
        Form("name", "initials", f"{{0}}{name}的首字母依次为{{1:initials}}", types=types),
        Form("name", "first", f"{{0}}的{name}以“{{1:letter}}”开头", types=types),
        Form("name", "letters", f"{{0}}的{name}字数{{range:plain}}", types=types),
    )


def _beyond(function: str, terms: str, verb: str, unit: str) -> tuple[Form, ...]:
    """By how much one thing is beyond another."""
    return (
        Form("python", function, f"{terms}{verb}{{range:{unit}}}"),
        Form("python", function, f"{terms}至少{verb}{{range:{unit}_least}}"),
        Form("python", function, f"{terms}至多{verb}{{range:{unit}_most}}"),
    )


@per_table
def _numbers() -> Forms:
    """Calls within a computation."""
    travel = (Form("maps", "travel", f"{{0}}到{{1}}{by}的时间", fixed=(mode,)) for mode, by in BY["zh"].items())
    forms = (
        *travel,
        Form("maps", "distance", "{0}到{1}的直线距离"),
        Form("scholar", "citations", "{0}的被引用次数"),
        Form("scholar", "papers", "{0}的论文数"),
        Form("scholar", "h_index", "{0}的h指数"),
    )
    return Forms(forms, _readers(), _unit)


def _readers() -> dict[str, Read]:
    counts = {str(n): Interval(1.0, float(n)) for n in range(_MOST_RANKED, 0, -1)}
    measured = {f"{type_.zh.measure}{type_.zh.noun}": type_.id for type_ in entity_types().values()}
    readers = {kind: ranges(_spans(unit), settled=True) for kind, unit in _RANGES.items()}
    readers |= {f"units{end}": ranges(texts, settled=False) for end, texts in _amounts(_UNITS).items()}
    readers |= {f"years{end}": ranges(texts, settled=True) for end, texts in _amounts("年").items()}
    return readers | {
        "thing": _thing,
        "number": _number,
        "dated": _dated,
        "unit": ranges(_spans(_UNITS), settled=False),
        "nth": ranks({str(n): exactly(n) for n in range(_MOST_RANKED, 0, -1)}),
        "count": ranks(counts),
        "noun": choice({type_.zh.noun: type_.id for type_ in entity_types().values()}),
        "counted": choice(measured),
        "initials": words(r"[^\W\d_]+\Z"),
        "letter": words(r"[^\W\d_]"),
    }


def _spans(unit: str) -> list[str]:
    """Patterns of ranges with a unit."""
    return [
        f"在(?P<low>{_N})至(?P<high>{_N})(?P<unit>{unit})之间",
        f"为(?P<low>(?P<high>{_N}))(?P<unit>{unit})",
        f"至少为(?P<low>{_N})(?P<high>)(?P<unit>{unit})",
        f"至多为(?P<low>)(?P<high>{_N})(?P<unit>{unit})",
    ]


def _amounts(unit: str) -> dict[str, list[str]]:
    """Patterns of ranges behind a verb that says what they are; "", at least, at most."""
    return {
        "": [f"(?P<low>{_N})至(?P<high>{_N})(?P<unit>{unit})", f"(?P<low>(?P<high>{_N}))(?P<unit>{unit})"],
        "_least": [f"(?P<low>{_N})(?P<high>)(?P<unit>{unit})"],
        "_most": [f"(?P<low>)(?P<high>{_N})(?P<unit>{unit})"],
    }


# ---- slots


def _thing(text: str, start: int, after: str, budget: Budget) -> Iterator[tuple[Input, int]]:
    yield from things(_phrase, text, start, after, budget)


def _phrase(text: str) -> Phrase | None:
    """A noun phrase that is the whole of a text: something known, or a name."""
    if match := nouns().known.fullmatch(text):
        return known(match)
    for opening, closing in (("“", "”"), ("《", "》")):
        if text.startswith(opening) and text.endswith(closing) and len(text) > 2:
            return Phrase("given", text[1:-1]) if are_quotes_closed(text[1:-1], opening, closing) else None
    if not text or text[0] in NEVER_FIRST or any(char in "，。：；、“”《》的" for char in text):
        return None
    return Phrase("given", text)


def _number(text: str, start: int, after: str, budget: Budget) -> Iterator[tuple[Input | Call, int]]:
    yield from _numbers().numbers(text, start, after, budget)
    for row in properties().values():
        if row.is_literal:
            said = f"的{row.label['zh']}"
            for thing, end in _thing(text, start, f"{said}{after}", budget):
                if after or end + len(said) == len(text):
                    yield Input(thing.phrase, row.id), end + len(said)


def _dated(text: str, start: int, after: str, budget: Budget) -> Iterator[tuple[Input, int]]:
    for row in properties().values():
        if row.object == ("time",):
            said = chinese_event(row.id)
            for thing, end in _thing(text, start, f"{said}{after}", budget):
                yield Input(thing.phrase, row.id), end + len(said)


def _unit(first: Input | Call) -> str:
    if isinstance(first, Input):
        return unit_of("zh", property=first.property)
    return unit_of("zh", function=first.function)
