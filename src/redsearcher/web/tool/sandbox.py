"""Full CPython under bubblewrap: no network, no other process, a read-only system, a private /tmp, limits on all."""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from redsearcher.errors import ToolError
from redsearcher.records.tool import PYTHON, Observation, ToolCall, ToolSchema
from redsearcher.web import arguments
from redsearcher.web.tool import seccomp
from redsearcher.web.tool.python import MAX_CODE, PythonConfig

BWRAP = "bwrap"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives")
"""What of the machine is visible, read-only: programs and libraries, nothing of its users."""
PRELUDE = """
import ast, sys
tree = ast.parse(sys.stdin.read(), "<code>")
last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
space = {"__name__": "__main__"}
exec(compile(tree, "<code>", "exec"), space)
if last is not None:
    value = eval(compile(ast.Expression(last.value), "<code>", "eval"), space)
    if value is not None:
        print(value if isinstance(value, str) else repr(value))
"""
"""Runs the code and shows its last expression, as the embedded interpreter does."""
MAX_FILE_MB = 16
MAX_TMP_MB = 64
_BLOCK = 65_536
_GRACE_S = 5.0


def is_available() -> bool:
    """Whether bubblewrap is installed and may make namespaces here."""
    program = shutil.which(BWRAP)
    if program is None or not seccomp.is_known():
        return False
    try:
        done = subprocess.run(
            [program, "--unshare-all", "--ro-bind", "/", "/", "--", "/bin/true"],
            capture_output=True, timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


class SandboxTool:
    """Answers `python` calls with this interpreter, or another one, in a sandbox of its own for each call."""

    def __init__(self, config: PythonConfig | None = None, interpreter: Path | None = None) -> None:
        """`interpreter`: a Python program; its installation is made visible too, read-only."""
        self._config = config or PythonConfig(memory_mb=512)
        self._interpreter = (interpreter or Path(sys.executable)).resolve()
        self._slots = threading.BoundedSemaphore(self._config.processes)

    @property
    def schema(self) -> ToolSchema:
        return PYTHON

    def run(self, call: ToolCall) -> Observation:
        """`error` is code_error where the code ended badly, or timeout."""
        code = arguments.text("code", call.arguments["code"])
        if not code.strip() or len(code) > MAX_CODE:
            raise ToolError(f"code must have 1 to {MAX_CODE:,} characters, came {len(code):,}. Call it again.")
        with self._slots:
            text, error = self._execute(code)
        return Observation(call_id=call.id, content=text, error=error)

    def close(self) -> None:
        """Nothing is held between calls."""

    def options(self) -> list[str]:
        """What bubblewrap is told; it reads this from a pipe, so that no path shows in a command line."""
        home = self._interpreter.parent.parent
        visible = [path for path in SYSTEM if Path(path).exists()]
        if not home.is_relative_to("/usr"):
            visible.append(str(home))
        binds = [part for path in visible for part in ("--ro-bind", path, path)]
        return [
            "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv",
            "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/tmp", "--setenv", "LANG", "C.UTF-8",
            *binds, "--proc", "/proc", "--dev", "/dev",
            "--size", str(MAX_TMP_MB * 2**20), "--tmpfs", "/tmp", "--remount-ro", "/",
            "--hostname", "sandbox", "--chdir", "/tmp",
        ]  # fmt: skip

    def _execute(self, code: str) -> tuple[str, str | None]:
        inlet, outlet = os.pipe()
        os.write(outlet, b"".join(option.encode() + b"\0" for option in self.options()))  # fits into any pipe
        os.close(outlet)
        filter_in, filter_out = os.pipe()
        os.write(filter_out, seccomp.no_new_processes())
        os.close(filter_out)
        python = [str(self._interpreter), "-I", "-S", "-B", "-X", "utf8", "-c", PRELUDE]
        process = subprocess.Popen(
            [BWRAP, "--args", str(inlet), "--seccomp", str(filter_in), "--", *python],
            pass_fds=(inlet, filter_in),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
            preexec_fn=self._limit(),  # noqa: PLW1509 - only sets limits, allocates nothing shared
        )
        os.close(inlet)
        os.close(filter_in)
        assert process.stdin is not None and process.stdout is not None
        out = _Collector(process.stdout, 4 * self._config.output_chars, lambda: _kill(process))
        timed_out = threading.Event()

        def expire() -> None:
            timed_out.set()
            _kill(process)

        clock = threading.Timer(self._config.time_s, expire)
        clock.start()
        try:
            _feed(process.stdin, code)
            out.join()
            process.wait(timeout=_GRACE_S)
        finally:
            clock.cancel()
            _kill(process)
            process.wait(timeout=_GRACE_S)
            process.stdout.close()
        return self._told(out, process.returncode, timed_out.is_set())

    def _told(self, out: "_Collector", code: int, timed_out: bool) -> tuple[str, str | None]:
        text, most = out.text, self._config.output_chars
        if len(text) > most:
            text = f"{text[:most]}\n(cut after {most:,} characters)"
        if timed_out:
            return "\n".join(part for part in (text, f"Error: over {self._config.time_s:g} s.") if part), "timeout"
        if code != 0 and not out.overflowed:
            return text or f"Error: the code ended with status {code} (out of memory, or killed).", "code_error"
        return text or "(no output; print what you want to see)", "code_error" if out.overflowed else None

    def _limit(self) -> Callable[[], None]:
        """Sets limits in the child before the sandbox starts; everything inside inherits them."""
        memory, seconds = self._config.memory_mb * 2**20, int(self._config.time_s) + 1

        def apply() -> None:
            for what, limit in (
                (resource.RLIMIT_AS, memory),
                (resource.RLIMIT_CPU, seconds),
                (resource.RLIMIT_FSIZE, MAX_FILE_MB * 2**20),
                (resource.RLIMIT_CORE, 0),
                (resource.RLIMIT_NOFILE, 64),
            ):
                resource.setrlimit(what, (limit, limit))

        return apply


class _Collector:
    """Reads output up to a limit, on a thread of its own; beyond it, `stop` ends the sandbox."""

    def __init__(self, stream: IO[bytes], limit: int, stop: Callable[[], None]) -> None:
        self._stream, self._limit, self._stop = stream, limit, stop
        self._parts: list[bytes] = []
        self.overflowed = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        return b"".join(self._parts).decode("utf-8", "replace").rstrip("\n")

    def join(self) -> None:
        """Wait until the output has ended."""
        self._thread.join()

    def _read(self) -> None:
        size = 0
        while block := os.read(self._stream.fileno(), _BLOCK):
            self._parts.append(block[: max(self._limit - size, 0)])
            size += len(block)
            if size > self._limit:
                self.overflowed = True
                self._stop()
                return


def _feed(stream: IO[bytes], code: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # it may be over before it has read everything
        stream.write(code.encode("utf-8", "replace"))
        stream.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the whole group; the sandbox's own namespace dies with its first process."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
