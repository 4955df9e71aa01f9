"""A stream of expert traces over fresh worlds: no name in it is ever worth remembering."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import NamedTuple

from pydantic import Field

from redsearcher.agent.config import EpisodeConfig
from redsearcher.agent.context.discard_all import STATEMENT
from redsearcher.agent.episode import SYSTEM, Episode
from redsearcher.core.config import Config
from redsearcher.core.hashing import content_hash
from redsearcher.core.rng import derive, derive_seed
from redsearcher.data.drill import Drills
from redsearcher.data.expert.condition import read_conditions
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.model import Expert
from redsearcher.data.expert.peek import PeekChecker
from redsearcher.data.expert.record import recorded
from redsearcher.data.expert.search import ExpertConfig
from redsearcher.data.extract import Extracts
from redsearcher.data.notes import with_notes
from redsearcher.data.question import FreshTasks, Quotas
from redsearcher.data.reword import page_words, reworded
from redsearcher.data.slip import after_slip
from redsearcher.grading.match import grade
from redsearcher.records.base import Record
from redsearcher.records.chat import Message, Sampling
from redsearcher.records.task import Task
from redsearcher.records.tool import SEARCH, VISIT
from redsearcher.records.trajectory import Step, StopReason, Trajectory
from redsearcher.web.builder import build_web
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.toolbox import Toolbox
from redsearcher.world.fiction.config import FictionConfig
from redsearcher.world.make import WorldConfig, make_world
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.store import World

SMALL_WINDOW = WebConfig(
    n_results=5, snippet_chars=200, visit_chars=1500, max_per_call=3, writer_heap_mb=16, writer_threads=1
)
"""How much a policy with a window of a few thousand tokens is shown."""


class StreamConfig(Config):
    """What each fresh world is like and what is asked of it."""

    min_entities: int = Field(default=400, ge=200)
    """Smallest world."""
    max_entities: int = Field(default=1500, ge=200)
    """Largest world."""
    quotas: Quotas = Quotas()
    """How many tasks of each kind a world gives."""
    drills: int = Field(default=0, ge=0)
    """Reading drills of each world beside its traces."""
    extracts: int = Field(default=0, ge=0)
    """Extracts of each world: some twenty short texts, and after each what it states."""
    openings: int = Field(default=0, ge=0)
    """Further easy questions of each world of which the expert's first turn alone is kept: taking a question apart."""
    reworded: float = Field(default=0.0, ge=0, le=1)
    """Share of these whose relations are said in other words, invented or of pages, so that wordings are taken over."""
    notes: bool = False
    """Traces of a policy that keeps notes and reads nothing else of what came before its last calls; see `notes`."""
    slips: float = Field(default=0.0, ge=0, le=1)
    """Share of traces in which one turn is said wrongly first, and again after the loop's request; see `slip`."""
    hold_out: bool = True
    """Leave relations and phrasings out of the questions, so that evaluation can ask for them."""
    max_chars: int = Field(default=19_000, ge=1_000)
    """Longest trace, in characters of question, thoughts, calls and observations: what fits a window of 8K tokens of a
    vocabulary of 1,024."""
    reset_share: float = Field(default=0.1, ge=0, le=1)
    """Share of traces that begin as after a context reset: the agent says that earlier work was dropped."""
    web: WebConfig = SMALL_WINDOW
    """What the tools show."""
    expert: ExpertConfig = ExpertConfig()
    """How the expert goes about it."""


class Trace(Record):
    """A right trajectory of the expert with what its task asks for."""

    trajectory: Trajectory
    k: int
    """0: a reading drill."""
    msd: int
    n_constraints: int
    easy: bool
    n_chars: int


class Attempt(NamedTuple):
    """What came of one episode: `trace` where it was right, and `outcome` what is counted."""

    trace: Trace | None
    outcome: str
    k: int
    msd: int
    easy: bool
    n_calls: int
    n_chars: int


