"""Invented addresses and noise: what they cost to build and to search, and what addresses give away.

    python benchmarks/addresses.py [--quick]

A generated world of 20,000 pages (6,000 with --quick), its web with its own URLs, with addresses, and with addresses
and three pages of noise to each of its own: passages of OTT-QA where REDSEARCHER_DATA has them, else another world.
Costs are CPU seconds, the index's one thread included. Prints tables and, last, one JSON line.
"""

import argparse
import json
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from math import log
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from redsearcher.core.rng import derive
from redsearcher.errors import ToolError
from redsearcher.records.world import Document
from redsearcher.web.address.book import AddressBook
from redsearcher.web.address.config import AddressConfig
from redsearcher.web.builder import build_source
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.noise.config import NoiseConfig
from redsearcher.web.noise.mix import noisy
from redsearcher.web.source.base import Placed, Position, Source, Tally
from redsearcher.web.source.world import WorldPages
from redsearcher.world.fiction.config import FictionConfig
from redsearcher.world.importers import ottqa
from redsearcher.world.make import WorldConfig, make_world
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.store import World

SEED, RATIO, PAGES_PER_ENTITY = 7, 3.0, 1.85
BOOK = AddressBook(AddressConfig(seed=SEED))
WORD = re.compile(r"[a-z]{4,}")


class Passages:
    """The first passages of OTT-QA as a source."""

    def __init__(self, data: Path, n: int) -> None:
        self._data, self._n, self.fingerprint = data, n, "ottqa"
        self.n_documents: int | None = None

    def read(self, start: Position = ()) -> Iterator[Placed]:
        (first,) = start or (0,)
        for number, passage in enumerate(islice(ottqa.passages(self._data), first, self._n), first + 1):
            yield Placed(passage.document(), (number,))


def world_at(folder: Path, n_pages: int, seed: int) -> World:
    n_entities = round(n_pages / PAGES_PER_ENTITY)
    make_world(
        folder, WorldConfig(fiction=FictionConfig(n_entities=n_entities, seed=seed), prose=ProseConfig(seed=seed))
    )
    return World(folder)


def numbers(n: int) -> dict[str, float]:
    """Distinct addresses of `n` page numbers, and the way back from each."""
    start = time.process_time()
    places = [BOOK.place(number) for number in range(n)]
    made = time.process_time() - start
    start = time.process_time()
    back = sum(BOOK.number(place) == number for number, place in enumerate(places))
    led = time.process_time() - start
    return {
        "numbers": n, "distinct": len(set(places)), "led_back": back, "make_us": round(made / n * 1e6, 2),
        "back_us": round(led / n * 1e6, 2), "mean_chars": round(sum(map(len, places)) / n, 1),
        "longest": max(map(len, places)),
    }  # fmt: skip


def build(folder: Path, source: Source, config: WebConfig, tally: Tally, world: World) -> dict[str, float]:
    start, cpu = time.perf_counter(), time.process_time()
    info = build_source(folder, source, config, world_id=world.id, lang="en", tally=tally, same_url="first", fresh=True)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - start
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return {
        "pages": info.n_documents, "cpu_s": round(cpu, 2), "wall_s": round(wall, 2),
        "us_per_page": round(cpu / info.n_documents * 1e6, 1), "mb": round(size / 2**20, 1),
    }  # fmt: skip


def asking(web: Web, queries: list[str]) -> dict[str, float]:
    """CPU milliseconds per search of ten results, and per visit of the first."""
    start = time.process_time()
    hits = [web.search(query, 10) for query in queries]
    searched = time.process_time() - start
    start = time.process_time()
    for found, query in zip(hits, queries, strict=True):
        if found:
            web.visit(found[0].url, query)
    visited = time.process_time() - start
    return {"search_ms": round(searched / len(queries) * 1e3, 2), "visit_ms": round(visited / len(queries) * 1e3, 2)}


def links(web: Web, documents: list[Document]) -> dict[str, int]:
    """How many links of the pages lead to a page of the web."""
    shown = web.info.config.addresses is not None
    alive = total = 0
    for document in documents:
        page = web.document(web.resolve(BOOK.address(document.url) if shown else document.url))
        for link in page.links:
            total += 1
            try:
                web.resolve(link.url)
                alive += 1
            except ToolError:
                pass
    return {"links": total, "alive": alive}


def told(documents: list[Document], noise: list[Document]) -> dict[str, Any]:
    """How well tokens of URLs tell pages from noise (area under the curve); words that addresses share with pages."""
    addresses = [[BOOK.address(document.url) for document in rows] for rows in (documents, noise)]
    said = [set(WORD.findall(f"{d.url} {d.title}".lower())) for d in (*documents, *noise)]
    shown = [set(WORD.findall(address.lower())) for rows in addresses for address in rows]
    return {
        "auc_own_urls": round(auc([d.url for d in documents], [d.url for d in noise]), 4),
        "auc_addresses": round(auc(*addresses), 4),
        "words_shared_with_own_page": sum(len(a & b) for a, b in zip(said, shown, strict=True)),
        "words_shared_with_another": sum(len(a & b) for a, b in zip(said, shown[1:] + shown[:1], strict=True)),
    }  # fmt: skip


