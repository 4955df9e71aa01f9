"""What a plan is made of: sentences, predicates, mentions."""

from dataclasses import dataclass
from typing import Literal

from redsearcher.records.query import FactAtom, LiteralAtom, PlainAtom, Query, Role
from redsearcher.synthesis.verbalise.same import Same
from redsearcher.world.property import properties

Said = PlainAtom | Same
Opening = Literal["plain", "exists", "seek", "ask"]
"""How a sentence begins; `ask`: it is the closing question itself ("Which film stars ...?")."""


@dataclass(frozen=True)
class Mention:
    """One reference to a variable.

    role: brought in as what it is to `owner`, which states that atom. borne: brought in by a clause with "whose" that
    says `relative` of it, the predicate around it states what it is.
    """

    var: str
    kind: Literal["given", "new", "role", "known", "borne"]
    role: FactAtom | None = None
    owner: "Mention | None" = None
    relative: tuple["Predicate", ...] = ()


@dataclass(frozen=True)
class Predicate:
    """A constraint said of a subject. `forward`: the subject is the atom's subject, or the left of a comparison.

    `when` is a date said in the same breath ("was born in Karsholm in the 1950s"), `also` a second fact of the same
    kind ("stars both Ann Lee and Bo Pike").
    """

    constraint: Said
    forward: bool
    other: Mention | None = None
    when: LiteralAtom | None = None
    also: "Predicate | None" = None


@dataclass(frozen=True)
class Sentence:
    """A subject and what is said of it. With an opening other than plain, the subject's relative clauses say it all."""

    subject: Mention
    predicates: tuple[Predicate, ...]
    opening: Opening = "plain"


def leads(constraint: Said, name: str) -> bool:
    """Whether the variable is the first of the two that a constraint relates."""
    return constraint.variables[0] == name


def other_end(constraint: Said, name: str) -> str:
    """The other of the two variables."""
    first, second = constraint.variables
    return second if first == name else first


def names_only(query: Query, constraint: Said, name: str) -> bool:
    """Whether a constraint relates the variable to a name or a range alone."""
    if isinstance(constraint, LiteralAtom):
        return True
    return isinstance(constraint, FactAtom) and query.variable(other_end(constraint, name)).role is Role.GIVEN


def alike(first: Predicate, second: Predicate) -> bool:
    """Whether two predicates say the same kind of fact of two things that need no clause."""
    one, other = first.constraint, second.constraint
    if not (isinstance(one, FactAtom) and isinstance(other, FactAtom)) or one.property != other.property:
        return False
    if first.other is None or second.other is None or first.other.kind not in ("given", "known"):
        return False
    if second.other.kind not in ("given", "known", "new"):
        return False
    turned = first.forward == second.forward or properties()[one.property].symmetric
    return turned and not (first.when or second.when or first.also or second.also)


def is_given(predicate: Predicate) -> bool:
    """Whether it relates its subject to something named."""
    return predicate.other is not None and predicate.other.kind == "given"


def ends_open(constraint: Said, name: str) -> bool:
    """Whether Chinese can say it of the variable with the other end last, where a description does not split it."""
    return any(phrase.endswith("{}") for phrase in _chinese(constraint, name))


def goes_before(constraint: Said, name: str) -> bool:
    """Whether it can stand before the noun of the variable in Chinese without 是."""
    return not isinstance(constraint, FactAtom) or not all(p.startswith("是") for p in _chinese(constraint, name))


def _chinese(constraint: Said, name: str) -> tuple[str, ...]:
    if not isinstance(constraint, FactAtom):
        return ("{}",)
    phrases = properties()[constraint.property].zh
    return phrases.forward if leads(constraint, name) else phrases.backward
