"""Easy tasks: small connected queries with one answer, not tight, for a policy that is still learning to search.

Most are trees; some have cycles, so that holding several candidates at once is met early too.
"""

import random
from collections.abc import Mapping
from typing import NamedTuple

from redsearcher import __version__
from redsearcher.core.rng import derive
from redsearcher.errors import BudgetError
from redsearcher.graph.evaluate import answers
from redsearcher.records.query import CompareAtom, Constraint, FactAtom, LiteralAtom, Query, Role, Variable
from redsearcher.records.task import Provenance, Request, Task
from redsearcher.synthesis.anchor import LAST_OF_YEAR
from redsearcher.synthesis.factgraph import Edge, FactGraph
from redsearcher.synthesis.structure import grow
from redsearcher.world.property import properties
from redsearcher.world.store import World

MOST_VALUES = 10
"""A condition between a name of the question and an unknown is met by at most so many entities."""
CYCLE_SIZE = 3
"""What steers the size of cycles: the smaller, the shorter."""
_BUDGET = 20_000


class Shape(NamedTuple):
    """How many unknowns, names, ranges and comparisons a question has, and how often it is drawn.

    With `k` above 1 the unknowns form a structure of that treewidth, and `unknowns` is the most it may have.
    """

    unknowns: int
    givens: int
    ranges: int
    comparisons: int
    weight: float
    k: int = 1


SHAPES = (
    Shape(1, 1, 0, 0, 3.0),
    Shape(1, 1, 1, 0, 2.0),
    Shape(1, 2, 0, 0, 3.0),
    Shape(2, 1, 0, 0, 4.0),
    Shape(2, 1, 1, 0, 3.0),
    Shape(2, 2, 0, 0, 4.0),
    Shape(2, 1, 0, 1, 1.0),
    Shape(3, 1, 0, 0, 2.0),
    Shape(3, 2, 0, 0, 2.0),
    Shape(3, 1, 1, 0, 1.5),
    Shape(4, 1, 0, 0, 4.0, 2),
    Shape(4, 2, 0, 0, 4.0, 2),
    Shape(4, 1, 1, 0, 2.0, 2),
    Shape(5, 1, 0, 0, 2.0, 3),
    Shape(5, 2, 0, 0, 2.0, 3),
)


class Easy(NamedTuple):
    """A query and the treewidth of its unknown part."""

    query: Query
    k: int


