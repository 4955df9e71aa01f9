"""The conditions of a question, numbered as it says them, in its own words with letters for what is unknown."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from redsearcher.agent.solver.parse.agreement import AUXILIARIES, plural_verb
from redsearcher.agent.solver.parse.question import parse_question
from redsearcher.agent.solver.parse.tree import ParseError
from redsearcher.data.expert.match import match_queries
from redsearcher.records.query import CompareAtom, Constraint, FactAtom, LiteralAtom, Query, Role
from redsearcher.world.interval import Interval, wordings
from redsearcher.world.property import entity_types, properties
from redsearcher.world.wording import event, indefinite, plural, reduced, role_noun

LETTERS = "xyzwvutsrq"
_SMALL_TEXT = (
    "a an and are as at be been by did for from had has have her his in into is it its of on one or than the their to "
    "under was were which who whose with among counts"
)
_SMALL = frozenset(_SMALL_TEXT.split())


class Condition(NamedTuple):
    """A constraint with its number and its words; `{0}` and `{1}` stand for the ends named in `ends`."""

    number: int
    constraint: Constraint
    template: str
    ends: tuple[str, ...]

    def say(self, names: Mapping[str, str]) -> str:
        """The condition with a name or a letter for each end."""
        return self.template.format(*(names[end] for end in self.ends))

    @property
    def words(self) -> str:
        """The content words of the condition, for a query."""
        plain = re.sub(r"\{\d\}|[^\w\s-]", " ", self.template)
        return " ".join(word for word in plain.split() if word.casefold() not in _SMALL)


class Conditions(NamedTuple):
    """All conditions in the order of the question. `letters` names every unknown in the order in which the question
    brings it in, `names` every given as the question does."""

    items: tuple[Condition, ...]
    letters: dict[str, str]
    names: dict[str, str]
    kinds: dict[str, str]
    answer: str

    def restate(self) -> str:
        """One line per condition, the kind of an unknown where it first comes in, then what is asked for."""
        said = {**self.names, **self.letters}
        met: set[str] = set()
        lines = []
        for item in self.items:
            here = {end: self._first(end, met) if end in self.letters else said[end] for end in item.ends}
            lines.append(f"{item.number}) {item.say(here)}")
        return "\n".join([*lines, f"Find {self.letters[self.answer]}."])

    def _first(self, end: str, met: set[str]) -> str:
        if end in met:
            return self.letters[end]
        met.add(end)
        return f"{self.kinds[end]} {self.letters[end]}"


class Wording(NamedTuple):
    """A way to say a constraint: what to look for in the question, and what to write.

    `width` characters of what is found belong to this constraint alone.
    """

    pattern: str
    template: str
    ends: tuple[str, ...]
    width: int


def read_conditions(question: str, query: Query) -> Conditions:
    """Read the question, in English, back into the constraints of the query it asks.

    Raises ParseError for a question that cannot be read, does not ask the query, or needs more than search and visit.
    """
    parsed = parse_question(question, "en")
    asked = match_queries(parsed, query)
    names = {v.name: v.label or "" for v in query.givens}
    cursor = 0
    items: list[Condition] = []
    for constraint in asked.constraints:
        cursor, wording = _locate(question, list(ways_to_say(constraint, query, names)), cursor)
        items.append(Condition(len(items) + 1, constraint, wording.template, wording.ends))
    unknown = [name for name in asked.variables if query.variable(name).role is not Role.GIVEN]
    letters = dict(zip(unknown, LETTERS, strict=False))
    kinds = {name: noun_of(query.variable(name).type) for name in unknown}
    return Conditions(tuple(items), letters, names, kinds, query.answer.name)


def noun_of(type_: str) -> str:
    """What an entity of a type is called."""
    known = entity_types().get(type_)
    return known.en.noun if known else "thing"


def _locate(question: str, options: list[Wording], cursor: int) -> tuple[int, Wording]:
    """The first wording at or after `cursor`, the longest of those that start together; else the plainest."""
    found: list[tuple[int, int, int]] = []
    for number, option in enumerate(options):
        match = re.compile(option.pattern).search(question, cursor)
        if match:
            found.append((match.start(), -len(option.pattern), number))
    if not found:
        return cursor, options[0]
    start, _, number = min(found)
    return start + options[number].width, options[number]


def ways_to_say(constraint: Constraint, query: Query, names: Mapping[str, str]) -> Iterator[Wording]:
    """Every wording of a constraint that a question may use. Raises ParseError for a kind that search and visit cannot
    decide. `names` are those of the givens."""
    if isinstance(constraint, FactAtom):
        yield from _fact_wordings(constraint, query, names)
    elif isinstance(constraint, LiteralAtom):
        yield from _range_wordings(constraint)
    elif isinstance(constraint, CompareAtom):
        yield from _comparison_wordings(constraint)
    else:
        raise ParseError(f"condition {constraint.id} needs a tool beyond search and visit")


def _fact_wordings(atom: FactAtom, query: Query, names: Mapping[str, str]) -> Iterator[Wording]:
    property_ = properties()[atom.property]
    sides = [(property_.en.forward, atom.subject, atom.object), (property_.en.backward, atom.object, atom.subject)]
    for options, first, second in sides[:1] if property_.symmetric else sides:
        for phrase in options:
            template = f"{{0}} {phrase.replace('{}', '{1}')}"
            for form in dict.fromkeys(_forms(phrase)):
                width = len(form.partition("{}")[0].strip())
                yield Wording(_phrase_pattern(form, names.get(second)), template, (first, second), width)
    bearers = [("object", atom.subject, atom.object), ("subject", atom.object, atom.subject)]
    for end, owner, bearer in reversed(bearers) if property_.symmetric else bearers:
        noun = role_noun(atom.property, "object" if end == "object" else "subject", "en")
        if noun is None or query.variable(bearer).role is Role.GIVEN:
            continue
        single = property_.functional and (end == "object" or property_.symmetric)
        said = f"the {noun}" if single else indefinite(noun)
        pattern = (
            rf"(?:the|an?|its|their|whose|one of its|one of their|'s) (?:{re.escape(noun)}|{re.escape(plural(noun))})\b"
        )
        yield Wording(pattern, f"{{0}} is {said} of {{1}}", (bearer, owner), len(noun))


def _forms(phrase: str) -> Iterator[str]:
    """A verb phrase as it may stand in a question: whole, of "they", without what it shares with the one before."""
    yield phrase
    yield reduced(phrase) or phrase
    yield plural_verb(phrase)
    for auxiliary in AUXILIARIES:
        rest = phrase.removeprefix(auxiliary)
        if rest != phrase and len(rest.partition("{}")[0].split()) > 1:
            yield rest


def _phrase_pattern(phrase: str, name: str | None) -> str:
    left, _, right = (part.strip() for part in phrase.partition("{}"))
    slot = (
        r"\s+(?:both (?:.{1,90}? and )?)?(?:the |an? )?[“\"]?" + re.escape(name)
        if name
        else r"\s+.{1,90}?"
        if right
        else ""
    )
    return rf"\b{re.escape(left)}\b" + slot + (rf"[”\"]?\s+{re.escape(right)}" if right else "")


def _range_wordings(atom: LiteralAtom) -> Iterator[Wording]:
    phrases = properties()[atom.property].en.forward
    for words in wordings(atom.property, Interval(atom.low, atom.high), "en"):
        for phrase in phrases:
            said = phrase.replace("{}", words)
            yield Wording(rf"\b{re.escape(said)}", f"{{0}} {said}", (atom.subject,), len(said))
        said = phrases[0].replace("{}", words)
        yield Wording(rf"\b{re.escape(words)}", f"{{0}} {said}", (atom.subject,), len(words))


def _comparison_wordings(atom: CompareAtom) -> Iterator[Wording]:
    ends = (atom.left, atom.right)
    if atom.left_property == atom.right_property:
        phrases = properties()[atom.left_property].en
        for options, order in ((phrases.less, ends), (phrases.more, ends[::-1])):
            for phrase in options:
                template = f"{{0}} {phrase.replace('{}', '{1}')}"
                yield Wording(_phrase_pattern(phrase, None), template, order, len(phrase) - 2)
        return
    left, right = event(atom.left_property), event(atom.right_property)
    yield Wording(rf"\b{re.escape(left)} before\b", f"{{0}} {left} before {{1}} {right}", ends, len(left))
    yield Wording(rf"\b{re.escape(right)} after\b", f"{{0}} {right} after {{1}} {left}", ends[::-1], len(right))
