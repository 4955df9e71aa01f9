"""Generate a fictional world and index its pages in one go: pages per second and memory, stage by stage.

`python benchmarks/world_and_web.py [--quick]`: 100,000 pages, or 10,000 with --quick. Each stage runs in a process
of its own, so that its peak memory is its own. The last line is one JSON line with all figures.
"""

import argparse
import json
import multiprocessing
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.table import Table

PAGES_PER_ENTITY = 1.85
Stage = Callable[[Path, int], int]


def generate(folder: Path, n_entities: int) -> int:
    """Facts, pages, strict and loose statements; returns the number of pages."""
    from redsearcher.world.fiction.config import FictionConfig
    from redsearcher.world.make import WorldConfig, make_world
    from redsearcher.world.prose.config import ProseConfig

    config = WorldConfig(fiction=FictionConfig(n_entities=n_entities, seed=1), prose=ProseConfig(seed=1))
    return make_world(folder / "world", config).n_documents


def index(folder: Path, n_entities: int) -> int:
    """The tantivy index over all pages; returns the number of pages."""
    from redsearcher.web.builder import build_web
    from redsearcher.web.config import WebConfig
    from redsearcher.world.store import World

    world = World(folder / "world")
    info = build_web(folder / "web", world.documents(), WebConfig(), world_id=world.id, lang=world.info.lang)
    return info.n_documents


def _measured(stage: Stage, folder: Path, n_entities: int) -> dict[str, float]:
    start = time.perf_counter()
    n_pages = stage(folder, n_entities)
    seconds = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "pages": n_pages,
        "seconds": round(seconds, 2),
        "pages_per_s": round(n_pages / seconds, 1),
        "peak_mb": round(peak_mb, 1),
    }


def measure(stage: Stage, folder: Path, n_entities: int) -> dict[str, float]:
    """Run one stage in a fresh process."""
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measured, stage, folder, n_entities).result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 pages instead of 100,000")
    n_pages = 10_000 if parser.parse_args().quick else 100_000
    n_entities = round(n_pages / PAGES_PER_ENTITY)
    folder = Path(tempfile.mkdtemp(prefix="world-and-web-"))
    try:
        rows = {stage.__name__: measure(stage, folder, n_entities) for stage in (generate, index)}
        sizes = {
            name: round(sum(f.stat().st_size for f in (folder / name).rglob("*") if f.is_file()) / 2**20, 1)
            for name in ("world", "web")
        }
    finally:
        shutil.rmtree(folder)
    table = Table("stage", "pages", "seconds", "pages/s", "peak memory MB")
    for name, row in rows.items():
        table.add_row(name, *(f"{row[key]:,}" for key in ("pages", "seconds", "pages_per_s", "peak_mb")))
    Console().print(table)
    print(json.dumps({"benchmark": "world_and_web", "entities": n_entities, **rows, "disk_mb": sizes}))


if __name__ == "__main__":
    main()
