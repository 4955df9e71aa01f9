"""The same tasks, agent and seeds come to the same bytes, whichever way the web is reached."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from redsearcher.cli.main import execute
from redsearcher.core import jsonl
from redsearcher.data.question import FreshTasks, Quotas
from redsearcher.records.task import Task
from redsearcher.records.trajectory import Trajectory
from redsearcher.web.builder import build_web
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.fault.config import FaultConfig
from redsearcher.world.fiction.config import FictionConfig
from redsearcher.world.make import WorldConfig, make_world
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.store import World
from tests.web.serving import ServedHere

N_TASKS, N_FEW = 24, 8
CONFIG = """
concurrency = 6
[episode]
max_tool_calls = 3
tools = ["search", "visit", "python", "scholar", "maps"]
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world, its web, and tasks of easy and of harder kinds."""
    path = tmp_path_factory.mktemp("transports")
    settings = WorldConfig(fiction=FictionConfig(n_entities=250, seed=11), prose=ProseConfig(seed=11))
    make_world(path / "world", settings)
    world = World(path / "world")
    build_web(path / "web", world.documents(), WebConfig(writer_threads=1), world_id=world.id, lang="en")
    quotas = Quotas(easy=N_TASKS - 4, k1=4, k2=0, k3=0, msd=(2,), wordings=1)
    tasks: list[Task] = [fresh.task for fresh in FreshTasks(world, 1, quotas, hold_out=False).tasks()]
    assert len(tasks) >= N_TASKS
    jsonl.write(path / "tasks.jsonl", map(jsonl.dump, tasks[:N_TASKS]))
    jsonl.write(path / "few.jsonl", map(jsonl.dump, tasks[:N_FEW]))
    (path / "rollout.toml").write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[ServedHere]:
    with ServedHere(Web.open(home / "web"), World(home / "world").knowledge) as server:
        yield server


def roll(home: Path, out: Path, web: str, *options: str, tasks: str = "tasks") -> int:
    settings = ("--config", str(home / "rollout.toml"), *options)
    return execute(["rollout", str(home / f"{tasks}.jsonl"), "--web", web, "--out", str(out), *settings])


@pytest.fixture(scope="module")
def whole(home: Path) -> Path:
    """The run over the folder, written down on the way."""
    options = ("--world", str(home / "world"), "--record", str(home / "calls.jsonl"))
    assert roll(home, home / "folder", str(home / "web"), *options) == 0
    return home / "folder"


def test_a_run_does_something(whole: Path) -> None:
    done = list(jsonl.read(whole / "trajectories.jsonl", Trajectory))
    assert len(done) == N_TASKS
    assert sum(t.n_tool_calls for t in done) >= 2 * N_TASKS
    assert any(t.answer for t in done)


@pytest.mark.parametrize("way", ["http", "mcp", "replay"])
def test_the_bytes_are_the_same(home: Path, whole: Path, served: ServedHere, way: str) -> None:
    web = {"http": served.url, "mcp": f"mcp+{served.url}", "replay": f"replay:{home / 'calls.jsonl'}"}[way]
    assert roll(home, home / way, web) == 0
    for name in ("trajectories.jsonl", "scores.jsonl", "abnormal.jsonl"):
        assert (home / way / name).read_bytes() == (whole / name).read_bytes()


def test_a_run_whose_server_goes_away_stops_and_goes_on_in_another_way(
    home: Path, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ServedHere(Web.open(home / "web"), World(home / "world").knowledge) as server:
        config = tmp_path / "server.toml"
        config.write_text(f'url = "{server.url}"\n[line]\nmax_retries = 0\nmax_requests = 20\n', encoding="utf-8")
        assert roll(home, tmp_path / "run", str(config), "--concurrency", "2", tasks="few") == 2
    assert "budget of 20 web requests is used up" in capsys.readouterr().err
    kept = (tmp_path / "run" / "trajectories.part.jsonl").read_text(encoding="utf-8").splitlines()
    assert 0 < len(kept) < N_FEW
    again = ("--concurrency", "2", "--world", str(home / "world"))
    assert roll(home, tmp_path / "run", str(config), *again, tasks="few") == 2
    assert "does not answer" in capsys.readouterr().err
    assert roll(home, tmp_path / "run", str(home / "web"), *again, tasks="few") == 0
    done = (tmp_path / "run" / "trajectories.jsonl").read_text(encoding="utf-8").splitlines()
    assert set(kept) < set(done)
    assert done == (whole / "trajectories.jsonl").read_text(encoding="utf-8").splitlines()[:N_FEW]


def test_verbs_of_web_take_a_url(home: Path, served: ServedHere, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for web in (str(home / "web"), served.url, f"mcp+{served.url}"):
        assert execute(["web", "search", web, "river"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] == said[2] and said[0].startswith('## Results for "river"')
    assert execute(["web", "visit", served.url, "https://no.example"]) == 2
    assert "no page at" in capsys.readouterr().err


def test_mistakes_are_one_line(
    home: Path, served: ServedHere, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.jsonl"
    shutil.copy(home / "calls.jsonl", other)
    lines = other.read_text("utf-8").splitlines()
    other.write_text("\n".join([lines[0].replace('"id": "', '"id": "x'), *lines[1:]]) + "\n", encoding="utf-8")
    with ServedHere(Web.open(home / "web"), key="k") as locked:
        for web, options, says in (
            (f"replay:{tmp_path / 'none'}", (), "is not there"),
            (str(tmp_path / "none.toml"), (), "is not there"),
            (locked.url, (), "wants another key"),
            (f"mcp+{locked.url}", (), "wants another key"),
            (f"{served.url}/search", (), "no web server of this version"),
            (str(home / "web"), ("--record", str(other), "--world", str(home / "world")), "is a recording of web"),
            (str(home / "web"), (), "name it with --world"),
        ):
            assert roll(home, tmp_path / "run", web, *options) == 2
            told = capsys.readouterr().err
            assert says in told and told.count("\n") == 1, told
    with ServedHere(Web.open(home / "web")) as bare:
        for web in (bare.url, f"mcp+{bare.url}"):
            assert roll(home, tmp_path / "run", web) == 2
            assert "--world" in capsys.readouterr().err


FAULTS = """
seed = 5
pace = 0
[search]
timeout = 0.1
error = 0.1
stale = 0.2
slow = 0.2
[visit]
timeout = 0.05
too_many = 0.1
error = 0.05
forbidden = 0.1
truncated = 0.1
paywall = 0.1
[wire]
too_many = 0.05
error = 0.05
unavailable = 0.05
timeout = 0.02
"""


@pytest.fixture(scope="module")
def faulted(home: Path) -> Path:
    """The run over the folder on a bad day."""
    (home / "faults.toml").write_text(FAULTS, encoding="utf-8")
    options = ("--world", str(home / "world"), "--faults", str(home / "faults.toml"))
    assert roll(home, home / "faulted", str(home / "web"), *options) == 0
    return home / "faulted"


def test_a_bad_day_shows(whole: Path, faulted: Path) -> None:
    fine, bad = (list(jsonl.read(run / "trajectories.jsonl", Trajectory)) for run in (whole, faulted))
    assert [t.task for t in fine] == [t.task for t in bad] and {t.key for t in fine}.isdisjoint(t.key for t in bad)
    text = "".join(o.content for t in bad for step in t.steps for o in step.observations)
    for sign in ("did not answer within 10 s", "answered 500", "answered 429", "403 Forbidden", "subscri"):
        assert sign in text
    assert FaultConfig.load(faulted / "faults.toml") == FaultConfig.load(faulted.parent / "faults.toml")
    rows = [json.loads(line) for line in (faulted / "faults.jsonl").read_text("utf-8").splitlines()]
    assert {row["seed"] for row in rows} <= {t.seed for t in bad}
    assert {"timeout", "error", "paywall", "slow"} <= {row["kind"] for row in rows}


@pytest.mark.parametrize("way", ["again", "http", "served http", "served mcp"])
def test_a_bad_day_is_the_same_in_every_way(home: Path, faulted: Path, served: ServedHere, way: str) -> None:
    out, world = home / f"faulted {way}", ("--world", str(home / "world"))
    here = ("--faults", str(home / "faults.toml"))
    if way == "again":
        assert roll(home, out, str(home / "web"), *world, *here, "--concurrency", "1", tasks="few") == 0
    elif way == "http":
        assert roll(home, out, served.url, *here, tasks="few") == 0
    else:
        table = FaultConfig.load(home / "faults.toml")
        with ServedHere(Web.open(home / "web"), World(home / "world").knowledge, faults=table) as server:
            assert roll(home, out, server.url if way == "served http" else f"mcp+{server.url}", tasks="few") == 0
            told = server.client.get("/metrics").text
        for label in ('tool="visit"', 'tool="search"', 'tool="wire"'):
            assert re.search(rf'redsearcher_web_faults_total{{kind="\w+",{label}}} \d', told)
    for name in ("trajectories.jsonl", "scores.jsonl", "abnormal.jsonl"):
        lines = (out / name).read_bytes().splitlines()
        assert len(lines) == N_FEW and lines == (faulted / name).read_bytes().splitlines()[:N_FEW]


def test_faults_need_a_way_that_takes_them(
    home: Path, faulted: Path, served: ServedHere, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for web in (f"mcp+{served.url}", f"replay:{home / 'calls.jsonl'}"):
        assert roll(home, tmp_path / "run", web, "--faults", str(home / "faults.toml")) == 2
        assert "web serve --faults FILE" in capsys.readouterr().err