def expert_stream(seed: int, n_worlds: int, config: StreamConfig | None = None) -> Iterator[Trace]:
    """Right traces of the expert over `n_worlds` fresh worlds, world after world. Same seed, same traces."""
    for world in range(n_worlds):
        for attempt in world_attempts(derive_seed(seed, "fresh world", world), config or StreamConfig()):
            if attempt.trace is not None:
                yield attempt.trace


def world_attempts(seed: int, config: StreamConfig) -> Iterator[Attempt]:
    """Every episode of the expert on one fresh world, made in a temporary folder and thrown away."""
    rng = derive(seed, "stream")
    n_entities = rng.randint(config.min_entities, max(config.min_entities, config.max_entities))
    with tempfile.TemporaryDirectory(prefix="redsearcher-") as folder:
        path = Path(folder)
        settings = WorldConfig(
            fiction=FictionConfig(n_entities=n_entities, seed=derive_seed(seed, "facts")),
            prose=ProseConfig(seed=derive_seed(seed, "pages")),
        )
        make_world(path / "world", settings)
        world = World(path / "world")
        build_web(path / "web", world.documents(), config.web, world_id=world.id, lang=world.info.lang)
        tasks = list(FreshTasks(world, seed, config.quotas, hold_out=config.hold_out).tasks())
        web = Web.open(path / "web")
        yield from _openings(world, seed, config)
        yield from _drills(world, web, seed, config)
        yield from _extracts(world, web, seed, config)
        yield from attempts(
            world,
            web,
            [t.task for t in tasks],
            seed,
            config,
            {t.task.id: (t.k, t.msd) for t in tasks},
        )


def attempts(
    world: World, web: Web, tasks: list[Task], seed: int, config: StreamConfig, cells: dict[str, tuple[int, int]]
) -> Iterator[Attempt]:
    """The expert's episodes on tasks of one world; `cells` gives k and MSD by task id."""
    library = Library(world, web.info.config.addresses)
    expert = Expert(tasks, library, config.expert)
    checker = PeekChecker(name for entity in world.entities.values() for name in entity.names)
    tools = Toolbox(web, config.web)
    for task in tasks:
        k, msd = cells[task.id]
        yield _attempt(task, k, msd, expert, tools, checker, seed, config)


def _openings(world: World, seed: int, config: StreamConfig) -> Iterator[Attempt]:
    """The first turns of questions that are asked for nothing else."""
    quotas = Quotas(easy=config.openings, k1=0, k2=0, k3=0)
    fresh = list(FreshTasks(world, derive_seed(seed, "openings"), quotas, hold_out=config.hold_out).tasks())
    expert = Expert([one.task for one in fresh], Library(world), config.expert)
    words = page_words(document.text for document in world.documents()) if config.reworded else []
    for one in fresh:
        told = opening(one.task, expert, derive_seed(seed, "opening", one.task.id))
        rng = derive(seed, "other words", one.task.id)
        if rng.random() < config.reworded:
            told = reworded(told, read_conditions(one.task.question, one.task.query), words, rng) or told
        told = with_notes(told) if config.notes else told
        n_chars = count_chars(told)
        trace = Trace(
            trajectory=told, k=one.k, msd=one.msd, n_constraints=len(one.task.query.constraints), easy=True,
            n_chars=n_chars,
        )  # fmt: skip
        yield Attempt(trace, "opening", one.k, one.msd, True, told.n_tool_calls, n_chars)


def _drills(world: World, web: Web, seed: int, config: StreamConfig) -> Iterator[Attempt]:
    library, tools = Library(world, web.info.config.addresses), Toolbox(web, config.web)
    drills = Drills(world, tools, library, derive_seed(seed, "drills"), hold_out=config.hold_out)
    for number in range(config.drills):
        told = drills.draw(number)
        if told is not None and (n_chars := count_chars(told)) <= config.max_chars:
            trace = Trace(trajectory=told, k=0, msd=0, n_constraints=0, easy=True, n_chars=n_chars)
            yield Attempt(trace, "drill", 0, 0, True, told.n_tool_calls, n_chars)


