"""Near misses, planted round dense subgraphs before a world is frozen.

For a subgraph with an answer node, and for each of its facts, a few of its nodes (the answer among them) are copied
with everything that joins them to the rest and to the world around, except that fact. A question that asks for the
answer by all facts then has one answer, and loses it when any one of them is left out. Further copies keep every fact
but differ in one fact that leads out of the subgraph, so that those facts are needed as well.
"""

from collections import Counter
from itertools import combinations
from typing import NamedTuple

from redsearcher.world.fiction.cloning import CLONABLE
from redsearcher.world.fiction.copying import Plan, change_amount, copy_nodes, substitute
from redsearcher.world.fiction.maker import Maker
from redsearcher.world.fiction.motif import Edge, Motif, Neighbourhoods, motifs_at
from redsearcher.world.fiction.names import listed
from redsearcher.world.property import properties

ONE_HOLDER = frozenset({"P26", "P36", "P47", "P286", "P169", "P1037"})
"""Properties whose object belongs to one subject only: a second spouse, capital or office would look odd."""
ANCHORS = frozenset(
    listed("P19|P27|P69|P108|P840|P272|P123|P159|P166|P1433|P276|P206|P54|P551|P57|P58|P86|P144|P131|P2860|P184|P749")
)
"""Facts that lead out of a subgraph and that a question may well give."""
AMOUNTS = frozenset({"P1082", "P2139", "P2044", "P8328", "P2043"})
N_ANCHOR_COPIES = 2
MOST_CHILDREN = 6


class Planted(NamedTuple):
    """A subgraph round which near misses were planted, by entity id. `edges` are (subject, property, object)."""

    shape: str
    answer: str
    nodes: tuple[str, ...]
    edges: tuple[tuple[str, str, str], ...]
    n_missed: int
    """For how many of its facts there is a near miss."""


def plant(m: Maker, n_entities: int, clique_share: float) -> list[Planted]:
    """Plant near misses until the draft has about `n_entities` nodes, never more, or its subgraphs are used up."""
    near = Neighbourhoods(m)
    planted: list[Planted] = []
    seen: Counter[tuple[str, ...]] = Counter()
    used: set[frozenset[int]] = set()
    spent = {True: 0, False: 0}
    for seed in m.rng.sample(range(len(m.draft)), len(m.draft)):
        if len(m.draft) >= n_entities:
            break
        clique_turn = spent[True] <= clique_share * (spent[True] + spent[False])
        wanted = [x for x in motifs_at(m, near, seed) if (x.shape == "clique") == clique_turn]
        wanted.sort(key=lambda x: (seen[x.signature(m)], x.nodes))
        for motif in wanted[:3]:
            before = len(m.draft)
            done = None if frozenset(motif.nodes) in used else _surround(m, motif, n_entities)
            if done is not None:
                planted.append(done)
                used.add(frozenset(motif.nodes))
                seen[motif.signature(m)] += 1
                spent[clique_turn] += len(m.draft) - before
                break
    return planted


def _surround(m: Maker, motif: Motif, limit: int) -> Planted | None:
    """Near misses for the motif's cheapest answer; None when no answer has a near miss for nearly every fact."""
    best: tuple[int, int, list[Plan]] | None = None
    for answer in m.rng.sample(motif.nodes, len(motif.nodes)):
        plans = [p for edge in motif.edges if (p := _plan(m, motif, answer, edge)) is not None]
        cost = sum(len(p.copied) for p in plans)
        if len(plans) == len(motif.edges) and (best is None or cost < best[0]):
            best = (cost, answer, plans)
    if best is None or len(m.draft) + best[0] > limit:
        return None
    _, answer, plans = best
    for plan in plans:
        copy_nodes(m, motif, plan)
    for anchor in _anchors(m, motif):
        elsewhere = _plan(m, motif, answer, anchor)
        if elsewhere is not None and len(m.draft) + len(elsewhere.copied) <= limit:
            _copy_elsewhere(m, motif, elsewhere)
    name = "E{}".format
    return Planted(
        motif.shape,
        name(answer + 1),
        tuple(name(n + 1) for n in motif.nodes),
        tuple((name(s + 1), p, name(o + 1)) for s, p, o in motif.edges),
        len(plans),
    )


def _plan(m: Maker, motif: Motif, answer: int, dropped: Edge) -> Plan | None:
    """The fewest nodes to copy, the answer and an end of the dropped fact among them; None when there are none."""
    if _implied(m, dropped, motif):
        return None
    others = [n for n in motif.nodes if n != answer]
    for size in range(len(motif.nodes)):
        choices = list(combinations(others, size))
        m.rng.shuffle(choices)
        for rest in choices:
            copied = {answer, *rest}
            if _crowded(m, copied):
                continue
            touches = dropped[0] in copied or dropped[2] in copied
            if touches and all(m.node(n).type in CLONABLE for n in copied):
                boundary = [e for e in motif.edges if e != dropped and (e[0] in copied) != (e[2] in copied)]
                if all(_can_double(e, copied) for e in boundary):
                    return Plan(tuple(sorted(copied)), dropped)
    return None


def _can_double(edge: Edge, copied: set[int]) -> bool:
    """Whether a copy of the fact's copied end can have the fact too."""
    subject, property_, _ = edge
    if subject in copied:
        return property_ not in ONE_HOLDER
    return not properties()[property_].functional


def _crowded(m: Maker, copied: set[int]) -> bool:
    """Whether a copied person's family already has as many children as look natural."""
    parents = [p for n in copied for p in (m.draft.one(n, "P22"), m.draft.one(n, "P25")) if p >= 0 and p not in copied]
    return any(len(m.draft.subjects(p, "P22")) + len(m.draft.subjects(p, "P25")) >= MOST_CHILDREN for p in parents)


def _implied(m: Maker, edge: Edge, motif: Motif) -> bool:
    """Whether the rest of the motif forces the fact: siblings who share both parents in it."""
    one, property_, other = edge
    if property_ != "P3373":
        return False
    shared = [e for e in motif.edges if e[1] in ("P22", "P25") and e[0] in (one, other)]
    return len(shared) == 4


def _anchors(m: Maker, motif: Motif) -> list[Edge]:
    """Some facts that lead out of the motif; an amount counts as a fact whose object is -1."""
    inside = set(motif.nodes)
    found: list[Edge] = []
    for node in motif.nodes:
        for property_, objects in m.draft.out[node].items():
            if property_ in ANCHORS:
                found.extend((node, property_, o) for o in objects if o not in inside)
        found.extend((node, property_, -1) for property_ in m.draft.values[node] if property_ in AMOUNTS)
    return m.rng.sample(found, min(N_ANCHOR_COPIES, len(found)))


def _copy_elsewhere(m: Maker, motif: Motif, plan: Plan) -> None:
    """A copy with every fact of the motif, which differs in the plan's outward fact."""
    before = len(m.draft)
    copy_nodes(m, motif, plan)
    node, property_, object_ = plan.dropped
    clone = before + sorted(plan.copied, key=lambda n: (m.node(n).year, n)).index(node)
    if object_ < 0:
        change_amount(m, clone, property_)
    elif not m.draft.get(clone, property_):
        substitute(m, clone, property_, object_, object_)
