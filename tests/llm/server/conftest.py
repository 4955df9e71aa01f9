"""One trained-by-heart model behind one server for all tests here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.llm.server.serving import Served, learn_by_heart, make_folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_folder(tmp_path_factory.mktemp("models") / "tiny")
    learn_by_heart(path)
    return path


@pytest.fixture(scope="session")
def served(folder: Path) -> Iterator[Served]:
    with Served(folder, slots=16) as server:
        yield server
