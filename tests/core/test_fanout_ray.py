"""The same crew on the actors of a Ray cluster of this machine."""

import os
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from redsearcher.core.fanout.actors import _knock
from redsearcher.core.fanout.crew import crew
from redsearcher.core.fanout.place import parse_place
from redsearcher.core.fanout.work import WaitingWork, Work
from redsearcher.errors import InputError, WorkerError
from tests.core.labour import squares, waits

ray = pytest.importorskip("ray", reason="Ray is not installed; pip install -c constraints.txt -e '.[ray]'")
RAY = parse_place("ray")


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    with warnings.catch_warnings(action="ignore"):
        ray.init(
            address="local", num_cpus=2, object_store_memory=80 * 2**20, include_dashboard=False,
            log_to_driver=False, logging_level="ERROR",
        )  # fmt: skip
        yield
        ray.shutdown()


def test_every_unit_once_and_one_opening_per_worker(tmp_path: Path) -> None:
    with crew(Work("squares", partial(squares, tmp_path)), RAY) as team:
        found = list(team.map(range(40)))
    assert sorted(square[:2] for square in found) == [(n, n * n) for n in range(40)]
    assert len(list(tmp_path.glob("open-*"))) == len(list(tmp_path.glob("closed-*"))) == 2
    assert os.getpid() not in {square.process for square in found}


def test_waiting_work_and_errors(tmp_path: Path) -> None:
    with crew(WaitingWork("waits", waits, in_flight=6), RAY) as team:
        found = list(team.map(range(60)))
        assert sorted(number for number, _, _ in found) == list(range(60))
        assert max(most for _, most, _ in found) == 3
        with pytest.raises(InputError, match=r"^-1 came; expected a number from 0 on$"):
            list(team.map([-1]))


def test_a_dead_actor_is_one_clear_error(tmp_path: Path) -> None:
    with (
        pytest.raises(WorkerError, match=r"squares: Ray worker \d of 2 died \(\w+\); the same command again"),
        crew(Work("squares", partial(squares, tmp_path)), RAY) as team,
    ):
        list(team.map([0, 1, -3, *range(2, 50)]))


def test_a_cluster_that_is_not_there_is_refused_at_once() -> None:
    with pytest.raises(InputError, match=r"no Ray cluster answers at 127\.0\.0\.1:1 "):
        _knock("127.0.0.1:1")
    _knock("auto")
