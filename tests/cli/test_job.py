"""The whole job on a small world: same seed, same bytes, also when it is killed in every stage and run again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from redsearcher.cli.main import execute
from redsearcher.core import jsonl
from redsearcher.records.task import Task
from redsearcher.records.trajectory import Trajectory

JOB = """
name = "small"
[world]
fiction = { n_entities = 900, seed = 5 }
prose = { seed = 5 }
[synthesis]
seed = 5
grid = [1, 2]
msd = [2, 3]
per_cell = 4
wave = 8
max_units = 16
[rollout]
samples = 2
concurrency = 3
[policies.hasty]
model = { name = "rules" }
[policies.hasty.rollout.episode]
max_tool_calls = 4
shown = { n_results = 3 }
"""
COMMAND = [sys.executable, "-c", "from redsearcher.cli.main import main; main()", "run"]
PATIENCE_S = 120


def _start(config: Path, out: Path) -> "subprocess.Popen[bytes]":
    command = [*COMMAND, str(config), "--out", str(out), "--workers", "1"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def _finish(config: Path, out: Path) -> None:
    process = _start(config, out)
    _, said = process.communicate(timeout=4 * PATIENCE_S)
    assert process.returncode == 0, said.decode()


def _kill_when(config: Path, out: Path, reached: Callable[[], bool]) -> bool:
    """Run until `reached`, then `kill -9`; False if the job ended before."""
    process = _start(config, out)
    assert process.stderr is not None
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and not reached():
        assert time.monotonic() < deadline, "the stage was never reached"
        time.sleep(0.002)
    killed = process.poll() is None
    if killed:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stderr.close()
    return killed


def _n_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def _stage_files(out: Path) -> dict[str, bytes]:
    found = (*out.glob("*.jsonl"), *out.glob("policies/*/*.jsonl"))
    return {str(file.relative_to(out)): file.read_bytes() for file in sorted(found) if file.name != "ledger.jsonl"}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("config") / "small.toml"
    file.write_text(JOB, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def whole(config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    _finish(config, out)
    return out


def test_the_job_makes_proves_solves_and_exports(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tasks = list(jsonl.read(whole / "accepted.jsonl", Task))
    trajectories = list(jsonl.read(whole / "trajectories.jsonl", Trajectory))
    assert len(tasks) >= 8
    assert len(trajectories) == 2 * len({t.task for t in trajectories})
    assert any(score["value"] == 1.0 for score in map(json.loads, (whole / "scores.jsonl").read_text().splitlines()))
    assert _n_lines(whole / "sft.messages.jsonl") == _n_lines(whole / "sft.sharegpt.jsonl") > 0
    assert "<svg" in (whole / "report.html").read_text(encoding="utf-8")
    hasty = list(jsonl.read(whole / "policies" / "hasty" / "trajectories.jsonl", Trajectory))
    assert {t.task for t in hasty} == {t.task for t in trajectories} and max(t.n_tool_calls for t in hasty) <= 4
    assert "Policies side by side" in (whole / "report.html").read_text(encoding="utf-8")
    manifest = json.loads((whole / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"]["accepted.jsonl"]["records"] == len(tasks)
    assert execute(["tasks", "check", str(whole), "--world", str(whole / "world")]) == 0
    assert execute(["tasks", "show", str(whole), "--world", str(whole / "world"), "--limit", "2"]) == 0
    assert tasks[0].question in capsys.readouterr().out


def test_killed_in_every_stage_it_ends_in_the_same_bytes(whole: Path, config: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    stages: dict[str, Callable[[], bool]] = {
        "world": (out / "world.tmp").is_dir,
        "web": (out / "web.tmp").is_dir,
        "synthesis": lambda: _n_lines(out / "candidates.part.jsonl") >= 3,
        "verification": lambda: _n_lines(out / "verdicts_static.part.jsonl") >= 4,
        "rollouts": lambda: _n_lines(out / "trajectories.part.jsonl") >= 5,
        "rollouts again": lambda: _n_lines(out / "trajectories.part.jsonl") >= 11,
        "policies": lambda: _n_lines(out / "policies" / "hasty" / "trajectories.part.jsonl") >= 3,
    }
    killed = [name for name, reached in stages.items() if _kill_when(config, out, reached)]
    assert killed == list(stages)
    part = out / "policies" / "hasty" / "trajectories.part.jsonl"
    kept = list(jsonl.whole_lines(part))
    _finish(config, out)
    assert len(kept) >= 3
    assert set(kept) <= set(part.with_name("trajectories.jsonl").read_text(encoding="utf-8").splitlines())
    assert _stage_files(out) == _stage_files(whole)
    assert not list(out.rglob("*.part.jsonl"))


def test_another_config_for_the_same_directory_is_refused(
    whole: Path, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.toml"
    other.write_text(config.read_text(encoding="utf-8").replace("per_cell = 4", "per_cell = 5"), encoding="utf-8")
    assert execute(["run", str(other), "--out", str(whole)]) == 2
    assert "synthesis.per_cell was 4, now 5" in capsys.readouterr().err
