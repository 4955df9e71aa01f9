"""Which variable is asked for: the answer's topological role."""

import random

from redsearcher.synthesis.structure import Structure

ROLES = ("leaf", "hub", "cut", "clique", "inner")


def roles(structure: Structure) -> list[str]:
    """The role of each variable: branch end, most joined node, cut vertex, in a triangle, or none of these."""
    neighbours = structure.neighbours()
    most = max(map(len, neighbours))
    found = []
    for variable, around in enumerate(neighbours):
        if len(around) == 1:
            found.append("leaf")
        elif len(around) == most and sum(len(row) == most for row in neighbours) == 1:
            found.append("hub")
        elif _cuts(variable, neighbours):
            found.append("cut")
        elif any(other in neighbours[one] for one in around for other in around):
            found.append("clique")
        else:
            found.append("inner")
    return found


def _cuts(variable: int, neighbours: list[list[int]]) -> bool:
    """Whether taking the variable away leaves the others disconnected."""
    others = [v for v in range(len(neighbours)) if v != variable]
    seen, frontier = {others[0]}, [others[0]]
    while frontier:
        for other in neighbours[frontier.pop()]:
            if other != variable and other not in seen:
                seen.add(other)
                frontier.append(other)
    return len(seen) < len(others)


def answers(structure: Structure, rng: random.Random) -> list[tuple[int, str]]:
    """All variables as answers to try, with their roles: a random role first, then a random variable of it."""
    found = list(enumerate(roles(structure)))
    rng.shuffle(found)
    order = list(ROLES)
    rng.shuffle(order)
    return sorted(found, key=lambda item: order.index(item[1]))
