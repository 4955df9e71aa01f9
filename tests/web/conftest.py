"""One small web for the tests that only read it."""

import pytest

from redsearcher.web.engine import Web
from tests.web.pages import built, small_pages


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Web:
    """The four pages of `small_pages`."""
    return built(tmp_path_factory.mktemp("web") / "small", small_pages())
