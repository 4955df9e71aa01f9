"""A crew does the same work wherever it works; a worker that dies, and Ctrl-C, end it in order."""

import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest

from redsearcher.core.fanout.crew import crew
from redsearcher.core.fanout.place import Place, parse_place
from redsearcher.core.fanout.processes import FORKS
from redsearcher.core.fanout.work import WaitingWork, Work
from redsearcher.errors import InputError, WorkerError
from tests.core.labour import Shared, Square, shared, squares, unopenable, waits

PLACES = [pytest.param(1, id="inline"), pytest.param(2, id="processes")]
PATIENCE_S = 30


def _squares(folder: Path) -> Work[int, Square]:
    return Work("squares", partial(squares, folder))


def test_places() -> None:
    assert parse_place("4") == Place(4)
    assert parse_place("ray") == Place(ray="")
    assert parse_place("ray:10.0.0.1:6379") == Place(ray="10.0.0.1:6379")
    assert [str(parse_place(text)) for text in ("1", "ray", "ray:ray://head:10001")] == [
        "1", "ray", "ray:ray://head:10001",
    ]  # fmt: skip
    for wrong in ("0", "-1", "two", "", "ray:", "rays", "²"):
        with pytest.raises(InputError, match="expected a number"):
            parse_place(wrong)


@pytest.mark.parametrize("workers", PLACES)
def test_every_unit_once_and_one_opening_per_worker(workers: int, tmp_path: Path) -> None:
    with crew(_squares(tmp_path), workers) as team:
        first = list(team.map(range(40)))
        second = list(team.map(range(40, 50)))
        assert list(team.map([])) == []
    assert sorted(found[:2] for found in first + second) == [(n, n * n) for n in range(50)]
    assert len({found.process for found in first}) == workers
    opened = {path.name.partition("-")[2] for path in tmp_path.glob("open-*")}
    assert len(opened) == workers
    assert opened == {path.name.partition("-")[2] for path in tmp_path.glob("closed-*")}


@pytest.mark.parametrize("workers", PLACES)
def test_errors_of_units_come_back(workers: int, tmp_path: Path) -> None:
    for work in (_squares(tmp_path), WaitingWork("waits", waits, in_flight=3)):
        with pytest.raises(InputError, match=r"^-1 came; expected a number from 0 on$"), crew(work, workers) as team:
            list(team.map([1, -1, 2]))
    with pytest.raises(InputError, match="nothing to open"), crew(Work("w", unopenable), workers) as closed:
        list(closed.map([1]))
    with pytest.raises(Exception, match="lost") as caught, crew(_squares(tmp_path), workers) as team:
        list(team.map([-2]))
    if workers > 1:
        assert "labour.py" in caught.value.__notes__[0]


@pytest.mark.parametrize("workers", PLACES)
def test_waiting_work_keeps_its_share_in_flight(workers: int) -> None:
    with crew(WaitingWork("waits", waits, in_flight=6), workers) as team:
        found = list(team.map(range(60))) + list(team.map(range(60, 63)))
    assert sorted(number for number, _, _ in found) == list(range(63))
    assert max(most for _, most, _ in found) == 6 // workers
    assert len({process for _, _, process in found}) == workers


@pytest.mark.skipif(not FORKS, reason="processes cannot be forked here")
def test_what_is_inherited_is_opened_once_in_this_process() -> None:
    with crew(Work("shared", shared, inherited=True), 2) as team:
        found = list(team.map(range(20)))
    assert {opened for _, opened, _ in found} == {os.getpid()}
    assert os.getpid() not in {process for _, _, process in found}


def test_this_process_uses_what_it_has() -> None:
    mine = Shared()

    with crew(Work("shared", shared, here=lambda: nullcontext(mine)), 1) as team:
        assert [number for number, _, _ in team.map([1, 2])] == [1, 2]


def test_a_dead_worker_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(WorkerError) as caught, crew(_squares(tmp_path), 2) as team:
        list(team.map([0, 1, -3, *range(2, 50)]))
    assert "squares: worker" in str(caught.value)
    assert "SIGKILL" in str(caught.value)
    assert "fewer --workers" in str(caught.value)


SCRIPT = """
import signal
import sys
from functools import partial
from pathlib import Path
from redsearcher.core.fanout.crew import crew
from redsearcher.core.fanout.work import Work
from tests.core.labour import sleepy

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
    with crew(Work("sleep", partial(sleepy, Path(sys.argv[1]))), int(sys.argv[2])) as team:
        for found in team.map(range(100)):
            print(found, flush=True)
"""


def _sleeping(tmp_path: Path, workers: int) -> "subprocess.Popen[str]":
    script, started = tmp_path / "script.py", tmp_path / "started"
    script.write_text(SCRIPT, encoding="utf-8")
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, str(script), str(started), str(workers)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    deadline = time.monotonic() + PATIENCE_S
    while not started.exists():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    return process


@pytest.mark.parametrize("workers", PLACES)
def test_an_interrupt_lets_what_is_in_flight_finish(workers: int, tmp_path: Path) -> None:
    process = _sleeping(tmp_path, workers)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
    out, err = process.communicate(timeout=PATIENCE_S)
    assert 1 <= len(out.splitlines()) <= 2 * workers
    assert "finishing what is in flight" in err
    assert err.rstrip().endswith("KeyboardInterrupt")


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    process = _sleeping(tmp_path, 2)
    process.kill()
    process.communicate(timeout=PATIENCE_S)
    deadline = time.monotonic() + PATIENCE_S
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(process.pid, 0)  # raises once nobody is left in the group
            time.sleep(0.05)
