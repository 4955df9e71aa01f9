"""What a question says in which order, before any word is chosen: sentences, predicates, mentions."""

from dataclasses import dataclass, field, replace
from random import Random

from redsearcher.records.query import FactAtom, LiteralAtom, Query, Role, ToolAtom
from redsearcher.synthesis.verbalise.bearer import sole_role
from redsearcher.synthesis.verbalise.parts import (
    Mention,
    Opening,
    Predicate,
    Said,
    Sentence,
    alike,
    ends_open,
    goes_before,
    is_given,
    leads,
    names_only,
    other_end,
)
from redsearcher.synthesis.verbalise.same import ABSTRACT, Same, sames
from redsearcher.world.property import Lang, properties
from redsearcher.world.wording import dated_phrases

MAX_PREDICATES = 3


@dataclass
class Planner:
    """Walks the reasoning graph from one variable and hands every constraint to exactly one predicate or mention.

    What tools say is left out: it has sentences of its own.
    """

    query: Query
    lang: Lang
    rng: Random
    introduced: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    sentences: list[Sentence] = field(default_factory=list)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    """Variable -> those brought in by a clause about it, still to be described."""
    held: str = ""
    """The answer, where it is kept back for the closing question."""
    plain: list[Said] = field(init=False)
    """All that is to be said; what two variables share, as one."""
    between: set[str] = field(init=False)
    """Unknowns brought in as what two others share."""

    def __post_init__(self) -> None:
        shared = sames(self.query, self.lang)
        self.between = {name for same in shared for name, *_ in same.shared}
        atoms = [c for c in self.query.constraints if not isinstance(c, ToolAtom)]
        together = {atom.id for same in shared for atom in same.atoms}
        self.plain = [*(c for c in atoms if c.id not in together), *shared]

    def plan(self) -> tuple[Sentence, ...]:
        """All sentences; the closing question only where it says something itself (opening `ask`).

        Raises ValueError for a constraint between a variable and itself, and for a variable that nothing brings in.
        """
        for constraint in self.query.constraints:
            if not isinstance(constraint, ToolAtom) and len(constraint.variables) != len(set(constraint.variables)):
                raise ValueError(f"constraint {constraint.id} relates a variable to itself")
        self.introduced |= {variable.name for variable in self.query.givens}
        for variable in self.query.givens:
            self._describe_given(variable.name)
        answer = self.query.answer.name
        if len(self.plain) > 3 and answer not in self.between and self.rng.random() < 0.6:
            self.held = answer
        while unknowns := [v.name for v in self.query.unknowns if v.name not in self.introduced]:
            free = [name for name in unknowns if name not in self.between]
            ready = [name for name in free if name != self.held and self._can_start(name)]
            if not ready:
                self.held = ""
                ready = [name for name in free if self._can_start(name)]
            if not ready:
                raise ValueError(f"nothing introduces {', '.join(unknowns)}")
            self._start(self._choose_root(ready))
        return self._asking()

    def _can_start(self, name: str) -> bool:
        """Whether something can be said of a variable now, besides that it is there."""
        return bool(self._pending(name)) or any(
            isinstance(c, FactAtom | Same) and other_end(c, name) not in self._out for c in self._unsaid(name)
        )

    def _asking(self) -> tuple[Sentence, ...]:
        """The sentences; the last one as the question where it brings in the answer."""
        if not self.sentences:
            raise ValueError("the query has no constraint to be said")
        last = self.sentences[-1]
        subject, answer = last.subject, self.query.answer.name
        tools = {name for c in self.query.constraints if isinstance(c, ToolAtom) for name in c.variables}
        only = len(self.sentences) == 1 and self.rng.random() < 0.25
        if subject.var != answer or subject.kind != "new" or answer in tools or only:
            return tuple(self.sentences)
        predicates = sorted((*subject.relative, *last.predicates), key=_swallows)
        if sum(map(_swallows, predicates)) > 1 or any(p.other and p.other.kind == "borne" for p in predicates):
            return tuple(self.sentences)
        return (*self.sentences[:-1], Sentence(Mention(answer, "new"), tuple(predicates), "ask"))

    # ---- walking

    @property
    def _out(self) -> set[str]:
        """Variables that no fact may bring in now."""
        return {self.held} | self.introduced | self.between

    def _choose_root(self, unknowns: list[str]) -> str:
        few = len(self.plain) <= 3
        abstract = self.query.answer.type in ABSTRACT
        if self.query.answer.name in unknowns and not abstract and self.rng.random() < (0.8 if few else 0.35):
            return self.query.answer.name
        concrete = [name for name in unknowns if self.query.variable(name).type not in ABSTRACT]
        unknowns = concrete or unknowns
        weights = [1 + 2 * len(self._pending(name)) for name in unknowns]
        return self.rng.choices(unknowns, weights)[0]

    def _start(self, root: str) -> None:
        anchors = [
            c for c in self._pending(root) if isinstance(c, FactAtom) and sole_role(self.query, root, c, self.lang)
        ]
        self.introduced.add(root)
        if anchors and self.rng.random() < 0.3:
            atom = self.rng.choice(anchors)
            if self._can_open(root, atom):
                self.said.add(atom.id)
                self._visit(root, Mention(root, "role", atom, self._owner(other_end(atom, root))))
                return
        self._visit(root, Mention(root, "new"))

    def _visit(self, name: str, mention: Mention) -> None:
        """Say all that can be said of a variable now, then go on to those it introduced."""
        if mention.kind == "known" and self.query.variable(name).type in ABSTRACT:
            self._turn(name)
        by_verb, by_role = self._ways_on(name)
        pending = self._predicates(name)
        if not pending and not by_verb and by_role and mention.kind != "known":
            by_verb.append(by_role.pop(0))
        intros = [(atom, other_end(atom, name)) for atom in by_verb]
        whose = self._whose(name, by_role) if mention.kind == "new" and self.rng.random() < 0.6 else None
        if whose is not None and whose.other is not None:
            by_role = [atom for atom in by_role if atom.id != whose.constraint.id]
            self.waiting.setdefault(name, []).append(whose.other.var)
            mention = replace(mention, relative=(whose,))
        self._speak(name, mention, pending, list(intros))
        for _, other in intros:
            self._visit(other, Mention(other, "known"))
        for atom in by_role:
            other = other_end(atom, name)
            if other in self.introduced:
                self._visit(other, Mention(other, "known"))
            elif self._can_open(other, atom):
                self.said.add(atom.id)
                self.introduced.add(other)
                self._visit(other, Mention(other, "role", atom, Mention(name, "known")))
            else:
                self._speak(name, Mention(name, "known"), [], [(atom, other)])
                self._visit(other, Mention(other, "known"))
        for other in self.waiting.pop(name, []):
            self._visit(other, Mention(other, "known"))

    def _turn(self, name: str) -> None:
        """Say of each who has it that they do: nobody says of an occupation that it is somebody's."""
        for fact in [c for c in self._pending(name) if isinstance(c, FactAtom) and c.object == name]:
            self.said.add(fact.id)
            has_it = Predicate(fact, True, Mention(name, "known"))
            self.sentences.append(Sentence(self._owner(fact.subject), (has_it,)))

    def _can_open(self, name: str, atom: FactAtom) -> bool:
        """Whether a sentence about the variable would have something to say besides the atom: a comparison with what is
        not introduced yet is none."""
        rest = [c for c in self._unsaid(name) if c.id != atom.id]
        later = {self.held, *self.between} - self.introduced
        if any(isinstance(c, FactAtom | Same) and other_end(c, name) not in later for c in rest):
            return True
        return any(all(other in self.introduced for other in c.variables if other != name) for c in rest)

    def _ways_on(self, name: str) -> tuple[list[Said], list[FactAtom]]:
        """Atoms to variables not introduced yet: those to be said by a verb, and those by a possessive."""
        by_verb: list[Said] = []
        by_role: list[FactAtom] = []
        seen: set[str] = set()
        atoms = [
            c for c in self._unsaid(name) if isinstance(c, FactAtom | Same) and other_end(c, name) not in self._out
        ]
        self.rng.shuffle(atoms)
        for atom in atoms:
            other = other_end(atom, name)
            if other in seen:
                continue
            seen.add(other)
            fact = isinstance(atom, FactAtom) and sole_role(self.query, other, atom, self.lang) is not None
            if isinstance(atom, FactAtom) and fact and len(self._unsaid(other)) > 1 and self.rng.random() < 0.85:
                by_role.append(atom)
            else:
                by_verb.append(atom)
        return by_verb, by_role

    def _speak(self, name: str, mention: Mention, pending: list[Predicate], intros: list[tuple[Said, str]]) -> None:
        """Write sentences about a variable; whatever brings in another with clauses of its own ends its sentence."""
        self.rng.shuffle(pending)
        pending.sort(key=lambda predicate: not isinstance(predicate.constraint, Same))  # what it brings in comes first
        while pending or intros or mention.relative:
            room = MAX_PREDICATES - bool(intros)
            left = len(pending)
            take = left if left <= room else (left + 1) // 2 if left <= 2 * room else room
            predicates, pending = pending[:take], pending[take:]
            while intros and len(predicates) < MAX_PREDICATES:
                atom, other = intros.pop(0)
                if other in self.introduced:
                    pending += self._predicates(name)
                    continue
                predicates.append(self._introduce(name, atom, other))
                brought = predicates[-1].other
                if brought is not None and brought.relative:
                    break
            if predicates or mention.relative:
                self.sentences.append(self._sentence(mention, self._merged(predicates)))
                mention = Mention(name, "known")

    def _sentence(self, mention: Mention, predicates: list[Predicate]) -> Sentence:
        if mention.kind != "new":
            return Sentence(mention, tuple(predicates))
        chance = self.rng.random()
        if mention.relative:
            return Sentence(mention, tuple(predicates)) if predicates else Sentence(mention, (), "exists")
        if chance < 0.45:
            is_answer = self.query.answer.name == mention.var
            opening: Opening = "seek" if is_answer and not self.sentences else "exists"
            subject = Mention(mention.var, "new", relative=tuple(predicates))
            return Sentence(subject, (), opening)
        if (chance < 0.75 and len(predicates) > 1 and predicates[0].other is None) or is_given(predicates[0]):
            subject = Mention(mention.var, "new", relative=(predicates[0],))
            if len(predicates) > 1:
                return Sentence(subject, tuple(predicates[1:]))
        return Sentence(mention, tuple(predicates))

    def _introduce(self, name: str, atom: Said, other: str, *, but: frozenset[str] = frozenset()) -> Predicate:
        """A predicate that brings in `other`, with what identifies it: a possessive, or relative clauses.

        `but`: variables the sentence already speaks of, which the clauses had better leave alone.
        """
        self.said.add(atom.id)
        self.introduced.add(other)
        if isinstance(atom, Same):
            self._bring(name, atom)
        roles = [
            c
            for c in self._unsaid(other)
            if isinstance(c, FactAtom) and sole_role(self.query, other, c, self.lang)
            if other_end(c, other) in self.introduced and other_end(c, other) != name
        ]
        if roles and self.rng.random() < 0.5:
            role = self.rng.choice(roles)
            self.said.add(role.id)
            owner = self._owner(other_end(role, other))
            return Predicate(atom, leads(atom, name), Mention(other, "role", role, owner))
        limit = self.rng.choice((1, 2, 2)) if self.lang == "en" else int(ends_open(atom, name))
        relative = self._merged(self._predicates(other, limit=limit, but=frozenset({name, *but})))
        if not relative and self.lang == "en" and not but and self.rng.random() < 0.6:
            relative = self._lead_on(other, name)
        return Predicate(atom, leads(atom, name), Mention(other, "new", relative=tuple(relative)))

    def _whose(self, name: str, atoms: list[FactAtom]) -> Predicate | None:
        """A clause with "whose" about the first of `atoms` to somebody of whom something short can be said."""
        if self.lang != "en":
            return None
        for atom in atoms:
            other, property_ = other_end(atom, name), properties()[atom.property]
            if not property_.functional or (atom.subject == other and not property_.symmetric):
                continue
            said = [c for c in self._pending(other) if names_only(self.query, c, other)]
            if other in self.introduced or not said:
                continue
            self.said.add(atom.id)
            self.introduced.add(other)
            clause = self._predicate(other, said[0], {})
            self.said.add(said[0].id)
            return Predicate(atom, leads(atom, name), Mention(other, "borne", relative=(clause,)))
        return None

    def _merged(self, predicates: list[Predicate]) -> list[Predicate]:
        """Predicates, two facts of one kind about things that can be named joined in one."""
        found: list[Predicate] = []
        for predicate in predicates:
            for place, first in enumerate(found):
                if self.lang == "en" and alike(first, predicate):
                    found.append(replace(found.pop(place), also=predicate))  # last: the second may have a clause
                    break
            else:
                found.append(predicate)
        return found

    def _lead_on(self, name: str, subject: str) -> list[Predicate]:
        """A clause about a variable that brings in the next one: "a club that is in a country"."""
        atoms = [c for c in self._unsaid(name) if isinstance(c, FactAtom) and other_end(c, name) not in self._out]
        if not atoms or self._pending(name):
            return []
        atom = self.rng.choice(atoms)
        other = other_end(atom, name)
        self.waiting.setdefault(name, []).append(other)
        return [self._introduce(name, atom, other, but=frozenset({subject}))]

    def _bring(self, name: str, same: Same) -> None:
        """What two share has been said, so it can be spoken of."""
        self.introduced |= set(same.brings)
        self.waiting.setdefault(name, []).extend(same.brings)

    def _describe_given(self, name: str) -> None:
        others = {v.name for v in self.query.givens}
        if self._pending(name, within=others):
            predicates = self._predicates(name, within=others)
            self.sentences.append(Sentence(Mention(name, "given"), tuple(predicates)))

    # ---- constraints

    def _unsaid(self, name: str) -> list[Said]:
        return [c for c in self.plain if c.id not in self.said and name in c.variables]

    def _pending(self, name: str, *, within: set[str] | None = None, but: frozenset[str] = frozenset()) -> list[Said]:
        """Unsaid constraints of a variable whose other end can be named already and is none of `but`."""
        known = (self.introduced if within is None else within) - but
        return [c for c in self._unsaid(name) if all(other in known for other in c.variables if other != name)]

    def _predicates(
        self, name: str, *, limit: int | None = None, within: set[str] | None = None, but: frozenset[str] = frozenset()
    ) -> list[Predicate]:
        """Take pending constraints as predicates of `name`, dates joined to the event they date."""
        constraints = self._pending(name, within=within, but=but)
        self.rng.shuffle(constraints)
        if limit is not None and self.lang == "zh":
            constraints = [c for c in constraints if goes_before(c, name)]
        dates = {c.property: c for c in constraints if isinstance(c, LiteralAtom)}
        chosen = constraints[:limit]
        found: list[Predicate] = []
        for constraint in sorted(chosen, key=lambda c: isinstance(c, LiteralAtom)):
            if constraint.id not in self.said:
                predicate = self._predicate(name, constraint, dates)
                self.said |= {constraint.id} | ({predicate.when.id} if predicate.when else set())
                if isinstance(constraint, Same):
                    self._bring(name, constraint)
                found.append(predicate)
        self.rng.shuffle(found)
        return found

    def _predicate(self, name: str, constraint: Said, dates: dict[str, LiteralAtom]) -> Predicate:
        if isinstance(constraint, LiteralAtom):
            return Predicate(constraint, True)
        forward = leads(constraint, name)
        when = None
        if isinstance(constraint, FactAtom) and forward:
            fitting = [date for date in dated_phrases(constraint.property, self.lang) if date in dates]
            when = next((dates[date] for date in fitting if dates[date].id not in self.said), None)
        return Predicate(constraint, forward, self._owner(other_end(constraint, name)), when)

    def _owner(self, name: str) -> Mention:
        return Mention(name, "given" if self.query.variable(name).role is Role.GIVEN else "known")


def _swallows(predicate: Predicate) -> bool:
    """Whether it ends in a clause, which would take what follows for its own."""
    parts = (predicate, predicate.also)
    return any(part is not None and part.other is not None and part.other.relative for part in parts)
