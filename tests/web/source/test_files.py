"""JSON lines, Parquet tables, folders and worlds as sources."""

import bz2
import gzip
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from redsearcher.errors import DataError, InputError
from redsearcher.records.world import Document
from redsearcher.web.source.base import Source, Tally
from redsearcher.web.source.cache import CachedPages
from redsearcher.web.source.file import unpacked
from redsearcher.web.source.lines import JsonLines
from redsearcher.web.source.open import open_sources
from redsearcher.web.source.row import Defaults
from redsearcher.web.source.table import ParquetTable
from redsearcher.world.store import WorldWriter
from tests.web.pages import random_pages, small_pages

DEFAULT = Defaults("notes.example", "en")
LINK = {"start": 0, "end": 6, "url": "https://a.example/1"}
ROWS: list[dict[str, Any]] = [
    {"url": LINK["url"], "title": "One", "text": "First.", "date": "2024-03-05T10:00:00Z", "site": "a.example"},
    {"url": "page/2", "title": "Two", "text": "Second \ud800 page.", "links": [LINK]},
    {"id": 3, "contents": '"Three"\nThird page.', "unknown": [1]},
]
PACK = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".zst": lambda data: zstandard.compress(data[:90]) + zstandard.compress(data[90:]),
}


def documents(source: Source) -> list[Document]:
    return [placed.document for placed in source.read()]


def goes_on_anywhere(source: Source) -> bool:
    placed = list(source.read())
    return len(placed) > 0 and all(
        [each.document for each in source.read(position)] == [each.document for each in placed[number:]]
        for number, (_, position) in enumerate(placed, 1)
    )


@pytest.mark.parametrize("suffix", PACK)
def test_lines_of_documents_come_back_whole(suffix: str, tmp_path: Path) -> None:
    pages = small_pages()
    file = tmp_path / f"pages.jsonl{suffix}"
    file.write_bytes(PACK[suffix]("\n\n".join(page.model_dump_json() for page in pages).encode()))
    source = JsonLines(file, DEFAULT, Tally())
    assert documents(source) == pages and goes_on_anywhere(source)


