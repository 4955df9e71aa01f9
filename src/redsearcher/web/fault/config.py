"""Which faults, how often: the fault table."""

from typing import Self

from pydantic import Field, model_validator

from redsearcher.core.config import Config
from redsearcher.core.hashing import content_hash


class PassingFaults(Config):
    """Rates per call of what may be better at the next one."""

    timeout: float = Field(default=0.0, ge=0, le=1)
    """No answer within `timeout_s`."""
    too_many: float = Field(default=0.0, ge=0, le=1)
    """Answers 429 Too Many Requests."""
    error: float = Field(default=0.0, ge=0, le=1)
    """Answers 500 Internal Server Error."""
    slow: float = Field(default=0.0, ge=0, le=1)
    """A good answer that comes late."""

    @model_validator(mode="after")
    def _not_over_one(self) -> Self:
        if self.timeout + self.too_many + self.error > 1:
            raise ValueError("timeout, too_many and error exclude each other; their rates may add up to 1")
        return self


class SearchFaults(PassingFaults):
    """Faults of a search, per query."""

    stale: float = Field(default=0.0, ge=0, le=1)
    """Per page of the web: results tell an old date of it, or lead to where it is no more (half and half)."""


class VisitFaults(PassingFaults):
    """Faults of opening a page. Those that last are rates per page of the web: whoever comes meets them, always."""

    forbidden: float = Field(default=0.0, ge=0, le=1)
    """Answers 403 Forbidden. Lasts."""
    not_found: float = Field(default=0.0, ge=0, le=1)
    """The page is no more. Lasts."""
    truncated: float = Field(default=0.0, ge=0, le=1)
    """The page breaks off. Lasts."""
    paywall: float = Field(default=0.0, ge=0, le=1)
    """A few lines, then a notice that the rest is for subscribers. Lasts."""

    @model_validator(mode="after")
    def _lasting_not_over_one(self) -> Self:
        if self.forbidden + self.not_found + self.truncated + self.paywall > 1:
            raise ValueError("forbidden, not_found, truncated and paywall exclude each other; they may add up to 1")
        return self


class WireFaults(PassingFaults):
    """Faults of a server's own answers, per try of a request; `timeout` holds the answer back for `hold_s`, then 504.

    Clients that try again, as ours do, show nothing of them to an agent.
    """

    unavailable: float = Field(default=0.0, ge=0, le=1)
    """Answers 503 Service Unavailable."""
    forbidden: float = Field(default=0.0, ge=0, le=1)
    """Answers 403 Forbidden, which our clients take for a refused key and stop at."""
    not_found: float = Field(default=0.0, ge=0, le=1)
    """Answers 404 Not Found."""
    hold_s: float = Field(default=30.0, ge=0)
    """Seconds that `timeout` holds an answer back; longer than clients wait."""

    @model_validator(mode="after")
    def _all_not_over_one(self) -> Self:
        rates = (self.timeout, self.too_many, self.error, self.unavailable, self.forbidden, self.not_found)
        if sum(rates) > 1:
            raise ValueError("all kinds but slow exclude each other; their rates may add up to 1")
        return self


class FaultConfig(Config):
    """A table of faults. Same table, same calls, same faults, whichever way the web is reached."""

    seed: int = 0
    """Decides, with the call, what fails."""
    visit: VisitFaults = VisitFaults()
    """Opening pages."""
    search: SearchFaults = SearchFaults()
    """Searching."""
    scholar: PassingFaults = PassingFaults()
    """The scholar tool."""
    maps: PassingFaults = PassingFaults()
    """The maps tool."""
    python: PassingFaults = PassingFaults()
    """The python tool."""
    wire: WireFaults = WireFaults()
    """What a server's clients see. Of no effect without a server."""
    timeout_s: float = Field(default=10.0, gt=0)
    """Seconds after which a tool gives up waiting. Keep it below what a client's try may take (20 s)."""
    slow_median_s: float = Field(default=1.0, ge=0)
    """Slow answers come log-normally late: the median."""
    slow_sigma: float = Field(default=1.0, ge=0)
    """The standard deviation of the logarithm."""
    slow_most_s: float = Field(default=8.0, ge=0)
    """No answer comes later than that."""
    pace: float = Field(default=1.0, ge=0)
    """Seconds that really pass per second of a fault; 0 lets none pass and says the same."""

    @property
    def identity(self) -> str:
        """Hash of all that can change what an agent reads."""
        late = {"pace", "wire", "slow_median_s", "slow_sigma", "slow_most_s"}
        tables = self.model_dump(mode="json", exclude=late)
        for table in tables.values():
            if isinstance(table, dict):
                table.pop("slow")
        return content_hash(tables)

    @property
    def any_wire(self) -> bool:
        """Whether there is anything to inject on the wire."""
        return any(value for name, value in self.wire.model_dump().items() if name != "hold_s")
