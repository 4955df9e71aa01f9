"""Re-proving certificates from the facts alone, by other means than made them.

Answers, solutions, necessity and search width are counted by SQL; treewidth is proved over sets of eliminated vertices,
the smallest number of documents by trying. Nothing is imported from the solvers that certificates come from.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing

from redsearcher.errors import DataError
from redsearcher.graph import decomposition, elementary
from redsearcher.graph.cap import ANSWER_CAP, SOLUTION_CAP, WIDTH_CAP
from redsearcher.graph.intended import Intended
from redsearcher.graph.sql import SqlFacts
from redsearcher.graph.sqltool import count_calls
from redsearcher.records.query import Query
from redsearcher.records.task import Certificate
from redsearcher.records.world import Fact, Statement, Strength

LOWER_BOUND_KINDS = frozenset({"edges", "minor_min_width", "clique_minor", "exhausted"})


class Checker:
    """Loads a world's facts once, checks many certificates. `types` maps every entity to its type.

    What a world cannot tell is left to the caller: that `task`, `world` and `world_kind` name the right ones, and the
    exact `lexical_overlap`. `tools` are the pure functions that tool atoms call, `complete` the properties that
    aggregates may go through (None: all).
    """

    def __init__(
        self,
        facts: Iterable[Fact],
        statements: Iterable[Statement],
        types: Mapping[str, str],
        tools: Mapping[str, Callable[..., tuple[float, ...]]] | None = None,
        complete: Collection[str] | None = None,
    ) -> None:
        self._facts = {fact.id: fact for fact in facts}
        strict: dict[str, set[str]] = {}
        loose: dict[str, set[str]] = {}
        for statement in statements:
            loose.setdefault(statement.fact, set()).add(statement.document)
            if statement.strength is Strength.STRICT:
                strict.setdefault(statement.fact, set()).add(statement.document)
        self._strict, self._loose = strict, loose
        stated = [fact for key, fact in self._facts.items() if key in strict]
        self._known = SqlFacts(self._facts.values(), types, tools=tools)
        everything = len(stated) == len(self._facts)
        self._stated = self._known if everything else SqlFacts(stated, types, tools=tools)
        self._intended = Intended(self._facts, strict, types, tools or {}, complete)

    def close(self) -> None:
        """Free the databases; the checker is of no use afterwards."""
        self._known.close()
        self._stated.close()

    def check(self, certificate: Certificate, query: Query) -> list[str]:
        """Every problem found, as text; empty: the certificate passes.

        Raises BudgetError when a count takes too long to say either way.
        """
        return [
            *self._intended.problems(query),
            *self._shape(certificate, query),
            *self._documents(certificate, query),
            *self._counts(certificate, query),
            *self._width(certificate, query),
        ]

    def _shape(self, certificate: Certificate, query: Query) -> Iterator[str]:
        for with_givens, value, name in (
            (False, certificate.k, "k"),
            (True, certificate.treewidth_with_givens, "treewidth_with_givens"),
        ):
            vertices, joined = elementary.edges(query, with_givens=with_givens)
            if not elementary.has_width(vertices, joined, value):
                yield f"{name} is {value}, but no elimination order is that narrow"
            elif elementary.has_width(vertices, joined, value - 1):
                yield f"{name} is {value}, but some elimination order is narrower"
        if certificate.decomposition.width != certificate.k:
            yield f"the decomposition has width {certificate.decomposition.width}, k is {certificate.k}"
        vertices, joined = elementary.edges(query, with_givens=False)
        try:
            graph = {v: frozenset().union(*(pair for pair in joined if v in pair)) - {v} for v in vertices}
            decomposition.check(certificate.decomposition, graph)
        except DataError as error:
            yield f"decomposition: {error}"
        bound = certificate.lower_bound
        proves = bound.kind in LOWER_BOUND_KINDS and (bound.kind != "edges" or bound.value <= 1)
        if bound.value != certificate.k or not proves:
            yield f"the lower bound ({bound.kind}, {bound.value}) does not prove k = {certificate.k}"
        if (distance := elementary.greatest_distance(query)) != certificate.hops:
            yield f"hops is {certificate.hops}, the farthest unknown is {distance} away"
        if certificate.n_constraints != len(query.constraints):
            yield f"n_constraints is {certificate.n_constraints}, the query has {len(query.constraints)}"
        if certificate.n_tool_sources != count_calls(query):
            yield f"n_tool_sources is {certificate.n_tool_sources}, the query makes {count_calls(query)} calls"
        if not 0 <= certificate.lexical_overlap <= 1:
            yield f"lexical_overlap is {certificate.lexical_overlap}, not a share"

    def _documents(self, certificate: Certificate, query: Query) -> Iterator[str]:
        facts = sorted({fact for c in query.constraints for fact in c.facts})
        for name, value, stating in (
            ("msd_strict", certificate.msd_strict, self._strict),
            ("msd_loose", certificate.msd_loose, self._loose),
        ):
            sets = [frozenset(stating.get(fact, ())) for fact in facts]
            if not elementary.has_cover(sets, value):
                yield f"{name} is {value}, but no {value} documents state every fact"
            elif elementary.has_cover(sets, value - 1):
                yield f"{name} is {value}, but fewer documents state every fact"
        cover = set(certificate.cover)
        if len(cover) != len(certificate.cover) or len(cover) != certificate.msd_strict:
            yield f"the cover has {len(cover)} documents, msd_strict is {certificate.msd_strict}"
        for fact in facts:
            if not cover & self._strict.get(fact, set()):
                yield f"no document of the cover states fact {fact} strictly"

    def _counts(self, certificate: Certificate, query: Query) -> Iterator[str]:
        n_answers = self._known.n_answers(query, ANSWER_CAP)
        if n_answers != certificate.n_answers:
            yield f"n_answers is {certificate.n_answers}, SQL counts {n_answers}"
        n_solutions = self._known.n_solutions(query, SOLUTION_CAP)
        if n_solutions != certificate.n_solutions:
            yield f"n_solutions is {certificate.n_solutions}, SQL counts {n_solutions}"
        if set(certificate.necessity) != {c.id for c in query.constraints}:
            yield "necessity does not list the constraints of the query"
        for c in query.constraints:
            without = self._stated.n_answers(query.without(c.id), ANSWER_CAP)
            if certificate.necessity.get(c.id, without) != without:
                yield f"without {c.id}: necessity says {certificate.necessity[c.id]} answers, SQL counts {without}"
        if certificate.tight != (bool(query.constraints) and all(n > 1 for n in certificate.necessity.values())):
            yield f"tight is {certificate.tight}, which necessity denies"

    def _width(self, certificate: Certificate, query: Query) -> Iterator[str]:
        width, names = certificate.search_width, [v.name for v in query.unknowns]
        givens = {v.name for v in query.givens}
        counted: dict[frozenset[str], int] = {}

        def n_partial(bound: frozenset[str], limit: int) -> int:
            if bound not in counted:
                kept = bound | givens
                part = Query(
                    variables=tuple(v for v in query.variables if v.name in kept),
                    constraints=tuple(c for c in query.constraints if set(c.variables) <= kept),
                )
                counted[bound] = self._stated.n_solutions(part, min(width, WIDTH_CAP) + 1)
            return min(counted[bound], limit)

        if not 1 <= width <= WIDTH_CAP:
            yield f"search_width is {width}, outside 1 to {WIDTH_CAP}"
        elif width < WIDTH_CAP and not elementary.has_search_width(names, n_partial, width):
            yield f"search_width is {width}, but every order meets more partial solutions"
        elif width > 1 and elementary.has_search_width(names, n_partial, width - 1):
            yield f"search_width is {width}, but some order meets fewer partial solutions"


def check(
    certificate: Certificate,
    query: Query,
    facts: Iterable[Fact],
    statements: Iterable[Statement],
    types: Mapping[str, str],
    tools: Mapping[str, Callable[..., tuple[float, ...]]] | None = None,
) -> list[str]:
    """Problems of one certificate (`Checker` is faster for many). Raises BudgetError when it cannot be decided."""
    with closing(Checker(facts, statements, types, tools)) as checker:
        return checker.check(certificate, query)
