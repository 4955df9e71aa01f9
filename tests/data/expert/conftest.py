"""A small fresh world with its web and the expert's episodes on its tasks, once per test session."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from redsearcher.data.question import FreshTask, FreshTasks, Quotas
from redsearcher.data.stream import SMALL_WINDOW, Attempt, StreamConfig, attempts
from redsearcher.web.builder import build_web
from redsearcher.web.engine import Web
from redsearcher.world.fiction.config import FictionConfig
from redsearcher.world.make import WorldConfig, make_world
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.store import World

CONFIG = StreamConfig(min_entities=300, max_entities=300, quotas=Quotas(easy=30, k1=3, k2=2, k3=0, msd=(2, 3)))
SEED = 11


class Fresh(NamedTuple):
    """A world, a web over it, and tasks made from it."""

    world: World
    web: Web
    tasks: list[FreshTask]


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    path = tmp_path_factory.mktemp("expert")
    settings = WorldConfig(fiction=FictionConfig(n_entities=300, seed=4), prose=ProseConfig(seed=4))
    make_world(path / "world", settings)
    world = World(path / "world")
    build_web(path / "web", world.documents(), SMALL_WINDOW, world_id=world.id, lang="en")
    tasks = list(FreshTasks(world, SEED, CONFIG.quotas, hold_out=True).tasks())
    return Fresh(world, Web.open(path / "web"), tasks)


@pytest.fixture(scope="session")
def tried(fresh: Fresh) -> list[Attempt]:
    return list(run(fresh))


def run(fresh: Fresh) -> Iterator[Attempt]:
    cells = {task.task.id: (task.k, task.msd) for task in fresh.tasks}
    return attempts(fresh.world, fresh.web, [task.task for task in fresh.tasks], SEED, CONFIG, cells)


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    return tmp_path / "shards"
