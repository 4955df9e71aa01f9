"""The production line: tasks through the static checks, in this process or in several, each with its own bench."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, Protocol

from redsearcher.core.hashing import content_hash
from redsearcher.records.task import Verdict, VerifyCost, VerifyStage
from redsearcher.synthesis.config import VerifyConfig
from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.finding import Case, Judged, verdict_of
from redsearcher.synthesis.verify.table import STATIC
from redsearcher.web.engine import Web
from redsearcher.world.store import World

_bench: list[Bench] = []  # one per worker process, set by its initialiser


class Job(NamedTuple):
    """A task and the verdicts it has already, by stage."""

    case: Case
    done: dict[str, Verdict]


class Line(Protocol):
    """Judges tasks, handing each on as it is done."""

    def run(self, jobs: Sequence[Job]) -> Iterator[Judged]: ...


class Inline:
    """Judges one after the other in this process."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def run(self, jobs: Sequence[Job]) -> Iterator[Judged]:
        for job in jobs:
            yield judge_case(self._bench, job)


class Pool:
    """Judges in worker processes; the order in which tasks come back is not fixed."""

    def __init__(self, executor: ProcessPoolExecutor) -> None:
        self._executor = executor

    def run(self, jobs: Sequence[Job]) -> Iterator[Judged]:
        for future in as_completed([self._executor.submit(_judge, job) for job in jobs]):
            yield future.result()


@contextmanager
def line(world: World, web: Web, config: VerifyConfig, n_workers: int, web_path: Path | None) -> Iterator[Line]:
    """`n_workers` processes, which open the web at `web_path` anew; this process for 1, or without a path."""
    if n_workers <= 1 or web_path is None:
        bench = Bench(world, web, config)
        try:
            yield Inline(bench)
        finally:
            bench.close()
        return
    executor = ProcessPoolExecutor(
        n_workers, mp_context=get_context("spawn"), initializer=_open, initargs=(world.path, web_path, config)
    )
    try:
        yield Pool(executor)
    finally:
        executor.shutdown(cancel_futures=True)


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


def _open(world: Path, web: Path, config: VerifyConfig) -> None:
    _bench[:] = [Bench(World(world), Web.open(web), config)]


def _judge(job: Job) -> Judged:
    return judge_case(_bench[0], job)
