"""Invented pages for the tests of this layer."""

from collections.abc import Iterable
from pathlib import Path

from redsearcher.core.rng import derive
from redsearcher.records.world import Document, Link
from redsearcher.web.builder import build_web
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web

VELM = "https://atlas.example/velm_(town)"
OSK = "https://atlas.example/osk"
NEWS = "https://news.example/mayor"
WANG = "https://baike.example/王小明"
FILLER = "Many mills stand along the bank, each of them owned by a guild."


def page(url: str, title: str, text: str, *, date: str = "", lang: str = "en", links: Iterable[Link] = ()) -> Document:
    """A document whose site is the host of its URL."""
    site = url.split("/")[2]
    return Document(
        url=url, site=site, kind="page", title=title, text=text, lang=lang, date=date, links=tuple(links)
    )  # fmt: skip


def small_pages() -> list[Document]:
    """Four pages on three sites, one long, one Chinese, one dated."""
    lead = "Velm is a town on the River Osk."
    start = lead.index("River Osk")
    long_text = "\n\n".join(
        [
            lead,
            " ".join([FILLER] * 40),
            "The oldest mill dates to 1411.",
            " ".join([FILLER] * 40),
            "Ola Brandt governs it.",
        ]
    )
    return [
        page(
            VELM, "Velm", long_text, links=[Link(start=start, end=start + 9, url="https://atlas.example/osk_(river)")]
        ),
        page(OSK, "River Osk", "The River Osk flows for 200 km from the Grey Hills to the sea at Żór."),
        page(NEWS, "Mayor elected", "Ola Brandt has been elected mayor of Velm, a town on the Osk.", date="1987-03-02"),
        page(WANG, "王小明", "王小明（1956年3月12日－），北京大学教授。他出生于黄河岸边的一座小城。", lang="zh"),
    ]


def random_pages(n_pages: int, seed: int = 5) -> list[Document]:
    """Pages of a few common and many rare words; short, so that many of them score alike."""
    rng = derive(seed, "pages")
    words = [f"word{rank}" for rank in range(300)]
    weights = [1 / (rank + 1) for rank in range(300)]
    pages = []
    for number in range(n_pages):
        text = " ".join(rng.choices(words, weights, k=rng.randint(3, 12)))
        title = " ".join(rng.choices(words, weights, k=2))
        pages.append(page(f"https://site{number % 7}.example/{number}", title, text))
    return pages


def built(path: Path, documents: Iterable[Document], config: WebConfig | None = None) -> Web:
    """Build a web in `path` and open it."""
    build_web(path, documents, config or WebConfig(writer_threads=1), world_id="w", lang="en")
    return Web.open(path)