def test_plain_rows(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    one, two, three = documents(JsonLines(file, DEFAULT, Tally()))
    assert (one.url, one.title, one.text, one.date, one.site) == (
        "https://a.example/1", "One", "First.", "2024-03-05", "a.example",
    )  # fmt: skip
    assert (two.url, two.site, two.text) == ("https://notes.example/page/2", "notes.example", "Second ? page.")
    assert two.links[0].url == "https://a.example/1" and two.lang == "en"
    assert (three.url, three.title, three.text) == ("https://notes.example/3", "Three", "Third page.")


BAD = [
    "{",
    "[]",
    "7",
    '{"url": "u"}',
    '{"text": "t"}',
    '{"url": ["u"], "text": "t"}',
    '{"url": "u", "text": 1.5}',
    '{"url": "u", "text": "abc", "links": [{"start": 2, "end": 9, "url": "v"}]}',
    '{"url": "u", "text": "t", "links": 3}',
]


@pytest.mark.parametrize("line", [*map(str.encode, BAD), b"\xff{}"])
def test_a_bad_line_is_one_error_or_counted(line: bytes, tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    good = json.dumps(ROWS[0]).encode()
    file.write_bytes(good + b"\n" + line + b"\n" + json.dumps(ROWS[1]).encode())
    with pytest.raises(DataError, match=r"pages.jsonl line 2 is no page .* --skip-bad"):
        documents(JsonLines(file, DEFAULT, Tally()))
    tally = Tally(skip_bad=True)
    assert len(documents(JsonLines(file, DEFAULT, tally))) == 2 and tally.dropped == {"bad": 1}


@pytest.mark.parametrize("suffix", [suffix for suffix in PACK if suffix])
def test_packing_that_is_cut_off_is_no_end(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"pages.jsonl{suffix}"
    data = PACK[suffix]("".join(page.model_dump_json() + "\n" for page in random_pages(300)).encode())
    file.write_bytes(data[: len(data) * 2 // 3])
    with pytest.raises(DataError, match="damaged"):
        documents(JsonLines(file, DEFAULT, Tally()))
    file.write_bytes(b"no packing at all")
    with pytest.raises(DataError, match="damaged"), unpacked(file) as stream:
        stream.read()


def table(file: Path, rows: list[dict[str, Any]], group: int = 3) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), file, row_group_size=group)
    return file


def test_a_table_like_finewikis(tmp_path: Path) -> None:
    rows = [
        {
            "text": f"Text {n}.",
            "title": f"Page {n}",
            "url": f"https://w.example/{n}",
            "date_modified": datetime(2025, 3, 1 + n),
            "in_language": "zh",
            "version": n,
        }
        for n in range(8)
    ]
    source = ParquetTable(table(tmp_path / "wiki.parquet", rows), DEFAULT, Tally())
    found = documents(source)
    assert source.n_documents == 8 and goes_on_anywhere(source)
    assert [(page.url, page.title, page.text) for page in found] == [(r["url"], r["title"], r["text"]) for r in rows]
    assert {page.lang for page in found} == {"zh"} and found[7].date == "2025-03-08"


def test_a_bad_row_and_a_table_of_something_else(tmp_path: Path) -> None:
    rows = [
        {"url": "https://a.example/1", "text": "t"},
        {"url": None, "text": "t"},
        {"url": "https://a.example/3", "text": "u"},
    ]
    file = table(tmp_path / "a.parquet", rows, 2)
    with pytest.raises(DataError, match="row 2 of row group 0 is no page"):
        documents(ParquetTable(file, DEFAULT, Tally()))
    tally = Tally(skip_bad=True)
    assert len(documents(ParquetTable(file, DEFAULT, tally))) == 2 and tally.dropped == {"bad": 1}
    with pytest.raises(InputError, match="has the columns x; expected url, title and text"):
        ParquetTable(table(tmp_path / "b.parquet", [{"x": 1}]), DEFAULT, Tally())
    (tmp_path / "c.parquet").write_text("PAR1")
    with pytest.raises(InputError, match="no Parquet file"):
        ParquetTable(tmp_path / "c.parquet", DEFAULT, Tally())


def test_a_damaged_table(tmp_path: Path) -> None:
    rows = [{"url": f"https://a.example/{n}", "text": f"text {n} " * 50} for n in range(50)]
    file = table(tmp_path / "a.parquet", rows, 50)
    data = bytearray(file.read_bytes())
    data[20:400] = bytes(380)
    file.write_bytes(data)
    with pytest.raises(DataError, match="row group 0 is damaged"):
        documents(ParquetTable(file, DEFAULT, Tally()))


def test_a_folder_of_pages(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_text("# Alpha\nSee [beta](b.html).\n")
    (folder / "b.html").write_text("<head><title>Beta</title></head><p>Of <a href='a.md'>alpha</a>.</p>")
    (folder / "c.jsonl").write_text(json.dumps(ROWS[0]) + "\n" + json.dumps({"url": "x"}) + "\n")
    tally = Tally(skip_bad=True)
    source = open_sources([folder], tally).source
    found = documents(source)
    assert [page.title for page in found] == ["Alpha", "Beta", "One"] and tally.dropped == {"bad": 1}
    assert found[0].links[0].url == found[1].url == "https://notes/b.html"
    assert goes_on_anywhere(source)
    with pytest.raises(DataError, match=r"c.jsonl line 2 is no page"):
        documents(open_sources([folder], Tally()).source)


def counts_once(open_source: Callable[[Tally], Source]) -> bool:
    """Reading on at any page counts what was left out behind it, and nothing that was before."""
    tally = Tally(skip_bad=True)
    source = open_source(tally)
    before = [(position, Counter(tally.dropped)) for _, position in source.read()]
    for position, dropped in before:
        rest = Tally(skip_bad=True)
        list(open_source(rest).read(position))
        if dropped + rest.dropped != tally.dropped:
            return False
    return tally.dropped["bad"] > 1 and len(before) > 2


def test_what_is_left_out_is_counted_once(tmp_path: Path) -> None:
    lines = [json.dumps(ROWS[0] | {"url": f"https://a.example/{n}"}) if n % 3 else "{" for n in range(10)]
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.jsonl").write_text("\n".join(lines))
    (folder / "b.md").write_bytes(b"\xff\xfe")
    (folder / "c.txt").write_text("Words.")
    rows = [{"url": f"https://a.example/{n}", "text": "t" if n % 3 else None} for n in range(10)]
    (tmp_path / "cache.jsonl").write_text("\n".join(line if n % 3 else '{"url": 1}' for n, line in enumerate(lines)))
    paths = [folder, folder / "a.jsonl", table(tmp_path / "a.parquet", rows, 4)]
    for path in paths:
        assert counts_once(lambda tally, path=path: open_sources([path], tally).source)  # type: ignore[misc]
    assert counts_once(lambda tally: open_sources(paths, tally).source)
    assert counts_once(lambda tally: CachedPages([tmp_path / "cache.jsonl"], DEFAULT, tally))


def world(path: Path, pages: list[Document], lang: str = "zh") -> Path:
    with WorldWriter(path, name="w", lang=lang, kind="open", source="") as writer:
        for page in pages:
            writer.add_document(page)
    return path


def test_a_world_is_read_on_at_any_page(tmp_path: Path) -> None:
    pages = random_pages(1203)
    opened = open_sources([world(tmp_path / "w", pages)], Tally())
    assert opened.source.n_documents == 1203 and opened.lang == "zh" and opened.world
    placed = list(opened.source.read())
    assert [each.document for each in placed] == pages
    for number in (1, 499, 500, 501, 999, 1000, 1202, 1203):
        assert [each.document for each in opened.source.read(placed[number - 1].position)] == pages[number:]


def test_several_sources_are_one(tmp_path: Path) -> None:
    file = tmp_path / "more.jsonl"
    file.write_text(json.dumps(ROWS[0]))
    (tmp_path / "tables").mkdir()
    table(tmp_path / "tables" / "b.parquet", [{"url": "https://b.example/1", "text": "t"}])
    pages = random_pages(3)
    opened = open_sources([world(tmp_path / "w", pages), file, tmp_path / "tables"], Tally())
    assert [page.url for page in documents(opened.source)] == [
        *(page.url for page in pages), "https://a.example/1", "https://b.example/1",
    ]  # fmt: skip
    assert opened.world and goes_on_anywhere(opened.source)
    two = open_sources([tmp_path / "w", world(tmp_path / "v", pages[:1], "en")], Tally())
    assert two.world == "" and two.lang == "zh"


def test_a_file_that_changes_is_another(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(ROWS[0]))
    before = JsonLines(file, DEFAULT, Tally()).fingerprint
    assert JsonLines(file, DEFAULT, Tally()).fingerprint == before
    file.write_text(json.dumps(ROWS[0]).replace("First", "Fxrst"))
    assert JsonLines(file, DEFAULT, Tally()).fingerprint != before


def test_what_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_text("x")
    (tmp_path / "empty").mkdir()
    for path, said in (("a.docx", "of no kind"), ("none", "not there"), ("empty", "holds no page")):
        with pytest.raises(InputError, match=said):
            open_sources([tmp_path / path], Tally())
