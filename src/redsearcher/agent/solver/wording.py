"""What the solver says: thoughts, goals and final turns, in the question's language."""

from collections.abc import Mapping, Sequence

from redsearcher.agent.solver.beliefs import Beliefs
from redsearcher.agent.solver.phrase import property_at
from redsearcher.agent.solver.plan import Action
from redsearcher.records.query import CompareAtom, Constraint, FactAtom, Query, ToolAtom
from redsearcher.world.property import entity_types, properties


def thought(query: Query, actions: Sequence[Action], beliefs: Beliefs, lang: str) -> str:
    """What is known, what is missing, and why these calls come next."""
    values = actions[0].values
    held = [
        f"{_noun(query, v.name, lang)} {_join_is(lang)} {beliefs.spelling(values[v.name])}".strip()
        for v in query.unknowns
        if v.name in values
    ]
    missing = list(dict.fromkeys(describe(query, a.constraint, a.values, beliefs, lang) for a in actions))
    if lang == "zh":
        known = f"目前的假设：{'，'.join(held)}。" if held else "目前还没有候选。"
        way = "搜索有关的页面" if actions[0].kind == "search" else "打开有关的页面"
        return f"{known}还需要弄清：{'；'.join(missing)}。因此{way}。"
    known = f"Working guess: {', '.join(held)}. " if held else "No candidate yet. "
    way = "I search for pages on it." if actions[0].kind == "search" else "These pages should tell."
    return f"{known}Still to settle: {'; '.join(missing)}. {way}"


def goal(query: Query, actions: Sequence[Action], beliefs: Beliefs, lang: str) -> str:
    """What a visit should bring."""
    parts = dict.fromkeys(describe(query, a.constraint, a.values, beliefs, lang) for a in actions)
    return ("；" if lang == "zh" else "; ").join(parts)


def describe(query: Query, constraint: Constraint, values: Mapping[str, str], beliefs: Beliefs, lang: str) -> str:
    """A constraint in words, with the names known so far."""

    def say(name: str) -> str:
        return beliefs.spelling(values[name]) if name in values else _some(query, name, lang)

    if isinstance(constraint, CompareAtom):
        ends = [(constraint.left, constraint.left_property), (constraint.right, constraint.right_property)]
        parts = [f"{say(name)}{'的' if lang == 'zh' else ': '}{_label(prop, lang)}" for name, prop in ends]
        return f"{parts[0]}早于或小于{parts[1]}" if lang == "zh" else f"{parts[0]} before or below {parts[1]}"
    if isinstance(constraint, FactAtom):
        phrase = properties()[constraint.property].phrases(lang).forward[0]
        return f"{say(constraint.subject)}{'' if lang == 'zh' else ' '}{phrase.format(say(constraint.object))}"
    if isinstance(constraint, ToolAtom):
        return constraint.call.written({name: say(name) for name in constraint.variables})
    joint = "的" if lang == "zh" else ": "
    return f"{say(constraint.subject)}{joint}{_label(property_at(constraint, constraint.subject), lang)}"


def final_answer(query: Query, values: Mapping[str, str], beliefs: Beliefs, lang: str, *, sure: bool) -> str:
    """The last turn with an answer; `sure` when every condition was met."""
    name = beliefs.spelling(values[query.answer.name])
    facts = [describe(query, c, values, beliefs, lang) for c in query.constraints]
    if lang == "zh":
        lead = f"所有条件都得到了证实：{'；'.join(facts)}。" if sure else "没有找到全部证据，这是最有依据的候选。"
    else:
        lead = (
            f"Every condition is met: {'; '.join(facts)}."
            if sure
            else "Not every condition could be shown; best guess."
        )
    return f"{lead}\n<answer>{name}</answer>"


def abstain(lang: str) -> str:
    """The last turn without an answer."""
    return "没有找到答案。" if lang == "zh" else "I could not find the answer."


def _label(property_id: str, lang: str) -> str:
    label = properties()[property_id].label
    return label.get(lang, label["en"])


_THING = {"en": "thing", "zh": "事物"}


def _noun(query: Query, name: str, lang: str) -> str:
    type_ = entity_types().get(query.variable(name).type)
    noun = type_.noun(lang).noun if type_ is not None else _THING[lang]
    return noun if lang == "zh" else f"the {noun}"


def _some(query: Query, name: str, lang: str) -> str:
    noun = _noun(query, name, lang)
    return f"某{noun}" if lang == "zh" else noun.replace("the ", "some ", 1)


def _join_is(lang: str) -> str:
    return "是" if lang == "zh" else "is"
