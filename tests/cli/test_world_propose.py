"""`redsearcher world propose`: a run, a run that is killed, and mistakes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from redsearcher.cli.main import execute
from redsearcher.world.store import World
from tests.chat_server import Answer, chat_server
from tests.synthesis.test_propose import BOOK, N
from tests.world.extract.village import village

CONFIG = """concurrency = 1
[model]
model = "m"
base_url = "{url}"
max_retries = 0
[pieces]
graphs = 8
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return village(tmp_path_factory.mktemp("families") / "world", N)


def test_it_says_what_was_kept_and_dropped(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def script(messages: list[dict[str, Any]]) -> Answer:
        true = BOOK.facts(messages)
        return Answer(json.dumps({"facts": [*true, {**true[0], "quote": "Elsewhere."}]}))

    with chat_server(script) as url:
        words = ["--model", "openai:m", "--base-url", url, "--graphs", "8", "--out", str(tmp_path / "new")]
        assert execute(["world", "propose", str(world.path), *words]) == 0
        said = capsys.readouterr().out
        assert "4 pieces answered" in said and "4 facts dropped: quote not on the page" in said
        assert "28 facts, 12 of them new, 0 more of the old ones stated" in said
        assert f"redsearcher tasks synth --world {tmp_path / 'new'}" in said
        again = [*words[:5], "9", *words[6:]]
        assert execute(["world", "propose", str(world.path), *again]) == 2
        assert "pieces.graphs was 8, now 9" in capsys.readouterr().err
    assert execute(["world", "info", str(tmp_path / "new")]) == 0
    assert "sibling 4" in capsys.readouterr().out


def test_the_same_command_goes_on_after_kill_9(world: World, tmp_path: Path) -> None:
    asked: list[str] = []
    running: list[subprocess.Popen[bytes]] = []

    def script(messages: list[dict[str, Any]]) -> Answer:
        asked.append(messages[1]["content"])
        if len(asked) == 3:
            os.kill(running[0].pid, signal.SIGKILL)
        return Answer(BOOK.reply(messages))

    with chat_server(script) as url:
        (tmp_path / "propose.toml").write_text(CONFIG.format(url=url))
        words = ["world", "propose", str(world.path), "--config", str(tmp_path / "propose.toml")]
        command = [sys.executable, "-c", "from redsearcher.cli.main import main; main()", *words]
        with subprocess.Popen([*command, "--out", str(tmp_path / "new")], stderr=subprocess.DEVNULL) as process:
            running.append(process)
        assert process.returncode == -signal.SIGKILL and not (tmp_path / "new").exists()
        assert execute([*words, "--out", str(tmp_path / "new")]) == 0
        assert execute([*words, "--out", str(tmp_path / "whole")]) == 0
    assert len(set(asked)) == N and len(asked) == N + 1 + N
    assert World(tmp_path / "new").id == World(tmp_path / "whole").id
    assert World(tmp_path / "new").info.n_facts == world.info.n_facts + 3 * N


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["{world}"], "rules propose nothing; name a model, --model openai:NAME"),
        (["{world}", "--model", "gpt"], "model 'gpt' is unknown; expected"),
        (["{world}", "--model", "openai:"], "openai:NAME"),
        (["{world}", "--model", "openai:m", "--base-url", "nowhere"], "nowhere"),
        (["{world}", "--model", "openai:m", "--graphs", "0"], "--graphs"),
        (["{tmp}/none", "--model", "openai:m"], "it has no world.json"),
        (["{world}", "--config", "{tmp}/none.toml"], "none.toml is not there"),
        (["{world}", "--config", "{tmp}/odd.toml"], "did you mean 'graphs'"),
        (["{world}", "--config", "{tmp}/pages.toml"], "pieces.streams"),
    ],
)
def test_mistakes_take_one_line(
    words: list[str], expected: str, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.toml").write_text('model = { model = "m" }\npieces = { graps = 3 }\n')
    (tmp_path / "pages.toml").write_text('model = { model = "m" }\npieces = { streams = ["pages"] }\n')
    before = sorted(tmp_path.iterdir())
    words = [word.format(world=world.path, tmp=tmp_path) for word in words]
    assert execute(["world", "propose", *words, "--out", str(tmp_path / "new")]) == 2
    said = capsys.readouterr().err
    assert expected in said and said.count("\n") == 1 and "Traceback" not in said
    assert sorted(tmp_path.iterdir()) == before


def test_an_endpoint_that_is_not_there_takes_one_line(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with chat_server(lambda _: Answer()) as url:
        (tmp_path / "propose.toml").write_text(CONFIG.format(url=url))
    words = [str(world.path), "--config", str(tmp_path / "propose.toml"), "--out", str(tmp_path / "new")]
    assert execute(["world", "propose", *words]) == 2
    said = capsys.readouterr().err
    assert "gave no reply to any of 4 pieces" in said and "Connection" in said and said.count("\n") == 1
    assert not (tmp_path / "new").exists()
