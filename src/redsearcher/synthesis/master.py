"""Master graphs: dense connected pieces of the fact graph, each of which many tasks are cut from.

A piece grows from a seed in one of three streams: along the pages that speak of common entities, along facts, or along
hyperlinks. Links propose, facts decide: an entity that a link leads to joins the piece only if a stated fact joins the
two. An entity counts more the more of the piece it is joined to, so that rings and cliques close (densification).
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, Protocol

from redsearcher.synthesis.columns import Ints
from redsearcher.synthesis.factgraph import Edge, FactGraph
from redsearcher.synthesis.structure import Joined
from redsearcher.synthesis.target import Target

GROWTH_TRIES = 24
"""Neighbours looked at for each entity added, at most."""


class Master:
    """One piece: some entities and the facts between them, as `structure.grow` wants to see them."""

    def __init__(self, graph: Joined, nodes: Iterable[int], edges: Iterable[Edge] | None = None) -> None:
        """`edges` are the facts that may be used, all facts between the nodes if it is left out."""
        self._graph = graph
        self.nodes = tuple(sorted(nodes))
        self.degree: Ints = graph.degree
        self._edges = edges

    @cached_property
    def adjacency(self) -> Mapping[int, Mapping[int, list[Edge]]]:
        """Neighbours within the piece, ascending, and the facts between."""
        inside = set(self.nodes)
        if self._edges is None:
            rows = {n: self._graph.adjacency.get(n, {}) for n in self.nodes}
            found = {n: {o: row[o] for o in row if o in inside} for n, row in rows.items()}
        else:
            pairs: dict[int, dict[int, list[Edge]]] = defaultdict(dict)
            for edge in self._edges:
                pairs[edge.subject].setdefault(edge.object, []).append(edge)
                pairs[edge.object].setdefault(edge.subject, []).append(edge)
            found = {n: {o: pairs[n][o] for o in sorted(pairs[n])} for n in sorted(pairs)}
        return {n: row for n, row in found.items() if row}

    @cached_property
    def seeds(self) -> Sequence[int]:
        """Nodes that are joined to another one."""
        return list(self.adjacency)

    def weight(self, edge: Edge) -> float:
        """How welcome a fact is."""
        return self._graph.weight(edge)

    def pick(self, edges: list[Edge], rng: random.Random) -> Edge:
        """One of the parallel facts between two entities."""
        return self._graph.pick(edges, rng)


class Pages:
    """The facts that may join unknowns, by the page that states them."""

    def __init__(self, graph: FactGraph) -> None:
        found: dict[str, list[Edge]] = defaultdict(list)
        for node, row in graph.adjacency.items():
            for other, edges in row.items():
                for edge in edges if node < other else ():
                    for page in graph.loose[edge.fact]:
                        found[page].append(edge)
        self._graph = graph
        self.edges: dict[str, list[Edge]] = dict(found)

    def of(self, node: int) -> list[str]:
        """Pages that state a fact of the entity, sorted."""
        graph = self._graph
        return sorted({p for row in graph.adjacency[node].values() for edge in row for p in graph.loose[edge.fact]})


class Ground(NamedTuple):
    """What pieces grow on: the facts that may be used, entities to start from, facts by page, who links lead to, and
    the seeds that some link leads away from along a fact."""

    joined: Joined
    seeds: Sequence[int]
    pages: Pages
    leads: Mapping[int, Sequence[int]]
    linked: Sequence[int]


class Stream(Protocol):
    """A way to grow a piece of about `size` entities, apt for the target."""

    def __call__(self, ground: Ground, target: Target, size: int, rng: random.Random) -> Master: ...


def from_pages(ground: Ground, target: Target, size: int, rng: random.Random) -> Master:
    """All that a few pages state which speak of common entities: whatever is cut from it has an MSD of at most that."""
    pages, seed = ground.pages, rng.choice(ground.seeds)
    own = pages.of(seed)
    first = max(rng.sample(own, min(3, len(own))), key=lambda page: len(pages.edges[page]))
    taken = [first]
    while len(taken) < target.msd:
        node = rng.choice(_ends(pages.edges[rng.choice(taken)]))
        others = [page for page in pages.of(node) if page not in taken]
        if others:
            taken.append(max(rng.sample(others, min(3, len(others))), key=lambda page: len(pages.edges[page])))
        elif rng.random() < 0.2:
            break
    edges = list({edge.fact: edge for page in taken for edge in pages.edges[page]}.values())
    return Master(ground.joined, _ends(edges), edges)


def _ends(edges: list[Edge]) -> list[int]:
    return sorted({node for edge in edges for node in (edge.subject, edge.object)})


def along_facts(ground: Ground, target: Target, size: int, rng: random.Random) -> Master:
    """An entity and further ones, those joined to more of the piece the likelier."""
    graph, found = ground.joined, [rng.choice(ground.seeds)]
    joined: dict[int, int] = defaultdict(int)

    def admit(node: int) -> None:
        for other in _some(list(graph.adjacency[node]), rng):
            joined[other] += 1

    admit(found[0])
    while len(found) < size:
        options = [node for node in joined if node not in found]
        if not options:
            break
        found.append(rng.choices(options, [_pull(graph, node, joined[node]) for node in options])[0])
        admit(found[-1])
    return Master(graph, found)


def along_links(ground: Ground, target: Target, size: int, rng: random.Random) -> Master:
    """An entity and further ones that links from the piece lead to and facts join to it, the likelier the more do.

    In a world whose links lead nowhere, and from an entity whose links do, a piece along facts.
    """
    if not ground.linked:
        return along_facts(ground, target, size, rng)
    graph, found = ground.joined, [rng.choice(ground.linked)]
    led: dict[int, int] = defaultdict(int)

    def admit(node: int) -> None:
        for other in _some(ground.leads.get(node, ()), rng):
            if other in graph.adjacency:
                led[other] += 1

    admit(found[0])
    while len(found) < size:
        n_facts = {node: sum(one in graph.adjacency[node] for one in found) for node in led if node not in found}
        options = [node for node, n in n_facts.items() if n]
        if not options:
            break
        pulls = [led[node] * _pull(graph, node, n_facts[node]) for node in options]
        found.append(rng.choices(options, pulls)[0])
        admit(found[-1])
    return Master(graph, found) if len(found) > 1 else along_facts(ground, target, size, rng)


def _some(around: Sequence[int], rng: random.Random) -> Sequence[int]:
    return around if len(around) <= GROWTH_TRIES else rng.sample(around, GROWTH_TRIES)


def _pull(graph: Joined, node: int, n_joined: int) -> float:
    """How likely an entity is to come next: the more of the piece it is joined to, and the less crowded it is."""
    return float(n_joined**2 / (8 + float(graph.degree[node])) ** 0.5)


STREAMS: dict[str, Stream] = {"pages": from_pages, "facts": along_facts, "links": along_links}


def streams_of(names: Sequence[str], k: int, target: Target) -> tuple[str, ...]:
    """Those of the streams that lead to the target: pages only where few of them are wanted, and not for cliques, which
    are looked for in the whole world."""
    found = tuple(name for name in names if name != "pages" or (target.few_pages and k < 3))
    return found or ("facts",)
