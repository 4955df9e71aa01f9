"""A second model that reads a question back into relations, without knowing what it was made from."""

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import BaseModel, Field

from redsearcher.core.hashing import content_hash
from redsearcher.llm.chat import ChatModel
from redsearcher.llm.role import Reply, Role, RoleConfig, read_prompt
from redsearcher.records.query import (
    CompareAtom,
    Constraint,
    FactAtom,
    LiteralAtom,
    Query,
    ToolAtom,
    Variable,
)
from redsearcher.records.query import Role as Part
from redsearcher.records.world import Entity
from redsearcher.synthesis.verify.claim import line_up
from redsearcher.world.property import Lang, entity_types, properties
from redsearcher.world.wording import type_nouns

_YEAR_END = 0.9999
_DECOYS = 6
LANGUAGES = {"en": "in English", "zh": "in Chinese"}


class Thing(BaseModel):
    """Something a question speaks of."""

    letter: str
    kind: str
    name: str | None = None
    asked_for: bool = False


class Relation(BaseModel):
    """What it says of things, by letters; with a range in place of an object where the relation ends in one."""

    subject: str
    relation: str
    object: str | None = None
    low: float | None = None
    high: float | None = None


class ReadBack(BaseModel):
    """The reader's reply."""

    things: list[Thing] = Field(min_length=1)
    relations: list[Relation] = Field(min_length=1)
    other: list[str] = []


class Verdict(NamedTuple):
    """What reading back says against a question (None: nothing), and the reply it comes from."""

    problem: str | None
    reply: Reply[ReadBack]


class Reader:
    """Reads questions back. Tool constraints are left to the rules."""

    def __init__(self, model: ChatModel, config: RoleConfig) -> None:
        self._role = Role(model, read_prompt("redsearcher.synthesis.verbalise", "read"), ReadBack, config)

    async def judge(self, question: str, query: Query, entities: Mapping[str, Entity], lang: Lang) -> Verdict:
        """Whether the reading is the query. A reply that is none is a problem too: it says so."""
        reply = await self._role.ask(question=question, lang=LANGUAGES[lang], relations=_relations(query, lang))
        if reply.value is None:
            return Verdict(f"the second reader gave no reading: {reply.outcome} ({reply.detail})", reply)
        if reply.value.other:
            return Verdict(f"a reader finds that it also says: {'; '.join(reply.value.other)}", reply)
        try:
            reading = _query(reply.value, lang)
        except ValueError as error:
            return Verdict(f"a reader could not make sense of it: {error}", reply)
        plain = tuple(c for c in query.constraints if not isinstance(c, ToolAtom))
        claims = line_up(reading, Query(variables=query.variables, constraints=plain), entities)
        problems = [f"does not find {c.id} said" for c in claims.unsaid]
        problems += [f"takes the range of {c.id} otherwise" for _, c in claims.blurred]
        problems += [f"finds something said that is no condition ({_name(c)})" for c in claims.extra]
        return Verdict(f"a reader {'; '.join(problems)}" if problems else None, reply)


def _relations(query: Query, lang: Lang) -> str:
    """Lines for the relations of the query and some of the same types that it does not use, in no telling order."""
    used: set[str] = set()
    for constraint in query.constraints:
        if isinstance(constraint, FactAtom | LiteralAtom):
            used.add(constraint.property)
    types = {variable.type for variable in query.variables}
    near = [p.id for p in properties().values() if p.sample and p.id not in used and types & set(p.subject)]
    near.sort(key=lambda id_: content_hash("decoy", id_, sorted(used)))
    lines = [
        f"- {id_}: x {properties()[id_].phrases(lang).forward[0].replace('{}', 'y')}"
        for id_ in (*used, *near[:_DECOYS])
    ]
    for c in query.constraints:
        if isinstance(c, CompareAtom):
            lines.append(f"- {_comparison(c)}: {_labels(c, lang)}, x before or below y")
    return "\n".join(sorted(set(lines)))


def _comparison(constraint: CompareAtom) -> str:
    return f"{constraint.left_property}<{constraint.right_property}"


def _labels(constraint: CompareAtom, lang: Lang) -> str:
    labels = [properties()[id_].label[lang] for id_ in (constraint.left_property, constraint.right_property)]
    return " / ".join(dict.fromkeys(labels))


def _query(read: ReadBack, lang: Lang) -> Query:
    """The reading as a query. Raises ValueError where letters or relations are none, or not one thing is asked for."""
    if sum(thing.asked_for for thing in read.things) != 1:
        raise ValueError("not one thing is asked for")
    kinds = {**type_nouns(lang), **{type_: type_ for type_ in entity_types()}}
    variables = [
        Variable(
            name=thing.letter,
            role=Part.ANSWER if thing.asked_for else Part.GIVEN if thing.name else Part.LATENT,
            type=kinds.get(thing.kind, ""),
            label=thing.name,
        )
        for thing in read.things
    ]
    known = {variable.name for variable in variables}
    constraints: list[Constraint] = []
    for number, said in enumerate(read.relations, 1):
        if said.subject not in known or (said.object is not None and said.object not in known):
            raise ValueError(f"{said.relation} relates letters that stand for nothing")
        constraints.append(_constraint(f"c{number}", said))
    return Query(variables=tuple(variables), constraints=tuple(constraints))


def _constraint(identity: str, said: Relation) -> Constraint:
    left, _, right = said.relation.partition("<")
    if left not in properties() or (right and right not in properties()):
        raise ValueError(f"{said.relation!r} is no relation")
    if right:
        if said.object is None:
            raise ValueError(f"{said.relation} compares with nothing")
        return CompareAtom(id=identity, left=said.subject, left_property=left, right=said.object, right_property=right)
    if properties()[left].is_literal:
        dated = properties()[left].object[0] == "time"
        high = None if said.high is None else said.high + (_YEAR_END if dated and said.high == int(said.high) else 0)
        return LiteralAtom(id=identity, subject=said.subject, property=left, low=said.low, high=high)
    if said.object is None:
        raise ValueError(f"{said.relation} without its other end")
    return FactAtom(id=identity, subject=said.subject, property=left, object=said.object)


def _name(constraint: Constraint) -> str:
    if isinstance(constraint, FactAtom | LiteralAtom):
        return properties()[constraint.property].label["en"]
    return "a comparison" if isinstance(constraint, CompareAtom) else "a computation"
