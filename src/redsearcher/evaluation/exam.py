"""An examination of policies: fresh worlds nobody trained on, their tasks, and how often each policy solves them."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from redsearcher.agent.config import EpisodeConfig
from redsearcher.agent.episode import Episode
from redsearcher.core.concurrency import map_bounded
from redsearcher.core.rng import derive, derive_seed
from redsearcher.data.expert.condition import read_conditions
from redsearcher.data.holdout import has_held_out_property, held_out_phrases
from redsearcher.data.question import FreshTasks, Quotas
from redsearcher.evaluation.interval import Estimate, proportion
from redsearcher.grading.match import grade
from redsearcher.llm.chat import ChatModel
from redsearcher.records.base import Record
from redsearcher.records.task import Task
from redsearcher.records.trajectory import StopReason
from redsearcher.web.builder import build_web
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.toolbox import Toolbox
from redsearcher.world.fiction.config import FictionConfig
from redsearcher.world.make import WorldConfig, make_world
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.store import World

QUOTAS = Quotas(easy=12, k1=6, k2=6, k3=3, msd=(2, 3, 4), wordings=1)
"""What one examined world asks for."""
MIN_ENTITIES, MAX_ENTITIES = 800, 1500


class Item(Record):
    """One question of the examination. `unseen`: it uses a relation or a phrasing that training questions never use."""

    task: Task
    k: int
    msd: int
    easy: bool
    unseen: bool


class Room(NamedTuple):
    """One world with its tools and its questions."""

    world: World
    tools: Toolbox
    items: tuple[Item, ...]
    seed: int


class Mark(NamedTuple):
    """What one policy did on one question."""

    item: Item
    right: bool
    stop_reason: StopReason
    n_calls: int
    n_tokens: int


def make_room(folder: Path, seed: int, web: WebConfig, quotas: Quotas = QUOTAS) -> None:
    """Write one world, its web and its questions into `folder`; a folder that is whole is left as it is."""
    if (folder / "items.jsonl").is_file():
        return
    n_entities = derive(seed, "exam").randint(MIN_ENTITIES, MAX_ENTITIES)
    facts, pages = derive_seed(seed, "exam facts"), derive_seed(seed, "exam pages")
    fiction, prose = FictionConfig(n_entities=n_entities, seed=facts), ProseConfig(seed=pages)
    make_world(folder / "world", WorldConfig(fiction=fiction, prose=prose))
    world = World(folder / "world")
    build_web(folder / "web", world.documents(), web, world_id=world.id, lang=world.info.lang)
    tasks = FreshTasks(world, seed, quotas, hold_out=False).tasks()
    items = [Item(task=t.task, k=t.k, msd=t.msd, easy=t.task.role == "easy", unseen=_unseen(t.task)) for t in tasks]
    temporary = folder / ".items.tmp"
    temporary.write_text("".join(item.model_dump_json() + "\n" for item in items), encoding="utf-8")
    temporary.replace(folder / "items.jsonl")


def open_room(folder: Path, seed: int, web: WebConfig) -> Room:
    """What `make_room` wrote."""
    lines = (folder / "items.jsonl").read_text(encoding="utf-8").splitlines()
    items = tuple(Item.model_validate_json(line) for line in lines)
    return Room(World(folder / "world"), Toolbox(Web.open(folder / "web"), web), items, seed)


def _unseen(task: Task) -> bool:
    if has_held_out_property(task.query):
        return True
    phrases = {
        condition.template.replace("{0} ", "", 1).replace("{1}", "{}")
        for condition in read_conditions(task.question, task.query).items
    }
    return bool(phrases & held_out_phrases())


async def examine(
    rooms: Sequence[Room],
    policy: Callable[[Room], ChatModel],
    episode: EpisodeConfig,
    concurrency: int,
    on_done: Callable[[Mark], None] = lambda _: None,
) -> list[Mark]:
    """One episode per question, marks in the order of rooms and questions. `policy` gives the model of a room."""
    models = [policy(room) for room in rooms]
    places = [(number, item) for number, room in enumerate(rooms) for item in room.items]

    marks: dict[int, Mark] = {}

    async def sit(place: int) -> tuple[int, Mark]:
        number, item = places[place]
        room = rooms[number]
        seed = derive_seed(room.seed, "exam episode", item.task.id)
        outcome = await Episode(item.task.question, models[number], room.tools, episode, seed).run()
        value = grade(outcome.final.answer, item.task.answer, item.task.aliases).value
        n_calls = sum(len(step.calls) for step in outcome.steps)
        return place, Mark(item, value == 1.0, outcome.final.stop_reason, n_calls, outcome.usage.completion)

    def done(pair: tuple[int, Mark]) -> None:
        marks[pair[0]] = pair[1]
        on_done(pair[1])

    await map_bounded(sit, range(len(places)), concurrency=concurrency, on_done=done)
    return [marks[place] for place in range(len(places))]


def success(marks: Iterable[Mark], where: Callable[[Item], bool]) -> Estimate:
    """Share of right answers among the questions of a group."""
    return proportion([float(mark.right) for mark in marks if where(mark.item)])
