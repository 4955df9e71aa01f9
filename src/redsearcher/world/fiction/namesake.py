"""Namesakes: people and films that bear the name of another one."""

from collections import defaultdict

from redsearcher.world.fiction.maker import Maker


def plant_namesakes(m: Maker, share: float) -> int:
    """Rename a share of people (after somebody of the same surname, exactly or but for a middle name) and of films
    (exactly). Returns how many were renamed."""
    people, films = m.draft.members("person"), m.draft.members("film")
    kin: dict[tuple[str, str], list[int]] = defaultdict(list)
    for person in people:
        kin[m.node(person).surname, m.node(person).sex].append(person)
    renamed: set[int] = set()
    for person in m.rng.sample(people, len(people)):
        if len(renamed) >= share * len(people):
            break
        node = m.node(person)
        other = m.rng.choice(kin[node.surname, node.sex])
        if other == person or other in renamed or m.draft.one(other, "P22") == m.draft.one(person, "P22") != -1:
            continue
        model = m.node(other)
        node.given, node.aliases = model.given, ()
        node.label = model.label if m.maybe(0.6) else m.names.middle(model.given, model.surname)
        renamed.update((person, other))
    n_people = len(renamed) // 2
    pairs = m.rng.sample(films, 2 * min(len(films) // 2, round(share * len(films) / 2)))
    for film, other in zip(pairs[::2], pairs[1::2], strict=True):
        m.node(film).label, m.node(film).aliases = m.node(other).label, m.node(other).aliases
    return n_people + len(pairs) // 2
