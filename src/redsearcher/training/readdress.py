"""The same traces on a web of invented addresses: what a policy reads and opens there, without searching it again."""

import re
from functools import lru_cache

from redsearcher.core.rng import derive, derive_seed
from redsearcher.data.retelling import retold
from redsearcher.records.trajectory import Trajectory
from redsearcher.web.address.book import AddressBook
from redsearcher.web.address.config import AddressConfig

N_BOOKS = 64
"""Webs that the traces are spread over."""
_URL = re.compile(r'https?://[^\s()\[\]<>"]*[^\s()\[\]<>".,;:!?]')
_HIT = re.compile(r"(?m)^(\d+\. \[.*\]\()(https?://[^\s()]+)(\)\n {3})(\S+)")
"""A search result as a policy reads it: rank, title and URL, then the site on a line of its own."""


class Readdresser:
    """Gives the pages of trajectories invented addresses; `seed` draws the webs."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._book = lru_cache(maxsize=N_BOOKS)(self._make_book)

    def moved(self, trajectory: Trajectory, variant: int) -> Trajectory:
        """The trajectory as it would be on one of the webs, drawn anew for every variant."""
        book = self._book(derive(self._seed, "web", trajectory.key, variant).randrange(N_BOOKS))

        def hit(found: re.Match[str]) -> str:
            host = book.address(found[2]).removeprefix("https://").partition("/")[0]
            return f"{found[1]}{found[2]}{found[3]}{host}"

        return retold(trajectory, lambda text: _URL.sub(lambda url: book.address(url[0]), _HIT.sub(hit, text)))

    def _make_book(self, number: int) -> AddressBook:
        return AddressBook(AddressConfig(seed=derive_seed(self._seed, "addresses", number)))
