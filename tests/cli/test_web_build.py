"""The verbs that make and change webs."""

import json
from pathlib import Path

import pytest

from redsearcher.cli.main import execute
from redsearcher.records.world import Document
from redsearcher.world.store import WorldWriter
from tests.web.pages import VELM, page, random_pages, small_pages


def write(path: Path, pages: list[Document]) -> str:
    path.write_text("".join(each.model_dump_json() + "\n" for each in pages))
    return str(path)


def web_id(path: Path) -> str:
    return str(json.loads((path / "web.json").read_text())["id"])


def test_build_append_delete_and_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages, web, other = random_pages(60), tmp_path / "web", tmp_path / "other"
    with WorldWriter(tmp_path / "world", name="w", lang="en", kind="open", source="") as writer:
        for each in pages[:20]:
            writer.add_document(each)
    first, rest = write(tmp_path / "a.jsonl", pages[20:40]), write(tmp_path / "b.jsonl", pages[40:])
    assert execute(["web", "build", str(tmp_path / "world"), first, "--out", str(web)]) == 0
    assert "40 pages" in capsys.readouterr().out
    assert json.loads((web / "web.json").read_text())["world"]
    assert execute(["web", "append", str(web), rest]) == 0
    assert execute(["web", "build", str(tmp_path / "world"), rest, first, "--out", str(other)]) == 0
    assert web_id(web) == web_id(other)
    (tmp_path / "urls").write_text(f"{pages[1].url}\n\n{pages[50].url}\n")
    assert execute(["web", "delete", str(web), pages[7].url, "--from", str(tmp_path / "urls")]) == 0
    capsys.readouterr()
    assert execute(["web", "check", str(web)]) == 0
    told = capsys.readouterr().out
    assert "57" in told and "is whole" in told
    assert execute(["web", "build", str(tmp_path / "world"), "--out", str(other)]) == 0
    assert execute(["web", "build", str(tmp_path / "world"), "--out", str(other)]) == 0
    assert "built from these pages already" in capsys.readouterr().err


def test_check_says_each_fault_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    web = tmp_path / "web"
    assert execute(["web", "build", write(tmp_path / "a.jsonl", small_pages()), "--out", str(web)]) == 0
    (web / "web.json").write_text(json.dumps(json.loads((web / "web.json").read_text()) | {"n_documents": 7}))
    capsys.readouterr()
    assert execute(["web", "check", str(web)]) == 1
    told = capsys.readouterr()
    assert [line[:6] for line in told.err.splitlines()] == ["fault:"] and "is whole" not in told.out
    (web / "web.json").write_text("{")
    assert execute(["web", "check", str(web)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_bad_lines_and_shared_urls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.jsonl"
    write(file, [*small_pages(), page(VELM, "Velm", "Again.")])
    with file.open("a") as lines:
        lines.write("no json\n")
    out = ["--out", str(tmp_path / "web")]
    for options, said in (
        (["--skip-bad"], "two pages have the URL"),
        (["--same-url", "first"], "a.jsonl line 6 is no page"),
    ):
        assert execute(["web", "build", str(file), *options, *out]) == 2
        told = capsys.readouterr().err
        assert said in told and told.count("\n") == 1
    assert execute(["web", "build", str(file), "--skip-bad", "--same-url", "first", *out]) == 0
    assert "4 pages (left out: 1 URL taken, 1 bad)" in capsys.readouterr().out


def test_a_cache_becomes_a_web(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cache.json"
    file.write_text(json.dumps({"mills": "Page 1: A mill burnt.\nPage 2: Ola Brandt governs Velm."}))
    assert execute(["web", "import-cache", str(file), "--out", str(tmp_path / "web")]) == 0
    assert execute(["web", "search", str(tmp_path / "web"), "who governs Velm"]) == 0
    assert "[Ola Brandt governs Velm.](https://search-cache.example/" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["build", "{tmp}/a.docx", "--out", "{tmp}/w"], "of no kind that pages are read from"),
        (["build", "--out", "{tmp}/w"], "SOURCE"),
        (["append", "{tmp}/none", "{tmp}/a.docx"], "holds no web"),
        (["delete", "{tmp}/none", "https://a/1"], "holds no web"),
        (["delete", "{tmp}/none"], "no URL was given"),
        (["delete", "{tmp}/none", "--from", "{tmp}/no"], "a URL on each line"),
        (["check", "{tmp}/none"], "holds no web"),
        (["import-cache", "{tmp}/none", "--out", "{tmp}/w"], "is not there"),
    ],
)
def test_mistakes_take_one_line(
    words: list[str], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.docx").write_text("x")
    assert execute(["web", *(word.format(tmp=tmp_path) for word in words)]) == 2
    told = capsys.readouterr()
    assert expected in told.err and told.err.count("\n") == 1
    assert [file.name for file in tmp_path.iterdir()] == ["a.docx"]
