"""Settings of the simulated web: how pages are analysed and ranked, and how much of them a model sees."""

from pydantic import Field

from redsearcher.core.config import Config
from redsearcher.core.hashing import content_hash
from redsearcher.web.address.config import AddressConfig
from redsearcher.web.dense.config import DenseConfig

TITLE_WEIGHT = 5
_OPTIONAL = {"addresses", "dense"}
_BUILD_ONLY = {"writer_heap_mb", "writer_threads", "commit_pages"}


class ShownConfig(Config):
    """How much of a web one tool call shows."""

    n_results: int = Field(default=10, ge=1, le=100)
    """Results a query returns."""
    snippet_chars: int = Field(default=320, ge=40)
    """Longest snippet, in characters."""
    visit_chars: int = Field(default=6000, ge=200)
    """Characters a visit shows of one page, markdown of links included; shorter pages come whole."""
    max_per_call: int = Field(default=10, ge=1)
    """Queries or URLs one tool call may carry."""
    show_urls: bool = True
    """Whether results give addresses, sites and dates; without them nothing can be opened, and a result takes a third
    less of the window of a policy that only searches."""


class WebConfig(ShownConfig):
    """Index, ranking and display of one web."""

    stem: bool = False
    """Search by English stems (Snowball) instead of words. Measured on 170K encyclopedia pages: no better on questions,
    3 points worse on known words, and a third slower to build. Snippets and visits always compare stems."""
    title_weight: int = Field(default=TITLE_WEIGHT, ge=1, le=10)
    """How often a word of the title counts; one of the text counts once. On 170K encyclopedia pages 5 puts 92 % of them
    first for their exact title, against 85 % at 1 and 93 % at 8, and no weight answers more questions."""
    writer_heap_mb: int = Field(default=256, ge=16)
    """Memory of the index writer over all its threads, in MiB."""
    writer_threads: int = Field(default=0, ge=0, le=8)
    """Threads of the index writer; 0 is one per core. Results do not depend on it."""
    addresses: AddressConfig | None = None
    """Show pages under invented addresses, which say nothing of them; left out, under their own."""
    dense: DenseConfig | None = None
    """The dense index that searches use beside the words (`redsearcher web embed` adds it); left out, words alone."""
    commit_pages: int = Field(default=50_000, ge=1)
    """Pages between two commits of a build that can be resumed: what a kill may cost, a minute's work at most."""

    @property
    def identity(self) -> str:
        """Content hash of what can change an answer: all but the resources of the build."""
        absent = {name for name in _OPTIONAL if getattr(self, name) is None}
        if self.show_urls:
            absent.add("show_urls")
        return content_hash(self.model_dump(mode="json", exclude=_BUILD_ONLY | absent))
