"""JSON lines: read whole files of records, write them atomically, append so that a kill loses nothing that returned."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from redsearcher.errors import DataError, InputError

R = TypeVar("R", bound=BaseModel)


def read(path: Path, record: type[R]) -> Iterator[R]:
    """Records of a stage file in order. Raises InputError if it is absent, DataError naming a bad line."""
    if not path.is_file():
        raise InputError(f"{path} is not there; expected a JSONL file of {record.__name__} records")
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield record.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                at = ".".join(str(part) for part in first["loc"])
                raise DataError(f"{path} line {number} is no {record.__name__}: {at} {first['msg']}") from error


def dump(record: BaseModel) -> str:
    """One line without the newline; fields in declaration order, so equal records give equal bytes."""
    return record.model_dump_json()


def write(path: Path, lines: Iterable[str]) -> int:
    """Write lines to a temporary file and swap it in. Returns how many were written."""
    temporary = path.with_name(path.name + ".tmp")
    n_lines = 0
    with temporary.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(line + "\n")
            n_lines += 1
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return n_lines


def whole_lines(path: Path) -> Iterator[str]:
    """Lines that end in a newline; a torn last line is left out. Nothing when the file is absent."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield line[:-1].decode("utf-8")


def cut_torn_line(path: Path) -> None:
    """Drop the bytes after the last newline, so that appending starts a fresh line."""
    if not path.is_file():
        return
    with path.open("rb+") as file:
        data = file.read()
        end = data.rfind(b"\n") + 1
        if end != len(data):
            file.truncate(end)
