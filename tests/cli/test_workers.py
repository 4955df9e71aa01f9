"""A worker of a command that is killed: one line, exit code 2, and the same command again makes the same bytes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from redsearcher.cli.main import execute

COMMAND = [sys.executable, "-c", "from redsearcher.cli.main import main; main()"]
PATIENCE_S = 120
LINUX = pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="processes are found through /proc")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("world") / "world"
    assert execute(["world", "generate", "--out", str(path), "--entities", "300", "--seed", "3"]) == 0
    return path


def _synth(world: Path, out: Path, workers: int) -> list[str]:
    grid = ["--treewidth", "1", "--msd", "2", "--per-cell", "60", "--seed", "3"]
    return ["tasks", "synth", "--world", str(world), "--out", str(out), *grid, "--workers", str(workers)]


def _children(process: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process:
            found.append(int(stat.parent.name))
    return sorted(found)


@LINUX
def test_a_killed_worker_of_synthesis(world: Path, tmp_path: Path) -> None:
    assert execute(_synth(world, tmp_path / "whole", 1)) == 0
    cut = tmp_path / "cut"
    process = subprocess.Popen([*COMMAND, *_synth(world, cut, 2)], stderr=subprocess.PIPE, text=True)
    part, deadline = cut / "candidates.part.jsonl", time.monotonic() + PATIENCE_S
    while not part.is_file() or not part.stat().st_size:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    os.kill(_children(process.pid)[-1], signal.SIGKILL)
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 2
    last = said.splitlines()[-1]
    assert last.startswith("redsearcher: synthesis: worker")
    assert "SIGKILL" in last and "the same command again goes on" in last
    assert "Traceback" not in said
    assert execute(_synth(world, cut, 2)) == 0
    for name in ("candidates", "tasks", "certificates", "cells"):
        assert (cut / f"{name}.jsonl").read_bytes() == (tmp_path / "whole" / f"{name}.jsonl").read_bytes()


@pytest.mark.parametrize("place", ["0", "many", "ray:"])
@pytest.mark.parametrize(
    "words",
    [
        ["run", "{tmp}/none.toml"],
        ["tasks", "synth", "--world", "{tmp}/none", "--out", "{tmp}/r"],
        ["tasks", "verify", "{tmp}/none", "--world", "{tmp}/none", "--web", "{tmp}/none"],
        ["data", "expert", "--out", "{tmp}/r"],
        ["rollout", "{tmp}/none", "--web", "{tmp}/none", "--out", "{tmp}/r"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_place_that_is_none(words: list[str], place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute([*(word.format(tmp=tmp_path) for word in words), "--workers", place]) == 2
    assert "expected a number from 1 on, ray or ray:ADDRESS" in capsys.readouterr().err
