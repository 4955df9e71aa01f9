"""The simulated web in process: how fast it builds, opens, searches and opens pages, and with how much memory.

    python benchmarks/web_small.py [--quick] [--pages N] [--world FOLDER]

Pages are invented (words by Zipf's law) unless --world names a world folder. Prints a table and, last, one JSON line.
"""

import argparse
import itertools
import json
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from redsearcher.core.rng import derive
from redsearcher.records.world import Document
from redsearcher.web.builder import build_web
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.index import INDEX_FOLDER
from redsearcher.world.store import World

SEED = 11
N_WORDS = 60_000
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "or", "us")]


def invented_pages(n_pages: int) -> Iterator[Document]:
    """Pages of 5 to 30 sentences."""
    rng = derive(SEED, "words")
    words = list(dict.fromkeys("".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(N_WORDS)))
    cumulative = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(words))))
    for number in range(n_pages):
        rng = derive(SEED, "page", number)
        sentences = [
            " ".join(rng.choices(words, cum_weights=cumulative, k=rng.randint(6, 18))).capitalize() + "."
            for _ in range(rng.randint(5, 30))
        ]
        title = " ".join(rng.choices(words, k=2)).title()
        site = f"site{number % 20}.example"
        yield Document(
            url=f"https://{site}/{number}",
            site=site,
            kind="invented",
            title=title,
            text=f"{title}. " + " ".join(sentences),
        )


def questions(pages: list[Document], n: int) -> list[tuple[str, str]]:
    """Queries of 2 to 10 words that stand on a page, with its URL."""
    rng = derive(SEED, "queries")
    found = []
    for page in rng.choices(pages, k=n):
        words = page.text.split()
        start, size = rng.randrange(max(len(words) - 10, 1)), rng.randint(2, 10)
        found.append((" ".join(words[start : start + size]), page.url))
    return found


def timed(function: Callable[[str], object], items: list[str]) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds."""
    times = []
    for item in items:
        start = time.perf_counter()
        function(item)
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


def sampled(pages: Iterator[Document], keep: list[Document], rng: random.Random) -> Iterator[Document]:
    """Pass pages through, keeping a fair sample of 2,000 (reservoir)."""
    for number, page in enumerate(pages):
        if len(keep) < 2_000:
            keep.append(page)
        elif (place := rng.randrange(number + 1)) < len(keep):
            keep[place] = page
        yield page


def rss_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(source: Iterator[Document], n_queries: int, folder: Path) -> dict[str, float]:
    """Build a web of `source` in `folder` and use it."""
    before = rss_mib()
    keep: list[Document] = []
    start = time.perf_counter()
    info = build_web(folder, sampled(source, keep, derive(SEED, "sample")), WebConfig(), world_id="bench", lang="en")
    build_s = time.perf_counter() - start
    peak = rss_mib()
    start = time.perf_counter()
    web = Web.open(folder)
    open_ms = (time.perf_counter() - start) * 1e3
    asked = questions(keep, n_queries)
    first = timed(lambda query: web.search(query, 10), [query for query, _ in asked])
    warm = timed(lambda query: web.search(query, 10), [query for query, _ in asked])
    ranked = timed(lambda query: web.find(query, 10), [query for query, _ in asked])
    visit = timed(lambda url: web.visit(url, "where it lies and who founded it", 2_000), [url for _, url in asked])
    files = [file.stat().st_size for file in (folder / INDEX_FOLDER).iterdir()]
    return {
        "pages": info.n_documents, "source_and_build_s": build_s, "pages_per_s": info.n_documents / build_s,
        "rss_before_mib": before, "rss_build_peak_mib": peak, "index_mib": sum(files) / 2**20, "open_ms": open_ms,
        "search_first_p50_ms": first[0], "search_first_p99_ms": first[1],
        "search_p50_ms": warm[0], "search_p99_ms": warm[1],
        "rank_only_p50_ms": ranked[0], "rank_only_p99_ms": ranked[1],
        "visit_p50_ms": visit[0], "visit_p99_ms": visit[1], "rss_end_mib": rss_mib(),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="5,000 pages and 200 queries")
    parser.add_argument("--pages", type=int, default=100_000, help="how many pages to invent")
    parser.add_argument("--world", type=Path, help="take the pages of this world folder instead")
    options = parser.parse_args()
    n_pages, n_queries = (5_000, 200) if options.quick else (options.pages, 2_000)
    if options.world:
        source = World(options.world).documents()
    else:
        pages = list(invented_pages(n_pages))  # made before the clock starts
        source = iter(pages)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(source, n_queries, Path(folder) / "web")
    table = Table("measure", "value")
    for name, value in found.items():
        table.add_row(name, f"{value:,.1f}")
    Console().print(table)
    print(json.dumps({"benchmark": "web_small", **{name: round(value, 2) for name, value in found.items()}}))


if __name__ == "__main__":
    main()
