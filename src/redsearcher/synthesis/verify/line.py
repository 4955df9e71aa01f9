"""The production line: tasks through the static checks by a crew whose workers have a bench each."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from redsearcher.core.fanout.crew import Crew, crew
from redsearcher.core.fanout.place import HERE, Place
from redsearcher.core.fanout.work import Work
from redsearcher.core.hashing import content_hash
from redsearcher.records.task import Verdict, VerifyCost, VerifyStage
from redsearcher.synthesis.config import VerifyConfig
from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.finding import Case, Judged, verdict_of
from redsearcher.synthesis.verify.table import STATIC
from redsearcher.web.engine import Web
from redsearcher.world.store import World


class Job(NamedTuple):
    """A task and the verdicts it has already, by stage."""

    case: Case
    done: dict[str, Verdict]


def line(
    world: World, web: Web, config: VerifyConfig, place: Place, web_path: Path | None
) -> AbstractContextManager[Crew[Job, Judged]]:
    """A crew that judges tasks. Beyond this process each worker opens the web at `web_path` anew; without a path it is
    this process alone."""
    here = partial(_here, world, web, config)
    if web_path is None:
        return crew(Work("verification", here), HERE)
    opener = partial(_open, world.path.resolve(), web_path.resolve(), config)
    return crew(Work("verification", opener, here), place)


@contextmanager
def _here(world: World, web: Web, config: VerifyConfig) -> Iterator[Callable[[Job], Judged]]:
    bench = Bench(world, web, config)
    try:
        yield partial(judge_case, bench)
    finally:
        bench.close()


@contextmanager
def _open(world: Path, web: Path, config: VerifyConfig) -> Iterator[Callable[[Job], Judged]]:
    with _here(World(world), Web.open(web), config) as judge:
        yield judge


def bases(world: str, web: str, config: VerifyConfig) -> dict[str, str]:
    """What a verdict of each static check rests on, as a hash: another world, web, setting or version, another hash."""
    settings = config.model_dump(mode="json", include={"top_k", "reader_k"})
    return {check.stage.value: content_hash(check.version, world, web, settings) for check in STATIC}


def judge_case(bench: Bench, job: Job) -> Judged:
    """Every check that is still owed, up to the first that drops the task (all of them with `all_stages`)."""
    basis = bases(bench.world.id, bench.web.info.id, bench.config)
    case, task = job.case, job.case.task
    verdicts: list[Verdict] = []
    costs: list[VerifyCost] = []
    for check in STATIC:
        verdict = job.done.get(check.stage.value)
        if verdict is None:
            start = time.perf_counter()
            finding = check.judge(bench, case)
            seconds = round(time.perf_counter() - start, 5)
            verdict = verdict_of(task.id, check.stage, finding, version=check.version, basis=basis[check.stage.value])
            calls, prompt, completion = bench.meter.read()
            cost = VerifyCost(
                task=task.id,
                stage=check.stage,
                version=check.version,
                calls=calls,
                prompt_tokens=prompt,
                completion_tokens=completion,
                seconds=seconds,
            )
            costs.append(cost)
        verdicts.append(verdict)
        if not verdict.keep and not bench.config.all_stages:
            break
    if any(verdict.stage is VerifyStage.RETRIEVABILITY for verdict in verdicts):
        bench.audit(case)  # stored verdicts may have come without it
    return Judged(verdicts, costs, case.audit)


def is_finished(job: Job, *, all_stages: bool) -> bool:
    """Whether stored verdicts leave no check owed, and the audit is there if one of them rests on it."""
    done = job.done
    if VerifyStage.RETRIEVABILITY.value in done and job.case.audit is None:
        return False
    for check in STATIC:
        verdict = done.get(check.stage.value)
        if verdict is None:
            return False
        if not verdict.keep and not all_stages:
            return True
    return True
