"""Pages by id come back as they were stored, from any row group; what is not there is left out."""

import pytest

from redsearcher.errors import DataError
from redsearcher.records.world import Document, Link
from redsearcher.world.store import PAGES_PER_GROUP, World, WorldWriter


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    path = tmp_path_factory.mktemp("shelf") / "world"
    with WorldWriter(path, name="shelf", lang="en", kind="closed", source="test") as writer:
        for n in range(2 * PAGES_PER_GROUP + 7):
            links = (Link(start=0, end=4, url=f"https://a.example/{n + 1}"),)
            text = f"Page number {n}."
            writer.add_document(
                Document(url=f"https://a.example/{n}", site="a.example", kind="note", title=str(n), text=text,
                         links=links, about=(f"E{n}",))
            )  # fmt: skip
    return World(path)


def test_pages_are_fetched_by_id(world: World) -> None:
    stored = list(world.documents())
    wanted = [stored[place] for place in (0, 1, PAGES_PER_GROUP - 1, PAGES_PER_GROUP, len(stored) - 1)]
    found = world.pages({page.id for page in wanted} | {"0" * 20})
    assert found == {page.id: page for page in wanted}
    assert all(page.id == id_ for id_, page in found.items())
    assert world.pages(()) == {}


def test_an_id_that_is_none_is_said(world: World) -> None:
    with pytest.raises(DataError, match="hexadecimal"):
        world.pages({"page one"})
