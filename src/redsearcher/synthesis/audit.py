"""What one web gives away about a task: are its facts findable, is there a way round the reasoning?"""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import product

from redsearcher.core.text import contains_name
from redsearcher.errors import BudgetError
from redsearcher.graph.certify import needed_facts
from redsearcher.graph.cover import minimum_cover
from redsearcher.graph.evaluate import answers
from redsearcher.records.query import CompareAtom, Constraint, FactAtom, LiteralAtom, Query, Role, ToolAtom
from redsearcher.records.task import SearchAudit, Task
from redsearcher.records.tool import Hit
from redsearcher.records.world import Document, Fact, Strength
from redsearcher.synthesis.reader import NameIndex, guess
from redsearcher.web.engine import Web
from redsearcher.world.build import LooseFinder
from redsearcher.world.property import entity_types, properties
from redsearcher.world.store import World

_NAMES_TRIED = 2
_PAGES_KEPT = 2_000
_FOREIGN_NAMES, _FOREIGN_K = 3, 1_000
"""Pages that are not the world's are looked for by more names of each end, and further down."""


class Auditor:
    """Audits tasks of one world against one web. `n_searches` counts the searches made."""

    def __init__(
        self, world: World, web: Web, names: NameIndex | None = None, *, top_k: int, reader_k: int = 10
    ) -> None:
        self._world, self._web, self._top_k, self._reader_k = world, web, top_k, reader_k
        self._names = names or NameIndex(world.entities)
        self._lang = world.info.lang
        self._facts_on = lru_cache(maxsize=_PAGES_KEPT)(self._read_page)
        self.n_searches = 0

    def audit(self, task: Task) -> SearchAudit:
        """Search for every fact, for the question, for each constraint; look for pages that say too much."""
        query = task.query
        hits = self._search(task.question, self._top_k)
        snippets = [f"{hit.title}. {hit.snippet}" for hit in hits]
        foreign = self._foreign_pages(query)
        named = (hit.rank for hit, text in zip(hits, snippets, strict=True) if self._names_answer(task, text))
        return SearchAudit(
            task=task.id,
            web=self._web.info.id,
            engine_version=self._web.info.engine_version,
            top_k=self._top_k,
            retrievable={c.id: self._constraint_rank(c) for c in query.constraints},
            question_rank=next(named, None),
            page_shortcut=self._page_shortcut(query, foreign),
            question_shortcut=self._guess(query, snippets[: self._reader_k]) == task.answer_entity,
            constraint_shortcut_rate=self._constraint_rate(task),
            msd_web=self._msd(query, foreign) if self._has_foreign else None,
        )

    def _names_answer(self, task: Task, text: str) -> bool:
        return any(contains_name(text, name) for name in (task.answer, *task.aliases))

    def _constraint_rank(self, constraint: Constraint) -> int | None:
        """The worst rank over the constraint's facts, or None if one of them is not found.

        What a tool knows by itself takes no search: it counts as found first.
        """
        if isinstance(constraint, ToolAtom) and not constraint.reads_pages:
            return 1
        known = [self._world.facts.get(fact) for fact in constraint.facts]
        ranks = [None if fact is None else self._fact_rank(fact) for fact in known]
        found = [rank for rank in ranks if rank is not None]
        return max(found) if found and len(found) == len(ranks) else None

    def _fact_rank(self, fact: Fact) -> int | None:
        """The best rank of a page that states the fact strictly, over queries from either end."""
        stating = self._world.stating(fact.id, Strength.STRICT)
        best: int | None = None
        for query in self._queries(fact):
            for rank, document in enumerate(self._find(query, best - 1 if best else self._top_k), 1):
                if document.id in stating:
                    best = rank
                    break
            if best == 1:
                break
        return best

    def _queries(self, fact: Fact) -> list[str]:
        """`name of an end, what the property is called`: what an agent that knows one end can type."""
        row = properties()[fact.property]
        words = [row.label[self._lang], *row.phrases(self._lang).cues[:1]]
        ends = [fact.subject] + ([fact.object] if fact.object is not None else [])
        return [f"{self._world.entities[end].label} {word}" for word in words for end in ends]

    def _page_shortcut(self, query: Query, foreign: Sequence[Document]) -> bool:
        """Whether the constraints that one page states, loosely, force the answer by themselves (facts stated).

        Pages count by the world's statements, and again by what they are seen to say where a search finds them.
        """
        said: dict[str, set[str]] = {}
        for constraint in query.constraints:
            stating = [self._world.stating(fact, Strength.LOOSE) for fact in constraint.facts]
            for document in frozenset.intersection(*stating) if stating else frozenset():
                said.setdefault(document, set()).add(constraint.id)
        for page in (*self._pages_naming_both(query, _NAMES_TRIED, self._top_k), *foreign):
            facts = self._facts_on(page)
            here = {c.id for c in query.constraints if c.facts and facts.issuperset(c.facts)}
            said.setdefault(page.id, set()).update(here)
        kept = sorted({frozenset(ids) for ids in said.values()}, key=sorted)
        largest = [ids for ids in kept if not any(ids < other for other in kept)]  # more constraints force more
        return any(self._forces(query, ids) for ids in largest)

    @cached_property
    def _has_foreign(self) -> bool:
        """Whether the web shows more pages than the world has."""
        return self._web.info.n_documents > self._world.info.n_documents

    @cached_property
    def _stating(self) -> frozenset[str]:
        return frozenset(one.document for rows in self._world.statements.values() for one in rows)

    def _foreign_pages(self, query: Query) -> list[Document]:
        """Pages of the web that the world does not have, or of which it knows no statement."""
        if not self._has_foreign:
            return []
        found = self._pages_naming_both(query, _FOREIGN_NAMES, _FOREIGN_K)
        return [page for page in found if page.id not in self._stating]

    def _msd(self, query: Query, foreign: Sequence[Document]) -> int | None:
        """The least number of pages of the web that state every fact, loosely; None where none states some fact."""
        facts = needed_facts(query)
        more = {page.id: self._facts_on(page) for page in foreign}
        cover = minimum_cover(
            [
                self._world.stating(fact, Strength.LOOSE) | {id_ for id_, said in more.items() if fact in said}
                for fact in facts
            ]
        )
        return None if cover is None else len(cover)

    def _pages_naming_both(self, query: Query, n_names: int, k: int) -> list[Document]:
        """Pages of the web that name both ends of some fact, or the subject of a literal."""
        found: dict[str, Document] = {}
        entities = {v.name: v.entity for v in query.variables}
        for constraint in query.constraints:
            if not isinstance(constraint, FactAtom | LiteralAtom):
                continue
            ends = [self._world.entities[entity] for name in constraint.variables if (entity := entities[name])]
            names = [end.names[:n_names] for end in ends]
            for chosen in product(*names):
                query_text = " ".join(f'"{name}"' for name in chosen)
                found |= {page.id: page for page in self._find(query_text, k)}
        return list(found.values())

    def _read_page(self, page: Document) -> frozenset[str]:
        return frozenset(statement.fact for statement in self._loose.statements(page, set()))

    @cached_property
    def _loose(self) -> LooseFinder:
        return LooseFinder(self._world.entities.values(), list(self._world.facts.values()), {})

    def _search(self, query: str, k: int) -> list[Hit]:
        self.n_searches += 1
        return self._web.search(query, k)

    def _find(self, query: str, k: int) -> list[Document]:
        self.n_searches += 1
        return self._web.find(query, k)

    def _forces(self, query: Query, kept: frozenset[str]) -> bool:
        part = query
        for constraint in query.constraints:
            if constraint.id not in kept:
                part = part.without(constraint.id)
        if not any(part.answer.name in constraint.variables for constraint in part.constraints):
            return False
        try:
            return len(answers(part, self._world.stated, limit=2)) == 1
        except BudgetError:  # so many candidates that the page does not settle the matter
            return False

    def _guess(self, query: Query, snippets: list[str]) -> str | None:
        givens = {variable.entity for variable in query.givens if variable.entity is not None}
        return guess(self._names, snippets, query.answer.type, givens)

    def _constraint_rate(self, task: Task) -> float:
        """The share of constraints for which the reader guesses the answer from a search for that constraint alone.

        The search names the constraint's givens, its property and the type of what is asked for.
        """
        right = 0
        noun = entity_types()[task.query.answer.type].noun(self._lang).noun
        for constraint in task.query.constraints:
            ends = [task.query.variable(name) for name in constraint.variables]
            givens = [self._world.entities[v.entity].label for v in ends if v.role is Role.GIVEN and v.entity]
            words = " ".join([*givens, *self._topics(constraint), noun])
            hits = self._search(words, self._reader_k)
            found = self._guess(task.query, [f"{hit.title}. {hit.snippet}" for hit in hits])
            right += found == task.answer_entity
        return round(right / len(task.query.constraints), 4)

    def _topics(self, constraint: Constraint) -> list[str]:
        """What a constraint is about, as words to search for."""
        if isinstance(constraint, ToolAtom):
            read = [operand.property for operand in constraint.call.inputs if operand.property is not None]
            return [properties()[name].label[self._lang] for name in read] or [constraint.call.function]
        name = constraint.left_property if isinstance(constraint, CompareAtom) else constraint.property
        return [properties()[name].label[self._lang]]
