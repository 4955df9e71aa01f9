"""Attempts to get out of the embedded interpreter, or to wear out its host: none of them may succeed.

An attempt is judged by what it leaves behind: it must not show the secrets planted for it, write files, reach the
loopback listener, or outlive its limits; and the next call must work.
"""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from redsearcher.records.tool import ToolCall
from redsearcher.web.tool.python import PythonConfig, PythonTool

SECRET = "only-the-host-knows-4711"
TIME_S = 0.3
READING = {
    "open": "open('{file}').read()",
    "open_binary": "open('{file}', 'rb').read()",
    "open_passwd": "open('/etc/passwd').read()",
    "open_environ": "open('/proc/self/environ').read()",
    "open_maps": "open('/proc/self/maps').read()",
    "open_cmdline": "open('/proc/1/cmdline').read()",
    "open_mem": "open('/proc/self/mem', 'rb').read(10)",
    "open_fd": "open('/proc/self/fd/0').read()",
    "open_descriptor": "open(0).read()",
    "open_relative": "open('../../../../../../etc/passwd').read()",
    "open_link": "open('{link}').read()",
    "open_dev": "open('/dev/mem', 'rb').read(10)",
    "open_null_byte": "open('{file}\\0.txt').read()",
    "open_file_url": "open('file://{file}').read()",
    "pathlib_read": "from pathlib import Path\nPath('{file}').read_text()",
    "pathlib_link": "from pathlib import Path\nPath('{link}').resolve().read_text()",
    "pathlib_glob": "from pathlib import Path\nlist(Path('/').glob('*'))",
    "pathlib_home": "from pathlib import Path\nlist(Path.home().iterdir())",
    "os_listdir": "import os\nos.listdir('/')",
    "os_scandir": "import os\n[e.name for e in os.scandir('/etc')]",
    "os_walk": "import os\nlist(os.walk('/etc'))",
    "os_environ": "import os\nos.environ['PLANTED']",
    "os_getenv": "import os\nos.getenv('PLANTED')",
    "os_environ_all": "import os\ndict(os.environ)",
    "os_open": "import os\nos.read(os.open('{file}', 0), 100)",
    "os_stat": "import os\nos.stat('{file}').st_size",
    "os_readlink": "import os\nos.readlink('/proc/self/exe')",
    "os_path_exists": "import os\nassert not os.path.exists('{file}')\nopen('{file}').read()",
    "io_open": "import io\nio.open('{file}').read()",
    "fileinput": "import fileinput\nlist(fileinput.input('{file}'))",
    "linecache": "import linecache\nlinecache.getlines('{file}')",
    "loader": "__loader__.get_data('{file}')",
    "builtins": "import builtins\nbuiltins.open('{file}').read()",
    "codecs": "import codecs\ncodecs.open('{file}').read()",
    "sqlite": "import sqlite3\nsqlite3.connect('{file}')",
    "mmap": "import mmap\nmmap.mmap(-1, 10)",
    "shutil": "import shutil\nshutil.copy('{file}', '/tmp/x')",
}
WRITING = {
    "open_write": "open('{out}', 'w').write('x')",
    "open_append": "open('{file}', 'a').write('x')",
    "open_create": "open('{out}', 'x').write('x')",
    "pathlib_write": "from pathlib import Path\nPath('{out}').write_text('x')",
    "pathlib_touch": "from pathlib import Path\nPath('{out}').touch()",
    "pathlib_mkdir": "from pathlib import Path\nPath('{out}').mkdir()",
    "pathlib_link": "from pathlib import Path\nPath('{out}').symlink_to('{file}')",
    "pathlib_unlink": "from pathlib import Path\nPath('{file}').unlink()",
    "os_mkdir": "import os\nos.mkdir('{out}')",
    "os_remove": "import os\nos.remove('{file}')",
    "os_rename": "import os\nos.rename('{file}', '{out}')",
    "os_symlink": "import os\nos.symlink('{file}', '{out}')",
    "os_chmod": "import os\nos.chmod('{file}', 0)",
    "os_putenv": "import os\nos.environ['PLANTED'] = 'x'",
    "tempfile": "import tempfile\ntempfile.NamedTemporaryFile()",
}
REACHING = {
    "socket": "import socket\nsocket.create_connection(('127.0.0.1', {port}))",
    "socket_raw": "import _socket\n_socket.socket().connect(('127.0.0.1', {port}))",
    "urllib": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}').read()",
    "http": "import http.client\nhttp.client.HTTPConnection('127.0.0.1', {port}).request('GET', '/')",
    "httpx": "import httpx\nhttpx.get('http://127.0.0.1:{port}')",
    "asyncio": "import asyncio\nasyncio.run(asyncio.open_connection('127.0.0.1', {port}))",
    "open_url": "open('http://127.0.0.1:{port}').read()",
    "dev_tcp": "open('/dev/tcp/127.0.0.1/{port}', 'w')",
}
STARTING = {
    "system": "import os\nos.system('touch {out}')",
    "popen": "import os\nos.popen('touch {out}').read()",
    "fork": "import os\nos.fork()",
    "fork_bomb": "import os\nwhile True:\n    os.fork()",
    "execv": "import os\nos.execv('/bin/sh', ['sh', '-c', 'touch {out}'])",
    "spawn": "import os\nos.spawnl(0, '/bin/sh', 'sh', '-c', 'touch {out}')",
    "kill": "import os\nos.kill(os.getppid(), 9)",
    "subprocess": "import subprocess\nsubprocess.run(['touch', '{out}'])",
    "multiprocessing": "import multiprocessing\nmultiprocessing.Process(target=print).start()",
    "threading": "import threading\nthreading.Thread(target=print).start()",
    "thread": "import _thread\n_thread.start_new_thread(print, ())",
    "ctypes": "import ctypes\nctypes.CDLL(None).getpid()",
    "ptrace": "import ctypes\nctypes.CDLL(None).ptrace(16, 1, 0, 0)",
    "signal": "import signal\nsignal.alarm(1)",
    "pty": "import pty\npty.spawn('/bin/sh')",
    "pickle": "import pickle\npickle.loads(b\"cos\\nsystem\\n(S'touch {out}'\\ntR.\")",
    "marshal": "import marshal\nmarshal.loads(b'')",
    "yaml": "import yaml\nyaml.unsafe_load('!!python/object/apply:os.system [\"touch {out}\"]')",
    "import_builtin": "__import__('os').system('touch {out}')",
    "importlib": "import importlib\nimportlib.import_module('subprocess')",
    "sys_modules": "import sys\nsys.modules['os'].system('touch {out}')",
    "sys_path": "import sys\nsys.path.insert(0, '{folder}')\nimport planted",
    "subclasses": "().__class__.__base__.__subclasses__()",
    "mro": "[c for c in ''.__class__.__mro__[1].__subclasses__() if c.__name__ == 'Popen']",
    "globals_of_function": "(lambda: 0).__globals__['__builtins__']",
    "code_object": "(lambda: 0).__code__.co_consts",
    "frame": "import sys\nsys._getframe(1).f_globals",
    "generator_frame": "(x for x in ()).gi_frame.f_back.f_globals",
    "traceback_frame": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    e.__traceback__.tb_frame.f_back.f_globals",
    "format_attribute": "'{{0.__class__.__init__.__globals__}}'.format(print)",
    "getattr_chain": "getattr(getattr((), '__cl' + 'ass__'), '__base__')",
    "exec_import": "exec(\"import os\\nos.system('touch {out}')\")",
    "eval_import": "eval(\"__import__('os').system('touch {out}')\")",
    "compile": "exec(compile(\"import subprocess\", 'x', 'exec'))",
    "gc": "import gc\ngc.get_objects()",
    "inspect": "import inspect\ninspect.stack()",
    "breakpoint": "breakpoint()",
    "input": "input()",
    "exit": "exit()",
    "quit_by_exception": "raise SystemExit(0)",
    "os_exit": "import os\nos._exit(0)",
}
EXHAUSTING = {
    "loop": "while True:\n    pass",
    "loop_that_catches": "while 1:\n    try:\n        while 1:\n            1\n    except BaseException:\n        1",
    "print_for_ever": "while True:\n    print('z' * 1000)",
    "print_much": "print('z' * 10**8)",
    "big_string": "'z' * 10**10",
    "big_list": "[0] * 10**10",
    "growing_list": "x = []\nwhile True:\n    x.append('z' * 1000)",
    "doubling": "x = 'z'\nwhile True:\n    x = x + x",
    "dict": "x = {{}}\nn = 0\nwhile True:\n    x[n] = str(n)\n    n += 1",
    "big_power": "9 ** 9 ** 9",
    "big_shift": "1 << 10**12",
    "big_factorial": "import math\nmath.factorial(10**8)",
    "recursion": "def f():\n    return f()\nf()",
    "deep_nesting": "x = []\nfor n in range(100000):\n    x = [x]\nx",
    "deep_source": "(" * 5000 + ")" * 5000,
    "deep_unary": "-" * 15000 + "1",
    "generator": "sum(1 for _ in iter(int, 1))",
    "range_list": "list(range(10**10))",
    "regex": "import re\nre.match(r'(a|a)*$', 'a' * 40 + 'b')",
    "format_width": "'{{:>9999999999}}'.format(1)",
    "sleep": "import time\ntime.sleep(3600)",
    "sleep_async": "import asyncio\nasyncio.run(asyncio.sleep(3600))",
    "decimal": "from decimal import Decimal\nDecimal(10) ** Decimal(10) ** 9",
    "json_bomb": "import json\njson.loads('[' * 100000)",
    "repr_of_itself": "x = []\nx.append(x)\nx",
    "hash_of_deep_tuple": "x = ()\nfor n in range(50000):\n    x = (x,)\nhash(x)",
    "itertools": "import itertools\nlist(itertools.product(range(1000), repeat=5))",
    "sort_key": "sorted(range(10**8), key=lambda x: -x)",
}
ATTEMPTS = [
    pytest.param(code, id=f"{group}-{name}")
    for group, attempts in (
        ("read", READING), ("write", WRITING), ("reach", REACHING), ("start", STARTING), ("exhaust", EXHAUSTING),
    )
    for name, code in attempts.items()
]  # fmt: skip


