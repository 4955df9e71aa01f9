"""What kill -9 costs a web in the making: nothing that was committed, and never the web that is there.

    python benchmarks/web_kills.py [--quick] [--trials N]

In every trial a build, an append or a delete is killed one to three times at random moments of its CPU time, then given
again until it ends. After each kill the web in place must be whole, the old one or the new one; at the end it must be
the web of an undisturbed run: same id, same pages once each, same results. Prints a table and, last, one JSON line.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from redsearcher.core.progress import progress
from redsearcher.core.rng import derive
from redsearcher.web.build.check import check_web
from redsearcher.web.build.checksum import damaged_files
from redsearcher.web.build.edit import append_pages, delete_pages
from redsearcher.web.build.segments import Pages
from redsearcher.web.builder import build_source
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.index import INDEX_FOLDER
from redsearcher.web.source.base import Tally, Union
from redsearcher.web.source.lines import JsonLines
from redsearcher.web.source.row import Defaults

SEED = 23
CONFIG = WebConfig(writer_threads=1, writer_heap_mb=16, commit_pages=25)
FORK = multiprocessing.get_context("fork")
Work = Callable[[], Any]


class Place(NamedTuple):
    """A folder with two files of pages; the second half is added, every 20th page of the first is taken out."""

    folder: Path
    first: Path
    second: Path
    gone: list[str]


def write_pages(folder: Path, n_pages: int) -> Place:
    """Half of the pages in each file, 20 to 120 words of a Zipfian vocabulary."""
    rng = derive(SEED, "pages")
    words = [f"w{rank}" for rank in range(5_000)]
    cumulative = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(words))))
    rows = []
    for number in range(n_pages):
        title, *rest = (" ".join(rng.choices(words, cum_weights=cumulative, k=k)) for k in (3, rng.randint(20, 120)))
        rows.append({"url": f"https://site{number % 9}.example/{number}", "title": title, "text": rest[0]})
    place = Place(
        folder, folder / "first.jsonl", folder / "second.jsonl", [row["url"] for row in rows[: n_pages // 2 : 20]]
    )
    for file, part in ((place.first, rows[: n_pages // 2]), (place.second, rows[n_pages // 2 :])):
        file.write_text("".join(json.dumps(row) + "\n" for row in part), encoding="utf-8")
    return place


def lines(file: Path) -> JsonLines:
    return JsonLines(file, Defaults("site.example"), Tally())


def build(place: Place, web: Path, *, whole: bool) -> str:
    """The id of the web of the first file, or of both."""
    source = Union([lines(place.first), lines(place.second)]) if whole else lines(place.first)
    return build_source(web, source, CONFIG, world_id="", lang="en", say=said).id


def append(place: Place, web: Path) -> str:
    with progress("pages") as watch:
        return append_pages(web, lines(place.second), watch=watch, say=said, tally=Tally()).id


def delete(place: Place, web: Path) -> str:
    with progress("pages") as watch:
        return delete_pages(web, place.gone, watch=watch, say=said).id


def said(text: str) -> None:
    """Leave a trace of resumption for who waits."""
    if text.startswith("going on"):
        with Path(os.environ["WEB_KILLS_NOTES"]).open("a", encoding="utf-8") as file:
            file.write("resumed\n")


def state(web: Path, queries: list[str]) -> dict[str, Any]:
    """All that matters of the web in place."""
    with progress("pages") as watch:
        faults = check_web(web, watch, n_titles=20).faults
    if faults:
        return {"faults": faults}
    opened, pages = Web.open(web), Pages(web / INDEX_FOLDER)
    urls = Counter(page.document.url for number in range(len(pages.segments)) for page in pages.read(number))
    results = [[hit.url for hit in opened.search(query, 10)] for query in queries]
    return {"faults": [], "id": opened.info.id, "urls": urls, "results": results}


def glance(web: Path) -> tuple[str, int, int]:
    """Id, pages and damaged files of the web in place."""
    return Web.open(web).info.id, len(Pages(web / INDEX_FOLDER)), len(damaged_files(web / INDEX_FOLDER))


def elsewhere(work: Work, kill_after_s: float | None = None) -> Any:
    """What `work` returns in a process of its own; None where that was killed, at so many seconds of its CPU time."""
    receiving, sending = FORK.Pipe(duplex=False)
    process = FORK.Process(target=lambda: sending.send(work()))
    process.start()
    sending.close()
    while kill_after_s is not None and process.is_alive() and process.pid is not None:
        if cpu_s(process.pid) >= kill_after_s:
            os.kill(process.pid, signal.SIGKILL)
            break
        time.sleep(0.001)
    try:
        result = receiving.recv()
    except EOFError:
        result = None
    process.join()
    return result


def cpu_s(pid: int) -> float:
    """CPU time of a process; 0 where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Trial(NamedTuple):
    """One operation on the web of `before`; undisturbed it takes so many seconds of CPU time and makes `after`."""

    name: str
    work: Callable[[Path], Any]
    before: Path
    after: dict[str, Any]
    whole: tuple[str, int, int]
    seconds: float


