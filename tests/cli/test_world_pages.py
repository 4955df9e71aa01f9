import json
from pathlib import Path

import pytest

from redsearcher.cli.main import execute
from tests.world.extract.pages import League


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The league as rows of a file."""
    found = []
    for page in League().pages():
        tables = [
            {"header": t.headers, "rows": [[{"text": c.text, "links": c.links} for c in row] for row in t.rows]}
            for t in page.tables
        ]
        found.append(json.dumps({"url": page.url, "title": page.title, "text": page.text, "tables": tables}))
    path = tmp_path / "pages"
    path.mkdir()
    (path / "league.jsonl").write_text("\n".join(found))
    return path


def test_a_folder_of_pages_becomes_a_world(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = str(tmp_path / "world")
    assert execute(["world", "import", "pages", str(folder), "--out", world]) == 0
    assert "20 entities, 35 facts, 21 pages" in capsys.readouterr().out
    assert execute(["world", "info", world]) == 0
    assert "home ground 5" in capsys.readouterr().out
    assert execute(["world", "seeds", world, "--out", str(tmp_path / "seeds.txt")]) == 0
    assert "too short" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["pages"], "takes a folder"),
        (["codex", "{pages}"], "takes a folder"),
        (["pages", "{pages}", "--extract", "llm"], "needs --model"),
        (["pages", "{pages}/none"], "no folder"),
    ],
)
def test_mistakes_take_one_line(
    words: list[str], expected: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word.replace("{pages}", str(folder)) for word in words]
    assert execute(["world", "import", *words, "--out", str(tmp_path / "w")]) == 2
    told = capsys.readouterr()
    assert expected in told.err + told.out and not (tmp_path / "w").exists()
