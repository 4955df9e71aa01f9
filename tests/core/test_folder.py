import threading
from pathlib import Path

import pytest

from redsearcher.core.folder import check_replaceable, swap_in
from redsearcher.errors import InputError


def test_only_our_own_folders_are_replaced(tmp_path: Path) -> None:
    check_replaceable(tmp_path / "absent", "world.json")
    mine, theirs, empty = tmp_path / "mine", tmp_path / "theirs", tmp_path / "empty"
    for folder in (mine, theirs, empty):
        folder.mkdir()
    (mine / "world.json").touch()
    (theirs / "notes.txt").touch()
    check_replaceable(mine, "world.json")
    check_replaceable(empty, "world.json")
    with pytest.raises(InputError, match="not ours to replace"):
        check_replaceable(theirs, "world.json")
    with pytest.raises(InputError, match="not ours to replace"):
        check_replaceable(theirs / "notes.txt", "world.json")


def test_swap_in_leaves_the_new_folder_alone(tmp_path: Path) -> None:
    old, new = tmp_path / "web", tmp_path / "web.tmp"
    for folder, text in ((old, "old"), (new, "new")):
        folder.mkdir()
        (folder / "f").write_text(text, encoding="utf-8")
    swap_in(new, old)
    assert (old / "f").read_text(encoding="utf-8") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["web"]


def test_there_is_a_folder_at_every_moment_of_a_swap(tmp_path: Path) -> None:
    place, gaps, over = tmp_path / "web", [], threading.Event()
    place.mkdir()

    def look() -> None:
        while not over.is_set():
            if not place.exists():
                gaps.append(1)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for _ in range(40):
            (tmp_path / "web.tmp").mkdir()
            swap_in(tmp_path / "web.tmp", place)
    finally:
        over.set()
        watcher.join()
    assert not gaps
