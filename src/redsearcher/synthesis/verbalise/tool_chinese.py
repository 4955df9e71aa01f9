"""What tools say, in Chinese sentences of their own."""

import re
from collections.abc import Callable, Sequence

from redsearcher.agent.solver.parse.unit import BY as MEANS
from redsearcher.agent.solver.parse.unit import unit_of
from redsearcher.records.query import Constant, Operand, Query, Role, ToolAtom, ToolExpression
from redsearcher.world.interval import say_number
from redsearcher.world.property import entity_types, properties
from redsearcher.world.wording import chinese_event

Say = Callable[[str], str]
"""What a variable is called by now."""
BY = MEANS["zh"]
_BLURRED = re.compile(r"[与到比距和看将是被]")
"""Names that would blur where they end."""


def tool_sentence(query: Query, atom: ToolAtom, say: Say) -> str:
    """One sentence. Raises ValueError for a function no wording is known for."""

    def clearly(name: str) -> str:
        said = say(name)
        given = query.variable(name).role is Role.GIVEN and not {"“", "《"} & set(said)
        return f"“{said}”" if given and _BLURRED.search(said) else said

    text = _whole(query, atom, clearly) if atom.call.tool in ("maps", "scholar", "name") else None
    return (_computed(atom, clearly) if text is None else text) + "。"


def _whole(query: Query, atom: ToolAtom, say: Say) -> str | None:
    names = [operand.variable for operand in atom.call.operands if isinstance(operand, Operand)]
    texts = [operand.text for operand in atom.call.operands if isinstance(operand, Constant)]
    match f"{atom.call.tool}.{atom.call.function}":
        case "maps.distance":
            return f"{say(names[0])}与{say(names[1])}的直线距离{span(atom, '公里')}"
        case "maps.bearing":
            return f"从{say(names[0])}看，{say(names[1])}的方位角{span(atom, '度')}"
        case "maps.travel":
            return f"从{say(names[0])}到{say(names[1])}{BY[texts[0]]}所需时间{span(atom, '分钟')}"
        case "maps.nearness":
            noun, high = entity_types()[query.variable(names[1]).type].zh, int(atom.high or 1)
            if atom.low == atom.high:
                return f"{say(names[1])}是距{say(names[0])}第{high}近的{noun.noun}"
            return f"{say(names[1])}是距{say(names[0])}最近的{high}{noun.measure}{noun.noun}之一"
        case "scholar.citations":
            whose = say(names[0]) + ("" if query.variable(names[0]).type == "paper" else "的论文合计")
            return f"{whose}被引用次数{span(atom, '次')}"
        case "scholar.papers":
            return f"{say(names[0])}发表的论文数{span(atom, '篇')}"
        case "scholar.h_index":
            return f"{say(names[0])}的h指数{span(atom, '')}"
        case "scholar.joint_papers":
            return f"{say(names[1])}与{say(names[0])}合著的论文数{span(atom, '篇')}"
        case "name.initials":
            return f"{say(names[0])}{_name(query, names[0])}的首字母依次为{texts[0]}"
        case "name.first":
            return f"{say(names[0])}的{_name(query, names[0])}以“{texts[0]}”开头"
        case "name.letters":
            return f"{say(names[0])}的{_name(query, names[0])}字数{span(atom, '')}"
    return None


def _name(query: Query, variable: str) -> str:
    return "姓名" if query.variable(variable).type == "person" else "名称"


def _computed(atom: ToolAtom, say: Say) -> str:
    call = atom.call
    parts = [_quantity(operand, say) for operand in call.operands if not isinstance(operand, Constant)]
    unit = _unit(call.operands[0])
    match call.function:
        case "sum":
            return f"{'与'.join(parts)}之和{span(atom, unit)}"
        case "difference":
            return f"{parts[0]}比{parts[1]}{more(atom, '多出', unit)}"
        case "ratio":
            return f"{parts[0]}与{parts[1]}之比{span(atom, '')}"
        case "mean":
            return f"{'与'.join(parts)}的平均值{span(atom, unit)}"
        case "rank":
            return f"将{_list(parts)}从大到小排列，{parts[0]}排第{int(atom.low or 1)}"
        case "years":
            first, second = (o for o in call.operands if isinstance(o, Operand))
            return (
                f"{say(first.variable)}{chinese_event(first.property or '')}的年份"
                f"比{say(second.variable)}{chinese_event(second.property or '')}的年份{more(atom, '晚', '年')}"
            )
    raise ValueError(f"no Chinese words for {call.tool}.{call.function}")


def _quantity(term: Operand | ToolExpression, say: Say) -> str:
    if isinstance(term, Operand):
        if term.property is None:
            raise ValueError(f"{term.variable} is no number")
        return f"{say(term.variable)}的{properties()[term.property].label['zh']}"
    names = [say(operand.variable) for operand in term.operands if isinstance(operand, Operand)]
    texts = [operand.text for operand in term.operands if isinstance(operand, Constant)]
    match f"{term.tool}.{term.function}":
        case "maps.distance":
            return f"{names[0]}到{names[1]}的直线距离"
        case "maps.travel":
            return f"{names[0]}到{names[1]}{BY[texts[0]]}的时间"
        case "scholar.citations":
            return f"{names[0]}的被引用次数"
        case "scholar.papers":
            return f"{names[0]}的论文数"
        case "scholar.h_index":
            return f"{names[0]}的h指数"
    raise ValueError(f"no Chinese words for {term.tool}.{term.function} inside another call")


def _unit(term: Operand | Constant | ToolExpression) -> str:
    if isinstance(term, Operand):
        return unit_of("zh", property=term.property)
    return unit_of("zh", function=term.function) if isinstance(term, ToolExpression) else ""


def _list(parts: Sequence[str]) -> str:
    return f"{'、'.join(parts[:-1])}和{parts[-1]}"


def span(atom: ToolAtom, unit: str) -> str:
    """The range in words, after the noun it belongs to: 在400至420公里之间, 为3篇."""
    low, high = (None if n is None else say_number(n, "zh") for n in (atom.low, atom.high))
    if low is not None and high is not None:
        return f"为{low}{unit}" if low == high else f"在{low}至{high}{unit}之间"
    if low is not None:
        return f"至少为{low}{unit}"
    if high is not None:
        return f"至多为{high}{unit}"
    raise ValueError(f"constraint {atom.id} has no range")


def more(atom: ToolAtom, verb: str, unit: str) -> str:
    """By how much one thing is beyond another: 晚20至30年, 至少多出5公里."""
    low, high = (None if n is None else say_number(n, "zh") for n in (atom.low, atom.high))
    if low is not None and high is not None:
        return f"{verb}{low}{unit}" if low == high else f"{verb}{low}至{high}{unit}"
    if low is None and high is None:
        raise ValueError(f"constraint {atom.id} has no range")
    return f"至少{verb}{low}{unit}" if high is None else f"至多{verb}{high}{unit}"
