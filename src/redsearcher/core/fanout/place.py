"""Where units of work are done: this process, several processes, or the actors of a Ray cluster."""

from typing import NamedTuple, Self

from redsearcher.errors import InputError

RAY = "ray"


class Place(NamedTuple):
    """`ray` None: so many processes, 1 meaning this one. Else one actor per CPU of the cluster at that address, where
    an empty address means the cluster that RAY_ADDRESS names, or one on this machine."""

    n_processes: int = 1
    ray: str | None = None

    @classmethod
    def of(cls, workers: "int | Place") -> Self:
        """A number of processes as a place; a place as it is."""
        return cls(*workers) if isinstance(workers, Place) else cls(workers)

    def __str__(self) -> str:
        if self.ray is None:
            return str(self.n_processes)
        return f"{RAY}:{self.ray}" if self.ray else RAY


HERE = Place()


def parse_place(text: str) -> Place:
    """`4`, `ray` or `ray:ADDRESS`. Raises InputError for anything else."""
    name, _, address = text.partition(":")
    if name == RAY and (address or name == text):
        return Place(ray=address)
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise InputError(f"--workers {text!r} is no place to work; expected a number from 1 on, ray or ray:ADDRESS")
    return Place(int(text))
