"""What a question says in which order, before any word is chosen: sentences, predicates, mentions."""

from dataclasses import dataclass, field
from random import Random
from typing import Literal

from redsearcher.records.query import FactAtom, LiteralAtom, PlainAtom, Query, Role, ToolAtom
from redsearcher.synthesis.verbalise.bearer import sole_role
from redsearcher.synthesis.verbalise.same import Same, sames
from redsearcher.world.property import Lang
from redsearcher.world.wording import dated_phrases

MAX_PREDICATES = 3
Said = PlainAtom | Same
Opening = Literal["plain", "exists", "seek"]


@dataclass(frozen=True)
class Mention:
    """One reference to a variable. `role`: brought in as what it is to `owner`, which states that atom."""

    var: str
    kind: Literal["given", "new", "role", "known"]
    role: FactAtom | None = None
    owner: "Mention | None" = None
    relative: tuple["Predicate", ...] = ()


@dataclass(frozen=True)
class Predicate:
    """A constraint said of a subject. `forward`: the subject is the atom's subject, or the left of a comparison.

    `when` is a date said in the same breath ("was born in Karsholm in the 1950s").
    """

    constraint: Said
    forward: bool
    other: Mention | None = None
    when: LiteralAtom | None = None


@dataclass(frozen=True)
class Sentence:
    """A subject and what is said of it. With an opening other than plain, the subject's relative clauses say it all."""

    subject: Mention
    predicates: tuple[Predicate, ...]
    opening: Opening = "plain"


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
    plain: list[Said] = field(init=False)
    """All that is to be said; what two variables share, as one."""
    between: set[str] = field(init=False)
    """Latents that are not spoken of, since they only stand between two others."""

    def __post_init__(self) -> None:
        shared = sames(self.query, self.lang)
        self.between = {name for same in shared for name, *_ in same.shared}
        atoms = [c for c in self.query.constraints if not isinstance(c, ToolAtom)]
        self.plain = [*(c for c in atoms if not self.between & set(c.variables)), *shared]

    def plan(self) -> tuple[Sentence, ...]:
        """All sentences but the closing one. Raises ValueError for a constraint between a variable and itself."""
        for constraint in self.query.constraints:
            if not isinstance(constraint, ToolAtom) and len(constraint.variables) != len(set(constraint.variables)):
                raise ValueError(f"constraint {constraint.id} relates a variable to itself")
        self.introduced |= {variable.name for variable in self.query.givens}
        for variable in self.query.givens:
            self._describe_given(variable.name)
        while unknowns := [v.name for v in self.query.unknowns if v.name not in self.introduced | self.between]:
            self._start(self._choose_root(unknowns))
        return tuple(self.sentences)

    # ---- walking

    def _choose_root(self, unknowns: list[str]) -> str:
        if self.query.answer.name in unknowns and self.rng.random() < 0.35:
            return self.query.answer.name
        weights = [1 + 2 * len(self._pending(name)) for name in unknowns]
        return self.rng.choices(unknowns, weights)[0]

    def _start(self, root: str) -> None:
        anchors = [
            c for c in self._pending(root) if isinstance(c, FactAtom) and sole_role(self.query, root, c, self.lang)
        ]
        self.introduced.add(root)
        if anchors and self.rng.random() < 0.3:
            atom = self.rng.choice(anchors)
            if len(self._unsaid(root)) > 1:
                self.said.add(atom.id)
                self._visit(root, Mention(root, "role", atom, self._owner(_other(atom, root))))
                return
        self._visit(root, Mention(root, "new"))

    def _visit(self, name: str, mention: Mention) -> None:
        """Say all that can be said of a variable now, then go on to those it introduced."""
        by_verb, by_role = self._ways_on(name)
        pending = self._predicates(name)
        if not pending and not by_verb and by_role and mention.kind != "known":
            by_verb.append(by_role.pop(0))
        intros = [(atom, _other(atom, name)) for atom in by_verb]
        self._speak(name, mention, pending, list(intros))
        for _, other in intros:
            self._visit(other, Mention(other, "known"))
        for atom in by_role:
            other = _other(atom, name)
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

    def _can_open(self, name: str, atom: FactAtom) -> bool:
        """Whether a sentence about the variable would have something to say besides the atom: a comparison with what is
        not introduced yet is none."""
        rest = [c for c in self._unsaid(name) if c.id != atom.id]
        if any(isinstance(c, FactAtom | Same) for c in rest):
            return True
        return any(all(other in self.introduced for other in c.variables if other != name) for c in rest)

    def _ways_on(self, name: str) -> tuple[list[Said], list[FactAtom]]:
        """Atoms to variables not introduced yet: those to be said by a verb, and those by a possessive."""
        by_verb: list[Said] = []
        by_role: list[FactAtom] = []
        seen: set[str] = set()
        atoms = [
            c for c in self._unsaid(name) if isinstance(c, FactAtom | Same) and _other(c, name) not in self.introduced
        ]
        self.rng.shuffle(atoms)
        for atom in atoms:
            other = _other(atom, name)
            if other in seen:
                continue
            seen.add(other)
            fact = isinstance(atom, FactAtom) and sole_role(self.query, other, atom, self.lang) is not None
            if isinstance(atom, FactAtom) and fact and len(self._unsaid(other)) > 1 and self.rng.random() < 0.7:
                by_role.append(atom)
            else:
                by_verb.append(atom)
        return by_verb, by_role

    def _speak(self, name: str, mention: Mention, pending: list[Predicate], intros: list[tuple[Said, str]]) -> None:
        """Write sentences about a variable; whatever brings in another with clauses of its own ends its sentence."""
        self.rng.shuffle(pending)
        while pending or intros:
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
            if predicates:
                self.sentences.append(self._sentence(mention, predicates))
                mention = Mention(name, "known")

    def _sentence(self, mention: Mention, predicates: list[Predicate]) -> Sentence:
        if mention.kind != "new":
            return Sentence(mention, tuple(predicates))
        chance = self.rng.random()
        if chance < 0.45:
            is_answer = self.query.answer.name == mention.var
            opening: Opening = "seek" if is_answer and not self.sentences else "exists"
            subject = Mention(mention.var, "new", relative=tuple(predicates))
            return Sentence(subject, (), opening)
        if (chance < 0.75 and len(predicates) > 1 and predicates[0].other is None) or _is_given(predicates[0]):
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
        roles = [
            c
            for c in self._unsaid(other)
            if isinstance(c, FactAtom) and sole_role(self.query, other, c, self.lang)
            if _other(c, other) in self.introduced and _other(c, other) != name
        ]
        if roles and self.rng.random() < 0.5:
            role = self.rng.choice(roles)
            self.said.add(role.id)
            owner = self._owner(_other(role, other))
            return Predicate(atom, _leads(atom, name), Mention(other, "role", role, owner))
        relative = self._predicates(other, limit=self.rng.choice((1, 2, 2)), but=frozenset({name, *but}))
        if not relative and self.lang == "en" and not but and self.rng.random() < 0.6:
            relative = self._lead_on(other, name)
        return Predicate(atom, _leads(atom, name), Mention(other, "new", relative=tuple(relative)))

    def _lead_on(self, name: str, subject: str) -> list[Predicate]:
        """A clause about a variable that brings in the next one: "a club that is in a country"."""
        atoms = [c for c in self._unsaid(name) if isinstance(c, FactAtom) and _other(c, name) not in self.introduced]
        if not atoms or self._pending(name):
            return []
        atom = self.rng.choice(atoms)
        other = _other(atom, name)
        self.waiting.setdefault(name, []).append(other)
        return [self._introduce(name, atom, other, but=frozenset({subject}))]

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
        dates = {c.property: c for c in constraints if isinstance(c, LiteralAtom)}
        chosen = constraints[:limit]
        found: list[Predicate] = []
        for constraint in sorted(chosen, key=lambda c: isinstance(c, LiteralAtom)):
            if constraint.id not in self.said:
                predicate = self._predicate(name, constraint, dates)
                self.said |= {constraint.id} | ({predicate.when.id} if predicate.when else set())
                found.append(predicate)
        self.rng.shuffle(found)
        return found

    def _predicate(self, name: str, constraint: Said, dates: dict[str, LiteralAtom]) -> Predicate:
        if isinstance(constraint, LiteralAtom):
            return Predicate(constraint, True)
        forward = _leads(constraint, name)
        when = None
        if isinstance(constraint, FactAtom) and forward:
            fitting = [date for date in dated_phrases(constraint.property, self.lang) if date in dates]
            when = next((dates[date] for date in fitting if dates[date].id not in self.said), None)
        return Predicate(constraint, forward, self._owner(_other(constraint, name)), when)

    def _owner(self, name: str) -> Mention:
        return Mention(name, "given" if self.query.variable(name).role is Role.GIVEN else "known")


def _leads(constraint: Said, name: str) -> bool:
    return constraint.variables[0] == name


def _other(constraint: Said, name: str) -> str:
    first, second = constraint.variables
    return second if first == name else first


def _is_given(predicate: Predicate) -> bool:
    return predicate.other is not None and predicate.other.kind == "given"