@pytest.fixture(scope="module")
def tool() -> Iterator[PythonTool]:
    os.environ["PLANTED"] = SECRET  # inherited by the workers, which are started by the first call
    made = PythonTool(PythonConfig(time_s=TIME_S, memory_mb=24, output_chars=2000))
    try:
        yield made
    finally:
        made.close()
        del os.environ["PLANTED"]


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize("code", ATTEMPTS)
def test_no_attempt_succeeds(code: str, tool: PythonTool, listener: socket.socket, tmp_path: Path) -> None:
    file, link, out = tmp_path / "secret.txt", tmp_path / "link.txt", tmp_path / "out"
    file.write_text(SECRET)
    link.symlink_to(file)
    (tmp_path / "planted.py").write_text(f"print({SECRET!r})")
    before = sorted(path.name for path in tmp_path.iterdir())
    names = {"file": file, "link": link, "out": out, "folder": tmp_path, "port": listener.getsockname()[1]}
    start = time.monotonic()
    found = tool.run(ToolCall(id="c", name="python", arguments={"code": filled(code, names)}))
    assert time.monotonic() - start < 20  # its own limit is far shorter; the machine may be busy
    assert SECRET not in found.content and "root:" not in found.content
    assert len(found.content) < 4000
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert file.read_text() == SECRET and file.stat().st_mode & 0o600
    assert os.environ["PLANTED"] == SECRET
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert tool.run(ToolCall(id="c", name="python", arguments={"code": "6 * 7"})).content == "42"


def filled(code: str, names: dict[str, object]) -> str:
    for name, value in names.items():
        code = code.replace("{" + name + "}", str(value))
    return code.replace("{{", "{").replace("}}", "}")


@pytest.mark.parametrize("name", [*READING, *WRITING, *REACHING])
def test_what_would_touch_the_host_is_an_error(name: str, tool: PythonTool, tmp_path: Path) -> None:
    code = {**READING, **WRITING, **REACHING}[name]
    names = {part: tmp_path / part for part in ("file", "link", "out", "folder")} | {"port": 9}
    found = tool.run(ToolCall(id="c", name="python", arguments={"code": filled(code, names)}))
    seen_nothing = found.content in ("[]", "None") or found.content.startswith("(no output")
    assert found.error in ("code_error", "crashed", "timeout") or seen_nothing, found.content


def test_there_are_many_attempts() -> None:
    assert len(ATTEMPTS) >= 120
