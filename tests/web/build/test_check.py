"""`web check` finds every fault that was planted, and none in a good web."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from redsearcher.errors import InputError
from redsearcher.records.world import Link
from redsearcher.web.build.check import check_web
from redsearcher.web.build.writer import PageWriter
from redsearcher.web.config import WebConfig
from redsearcher.web.index import INDEX_FOLDER
from tests.web.build.sources import Listed, Watch
from tests.web.build.test_resume import made
from tests.web.pages import OSK, VELM, built, page, random_pages, small_pages


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def part(web: Path, suffix: str) -> Path:
    return next((web / INDEX_FOLDER).glob(f"*.{suffix}"))


def cut(web: Path, suffix: str, n_bytes: int) -> None:
    file = part(web, suffix)
    replace(file, file.read_bytes()[:-n_bytes])


def flip(web: Path, suffix: str) -> None:
    file = part(web, suffix)
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 4
    replace(file, data)


def replace(file: Path, data: bytes) -> None:
    file.unlink()  # another file: who has the old one mapped must not see it shrink
    file.write_bytes(data)


def twice(web: Path) -> None:
    writer = PageWriter(web / INDEX_FOLDER, WebConfig(writer_threads=1))
    writer.add(page(VELM, "Velm", "Another text."))
    writer.commit()
    writer.close()


def no_record(web: Path) -> None:
    writer = PageWriter(web / INDEX_FOLDER, WebConfig(writer_threads=1))
    writer.add(page(VELM + "2", "Velm", "Another text.").model_copy(update={"links": ("x",)}))
    writer.commit()
    writer.close()


PLANTED: list[tuple[str, Callable[[Path], None], list[str]]] = [
    ("a segment cut off", lambda web: cut(web, "store", 40), ["cut off"]),
    ("a segment cut to nothing", lambda web: cut(web, "idx", 10**9), ["cut off"]),
    ("a byte altered", lambda web: flip(web, "term"), ["is altered: its checksum"]),
    ("a file removed", lambda web: part(web, "pos").unlink(), ["is missing"]),
    ("a wrong count", lambda web: edit(web / "web.json", n_documents=9), ["says 9, the index holds 4"]),
    ("a wrong id", lambda web: edit(web / "web.json", id="0" * 20), ["the id: web.json says 0000"]),
    ("a wrong sum", lambda web: edit(web / "build.json", total="1f"), ["build.json"]),
    ("a duplicate", twice, ["velm_(town) has 2", "the index holds 5", "the id:"]),
    ("a broken record", no_record, ["a record cannot be read: page 4", "the index holds 5"]),
    ("no web.json", lambda web: (web / "web.json").write_text("{"), ["web.json"]),
    ("no list of segments", lambda web: (web / INDEX_FOLDER / "meta.json").write_text("[]"), ["meta.json"]),
]


@pytest.mark.parametrize(("plant", "expected"), [(p, e) for _, p, e in PLANTED], ids=[name for name, _, _ in PLANTED])
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_a_planted_fault_is_found(plant: Callable[[Path], None], expected: list[str], tmp_path: Path) -> None:
    web = tmp_path / "web"
    made(web, Listed(small_pages()))
    assert check_web(web, Watch()).faults == []
    plant(web)
    faults = check_web(web, Watch()).faults
    for text in expected:
        assert any(text in fault for fault in faults), (text, faults)


def test_figures(tmp_path: Path) -> None:
    osk = "River Osk flows past Velm and Zad"
    links = [Link(start=0, end=9, url=OSK + "#source"), Link(start=21, end=25, url="https://atlas.example/gone")]
    pages = [*small_pages(), page("https://atlas.example/zad", "Zad", osk, links=links)]
    built(tmp_path / "web", pages)
    found = check_web(tmp_path / "web", Watch())
    assert found.faults == []
    assert found.figures["pages"] == "5" and found.figures["links"] == "3"
    assert found.figures["links to no page"] == "2 (66.7%)"
    assert found.figures["titles that find their like in the first 10"] == "5 of 5"


def test_many_faults_of_a_kind_are_summed_up(tmp_path: Path) -> None:
    pages = random_pages(60)
    built(tmp_path / "web", pages)
    writer = PageWriter(tmp_path / "web" / INDEX_FOLDER, WebConfig(writer_threads=1))
    for each in pages[:30]:
        writer.add(each)
    writer.commit()
    writer.close()
    faults = check_web(tmp_path / "web", Watch()).faults
    assert sum("has 2" in fault for fault in faults) == 10 and "50 more: a URL has several pages" in faults


def test_no_web(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no web"):
        check_web(tmp_path, Watch())
