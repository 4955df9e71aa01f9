"""What a language must be able to name, and the register that keeps names apart."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple, Protocol

N_TRIES = 40


class Name(NamedTuple):
    """A label with its other spellings."""

    label: str
    aliases: tuple[str, ...] = ()


class Names(Protocol):
    """Names in one language. `sound` is the number of a country's sound system, made by `country`."""

    def country(self) -> tuple[int, Name]: ...
    def region(self, sound: int) -> Name: ...
    def city(self, sound: int) -> Name: ...
    def river(self, sound: int) -> Name: ...
    def mountain(self, sound: int) -> Name: ...
    def surname(self, sound: int) -> str: ...
    def person(self, sound: int, sex: str, surname: str) -> tuple[str, Name]:
        """A given name and the full name."""
        ...

    def middle(self, given: str, surname: str) -> str:
        """A full name that nearly equals the plain one."""
        ...

    def company(self, kind: str, sound: int, city: str, surname: str) -> Name: ...
    def university(self, sound: int, city: str, surname: str) -> Name: ...
    def club(self, sound: int, city: str) -> Name: ...
    def award(self, kind: str, country: str, surname: str) -> Name: ...
    def museum(self, sound: int, city: str, surname: str) -> Name: ...
    def band(self, sound: int, city: str) -> Name: ...
    def film(self, sound: int, city: str) -> Name: ...
    def book(self, kind: str, sound: int, city: str) -> Name: ...
    def topic(self) -> int:
        """The number of a research topic."""
        ...

    def paper(self, topic: int) -> Name: ...
    def match(self, country: str, year: int) -> Name: ...
    def describe(self, type_: str, kind: str, country: str, place: str, topic: int) -> str:
        """A short description: what it is and where from."""
        ...


class Register:
    """Labels given out so far; no two are the same."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def claim(self, make: Callable[[], Name], widen: Callable[[Name, int], Name]) -> Name:
        """A name from `make` that nobody bears yet; when none comes up, `widen(name, n)` lengthens one."""
        name = make()
        for _ in range(N_TRIES):
            if name.label not in self._taken:
                break
            name = make()
        plain, n = name, 2
        while name.label in self._taken:
            name = widen(plain, n)
            n += 1
        self._taken.add(name.label)
        return name


def listed(text: str) -> list[str]:
    """Items written with `|` between them."""
    return text.split("|")
