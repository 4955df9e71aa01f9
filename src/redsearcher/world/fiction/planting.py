"""Near misses, planted round dense subgraphs before a world is frozen.

For a subgraph with an answer node, and for each of its facts, a few of its nodes (the answer among them) are copied
with what joins them to the rest and to the world around, except that fact. A question that asks for the
answer by all facts then has one answer, and no longer when any one of them is left out. Further copies keep every
fact but stand elsewhere, so that what leads out of the subgraph is needed as well.
"""

from collections import Counter
from itertools import combinations
from typing import NamedTuple

from redsearcher.world.fiction.cloning import CLONABLE
from redsearcher.world.fiction.copying import NOTHING, Plan, copy_nodes
from redsearcher.world.fiction.maker import Maker
from redsearcher.world.fiction.motif import Edge, Motif, Neighbourhoods, motifs_at
from redsearcher.world.property import properties

ONE_HOLDER = frozenset({"P26", "P36", "P47", "P286", "P169", "P1037"})
"""Properties whose object belongs to one subject only: a second spouse, capital or office would look odd."""
MOVED_SHARE = 0.15
"""How many subgraphs get, besides, a whole copy of which one node stands elsewhere."""
MOST_CHILDREN = 6


class Planted(NamedTuple):
    """A subgraph round which near misses were planted, by entity id. `edges` are (subject, property, object)."""

    shape: str
    answer: str
    nodes: tuple[str, ...]
    edges: tuple[tuple[str, str, str], ...]
    copies: tuple[str, ...]
    """The near misses: for every edge there are some that satisfy all the others."""


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
    """Near misses for the motif's cheapest answer; None where no answer has one for every fact."""
    if sum(edge[1] == "P3373" for edge in motif.edges) > 1:
        return None
    best: tuple[int, int, list[Plan]] | None = None
    for answer in m.rng.sample(motif.nodes, len(motif.nodes)):
        plans = [p for edge in motif.edges if (p := _plan(m, motif, answer, edge)) is not None]
        cost = sum(len(p.copied) for p in plans)
        cheapest = best is None or cost < best[0]
        if len(plans) == len(motif.edges) and cheapest and not _crowded(m, motif, plans):
            best = (cost, answer, plans)
    if best is None or len(m.draft) + best[0] > limit:
        return None
    _, answer, plans = best
    n_before = len(m.draft)
    for plan in plans:
        copy_nodes(m, motif, plan, n_before)
    if m.maybe(MOVED_SHARE):
        moved = _moved(m, motif, answer)
        if moved is not None and len(m.draft) + len(moved.copied) <= limit:
            copy_nodes(m, motif, moved, n_before)
    name = "E{}".format
    return Planted(
        motif.shape,
        name(answer + 1),
        tuple(name(n + 1) for n in motif.nodes),
        tuple((name(s + 1), p, name(o + 1)) for s, p, o in motif.edges),
        tuple(name(n + 1) for n in range(n_before, len(m.draft))),
    )


def _plan(m: Maker, motif: Motif, answer: int, dropped: Edge) -> Plan | None:
    """The fewest nodes to copy, the answer and an end of the dropped fact among them; None when there are none."""
    if _implied(dropped, motif):
        return None
    copied = _fewest(m, motif, answer, {dropped[0], dropped[2]}, dropped)
    return Plan(copied, dropped) if copied else None


def _moved(m: Maker, motif: Motif, answer: int) -> Plan | None:
    """The fewest nodes to copy with all facts of the motif, a random one of them to stand elsewhere."""
    node = m.rng.choice(motif.nodes)
    copied = _fewest(m, motif, answer, {node}, NOTHING)
    return Plan(copied, NOTHING, node) if copied else None


def _fewest(m: Maker, motif: Motif, answer: int, touched: set[int], dropped: Edge) -> tuple[int, ...]:
    """The smallest set of nodes with the answer and one of `touched` whose facts to the rest a copy can have as well;
    empty when there is none."""
    others = [n for n in motif.nodes if n != answer]
    for size in range(len(motif.nodes)):
        choices = list(combinations(others, size))
        m.rng.shuffle(choices)
        for rest in choices:
            copied = {answer, *rest}
            if not touched & copied or any(m.node(n).type not in CLONABLE for n in copied):
                continue
            boundary = [e for e in motif.edges if e != dropped and (e[0] in copied) != (e[2] in copied)]
            if all(_can_double(e, copied) for e in boundary):
                return tuple(sorted(copied))
    return ()


def _can_double(edge: Edge, copied: set[int]) -> bool:
    """Whether a copy of the fact's copied end can have the fact too (a match has two teams, so no third)."""
    subject, property_, _ = edge
    if subject in copied:
        return property_ not in ONE_HOLDER
    return not properties()[property_].functional and property_ != "P1923"


def _crowded(m: Maker, motif: Motif, plans: list[Plan]) -> bool:
    """Whether the copies would give somebody more children than look natural."""
    born: Counter[int] = Counter()
    for plan in plans:
        for child, property_, parent in motif.edges:
            if property_ in ("P22", "P25") and child in plan.copied and parent not in plan.copied:
                born[parent] += 1
            if property_ == "P3373":
                born.update(m.draft.one(sibling, "P25") for sibling in (child, parent) if sibling in plan.copied)
    born.pop(-1, None)
    held = {p: len(m.draft.subjects(p, "P22")) + len(m.draft.subjects(p, "P25")) for p in born}
    return any(held[p] + n > MOST_CHILDREN for p, n in born.items())


def _implied(edge: Edge, motif: Motif) -> bool:
    """Whether the rest of the motif forces the fact: siblings who share both parents in it."""
    one, property_, other = edge
    if property_ != "P3373":
        return False
    shared = [e for e in motif.edges if e[1] in ("P22", "P25") and e[0] in (one, other)]
    return len(shared) == 4
