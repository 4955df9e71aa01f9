"""A run's budget of requests, counted in a file: one byte each, so that processes and resumptions share it."""

import os
from pathlib import Path

from redsearcher.errors import OutageError


class SpentError(OutageError):
    """The budget of a run is used up."""


class Budget:
    """At most `most` requests; the file's size is how many were sent."""

    def __init__(self, path: Path, most: int) -> None:
        self._path, self._most = path, most
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def spend(self) -> None:
        """Count one request before it is sent. Raises SpentError where none is left."""
        if os.fstat(self._descriptor).st_size >= self._most:
            raise SpentError(
                f"the budget of {self._most:,} web requests is used up ({self._path}); raise max_requests and run the "
                "same command again"
            )
        os.write(self._descriptor, b".")

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)
