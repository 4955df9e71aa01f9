"""One process at a time: a lock that a kill lets go and that leaves no file behind."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redsearcher.errors import InputError


@contextmanager
def holding(file: Path, busy: str) -> Iterator[None]:
    """Hold the lock `file` until the block ends. Raises InputError, saying `busy`, where another process holds it."""
    descriptor = _take(file, busy)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)  # before it is let go: who waits on this file then sees that it is gone
        os.close(descriptor)


def _take(file: Path, busy: str) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if file.stat().st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        except BlockingIOError as error:
            os.close(descriptor)
            raise InputError(busy) from error
        except FileNotFoundError:
            pass
        os.close(descriptor)
