"""Which facts can be true of two dated nodes: lives, works and institutions in their order."""

from collections.abc import Callable
from typing import Protocol

NOW = 2024
ALWAYS = 9999


class Dated(Protocol):
    """What the rules look at."""

    type: str
    year: int
    end: int | None


def last(node: Dated) -> int:
    """Last year of a life, or far in the future."""
    return ALWAYS if node.end is None else node.end


def alive_at(person: Dated, year: int, least_age: int, most_age: int = 95) -> bool:
    return person.year + least_age <= year <= min(person.year + most_age, last(person))


def _parent(most_age: int) -> Callable[[Dated, Dated], bool]:
    return lambda child, parent: parent.year + 18 <= child.year <= min(parent.year + most_age, last(parent))


def _couple(one: Dated, other: Dated) -> bool:
    return abs(one.year - other.year) <= 22 and max(one.year, other.year) + 19 <= min(last(one), last(other), NOW)


def _advisor(student: Dated, advisor: Dated) -> bool:
    return advisor.year + 6 <= student.year and student.year + 26 <= min(last(advisor), last(student), NOW)


def _influence(follower: Dated, model: Dated) -> bool:
    return model.year <= follower.year + 8 and model.year + 20 <= min(last(follower), NOW)


def _education(person: Dated, university: Dated) -> bool:
    return university.year <= person.year + 19 and person.year + 22 <= min(last(person), NOW)


def _employment(person: Dated, employer: Dated) -> bool:
    end = min(last(person), person.year + 66, NOW)
    return max(employer.year, person.year + 20) + 1 <= end


def _player(person: Dated, club: Dated) -> bool:
    return max(club.year, person.year + 17) <= min(person.year + 34, last(person), NOW)


def _in_office(institution: Dated, person: Dated) -> bool:
    return person.end is None and alive_at(person, NOW, 27, 84)


def _owner(property_: Dated, owner: Dated) -> bool:
    return owner.type != "person" or (owner.end is None and alive_at(owner, NOW, 25, 92))


def _founder(institution: Dated, person: Dated) -> bool:
    return alive_at(person, institution.year, 17 if institution.type == "band" else 21, 80)


def _at_work(least_age: int) -> Callable[[Dated, Dated], bool]:
    return lambda work, person: alive_at(person, work.year, least_age)


def _not_after(later: Dated, earlier: Dated) -> bool:
    return earlier.year <= later.year


def _cited(paper: Dated, reference: Dated) -> bool:
    return reference.year < paper.year


def _award(winner: Dated, award: Dated) -> bool:
    if winner.type == "person":
        return max(award.year, winner.year + 20) <= min(last(winner), NOW)
    return award.year <= winner.year


def _inspiration(work: Dated, model: Dated) -> bool:
    return model.year + 20 <= work.year if model.type == "person" else model.year <= work.year


def _memorial(institution: Dated, person: Dated) -> bool:
    return person.year + 35 <= institution.year


def _band_member(band: Dated, person: Dated) -> bool:
    return person.year + 16 <= min(band.year + 12, NOW) and max(band.year, person.year + 16) <= last(person)


def _birthplace(person: Dated, city: Dated) -> bool:
    return city.year <= person.year


RULES: dict[str, Callable[[Dated, Dated], bool]] = {
    "P19": _birthplace,
    "P22": _parent(58),
    "P25": _parent(45),
    "P26": _couple,
    "P3373": lambda one, other: abs(one.year - other.year) <= 26,
    "P69": _education,
    "P108": _employment,
    "P184": _advisor,
    "P737": _influence,
    "P54": _player,
    "P286": _in_office,
    "P166": _award,
    "P57": _at_work(21),
    "P58": _at_work(19),
    "P161": _at_work(5),
    "P86": _at_work(18),
    "P50": _at_work(21),
    "P272": _not_after,
    "P144": _not_after,
    "P123": _not_after,
    "P1433": _not_after,
    "P1923": _not_after,
    "P941": _inspiration,
    "P112": _founder,
    "P169": _in_office,
    "P1037": _in_office,
    "P127": _owner,
    "P138": _memorial,
    "P2860": _cited,
    "P527": _band_member,
}


def fits(subject: Dated, property_: str, object_: Dated) -> bool:
    """Whether `(subject, property, object)` can be true as far as the years of both tell."""
    rule = RULES.get(property_)
    return rule is None or rule(subject, object_)