def _extracts(world: World, web: Web, seed: int, config: StreamConfig) -> Iterator[Attempt]:
    library, tools = Library(world, web.info.config.addresses), Toolbox(web, config.web)
    extracts = Extracts(world, tools, library, derive_seed(seed, "extracts"))
    for number in range(config.extracts):
        told = extracts.draw(number)
        if told is not None:
            n_chars = count_chars(told)
            trace = Trace(trajectory=told, k=0, msd=0, n_constraints=0, easy=True, n_chars=n_chars)
            yield Attempt(trace, "extract", 0, 0, True, 0, n_chars)


def _attempt(
    task: Task, k: int, msd: int, expert: Expert, tools: Toolbox, checker: PeekChecker, seed: int, config: StreamConfig
) -> Attempt:
    trajectory = run_expert(task, expert, tools, derive_seed(seed, "episode", task.id))
    n_chars = count_chars(trajectory)
    easy = task.role == "easy"
    value = grade(trajectory.answer, task.answer, task.aliases).value
    if value != 1.0:
        outcome = "wrong" if value == 0.0 else trajectory.stop_reason.value
    elif checker.violations(trajectory):
        outcome = "peeked"
    elif n_chars > config.max_chars:
        outcome = "long"
    else:
        outcome = "right"
    trace = None
    if outcome == "right":
        n_constraints = len(task.query.constraints)
        if not config.notes and derive(trajectory.seed, "reset").random() < config.reset_share:
            trajectory = after_reset(trajectory)
        rng = derive(trajectory.seed, "slip")
        if rng.random() < config.slips:
            trajectory = after_slip(trajectory, rng)
        trajectory = with_notes(trajectory, checker) if config.notes else trajectory
        trace = Trace(trajectory=trajectory, k=k, msd=msd, n_constraints=n_constraints, easy=easy, n_chars=n_chars)
    return Attempt(trace, outcome, k, msd, easy, trajectory.n_tool_calls, n_chars)


def run_expert(task: Task, expert: Expert, tools: Toolbox, seed: int) -> Trajectory:
    """One episode of the expert in the agent's own loop."""
    config = EpisodeConfig(temperature=0.0)
    outcome = asyncio.run(Episode(task.question, expert, tools, config, seed).run())
    return recorded(
        content_hash("expert", task.id, seed), task.id, task.question, seed, outcome.steps, outcome.final.stop_reason,
        context_strategy=outcome.context_strategy, answer=outcome.final.answer, confidence=outcome.final.confidence,
        abstained=outcome.final.answer is None, detail=outcome.detail, usage=outcome.usage,
    )  # fmt: skip


def opening(task: Task, expert: Expert, seed: int) -> Trajectory:
    """The question and the expert's first turn, whose call nobody answers."""
    messages = [Message(role="system", content=SYSTEM), Message(role="user", content=task.question)]
    said = asyncio.run(expert.complete(messages, (SEARCH, VISIT), Sampling(seed=seed))).message
    key, steps = content_hash("opening", task.id, seed), (Step(thought=said.content, calls=said.calls),)
    return recorded(key, task.id, task.question, seed, steps, StopReason.MAX_ROUNDS)


def after_reset(trajectory: Trajectory) -> Trajectory:
    """The same work as a policy does it that was told before that its earlier work on the question was dropped."""
    n_rounds = derive(trajectory.seed, "rounds before the reset").randint(4, 14)
    told = Template(STATEMENT).substitute(n_rounds=n_rounds, n_calls=n_rounds)
    first = trajectory.steps[0].model_copy(update={"asked": told})
    return trajectory.model_copy(update={"steps": (first, *trajectory.steps[1:])})


def count_chars(trajectory: Trajectory) -> int:
    """Characters of the question and of all thoughts, calls and observations."""
    n_chars = len(trajectory.question)
    for step in trajectory.steps:
        n_chars += len(step.asked) + len(step.thought)
        n_chars += sum(len(call.signature) for call in step.calls)
        n_chars += sum(len(observation.content) for observation in step.observations)
    return n_chars
