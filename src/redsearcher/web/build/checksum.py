"""Whether the files of an index are what was written: tantivy ends each with a checksum of the rest."""

import json
import zlib
from pathlib import Path
from struct import unpack

from redsearcher.errors import DataError
from redsearcher.web.build.segments import files, segments

_MAGIC = 1337
_TAIL_BYTES = 8
_BLOCK = 1 << 20
_PARTS = ("fast", "fieldnorm", "idx", "pos", "store", "term")


def damaged_files(folder: Path) -> list[str]:
    """One line for each file of an index that is missing, cut off or altered."""
    there = {file.name for file in files(folder)}
    wanted = [f"{segment.name}.{part}" for segment in segments(folder) for part in _PARTS]
    faults = [f"{folder / name} is missing" for name in wanted if name not in there]
    for file in files(folder):
        try:
            _check(file)
        except (OSError, DataError) as error:
            faults.append(str(error))
    return faults


def _check(file: Path) -> None:
    size = file.stat().st_size
    with file.open("rb") as opened:
        opened.seek(max(size - _TAIL_BYTES, 0))
        tail = opened.read()
        length, magic = unpack("<II", tail) if len(tail) == _TAIL_BYTES else (0, 0)
        end = size - _TAIL_BYTES - length
        if magic != _MAGIC or end < 0:
            raise DataError(f"{file} is cut off: it does not end as the index wrote it")
        opened.seek(end)
        try:
            told = int(json.loads(opened.read(length))["crc"])
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{file} is altered: its end says no checksum") from error
        opened.seek(0)
        found = 0
        while end > 0:
            block = opened.read(min(end, _BLOCK))
            found = zlib.crc32(block, found)
            end -= len(block)
    if found != told:
        raise DataError(f"{file} is altered: its checksum is {found:08x}, it was written with {told:08x}")
