"""Which fault befalls a call: a keyed hash of the seed and the call, never a counter of the process.

What lasts depends on the page alone. What passes depends on the moment as well: the same call later in an episode, or
in another one, is drawn anew, so that trying again may help and yet every run of the same episodes is the same.
"""

import math
from collections.abc import Mapping
from statistics import NormalDist

from redsearcher.core.hashing import content_hash
from redsearcher.web.fault.config import FaultConfig
from redsearcher.web.moment import Moment

LASTING = ("forbidden", "not_found", "truncated", "paywall")
PASSING = ("timeout", "too_many", "error")
_UNITS = float(16**13)
_NORMAL = NormalDist()


def share(seed: int, *path: str | int) -> float:
    """A number in [0, 1) that depends on nothing else."""
    return int(content_hash(seed, *path)[:13], 16) / _UNITS


def pick(rates: Mapping[str, float], at: float) -> str | None:
    """The kind in whose part of [0, 1) `at` lies; None beyond all parts."""
    for kind, rate in rates.items():
        if at < rate:
            return kind
        at -= rate
    return None


class Draw:
    """Draws from one fault table."""

    def __init__(self, config: FaultConfig) -> None:
        self._config = config

    def passing(self, tool: str, item: str, moment: Moment) -> str | None:
        """The fault of this call at this moment, one of PASSING."""
        table = getattr(self._config, tool)
        rates = {kind: getattr(table, kind) for kind in PASSING}
        return pick(rates, self._share("passing", tool, item, *moment)) if any(rates.values()) else None

    def lateness_s(self, tool: str, item: str, moment: Moment) -> float:
        """Seconds by which the answer is late; 0 for most."""
        config = self._config
        rate = getattr(config, tool).slow
        at = self._share("slow", tool, item, *moment) if rate else 1.0
        if at >= rate:
            return 0.0
        within = min(max(at / rate, 1e-9), 1 - 1e-9)
        late = config.slow_median_s * math.exp(config.slow_sigma * _NORMAL.inv_cdf(within))
        return min(late, config.slow_most_s)

    def lasting(self, url: str) -> str | None:
        """What is wrong with a page, for good: one of LASTING."""
        table = self._config.visit
        kind = pick({kind: getattr(table, kind) for kind in LASTING}, self._share("lasting", url))
        return "not_found" if kind is None and self.stale(url) == "dead" else kind

    def stale(self, url: str) -> str | None:
        """Whether results about a page are out of date: `dead` leads nowhere, `dated` tells an old date."""
        rate = self._config.search.stale
        at = self._share("stale", url) if rate else 1.0
        return None if at >= rate else "dead" if at < rate / 2 else "dated"

    def amount(self, what: str, url: str, least: float, most: float) -> float:
        """How much of `what`, between two bounds, for good."""
        return least + (most - least) * self._share(what, url)

    def _share(self, *path: str | int) -> float:
        return share(self._config.seed, *path)
