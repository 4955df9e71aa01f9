"""The whole job, stage by stage, in one run directory."""

import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from redsearcher import __version__
from redsearcher.cli import stage
from redsearcher.cli.coverage import measure
from redsearcher.cli.job import JobConfig
from redsearcher.cli.model import make_model
from redsearcher.cli.policies import check_policies, roll_out_policies
from redsearcher.cli.tools import find_web
from redsearcher.core.fanout.place import Place
from redsearcher.core.progress import progress, running_total
from redsearcher.core.rundir import RunDir
from redsearcher.synthesis.rewrite import rewrite
from redsearcher.synthesis.verify.final import verify_final
from redsearcher.web.build.making import SameUrl
from redsearcher.web.builder import build_source
from redsearcher.web.engine import Web
from redsearcher.web.index import read_info
from redsearcher.web.noise.mix import noisy
from redsearcher.web.source.base import Source, Tally
from redsearcher.web.source.open import open_sources
from redsearcher.web.source.world import WorldPages
from redsearcher.world.make import make_world
from redsearcher.world.store import World

PINNED = ("pydantic", "pyarrow", "tantivy", "numpy", "networkx", "scipy")


class Done(NamedTuple):
    """What a job came to, as lines for the terminal."""

    lines: tuple[str, ...]


def run_job(job: JobConfig, where: Path, workers: Place) -> Done:
    """Run what is owed of the job and write the manifest last."""
    check_policies(job.policies)
    run = RunDir.open(where, job)
    run.log("job", python=sys.version.split()[0], machine=platform.machine(), workers=str(workers))
    with _timed(run, "world"), progress("pages of the world") as bar:
        make_world(where / "world", job.world, running_total(bar))
    world = World(where / "world")
    with _timed(run, "web"):
        _make_web(world, where / "web", job)
    with _timed(run, "synthesis"):
        made = stage.synthesis(run, world, job.synthesis, workers)
    certificates = {certificate.task: certificate for certificate in made.certificates}
    if job.rewrite is not None:
        with _timed(run, "rewriting"):
            changed = rewrite(world, run, made.tasks, certificates, job.rewrite)
        made = made._replace(tasks=changed.tasks, certificates=changed.certificates)
        certificates = {certificate.task: certificate for certificate in made.certificates}
    with _timed(run, "verification"):
        checked = stage.verification(run, world, where / "web", made.tasks, certificates, job.verify, workers)
    reached = find_web(str(where / "web"), world)
    trajectories, scores = stage.rollouts(run, checked.kept, reached, make_model(job.model), job.rollout, workers)
    with _timed(run, "coverage"):
        by_id = {task.id: task for task in made.tasks}
        measure(run, trajectories, by_id, world, Web.open(where / "web"))
    with _timed(run, "verdicts"):
        accepted = verify_final(run, world, made.tasks, checked.verdicts, trajectories, scores, job.verify).kept
    others = roll_out_policies(where, job.policies, checked.kept, world, workers)
    rows = stage.exports(run, accepted, certificates, trajectories, scores, job.export)
    page = stage.write_report(where, world, job.name)
    run.write_manifest({"redsearcher": __version__, **{name: version(name) for name in PINNED}})
    right = sum(score.value == 1.0 for score in scores)
    return Done(
        (
            f"world {world.info.n_entities:,} entities, {world.info.n_facts:,} facts, {world.info.n_documents:,} pages",
            f"tasks {len(made.tasks)} tight, {len(checked.kept)} verified before rollouts, {len(accepted)} accepted",
            f"rollouts {len(trajectories)}, {right} right; training rows: {_counts(rows)}",
            *map(str, others),
            f"report {page}",
        )
    )


def _counts(rows: dict[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in rows.items())


def _make_web(world: World, path: Path, job: JobConfig) -> None:
    """The web over the world's pages; one that was built from them with these settings is left as it is."""
    if (path / "web.json").is_file():
        found = read_info(path)
        if found.world == world.id and found.config == job.web:
            return
    tally = Tally()
    pages: Source = WorldPages(world)
    if job.noise is not None:
        noise = open_sources([Path(job.noise.source)], tally, lang=world.info.lang).source
        pages = noisy(pages, noise, job.noise, tally)
    same_url: SameUrl = "error" if job.noise is None else "first"
    with progress("pages of the web", pages.n_documents) as bar:
        build_source(
            path, pages, job.web, world_id=world.id, lang=world.info.lang, watch=bar, tally=tally, same_url=same_url
        )


@contextmanager
def _timed(run: RunDir, name: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    run.log(name, seconds=round(time.monotonic() - start, 2))