def used_s() -> float:
    """CPU time of all processes that were begun and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def prepare(place: Place, name: str, work: Callable[[Path], Any], before: Path, queries: list[str]) -> Trial:
    web = place.folder / f"{name}_undisturbed"
    shutil.copytree(before, web)
    start = used_s()
    elsewhere(lambda: work(web))
    seconds = used_s() - start
    return Trial(name, work, before, elsewhere(lambda: state(web, queries)), elsewhere(lambda: glance(web)), seconds)


def disturb(
    trial: Trial, folder: Path, old: tuple[str, int, int], queries: list[str], rng: random.Random
) -> Counter[str]:
    """Kill, look, kill, look, let it end, look."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    web = folder / "web"
    shutil.copytree(trial.before, web)
    found: Counter[str] = Counter()
    for _ in range(rng.randint(1, 3)):
        done = elsewhere(lambda: trial.work(web), rng.uniform(0, trial.seconds))
        found["kills"] += done is None
        found["torn"] += elsewhere(lambda: glance(web)) not in (old, trial.whole)
    elsewhere(lambda: trial.work(web))
    end = elsewhere(lambda: state(web, queries))
    if end is None or end["faults"]:
        found["torn"] += 1
        return found
    found["differing ids"] += end["id"] != trial.after["id"]
    found["lost"] += len(trial.after["urls"].keys() - end["urls"].keys())
    found["doubled"] += sum(n - 1 for n in end["urls"].values())
    found["differing results"] += end["results"] != trial.after["results"]
    found["left behind"] += sorted(file.name for file in folder.iterdir()) != ["web"]
    found["trials"] += 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="4 trials of each kind on 300 pages")
    parser.add_argument("--trials", type=int, default=50, help="trials of each kind")
    options = parser.parse_args()
    n_trials, n_pages = (4, 300) if options.quick else (options.trials, 600)
    columns = (
        "trials",
        "kills",
        "resumed",
        "lost",
        "doubled",
        "torn",
        "differing ids",
        "differing results",
        "left behind",
    )
    table, rows = Table("what", "CPU s", *columns), {}
    with tempfile.TemporaryDirectory() as temporary:
        place = write_pages(Path(temporary), n_pages)
        notes = place.folder / "notes"
        os.environ["WEB_KILLS_NOTES"] = str(notes)
        rng = derive(SEED, "queries")
        queries = [" ".join(f"w{int(5_000 ** rng.random())}" for _ in range(rng.randint(1, 4))) for _ in range(25)]
        old = place.folder / "old"
        elsewhere(lambda: build(place, old, whole=False))
        before = elsewhere(lambda: glance(old))
        works: dict[str, Callable[[Path], Any]] = {
            "build": lambda web: build(place, web, whole=True),
            "append": lambda web: append(place, web),
            "delete": lambda web: delete(place, web),
        }
        for name, work in works.items():
            trial = prepare(place, name, work, old, queries)
            assert trial.after is not None and not trial.after["faults"], f"the undisturbed {name} failed"
            notes.write_text("")
            found: Counter[str] = Counter()
            for number in range(n_trials):
                if number % 10 == 0:
                    print(f"{name}: {number} of {n_trials} trials, {found['kills']} kills", file=sys.stderr, flush=True)
                found += disturb(trial, place.folder / "trial", before, queries, derive(SEED, name, number))
            found["resumed"] = len(notes.read_text().splitlines())
            print(f"{name}: {dict(found)}", file=sys.stderr, flush=True)
            rows[name] = {column.replace(" ", "_"): found[column] for column in columns}
            table.add_row(name, f"{trial.seconds:.2f}", *(f"{found[column]:,}" for column in columns))
    Console().print(table)
    print(json.dumps({"benchmark": "web_kills", "pages": n_pages, **rows}))


if __name__ == "__main__":
    main()
