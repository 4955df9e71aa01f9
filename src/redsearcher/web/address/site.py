"""The invented sites of a seed: hosts of seven kinds, each with one form of paths."""

import tomllib
from bisect import bisect
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

from redsearcher.core.rng import derive
from redsearcher.web.address.config import AddressConfig
from redsearcher.web.address.template import Template

_ONSETS = (*"bcdfghklmnprstvwz", "br", "dr", "gr", "st", "tr")
_VOWELS = (*"aaeeiou", "oo", "ea", "ou")
_CODAS = ("", "", "", *"lmnrsx")
_ENDS = ("", "a", "o", "en")
_CROWDED = 0.8
"""Hosts of a kind are as unequal as the powers of their rank to this exponent."""


class Site(NamedTuple):
    """A host, what kind of site it is, and the form of its paths."""

    host: str
    kind: str
    template: Template


class Sites:
    """All sites of a seed, drawn once; a page falls on one of them by a number that it brings."""

    def __init__(self, config: AddressConfig) -> None:
        self.by_host: dict[str, Site] = {}
        weights: list[float] = []
        for kind, row in _kinds().items():
            rng = derive(config.seed, "sites", kind)
            templates = [Template(path, {"section": row["sections"], "word": _words()}) for path in row["paths"]]
            shares = [rank**-_CROWDED for rank in range(1, config.n_hosts + 1)]
            for number, share in enumerate(shares):
                host = self._fresh_host(rng, row)
                self.by_host[host] = Site(host, kind, templates[number % len(templates)])
                weights.append(row["share"] * share / sum(shares))
        self._all = list(self.by_host.values())
        self._edges = list(accumulate(weights))

    def _fresh_host(self, rng: Random, row: dict[str, Any]) -> str:
        while True:
            pattern: str = rng.choice(row["hosts"])
            host = pattern.format(name=_name(rng), tail=rng.choice(row["tails"]))
            if host not in self.by_host:
                return host

    def pick(self, number: int) -> Site:
        """The site that a number of 64 bits falls on."""
        return self._all[min(bisect(self._edges, number / 2**64 * self._edges[-1]), len(self._all) - 1)]


def _name(rng: Random) -> str:
    syllables = [rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(2)]
    return "".join(syllables) + rng.choice(_ENDS)


@cache
def _kinds() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("redsearcher.web.address") / "sites.toml").read_text(encoding="utf-8"))


@cache
def _words() -> Sequence[str]:
    return tuple((files("redsearcher.web.address") / "words.txt").read_text(encoding="utf-8").split())
