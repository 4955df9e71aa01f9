"""What the places of a world lie in, by name."""

from redsearcher.world.tooling import ToolKnowledge

CONTAINED_IN = ("P131", "P17")
"""Properties that lead from a place to what it lies in, the nearer first."""


def surroundings(knowledge: ToolKnowledge) -> dict[str, list[str]]:
    """Labels of what a place lies in, by the place's id; places that lie in nothing known are left out."""
    entities, points = knowledge.entities, knowledge.places.points
    around: dict[str, list[str]] = {}
    for fact in knowledge.facts():
        inside = fact.property in CONTAINED_IN and fact.subject in points
        if inside and fact.object is not None and fact.object in entities:
            around.setdefault(fact.subject, []).append(entities[fact.object].label)
    return around
