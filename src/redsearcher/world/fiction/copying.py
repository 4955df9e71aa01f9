"""One near miss made: nodes of a motif copied with their surroundings, but for one fact."""

from typing import NamedTuple

from redsearcher.world.fiction.cloning import KEPT, clone_node
from redsearcher.world.fiction.maker import Maker
from redsearcher.world.fiction.motif import Edge, Motif
from redsearcher.world.fiction.people import add_child
from redsearcher.world.property import properties

INCOMING = 0.25
"""How often a fact that others state of the original is stated of its copy too."""
MAX_INCOMING = 4
PARENTS = ("P22", "P25")
PERSONAL = frozenset({*PARENTS, "P26", "P184", "P1346"})
"""Functional facts that a copy may simply lack."""
ESSENTIAL = {
    "city": ("P131", "P17"),
    "mountain": ("P131", "P17"),
    "university": ("P131", "P17"),
    "museum": ("P131",),
    "company": ("P159", "P17"),
    "club": ("P159", "P17"),
    "river": ("P17",),
    "event": ("P276",),
    "film": ("P57",),
    "book": ("P50",),
    "paper": ("P50", "P1433"),
    "person": ("P19", "P27"),
}
"""What no copy goes without: it gets another one when it did not share its original's."""


NOTHING: Edge = (-1, "", -1)


class Plan(NamedTuple):
    """Which nodes of a motif to copy, which of its facts to leave out, and which node is to share no outward fact."""

    copied: tuple[int, ...]
    dropped: Edge = NOTHING
    moved: int = -1


def copy_nodes(m: Maker, motif: Motif, plan: Plan, n_before: int) -> list[int]:
    """Copy the plan's nodes, all the motif's facts at them except the dropped one, and most of their other facts.

    Nodes from number `n_before` on are copies round the same motif: nothing new is joined to them.
    """
    clones: dict[int, int] = {}
    for original in sorted(plan.copied, key=lambda n: (m.node(n).year, n)):
        clones[original] = clone_node(m, original, _surname(m, motif, plan, original, clones))
    kept = [e for e in motif.edges if e != plan.dropped and (e[0] in clones or e[2] in clones)]
    for subject, property_, object_ in kept:
        if property_ not in (*PARENTS, "P3373"):
            m.draft.link(clones.get(subject, subject), property_, clones.get(object_, object_))
        if property_ == "P1346":  # the winner played
            m.draft.link(clones.get(subject, subject), "P1923", clones.get(object_, object_))
    for original, clone in clones.items():
        _parents(m, motif, plan, original, clone, clones)
    for subject, property_, object_ in kept:
        if property_ == "P3373":
            m.draft.link(clones.get(subject, subject), property_, clones.get(object_, object_))
    for original, clone in clones.items():
        _surroundings(m, motif, plan, original, clones, n_before)
        _finish(m, plan, original, clone)
    return list(clones.values())


def _kept_parents(m: Maker, motif: Motif, plan: Plan, original: int) -> dict[str, int]:
    """The parents that the copy keeps: those of the motif's facts, and both where it stays a sibling of somebody."""
    kept = {p: o for s, p, o in motif.edges if s == original and p in PARENTS and (s, p, o) != plan.dropped}
    siblings = [e for e in motif.edges if e[1] == "P3373" and original in (e[0], e[2]) and e != plan.dropped]
    if siblings:
        for property_ in PARENTS:
            parent = m.draft.one(original, property_)
            if parent >= 0 and (original, property_, parent) != plan.dropped:
                kept.setdefault(property_, parent)
    return kept


def _surname(m: Maker, motif: Motif, plan: Plan, original: int, clones: dict[int, int]) -> str:
    if m.node(original).type != "person":
        return ""
    kept = _kept_parents(m, motif, plan, original)
    father = kept.get("P22", -1)
    if father >= 0:
        return m.node(clones.get(father, father)).surname
    return m.node(original).surname if m.maybe(0.3) else ""


def _parents(m: Maker, motif: Motif, plan: Plan, original: int, clone: int, clones: dict[int, int]) -> None:
    kept = _kept_parents(m, motif, plan, original)
    father, mother = (clones.get(kept.get(p, -1), kept.get(p, -1)) for p in PARENTS)
    if father >= 0 and mother >= 0:
        add_child(m, clone, father, mother)
    else:
        m.draft.link(clone, "P22", father)
        m.draft.link(clone, "P25", mother)


def _surroundings(m: Maker, motif: Motif, plan: Plan, original: int, clones: dict[int, int], n_before: int) -> None:
    """Facts beyond the motif's own, shared as often as KEPT says; none between the dropped fact's ends."""
    ends = {plan.dropped[0], plan.dropped[2]}
    inside, clone = set(motif.nodes), clones[original]
    for property_, objects in list(m.draft.out[original].items()):
        for object_ in objects:
            if original == plan.moved and object_ not in inside and property_ != "P17":
                continue
            wanted = {original, object_} != ends and (original, property_, object_) not in motif.edges
            if wanted and object_ < n_before and m.maybe(KEPT.get(property_, 0.0)):
                m.draft.link(clone, property_, clones.get(object_, object_))
    for property_, subjects in list(m.draft.into[original].items()):
        row = properties()[property_]
        if row.functional or row.symmetric or property_ in ("P1923", *PARENTS):
            continue
        for subject in subjects[:MAX_INCOMING]:
            if subject not in inside and subject < n_before and m.maybe(INCOMING):
                m.draft.link(subject, property_, clone)


def _finish(m: Maker, plan: Plan, original: int, clone: int) -> None:
    """What the copy lost but every thing of its type has: another director, author, opponent, seat."""
    node, draft = m.node(clone), m.draft
    avoided = plan.dropped[2] if plan.dropped[0] == original else -1
    for property_ in ESSENTIAL.get(node.type, ()):
        if not draft.get(clone, property_):
            known = draft.one(original, property_)
            substitute(m, clone, property_, known, known if original == plan.moved else avoided)
    subject, property_, object_ = plan.dropped
    if subject == original and properties()[property_].functional and property_ not in PERSONAL:
        substitute(m, clone, property_, object_, object_)
    if node.type == "event":
        for _ in range(20):
            if len(draft.get(clone, "P1923")) < 2:
                substitute(m, clone, "P1923", draft.one(original, "P1923"), avoided)
        teams = [team for team in draft.get(clone, "P1923") if team != avoided]
        if teams and draft.get(original, "P1346"):
            draft.link(clone, "P1346", m.rng.choice(teams))


def substitute(m: Maker, clone: int, property_: str, model: int, avoided: int) -> bool:
    """Link the copy to a thing like `model` (type, kind, country where there is one), but not to `avoided`."""
    if model < 0:
        return False
    like = m.node(model)
    for n in range(24):
        abroad = like.type == "country" or (n >= 16 and like.type not in ("region", "city"))
        other = m.popular(like.type, -1 if abroad else like.country, like.kind)
        if other != avoided and m.draft.link(clone, property_, other):
            return True
    return False
