"""What to look up next: the cheapest open constraint of the most promising assignment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from redsearcher.agent.solver.assign import SUPPORTED, Assignment
from redsearcher.agent.solver.beliefs import Beliefs
from redsearcher.agent.solver.measure import Ask, LookUp, Measures
from redsearcher.agent.solver.observe import Document, can_open
from redsearcher.agent.solver.phrase import QueryWriter, fan_out, property_at
from redsearcher.core.text import fold
from redsearcher.records.query import Constraint, LiteralAtom, PlainAtom, Query, ToolAtom
from redsearcher.world.property import properties

PER_CALL = {"search": 3, "visit": 3, "maps": 1, "scholar": 8, "python": 8}
"""How much of a kind may go into one call."""
FIRM = 0.5
OWN_PAGES = 4
MENTION_PAGES = 3
LAST_MENTION_PAGES = 10
HUB = 20
LOOK_AHEAD = 12

Kind = Literal["search", "visit", "maps", "scholar", "python"]


class Action(NamedTuple):
    """One query, address, name or line of code, and the constraint (under values) it is meant to settle.

    `arguments` are what else a call of maps says.
    """

    kind: Kind
    text: str
    constraint: Constraint
    values: Mapping[str, str]
    arguments: tuple[tuple[str, str], ...] = ()


class Planner:
    """Options per constraint, less what was asked and opened before. `seed` None: the plain wording of queries.

    `offered` are the names of the tools; what only another one tells is left open.
    """

    def __init__(
        self,
        query: Query,
        beliefs: Beliefs,
        measures: Measures,
        asked: frozenset[str],
        opened: frozenset[str],
        offered: frozenset[str],
        lang: str,
        seed: int | None,
    ) -> None:
        self._query, self._beliefs, self._measures = query, beliefs, measures
        self._asked, self._opened, self._offered, self._lang = asked, opened, offered, lang
        self._queries = QueryWriter(query, beliefs, lang, seed)
        self._memo: dict[tuple[str, ...], Action | None] = {}
        self._texts = [(hit, fold(text_of(hit))) for hit in dict.fromkeys(beliefs.documents())]

    def exhausted(self, constraint: Constraint, values: Mapping[str, str]) -> bool:
        """Whether nothing is left to look up about a constraint. What no tool is there for was never tried."""
        return constraint not in self.untold and self.option(constraint, values) is None

    @cached_property
    def untold(self) -> tuple[ToolAtom, ...]:
        """Constraints that need a tool which is not offered."""
        tools = [c for c in self._query.constraints if isinstance(c, ToolAtom)]
        return tuple(c for c in tools if any(call.tool not in {"name", *self._offered} for call in c.call.calls))

    def option(self, constraint: Constraint, values: Mapping[str, str], *, last: bool = False) -> Action | None:
        """The next thing to look up about a constraint under some values; `last`: of the far-fetched ones."""
        key = (str(last), constraint.id, *(values.get(name, "") for name in constraint.variables))
        if key not in self._memo:
            self._memo[key] = next(self._options_of(constraint, values, last=last), None)
        return self._memo[key]

    def next_actions(self, ranked: Sequence[Assignment]) -> list[Action]:
        """Actions of one kind, as many as fit a call, for the best assignments first; far-fetched ones come last."""
        return self._gather(ranked, last=False) or self._gather(ranked, last=True)

    def _gather(self, ranked: Sequence[Assignment], *, last: bool) -> list[Action]:
        chosen: list[Action] = []
        for assignment in ranked[:LOOK_AHEAD]:
            adrift = [
                c for c in self._query.constraints if last and not any(v in assignment.values for v in c.variables)
            ]
            for constraint in (*self._open(assignment), *adrift):
                action = self.option(constraint, assignment.values, last=last)
                if action is None or (chosen and action.kind != chosen[0].kind):
                    continue
                if action.text not in (other.text for other in chosen):
                    chosen.append(action)
                if len(chosen) == PER_CALL[action.kind]:
                    return chosen
        return chosen

    def is_settled(self, assignment: Assignment) -> bool:
        """Every constraint has firm evidence, or what there is with nothing left to look up; what no tool is there for
        counts as settled."""
        pairs = zip(self._query.constraints, assignment.support, strict=True)
        return all(
            constraint in self.untold
            or weight >= FIRM
            or (weight >= SUPPORTED and self.exhausted(constraint, assignment.values))
            for constraint, weight in pairs
        )

    def doubts(self, assignment: Assignment) -> list[Action]:
        """Pages, or a search for one, of values of which nothing says yet what kind of thing they are."""
        actions: list[Action] = []
        for variable in self._query.unknowns:
            value = assignment.values.get(variable.name, "")
            if not value or self._beliefs.kind(value):
                continue
            constraint = next(c for c in self._query.constraints if variable.name in c.variables)
            pages = self._beliefs.pages(value)
            if not self._opened.intersection(pages):
                options = [Action("visit", url, constraint, assignment.values) for url in pages[:1]]
                named = self._beliefs.spelling(value)
                options += [Action("search", named, constraint, assignment.values)] if named not in self._asked else []
                actions += options[:1]
        return [action for action in actions if action.kind == actions[0].kind][: PER_CALL["visit"]]

    def _open(self, assignment: Assignment) -> list[Constraint]:
        """Constraints to look up, the narrowest relation first."""
        found = []
        for number, constraint in enumerate(self._query.constraints):
            bound = [name for name in constraint.variables if name in assignment.values]
            if bound and 0.0 <= assignment.support[number] < FIRM:
                checks = len(bound) == len(constraint.variables)
                width = min(fan_out(constraint, name) for name in bound)
                weak = assignment.support[number] >= SUPPORTED
                found.append((weak, not checks and width >= HUB, -len(bound), width, number, constraint))
        return [row[-1] for row in sorted(found, key=lambda row: row[:-1])]

    def _options_of(self, constraint: Constraint, values: Mapping[str, str], *, last: bool) -> Iterator[Action]:
        if not isinstance(constraint, ToolAtom):
            yield from (self._last_options if last else self._options)(constraint, values)
            return
        if constraint in self.untold:
            return
        all_bound = all(name in values for name in constraint.variables)
        measures = self._measures
        need = (
            measures.outcome(constraint, values).need if all_bound else measures.opening(constraint, values, last=last)
        )
        if isinstance(need, LookUp):
            number = LiteralAtom(id=constraint.id, subject=need.variable, property=need.property)
            yield from (self._last_options if last else self._options)(number, values)
        elif isinstance(need, Ask):
            yield Action(need.tool, need.item, constraint, values, need.arguments)

    def _options(self, constraint: PlainAtom, values: Mapping[str, str]) -> Iterator[Action]:
        bound = sorted((n for n in constraint.variables if n in values), key=lambda n: fan_out(constraint, n))
        for number, name in enumerate(bound):
            # With both ends known there is no need to list everything at the crowded one.
            if number and fan_out(constraint, name) >= HUB:
                continue
            yield from self._own_pages(constraint, values, name)
            yield from self._searches(constraint, values, self._queries.first(constraint, values, name))
        if len(bound) == len(constraint.variables):
            yield from self._searches(constraint, values, self._queries.pair(constraint, values))
            yield from self._mention_pages(constraint, values, bound, MENTION_PAGES)
            return
        for name in bound:
            yield from self._searches(constraint, values, self._queries.joint(constraint, values, name))
            yield from self._mention_pages(constraint, values, bound, MENTION_PAGES)
            yield from self._searches(constraint, values, self._queries.more(constraint, values, name))

    def _last_options(self, constraint: PlainAtom, values: Mapping[str, str]) -> Iterator[Action]:
        bound = [name for name in constraint.variables if name in values]
        if not bound:
            yield from self._searches(constraint, values, self._queries.unbound(constraint))
            return
        for name in bound:
            yield from self._searches(constraint, values, self._queries.more(constraint, values, name))
            yield from self._searches(constraint, values, self._queries.last(constraint, values, name))
        yield from self._mention_pages(constraint, values, bound, LAST_MENTION_PAGES)
        for name in bound:
            yield from self._mention_pages(constraint, values, [name], LAST_MENTION_PAGES)

    def _searches(self, constraint: Constraint, values: Mapping[str, str], queries: Iterable[str]) -> Iterator[Action]:
        for query in queries:
            if query not in self._asked:
                yield Action("search", query, constraint, values)

    def _own_pages(self, constraint: PlainAtom, values: Mapping[str, str], name: str) -> Iterator[Action]:
        for url in self._beliefs.pages(values[name])[:OWN_PAGES]:
            if can_open(url) and url not in self._opened:
                yield Action("visit", url, constraint, values)

    def _mention_pages(
        self, constraint: PlainAtom, values: Mapping[str, str], bound: list[str], limit: int
    ) -> Iterator[Action]:
        """Pages that name every bound end and are not its own; those whose visible text betrays the property first."""
        needles = [fold(self._beliefs.spelling(values[name])) for name in bound]
        cues = [fold(c) for n in bound for c in properties()[property_at(constraint, n)].phrases(self._lang).cues]
        own = {url for name in bound for url in self._beliefs.pages(values[name])}
        ranks: dict[str, tuple[bool, int]] = {}
        for document, text in self._texts:
            if document.url not in own and all(needle in text for needle in needles):
                rank = (not any(cue in text for cue in cues), len(ranks))
                ranks[document.url] = min(rank, ranks.get(document.url, rank))
        for url in sorted(ranks, key=lambda url: ranks[url])[:limit]:
            if can_open(url) and url not in self._opened:
                yield Action("visit", url, constraint, values)


def text_of(document: Document) -> str:
    """Title and sentences in one text."""
    return " ".join((document.title, *(sentence.text for sentence in document.sentences)))