class EasySampler:
    """Draws easy queries from one world. Draw `n` depends on the world, the seed and `n` alone."""

    def __init__(self, world: World, graph: FactGraph, seed: int, without: frozenset[str] = frozenset()) -> None:
        """`without`: properties that no query may use."""
        self._world, self._graph, self._seed, self._without = world, graph, seed, without
        self._starts = sorted(e for e in graph.stated_of if graph.eligible[e])

    def draw(self, number: int) -> Easy | None:
        """A query with exactly one answer on all facts known, or None where the draw led nowhere."""
        rng = derive(self._seed, "easy", number)
        shape = rng.choices(SHAPES, [shape.weight for shape in SHAPES])[0]
        nodes, edges = self._tree(shape.unknowns, rng) if shape.k == 1 else self._cyclic(shape, rng)
        if not nodes:
            return None
        anchors = self._givens(nodes, edges, shape.givens, rng)
        if len(anchors) < shape.givens:
            return None
        answer = rng.randrange(len(nodes))
        if nodes[answer] in self._graph.ambiguous:
            return None
        query = self._compose(nodes, edges, anchors, answer, shape, rng)
        return Easy(query, shape.k) if query is not None and self._is_unique(query) else None

    def task(self, easy: Easy, question: str, msd: int) -> Task:
        """The query as a task of this world."""
        query = easy.query
        entity = self._world.entities[query.answer.entity or ""]
        return Task(
            question=question,
            answer=entity.label,
            aliases=entity.aliases,
            answer_entity=entity.id,
            lang=self._world.info.lang,
            query=query,
            request=Request(treewidth=easy.k, msd=msd),
            role="easy",
            provenance=Provenance(world=self._world.id, seed=self._seed, version=__version__, unit="easy"),
        )

    def _is_unique(self, query: Query) -> bool:
        try:
            return len(answers(query, self._world.known, limit=2, budget=_BUDGET)) == 1
        except BudgetError:
            return False

    def _tree(self, size: int, rng: random.Random) -> tuple[list[int], list[Edge]]:
        nodes, edges = [rng.choice(self._starts)], list[Edge]()
        for _ in range(4 * size):
            if len(nodes) == size:
                break
            node = rng.choice(nodes)
            around = self._graph.adjacency.get(node, {})
            fresh = [other for other in around if other not in nodes]
            if fresh:
                edge = self._pick(around[rng.choice(fresh)], rng)
                if edge is not None:
                    edges.append(edge)
                    nodes.append(edge.object if edge.subject in nodes else edge.subject)
        return (nodes, edges) if len(nodes) == size else ([], [])

    def _cyclic(self, shape: Shape, rng: random.Random) -> tuple[list[int], list[Edge]]:
        structure = grow(self._graph, shape.k, CYCLE_SIZE, shape.unknowns, rng)
        if structure is None or any(edge.property in self._without for edge in structure.edges):
            return [], []
        return list(structure.nodes), list(structure.edges)

    def _pick(self, edges: list[Edge], rng: random.Random) -> Edge | None:
        allowed = [edge for edge in edges if edge.property not in self._without]
        return rng.choice(allowed) if allowed else None

    def _givens(self, nodes: list[int], edges: list[Edge], wanted: int, rng: random.Random) -> list[Edge]:
        """Facts between the unknowns and entities to be named, each selective, no two with the same ends."""
        names = [self._graph.entities[node].names for node in nodes]
        options = [
            edge
            for node in nodes
            for edge in self._graph.stated_of[node]
            if edge.property not in self._without and (edge.subject in nodes) != (edge.object in nodes)
        ]
        rng.shuffle(options)
        found: list[Edge] = []
        for edge in options:
            given = edge.object if edge.subject in nodes else edge.subject
            label = self._graph.entities[given].label
            if any(name in label or label in name for held in names for name in held):
                continue
            if given in self._graph.ambiguous or self._n_values(edge, given) > MOST_VALUES:
                continue
            if any(given in (other.subject, other.object) for other in found):
                continue
            found.append(edge)
            if len(found) == wanted:
                break
        return found

    def _n_values(self, edge: Edge, given: int) -> int:
        facts, entity = self._world.known, self._graph.entities[given].id
        rows = facts.backward(edge.property) if edge.object == given else facts.forward(edge.property)
        return len(rows.get(entity, ()))

    def _compose(
        self, nodes: list[int], edges: list[Edge], anchors: list[Edge], answer: int, shape: Shape, rng: random.Random
    ) -> Query | None:
        letters = {node: f"x{n}" for n, node in enumerate(nodes, 1)}
        entities = self._graph.entities
        variables = [
            Variable(
                name=letters[node],
                role=Role.ANSWER if n == answer else Role.LATENT,
                type=entities[node].type,
                entity=entities[node].id,
            )
            for n, node in enumerate(nodes)
        ]
        for edge in anchors:
            given = edge.object if edge.subject in letters else edge.subject
            letters[given] = f"g{len(letters) - len(nodes) + 1}"
            entity = entities[given]
            variables.append(
                Variable(name=letters[given], role=Role.GIVEN, type=entity.type, entity=entity.id, label=entity.label)
            )
        atoms: list[Constraint] = [
            FactAtom(
                id=f"c{n}",
                subject=letters[edge.subject],
                property=edge.property,
                object=letters[edge.object],
                facts=(edge.fact,),
            )
            for n, edge in enumerate([*edges, *anchors], 1)
        ]
        literals = self._literals(nodes, letters, len(atoms), shape, rng)
        if len(literals) < shape.ranges + shape.comparisons:
            return None
        return Query(variables=tuple(variables), constraints=(*atoms, *literals))

    def _literals(
        self, nodes: list[int], letters: Mapping[int, str], first: int, shape: Shape, rng: random.Random
    ) -> list[Constraint]:
        found: list[Constraint] = []
        for node in rng.sample(nodes, len(nodes)):
            facts = [f for f in self._graph.literals_of.get(node, ()) if f.property not in self._without]
            if len(found) < shape.ranges and facts:
                fact = rng.choice(facts)
                number = fact.value.number if fact.value else 0.0
                low, high = around(number, properties()[fact.property].object[0] == "time", rng)
                found.append(
                    LiteralAtom(
                        id=f"c{first + len(found) + 1}",
                        subject=letters[node],
                        property=fact.property,
                        low=low,
                        high=high,
                        facts=(fact.id,),
                    )
                )
        if shape.comparisons and len(nodes) > 1:
            found += self._comparison(nodes, letters, first + len(found) + 1, rng)
        return found

    def _comparison(
        self, nodes: list[int], letters: Mapping[int, str], number: int, rng: random.Random
    ) -> list[Constraint]:
        one, other = rng.sample(nodes, 2)
        for fact in self._graph.literals_of.get(one, ()):
            for second in self._graph.literals_of.get(other, ()):
                if fact.property != second.property or fact.property in self._without:
                    continue
                if fact.value is None or second.value is None or fact.value.number == second.value.number:
                    continue
                less, more = sorted(((fact.value.number, one, fact.id), (second.value.number, other, second.id)))
                return [
                    CompareAtom(
                        id=f"c{number}",
                        left=letters[less[1]],
                        left_property=fact.property,
                        right=letters[more[1]],
                        right_property=fact.property,
                        facts=(less[2], more[2]),
                    )
                ]
        return []


def around(number: float, is_time: bool, rng: random.Random) -> tuple[float, float]:
    """A round range that holds the number: years for times, a tenth to a half of its size for amounts."""
    if is_time:
        span = rng.choice((1, 10, 10, 20, 50))
        low = float(int(number) // span * span)
        return low, low + span - 1 + LAST_OF_YEAR
    size = max(1.0, abs(number))
    step = 10 ** max(0, len(str(int(size))) - 2) * rng.choice((1, 2, 5))
    low = float(int(number // step) * step)
    return low, low + step
