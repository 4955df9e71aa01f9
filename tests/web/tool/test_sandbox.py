"""Full CPython under bubblewrap, where it is installed: what it shows, and that attempts to get out leave no trace."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from redsearcher.records.tool import Observation, ToolCall
from redsearcher.web.tool.kit import make_tools
from redsearcher.web.tool.python import PythonConfig
from redsearcher.web.tool.sandbox import SandboxTool, is_available
from tests.web.tool.test_escape import EXHAUSTING, REACHING, READING, SECRET, STARTING, WRITING, filled

pytestmark = pytest.mark.skipif(not is_available(), reason="bubblewrap is not installed or may not make namespaces")
QUICK = ("print_for_ever", "print_much", "big_string", "big_list", "recursion", "loop", "format_width", "deep_source")
ATTEMPTS = {
    **{f"read-{name}": code for name, code in list(READING.items())[:18]},
    **{f"write-{name}": code for name, code in WRITING.items()},
    **{f"reach-{name}": code for name, code in REACHING.items()},
    **{f"start-{name}": code for name, code in STARTING.items()},
    **{f"exhaust-{name}": EXHAUSTING[name] for name in QUICK},
}


@pytest.fixture(scope="module")
def tool() -> SandboxTool:
    return SandboxTool(PythonConfig(time_s=1.0, memory_mb=256, output_chars=2000))


def run(tool: SandboxTool, code: str) -> Observation:
    return tool.run(ToolCall(id="c", name="python", arguments={"code": code}))


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("print(1)\n2", "1\n2"),
        ("from fractions import Fraction\nstr(Fraction(1, 3) + 1)", "4/3"),
        ("import statistics\nstatistics.mean([1, 2])", "1.5"),
        ("x = 1", "(no output; print what you want to see)"),
        ("open('/tmp/a', 'w').write('b')\nopen('/tmp/a').read()", "b"),
    ],
)
def test_what_code_shows(tool: SandboxTool, code: str, shown: str) -> None:
    assert run(tool, code) == Observation(call_id="c", content=shown)


def test_threads_are_there_but_no_processes(tool: SandboxTool) -> None:
    threads = "import threading\nx = []\nt = threading.Thread(target=x.append, args=(5,))\nt.start()\nt.join()\nx"
    assert run(tool, threads).content == "[5]"
    for start in ("import os\nos.fork()", "import subprocess\nsubprocess.run(['true'])"):
        found = run(tool, start)
        assert found.error == "code_error" and ("not permitted" in found.content or "cut after" in found.content)
    assert run(tool, "import ctypes\nctypes.CDLL(None).fork()").content == "-1"


def test_errors_and_limits(tool: SandboxTool) -> None:
    failed = run(tool, "1 / 0")
    assert failed.error == "code_error" and "ZeroDivisionError" in failed.content
    late = run(tool, "while True:\n    pass")
    assert late.error == "timeout" and "over 1 s" in late.content
    assert "No such file" in run(tool, "open('/tmp/a').read()").content  # calls do not share a /tmp
    with pytest.raises(Exception, match="Call it again"):
        run(tool, " ")


@pytest.mark.parametrize("name", ATTEMPTS)
def test_no_attempt_leaves_a_trace(name: str, tool: SandboxTool, listener: socket.socket, tmp_path: Path) -> None:
    file, link, out = tmp_path / "secret.txt", tmp_path / "link.txt", tmp_path / "out"
    file.write_text(SECRET)
    link.symlink_to(file)
    before = sorted(path.name for path in tmp_path.iterdir())
    names = {"file": file, "link": link, "out": out, "folder": tmp_path, "port": listener.getsockname()[1]}
    start = time.monotonic()
    found = run(tool, filled(ATTEMPTS[name], names))
    assert time.monotonic() - start < 20
    assert SECRET not in found.content and "root:" not in found.content
    assert len(found.content) < 4000
    assert sorted(path.name for path in tmp_path.iterdir()) == before and file.read_text() == SECRET
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_the_kit_offers_it() -> None:
    (made,) = make_tools(("python",), None, python="sandbox")
    assert isinstance(made, SandboxTool)