def auc(one: list[str], other: list[str]) -> float:
    """How well naive Bayes over tokens, counted on every second URL, ranks the others: 0.5 is guessing."""
    train, test = [rows[::2] for rows in (one, other)], [rows[1::2] for rows in (one, other)]
    counts = [Counter(token for row in rows for token in tokens(row)) for rows in train]
    sizes = [len(rows) for rows in train]
    odds = {
        token: log((counts[0][token] + 1) / sizes[0]) - log((counts[1][token] + 1) / sizes[1])
        for token in counts[0].keys() | counts[1].keys()
    }
    scores = [[sum(odds.get(token, 0.0) for token in tokens(row)) for row in rows] for rows in test]
    places: dict[float, list[int]] = {}
    for place, score in enumerate(sorted(scores[0] + scores[1])):
        places.setdefault(score, []).append(place)
    mean = {score: sum(found) / len(found) for score, found in places.items()}
    n = len(scores[0])
    return (sum(mean[score] for score in scores[0]) - n * (n - 1) / 2) / (n * len(scores[1]))


def tokens(url: str) -> set[str]:
    parts = re.findall(r"[a-z]+|[0-9]+|[^a-z0-9]", url.lower())
    return {f"#{len(part)}" if part.isdigit() else part for part in parts} | {re.sub("[a-z0-9]+", "w", url.lower())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="6,000 pages and 100,000 numbers")
    quick = parser.parse_args().quick
    n_pages, n_numbers = (6_000, 100_000) if quick else (20_000, 1_000_000)
    data = os.environ.get("REDSEARCHER_DATA")
    with tempfile.TemporaryDirectory(prefix="addresses-") as name:
        folder = Path(name)
        figures: dict[str, Any] = {"benchmark": "addresses", "numbers": numbers(n_numbers)}
        world = world_at(folder / "world", n_pages, 1)
        if data is not None and (Path(data) / "ottqa-web").is_dir():
            other: Source = Passages(Path(data), round(world.info.n_documents * (RATIO + 0.5)))
        else:
            other = WorldPages(world_at(folder / "other", round(n_pages * (RATIO + 0.5)), 2))
        plain, hidden = WebConfig(writer_threads=1), WebConfig(writer_threads=1, addresses=AddressConfig(seed=SEED))
        tally = Tally()
        mixed = noisy(WorldPages(world), other, NoiseConfig(source="other", ratio=RATIO), tally)
        ways: dict[str, Callable[[], dict[str, float]]] = {
            "own URLs": lambda: build(folder / "plain", WorldPages(world), plain, Tally(), world),
            "addresses": lambda: build(folder / "hidden", WorldPages(world), hidden, Tally(), world),
            "addresses and noise": lambda: build(folder / "mixed", mixed, hidden, tally, world),
        }
        figures["builds"] = {way: make() for way, make in ways.items()}
        figures["left_out"] = dict(tally.dropped)
        start = time.process_time()
        n_read = sum(1 for _ in other.read())
        figures["noise"] = {"pages": n_read, "reading_once_cpu_s": round(time.process_time() - start, 2)}
        documents = list(islice(world.documents(), 6_000))
        rng = derive(SEED, "queries")
        queries = [" ".join(rng.sample(document.text.split(), 5)) for document in rng.sample(documents, 300)]
        webs = {"own URLs": Web.open(folder / "plain"), "addresses": Web.open(folder / "hidden")}
        for web in webs.values():
            asking(web, queries[:30])
        figures["asking"] = {way: asking(web, queries) for way, web in webs.items()}
        figures["links"] = {way: links(web, documents[:2_000]) for way, web in webs.items()}
        noise = [placed.document for placed in islice(other.read(), len(documents))]
        figures["told"] = told(documents, noise)
    _print(figures)


def _print(figures: dict[str, Any]) -> None:
    console = Console()
    table = Table("web", "pages", "CPU s", "CPU us/page", "MB", "search CPU ms", "visit CPU ms", "links alive")
    for way, row in figures["builds"].items():
        asked, linked = figures["asking"].get(way, {}), figures["links"].get(way)
        alive = f"{linked['alive']:,} of {linked['links']:,}" if linked else ""
        cells = (row["cpu_s"], row["us_per_page"], row["mb"], asked.get("search_ms", ""), asked.get("visit_ms", ""))
        table.add_row(way, f"{row['pages']:,}", *map(str, cells), alive)
    console.print(table)
    for name in ("numbers", "told", "noise", "left_out"):
        console.print(f"{name}: " + ", ".join(f"{key} {value:,}" for key, value in figures[name].items()))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
