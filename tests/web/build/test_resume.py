"""A build that is killed goes on behind its last commit, and ends in the web of a build that was not."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from redsearcher.core.lock import holding
from redsearcher.errors import DataError, InputError
from redsearcher.records.world import Document
from redsearcher.web.build.check import check_web
from redsearcher.web.builder import build_source
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.source.base import Placed, Position, Source, Tally, Union
from tests.web.build import killed
from tests.web.build.killed import CONFIG, MORE, PAGES
from tests.web.build.sources import Listed, Watch
from tests.web.pages import built, page, small_pages
from tests.web.test_builder import answers

ROOT = Path(__file__).parents[3]


def kill(verb: str, web: Path, *places: int) -> None:
    command = [sys.executable, "-m", "tests.web.build.killed", verb, str(web), *map(str, places)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=120, stdout=subprocess.DEVNULL)


def made(path: Path, source: Source, said: list[str] | None = None, config: WebConfig = CONFIG) -> Watch:
    watch = Watch()
    build_source(
        path, source, config, world_id="", lang="en", watch=watch, say=(said if said is not None else []).append
    )
    return watch


def is_whole(path: Path) -> bool:
    return check_web(path, Watch(), n_titles=20).faults == []


def test_a_build_killed_at_four_places_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    old = built(tmp_path / "web", small_pages())
    kill("build", tmp_path / "web", 20, 160, 333, 599)
    assert Web.open(tmp_path / "web").info == old.info
    source = killed.work("build", tmp_path / "web", None)
    assert source.starts == [(450,)], "it went on behind the last commit"
    whole = built(tmp_path / "whole", PAGES, CONFIG)
    web = Web.open(tmp_path / "web")
    assert web.info.id == whole.info.id and answers(web) == answers(whole)
    assert is_whole(tmp_path / "web")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["web", "whole"]


def test_an_append_killed_at_three_places_leaves_the_old_web_until_it_ends(tmp_path: Path) -> None:
    built(tmp_path / "web", PAGES, CONFIG)
    before = Web.open(tmp_path / "web")
    told = answers(before)
    kill("append", tmp_path / "web", 10, 160, 299)
    assert Web.open(tmp_path / "web").info == before.info and is_whole(tmp_path / "web")
    assert killed.work("append", tmp_path / "web", None).starts == [(150,)]
    after, whole = Web.open(tmp_path / "web"), built(tmp_path / "whole", [*PAGES, *MORE])
    assert after.info.n_documents == 900 and answers(after) == answers(whole)
    assert answers(before) == told, "who has the old one open keeps it"
    assert is_whole(tmp_path / "web")


def test_a_finished_build_is_not_done_again(tmp_path: Path) -> None:
    said: list[str] = []
    assert made(tmp_path / "web", Listed(PAGES)).n_new == 600
    again = made(tmp_path / "web", source := Listed(PAGES), said)
    assert (again.n_new, source.starts) == (0, []) and "built from these pages already" in said[0]
    assert made(tmp_path / "web", Listed(PAGES), config=CONFIG.model_copy(update={"snippet_chars": 90})).n_new == 600
    build_source(tmp_path / "web", source, CONFIG, world_id="", lang="en", fresh=True)
    assert source.starts == [()]


class Failing(Listed):
    """Raises before the last page."""

    def read(self, start: Position = ()) -> Iterator[Placed]:
        for placed in super().read(start):
            if placed.position[0] == len(self._pages):
                raise DataError("the last line is bad")
            yield placed


def test_an_error_keeps_what_was_committed_and_other_pages_begin_anew(tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(DataError, match="last line"):
        made(tmp_path / "web", Failing(PAGES))
    watch = made(tmp_path / "web", Listed(PAGES), said)
    assert (watch.n_old, watch.n_new) == (450, 150) and said == ["going on behind page 450, where this was interrupted"]
    with pytest.raises(DataError, match="last line"):
        made(tmp_path / "other", Failing(PAGES))
    assert made(tmp_path / "other", Listed(PAGES[:-1]), said).n_new == 599
    assert "starting over" in said[1]
    with pytest.raises(DataError, match="last line"):
        made(tmp_path / "none", Failing(PAGES[:30]))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["other", "web"]


@pytest.mark.parametrize("damage", ["journal.jsonl", "urls.bin", "index/meta.json"])
def test_damaged_remains_begin_anew(damage: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="last line"):
        made(tmp_path / "web", Failing(PAGES))
    file = tmp_path / "web.tmp" / damage
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])
    said: list[str] = []
    made(tmp_path / "web", Listed(PAGES), said)
    assert is_whole(tmp_path / "web") and Web.open(tmp_path / "web").info.n_documents == 600


def test_a_torn_last_mark_is_forgotten(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="last line"):
        made(tmp_path / "web", Failing(PAGES))
    with (tmp_path / "web.tmp" / "journal.jsonl").open("a") as file:
        file.write('{"n_documents": 450, "tot')
    assert made(tmp_path / "web", Listed(PAGES)).n_old == 450


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    with holding(tmp_path / ".web.lock", "taken"), pytest.raises(InputError, match="being written by another process"):
        made(tmp_path / "web", Listed(PAGES))
    assert list(tmp_path.iterdir()) == []


def test_one_url_in_two_sources(tmp_path: Path) -> None:
    first, second = small_pages(), [page(small_pages()[1].url, "Again", "Other words."), *PAGES[:100]]
    source, tally = Union([Listed(first), Listed(second)]), Tally()
    with pytest.raises(DataError, match=r"two pages have the URL https://atlas\.example/osk;"):
        made(tmp_path / "web", source)
    info = build_source(tmp_path / "web", source, CONFIG, world_id="", lang="en", tally=tally, same_url="first")
    assert info.n_documents == 104 and tally.dropped == {"URL taken": 1}
    assert info.id == built(tmp_path / "whole", [*PAGES[:100], *first], CONFIG).info.id


def test_what_was_left_out_is_counted_once_over_a_kill(tmp_path: Path) -> None:
    class Dropping(Listed):
        tally = Tally()

        def read(self, start: Position = ()) -> Iterator[Placed]:
            for placed in super().read(start):
                if placed.position[0] % 10 == 0:
                    self.tally.drop("tenth")
                else:
                    yield placed

    class Both(Dropping, Failing):
        pass

    for kind in (Both, Dropping):
        source = kind([*PAGES[:-1], PAGES[-1]][:599])
        try:
            build_source(tmp_path / "web", source, CONFIG, world_id="", lang="en", tally=Dropping.tally)
        except DataError:
            Dropping.tally.dropped.clear()
    assert Dropping.tally.dropped == {"tenth": 59}


def test_the_journal_says_where_each_commit_stood(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="last line"):
        made(tmp_path / "web", Failing(PAGES))
    head, *marks = [json.loads(line) for line in (tmp_path / "web.tmp" / "journal.jsonl").read_text().splitlines()]
    assert set(head) == {"fingerprint"}
    assert [mark["n_documents"] for mark in marks] == [*range(0, 451, 150)]
    sums = [sum(int(page.id, 16) for page in PAGES[:n]) for n in range(0, 451, 150)]
    assert [int(mark["total"], 16) for mark in marks] == sums


def test_documents_are_those_given(tmp_path: Path) -> None:
    made(tmp_path / "web", Listed(PAGES))
    web = Web.open(tmp_path / "web")
    found: list[Document] = [web.document(each.id) for each in PAGES[::50]]
    assert found == PAGES[::50]
