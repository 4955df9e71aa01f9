"""Folders that appear whole under their final name, and never in the place of somebody else's files."""

import shutil
from pathlib import Path

from redsearcher.errors import InputError


def check_replaceable(path: Path, marker: str) -> None:
    """Refuse a place that holds anything but a folder of ours, which its file `marker` tells. Raises InputError."""
    if not path.exists() or (path / marker).is_file() or (path.is_dir() and not any(path.iterdir())):
        return
    raise InputError(f"{path} exists and holds no {marker}, so it is not ours to replace; name another --out")


def swap_in(temporary: Path, path: Path) -> None:
    """Put a finished folder in the place of the old one, which is never seen half deleted."""
    old = path.with_name(path.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if path.exists():
        path.rename(old)
    temporary.rename(path)
    shutil.rmtree(old, ignore_errors=True)
