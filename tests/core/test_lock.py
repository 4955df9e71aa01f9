"""A lock is held by one, and leaves nothing behind."""

from pathlib import Path

import pytest

from redsearcher.core.lock import holding
from redsearcher.errors import InputError


def test_one_at_a_time_and_no_file_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "lock"
    with holding(file, "it is taken"):
        with pytest.raises(InputError, match="it is taken"), holding(file, "it is taken"):
            pass
        assert file.exists()
    assert not file.exists()
    with holding(file, "it is taken"):
        pass


def test_a_file_that_a_kill_left_behind_locks_nobody_out(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    file.touch()
    with holding(file, "it is taken"):
        assert file.exists()
