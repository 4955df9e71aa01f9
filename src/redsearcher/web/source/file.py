"""Files as sources need them: which bytes they hold, and how to read them, packed or not."""

import bz2
import gzip
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import zstandard
from typing_extensions import Buffer

from redsearcher.core.hashing import content_hash
from redsearcher.errors import DataError, InputError

_END_BYTES, _BLOCK = 1 << 16, 1 << 20
PACKED = (".zst", ".gz", ".bz2")


def fingerprint(file: Path) -> str:
    """Tells a file from others, and from itself after a change: size, time of the change, both ends."""
    if not file.is_file():
        raise InputError(f"{file} is not there; expected a file of pages")
    stat = file.stat()
    with file.open("rb") as opened:
        ends = hashlib.blake2b(opened.read(_END_BYTES))
        opened.seek(max(stat.st_size - _END_BYTES, 0))
        ends.update(opened.read())
    return content_hash(stat.st_size, stat.st_mtime_ns, ends.hexdigest())


def bare_name(file: Path) -> str:
    """The name without the suffix of the packing."""
    return file.name.removesuffix(file.suffix) if file.suffix in PACKED else file.name


@contextmanager
def unpacked(file: Path, start: int = 0) -> Iterator[BinaryIO]:
    """The unpacked bytes of a .zst, .gz, .bz2 or plain file from `start` on. Raises DataError for damaged packing."""
    try:
        with file.open("rb") as raw, _reader(file, raw) as stream:
            if stream is raw:
                raw.seek(start)
            else:
                _skip(stream, start)
            yield stream
    except (EOFError, zstandard.ZstdError, gzip.BadGzipFile) as error:
        raise DataError(f"{file} is damaged or cut off: {error}") from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise DataError(f"{file} is damaged: {error}") from error


def _reader(file: Path, raw: BinaryIO) -> BinaryIO:
    if file.suffix == ".zst":
        return io.BufferedReader(_Zstandard(raw), _BLOCK)
    if file.suffix == ".gz":
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    return cast(BinaryIO, bz2.BZ2File(raw)) if file.suffix == ".bz2" else raw


class _Zstandard(io.RawIOBase):
    """Frames of a file one after another; unlike the library's reader it minds a last one that is cut off."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw, self._frame, self._begun, self._ready = raw, zstandard.ZstdDecompressor().decompressobj(), False, b""

    def readable(self) -> bool:
        return True

    def readinto(self, into: Buffer) -> int:
        view = memoryview(into)
        while not self._ready:
            packed = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame, self._begun = zstandard.ZstdDecompressor().decompressobj(), False
            packed = packed or self._raw.read(_BLOCK)
            if not packed:
                if self._begun:
                    raise EOFError("its last frame has no end")
                return 0
            self._begun = True
            self._ready = self._frame.decompress(packed)
        n = min(len(view), len(self._ready))
        view[:n], self._ready = self._ready[:n], self._ready[n:]
        return n


def _skip(stream: BinaryIO, n_bytes: int) -> None:
    while n_bytes > 0 and (block := stream.read(min(n_bytes, _BLOCK))):
        n_bytes -= len(block)
