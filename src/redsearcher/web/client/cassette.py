"""A file of tool calls and what they came to: the first line says which web answered, each further line is one call."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Self

from redsearcher.core import jsonl
from redsearcher.errors import DataError, InputError, boundary
from redsearcher.records.tool import Observation, ToolCall
from redsearcher.web.index import WebInfo

KIND = "redsearcher-web-recording-1"


class Cassette:
    """Answers by call. Only where they lie in the file is held in memory; equal calls have one answer, the first."""

    def __init__(self, path: Path) -> None:
        """Open a recording. Raises InputError if the file is none."""
        self.path = path
        self.info = _head(path)
        self._places: dict[bytes, tuple[int, int]] = {}
        self._reading = os.open(path, os.O_RDONLY)
        self._writing = os.open(path, os.O_WRONLY | os.O_APPEND)
        at = 0
        with boundary(f"reading {path}", raises=DataError), path.open("rb") as file:
            for number, line in enumerate(file):
                if number and line.endswith(b"\n"):
                    row = json.loads(line)
                    self._places.setdefault(_key(row["name"], row["arguments"]), (at, len(line)))
                at += len(line)

    @classmethod
    def create(cls, path: Path, info: WebInfo) -> None:
        """Begin a recording of a web, or go on with one. Raises InputError if the file is one of another web."""
        if path.exists():
            jsonl.cut_torn_line(path)
            found = _head(path).id
            if found != info.id:
                raise InputError(f"{path} is a recording of web {found}, this one is {info.id}; name another file")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        jsonl.write(path, [json.dumps({"kind": KIND, "web": info.public})])

    def find(self, call: ToolCall) -> Observation | None:
        """What the call came to, if it is known."""
        place = self._places.get(_key(call.name, call.arguments))
        if place is None:
            return None
        row = json.loads(os.pread(self._reading, place[1], place[0]))
        return Observation(call_id=call.id, content=row["content"], error=row["error"])

    def keep(self, call: ToolCall, found: Observation) -> Observation:
        """Remember what a call came to, unless it is known already; returns what is remembered."""
        if (known := self.find(call)) is not None:
            return known
        row = {"name": call.name, "arguments": call.arguments, "content": found.content, "error": found.error}
        line = (json.dumps(row) + "\n").encode()
        os.write(self._writing, line)
        end = os.lseek(self._writing, 0, os.SEEK_CUR)
        self._places[_key(call.name, call.arguments)] = (end - len(line), len(line))
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._reading)
        os.close(self._writing)


def _key(name: str, arguments: dict[str, Any]) -> bytes:
    return hashlib.blake2b(json.dumps([name, arguments], sort_keys=True).encode(), digest_size=16).digest()


def _head(path: Path) -> WebInfo:
    if not path.is_file():
        raise InputError(f"{path} is not there; expected a recording that `rollout --record FILE` made")
    with path.open("rb") as file:
        line = file.readline()
    try:
        row = json.loads(line)
        if row["kind"] != KIND:
            raise ValueError("of another kind")
        return WebInfo.model_validate(row["web"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is no recording of this version; expected what `rollout --record FILE` made"
        ) from error
