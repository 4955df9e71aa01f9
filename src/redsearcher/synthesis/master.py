"""Master graphs: dense connected pieces of the fact graph, each of which many tasks are cut from.

A piece grows from a seed in two streams: along facts, and along pages (entities that a page speaks of together). A
candidate counts more the more of the piece it is joined to, so that cycles and cliques close (densification). The
wanted MSD says which stream leads: what few pages state together is found on pages, what many state along facts.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from redsearcher.synthesis.columns import Ints
from redsearcher.synthesis.factgraph import Edge, FactGraph
from redsearcher.synthesis.target import Target

GROWTH_TRIES = 24
"""Neighbours looked at for each entity added, at most."""


class Master:
    """One piece: some entities and the facts between them, as `structure.grow` wants to see them."""

    def __init__(self, graph: FactGraph, nodes: Iterable[int], edges: Iterable[Edge] | None = None) -> None:
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
        self.edges: dict[str, list[Edge]] = dict(found)

    def of(self, graph: FactGraph, node: int) -> list[str]:
        """Pages that state a fact of the entity, sorted."""
        return sorted({p for row in graph.adjacency[node].values() for edge in row for p in graph.loose[edge.fact]})


def grow_master(
    graph: FactGraph, pages: Pages, seeds: Sequence[int], target: Target, size: int, rng: random.Random
) -> Master:
    """A piece of about `size` entities round one of the seeds, apt for the target."""
    seed = rng.choice(seeds)
    if target.few_pages:
        return _from_pages(graph, pages, seed, target.msd, rng)
    return Master(graph, _along_facts(graph, [seed], size, rng))


def _from_pages(graph: FactGraph, pages: Pages, seed: int, n_pages: int, rng: random.Random) -> Master:
    """All that a few pages state which speak of a common entity: whatever is cut from it has an MSD of at most that."""
    own = pages.of(graph, seed)
    first = max(rng.sample(own, min(3, len(own))), key=lambda page: len(pages.edges[page]))
    taken = [first]
    while len(taken) < n_pages:
        node = rng.choice(_ends(pages.edges[rng.choice(taken)]))
        others = [page for page in pages.of(graph, node) if page not in taken]
        if others:
            taken.append(max(rng.sample(others, min(3, len(others))), key=lambda page: len(pages.edges[page])))
        elif rng.random() < 0.2:
            break
    edges = list({edge.fact: edge for page in taken for edge in pages.edges[page]}.values())
    return Master(graph, _ends(edges), edges)


def _ends(edges: list[Edge]) -> list[int]:
    return sorted({node for edge in edges for node in (edge.subject, edge.object)})


def _along_facts(graph: FactGraph, nodes: list[int], size: int, rng: random.Random) -> list[int]:
    """The nodes and further ones, those joined to more of the piece the likelier."""
    found = list(nodes)
    joined: dict[int, int] = defaultdict(int)

    def admit(node: int) -> None:
        around = list(graph.adjacency[node])
        for other in around if len(around) <= GROWTH_TRIES else rng.sample(around, GROWTH_TRIES):
            joined[other] += 1

    for node in nodes:
        admit(node)
    while len(found) < size:
        options = [node for node in joined if node not in found]
        if not options:
            break
        weights = [joined[node] ** 2 / (8 + float(graph.degree[node])) ** 0.5 for node in options]
        following = rng.choices(options, weights)[0]
        found.append(following)
        admit(following)
    return found
