"""The operator's record of injected faults: a line each, in one file for all processes of a run."""

import json
import os
from pathlib import Path
from typing import Self

from redsearcher.web.fault.inject import Injected

FILE = "faults.jsonl"


class FaultLog:
    """Appends to a file. `seed` and `call` of a line name the episode and the call of a trajectory that met the fault;
    a run that was stopped and goes on may tell of one twice."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def __call__(self, fault: Injected) -> None:
        row = {"tool": fault.tool, "kind": fault.kind, "item": fault.item, **fault.moment._asdict()}
        os.write(self._descriptor, (json.dumps(row) + "\n").encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
