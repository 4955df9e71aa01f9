"""The python tool: an embedded interpreter of a subset of Python, in worker processes without files or network."""

import threading
from datetime import datetime
from reprlib import Repr
from typing import TYPE_CHECKING, Any

from pydantic import Field

from redsearcher.core.config import Config
from redsearcher.errors import ToolError
from redsearcher.records.tool import PYTHON, Observation, ToolCall, ToolSchema
from redsearcher.web import arguments

if TYPE_CHECKING:
    from pydantic_monty import Monty

CLOCK = datetime(2026, 1, 1)
"""What the interpreter takes for now, so that the same call gives the same answer."""
MAX_CODE = 20_000
_SLACK_S = 2.0
_FLUSH_BYTES = 16_384
"""The interpreter hands output over in blocks; the cap must leave room for one."""


class PythonConfig(Config):
    """Limits of one call."""

    time_s: float = Field(default=5.0, gt=0)
    """Seconds the code may run."""
    memory_mb: int = Field(default=64, ge=1)
    """Heap of the interpreter, in MiB."""
    output_chars: int = Field(default=4000, ge=100)
    """Characters of output shown; more is cut, much more ends the call."""
    processes: int = Field(default=2, ge=1)
    """Calls that may run at the same time; further ones wait."""


class PythonTool:
    """Answers `python` calls. Every call starts afresh; workers are started by the first one and ended by `close`."""

    def __init__(self, config: PythonConfig | None = None) -> None:
        self._config = config or PythonConfig()
        self._pool: Monty | None = None
        self._lock = threading.Lock()

    @property
    def schema(self) -> ToolSchema:
        return PYTHON

    def run(self, call: ToolCall) -> Observation:
        """`error` is code_error where the code raised, timeout, or crashed."""
        code = arguments.text("code", call.arguments["code"])
        if not code.strip():
            raise ToolError("code is empty. Call it again.")
        if len(code) > MAX_CODE:
            raise ToolError(f"code has {len(code):,} characters, at most {MAX_CODE:,} are allowed. Call it again.")
        text, error = self._execute(code)
        return Observation(call_id=call.id, content=text, error=error)

    def close(self) -> None:
        """End the workers; the next call starts new ones."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.__exit__(None, None, None)

    def _execute(self, code: str) -> tuple[str, str | None]:
        from pydantic_monty import CollectString, MontyCrashedError, MontyError, MontyRuntimeError, MontySyntaxError

        config, printed = self._config, CollectString(max_bytes=8 * self._config.output_chars + _FLUSH_BYTES)
        try:
            with self._workers().checkout(
                limits={
                    "max_feed_duration_secs": config.time_s,
                    "max_memory": config.memory_mb * 2**20,
                    "max_recursion_depth": 500,
                },
                os_policy={"datetime": CLOCK, "sleep": "zero", "random_start": {"seed": 0}},
            ) as session:
                result = session.feed_run(code, print_callback=printed)
        except TimeoutError:
            return "Error: all interpreters are busy. Try again.", "timeout"
        except (MontyRuntimeError, MontySyntaxError) as error:
            shown = error.display("traceback")
            kind = "timeout" if "time limit exceeded" in shown else "code_error"
            return self._cut("\n".join(part for part in (printed.output.rstrip(), _end(shown)) if part)), kind
        except MontyCrashedError as error:
            kind = "timeout" if error.timed_out else "crashed"
            return f"Error: the code ran out of its limits ({config.time_s:g} s, {config.memory_mb} MiB).", kind
        except MontyError as error:
            return f"Error: {error}", "code_error"
        parts = [printed.output.rstrip("\n"), "" if result is None else _shown(result)]
        return self._cut("\n".join(part for part in parts if part)) or "(no output; print what you want to see)", None

    def _cut(self, text: str) -> str:
        most = self._config.output_chars
        return text if len(text) <= most else f"{text[:most]}\n({most:,} of {len(text):,} characters shown)"

    def _workers(self) -> "Monty":
        from pydantic_monty import Monty

        with self._lock:
            if self._pool is None:
                config = self._config
                pool = Monty(
                    min_processes=1,
                    max_processes=config.processes,
                    checkout_timeout=30 * (config.time_s + _SLACK_S),
                    request_timeout=config.time_s + _SLACK_S,
                )
                self._pool = pool.__enter__()
            return self._pool


class _Short(Repr):
    """Representations that stay short whatever the value: it came from foreign code."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 6
        self.maxlist = self.maxtuple = self.maxset = self.maxdict = self.maxfrozenset = self.maxdeque = 200
        self.maxstring = self.maxother = 4000
        self.maxlong = 4000

    def repr_int(self, x: int, level: int) -> str:
        return f"(an integer of {x.bit_length():,} bits)" if x.bit_length() > 10_000 else super().repr_int(x, level)


def _shown(result: Any) -> str:
    return result if isinstance(result, str) else _Short().repr(result)


def _end(traceback: str) -> str:
    """The last lines of a traceback, which say what went wrong and where."""
    lines = traceback.splitlines()
    return "\n".join(lines[:2] + ["  ..."] + lines[-12:] if len(lines) > 15 else lines)
