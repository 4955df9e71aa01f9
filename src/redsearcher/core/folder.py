"""Folders that appear whole under their final name, and never in the place of somebody else's files."""

import ctypes
import os
import shutil
from pathlib import Path

from redsearcher.errors import InputError

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def check_replaceable(path: Path, marker: str) -> None:
    """Refuse a place that holds anything but a folder of ours, which its file `marker` tells. Raises InputError."""
    if not path.exists() or (path / marker).is_file() or (path.is_dir() and not any(path.iterdir())):
        return
    raise InputError(f"{path} exists and holds no {marker}, so it is not ours to replace; name another --out")


def swap_in(temporary: Path, path: Path) -> None:
    """Put a finished folder in the place of the old one, which is never seen half deleted.

    Where the system can exchange two names there is no moment without a folder at `path`.
    """
    old = replaced(path)
    shutil.rmtree(old, ignore_errors=True)
    if path.exists() and _exchange(temporary, path):
        temporary.rename(old)
    else:
        if path.exists():
            path.rename(old)
        temporary.rename(path)
    sync_folder(path.parent)
    shutil.rmtree(old, ignore_errors=True)


def replaced(path: Path) -> Path:
    """Where the folder that a swap replaces is for as long as it takes to delete it."""
    return path.with_name(f".{path.name}.old")


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names at once; False where system or file system cannot."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)
