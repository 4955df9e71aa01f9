"""`model serve`: one line for every mistake, and a server that says where it is and answers."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from redsearcher.cli.main import execute


@pytest.mark.parametrize(
    ("file", "words"),
    [(None, "holds no config.json"), ("config.json", "holds no *.safetensors weights")],
)
def test_a_folder_that_is_no_model_is_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str | None, words: str
) -> None:
    pytest.importorskip("fastapi", reason="the server needs fastapi")
    if file:
        (tmp_path / file).write_text("{}", encoding="utf-8")
    assert execute(["model", "serve", str(tmp_path), "--port", "0"]) == 2
    assert words in capsys.readouterr().err


def test_a_taken_port_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("fastapi", reason="the server needs fastapi")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert execute(["model", "serve", str(tmp_path), "--port", str(port)]) == 2
    assert f"cannot listen on 127.0.0.1 port {port}" in capsys.readouterr().err


def test_it_serves_until_interrupted(tmp_path: Path) -> None:
    pytest.importorskip("fastapi", reason="the server needs fastapi")
    pytest.importorskip("torch", reason="the local engine needs torch")
    import httpx

    from tests.llm.server.serving import make_folder

    folder = make_folder(tmp_path / "tiny")
    command = [sys.executable, "-c", "from redsearcher.cli.main import main; main()", "model", "serve", str(folder)]
    with subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"serving tiny at (\S+) ", server.stdout.readline())
        assert found is not None
        body = {"prompt": "Who", "max_tokens": 3, "temperature": 0}
        reply = httpx.post(f"{found[1]}/completions", json=body, timeout=30).json()
        assert reply["usage"]["completion_tokens"] == 3
        server.send_signal(signal.SIGINT)
        assert server.wait(20) in (0, 130)
