"""What the checks of one process share: a world, a web, and the indexes made from them on first use."""

from collections import Counter, OrderedDict
from collections.abc import Collection
from functools import cached_property, lru_cache

from redsearcher.agent.solver.parse.question import parse_question
from redsearcher.agent.solver.parse.tree import ParseError
from redsearcher.graph.check import Checker
from redsearcher.records.query import Query
from redsearcher.records.task import SearchAudit
from redsearcher.records.world import Document
from redsearcher.synthesis.audit import Auditor
from redsearcher.synthesis.check import Proof, checker
from redsearcher.synthesis.config import VerifyConfig
from redsearcher.synthesis.reader import NameIndex
from redsearcher.synthesis.span import SpanReader
from redsearcher.synthesis.verify.finding import Case, Meter
from redsearcher.web.engine import Web
from redsearcher.world.store import World

PAGES_KEPT = 4_000


class Bench:
    """Everything a check may look at. One process makes one; `close` frees the prover's databases."""

    def __init__(self, world: World, web: Web, config: VerifyConfig) -> None:
        self.world, self.web, self.config = world, web, config
        self.meter = Meter()
        self._pages: OrderedDict[str, Document] = OrderedDict()
        self._prover: Checker | None = None
        self._parsed = lru_cache(maxsize=64)(_parse)

    @cached_property
    def names(self) -> NameIndex:
        """Bearers of names, by type."""
        return NameIndex(self.world.entities)

    @cached_property
    def proof(self) -> Proof:
        """Re-proves certificates from the world alone."""
        self._prover = checker(self.world)
        return Proof(self.world, self._prover, self.names)

    @cached_property
    def auditor(self) -> Auditor:
        """Audits tasks against the web."""
        return Auditor(self.world, self.web, self.names, top_k=self.config.top_k, reader_k=self.config.reader_k)

    def audit(self, case: Case) -> SearchAudit:
        """The task's search audit, made unless the case has it; its searches count in the meter."""
        if case.audit is None:
            before = self.auditor.n_searches
            case.audit = self.auditor.audit(case.task)
            self.meter.calls += self.auditor.n_searches - before
        return case.audit

    @cached_property
    def spans(self) -> SpanReader:
        """Reads what a span of a page says."""
        return SpanReader(self.world, self.names)

    @cached_property
    def mentions(self) -> Counter[str]:
        """How often pages say something of each entity, strictly or loosely: how well known it is."""
        found: Counter[str] = Counter()
        for fact, rows in self.world.statements.items():
            known = self.world.facts.get(fact)
            if known is not None:
                found[known.subject] += len(rows)
                if known.object is not None:
                    found[known.object] += len(rows)
        return found

    @cached_property
    def by_fame(self) -> dict[str, tuple[str, ...]]:
        """Entities of each type, the most mentioned first; equals in the order of their ids."""
        found: dict[str, list[str]] = {}
        for entity, type_ in self.world.types.items():
            found.setdefault(type_, []).append(entity)
        return {t: tuple(sorted(rows, key=lambda e: (-self.mentions[e], e))) for t, rows in found.items()}

    def pages(self, ids: Collection[str]) -> dict[str, Document]:
        """Pages of the world, kept for the next task."""
        missing = [id_ for id_ in ids if id_ not in self._pages]
        if missing:
            self._pages.update(self.world.pages(missing))
        found = {id_: self._pages[id_] for id_ in ids if id_ in self._pages}
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        return found

    def parse(self, question: str, lang: str) -> Query | ParseError:
        """The question read back from its text alone, or why it cannot be."""
        return self._parsed(question, lang)

    def close(self) -> None:
        """Free what must be freed."""
        if self._prover is not None:
            self._prover.close()


def _parse(question: str, lang: str) -> Query | ParseError:
    try:
        return parse_question(question, lang)
    except ParseError as error:
        return error
