"""Resume exactly as promised: nothing lost, nothing doubled, a torn line is owed again."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.core.config import Config
from redsearcher.core.rundir import RunDir
from redsearcher.errors import InputError
from redsearcher.records.base import Record


class Unit(Record):
    key: str
    text: str


class Settings(Config):
    size: int = 3
    word: str = "a"


def _key(unit: Unit) -> str:
    return unit.key


def _run(path: Path, order: list[str], stop_after: int | None = None) -> int:
    run = RunDir.open(path, Settings())
    with run.stage("units", Unit, _key) as stage:
        owed = stage.owed(sorted(order))
        for done, key in enumerate([k for k in order if k in owed]):
            if done == stop_after:
                return done
            stage.append(Unit(key=key, text=f"unit {key} ü"))
        stage.finish(sorted(order))
    return len(owed)


@given(order=st.permutations([f"{n:02d}" for n in range(8)]), cut=st.integers(0, 400), stop=st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_resume_after_a_cut_at_any_byte(
    order: list[str], cut: int, stop: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole, broken = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("broken")
    _run(whole, order)
    _run(broken, order, stop_after=stop)
    part = broken / "units.part.jsonl"
    if part.is_file():
        data = part.read_bytes()
        part.write_bytes(data[: min(cut, len(data))])
    _run(broken, order)
    assert (broken / "units.jsonl").read_bytes() == (whole / "units.jsonl").read_bytes()
    assert not part.exists()


def test_a_finished_stage_owes_nothing(tmp_path: Path) -> None:
    assert _run(tmp_path, ["a", "b"]) == 2
    assert _run(tmp_path, ["a", "b"]) == 0


def test_a_key_is_written_once(tmp_path: Path) -> None:
    run = RunDir.open(tmp_path, Settings())
    with run.stage("units", Unit, _key) as stage:
        stage.append(Unit(key="a", text="first"))
        stage.append(Unit(key="a", text="second"))
        assert [unit.text for unit in stage.finish(["a"])] == ["first"]
    assert (tmp_path / "units.jsonl").read_text(encoding="utf-8").count("\n") == 1


def test_another_config_is_refused_with_the_difference(tmp_path: Path) -> None:
    RunDir.open(tmp_path, Settings())
    RunDir.open(tmp_path, Settings())
    with pytest.raises(InputError, match=r"size was 3, now 4"):
        RunDir.open(tmp_path, Settings(size=4))


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    run = RunDir.open(tmp_path, Settings())
    with run.stage("units", Unit, _key):
        with pytest.raises(InputError, match="written by another process"):
            with run.stage("units", Unit, _key):
                pass


def test_manifest_counts_and_hashes(tmp_path: Path) -> None:
    _run(tmp_path, ["a", "b", "c"])
    run = RunDir(tmp_path)
    run.log("units", seconds=1.5)
    run.write_manifest({"redsearcher": "0"})
    text = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    assert '"records": 3' in text
    assert "ledger" not in text
