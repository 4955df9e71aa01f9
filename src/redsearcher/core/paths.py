"""Where real data lies: the folder that the environment variable REDSEARCHER_DATA names."""

import os
from pathlib import Path

from redsearcher.errors import InputError

VARIABLE = "REDSEARCHER_DATA"


def data_dir() -> Path | None:
    """The folder of real data, or None when the variable is unset or names no folder."""
    named = os.environ.get(VARIABLE, "")
    path = Path(named)
    return path if named and path.is_dir() else None


def need_data(*folders: str) -> Path:
    """The folder of real data, which must hold `folders`. Raises InputError saying what to set or fetch."""
    path = data_dir()
    if path is None:
        raise InputError(
            f"{VARIABLE} names no folder (it is {os.environ.get(VARIABLE, '')!r}); set it to the folder that holds "
            f"{', '.join(folders) or 'the real data'}"
        )
    missing = [folder for folder in folders if not (path / folder).exists()]
    if missing:
        raise InputError(f"{path} lacks {', '.join(missing)}; put it there or set {VARIABLE} to another folder")
    return path
