import json
from pathlib import Path

import pytest
import zstandard

from redsearcher.core.paths import data_dir
from redsearcher.errors import DataError, InputError
from redsearcher.world.extract.rules import RulesExtractor
from redsearcher.world.importers.pages import import_pages
from redsearcher.world.importers.pages_folder import FolderSource, PagesConfig, import_folder
from redsearcher.world.importers.pages_ottqa import OttqaConfig, OttqaSource
from redsearcher.world.store import World
from tests.world.extract.pages import League

REAL = data_dir()
needs_ottqa = pytest.mark.skipif(
    REAL is None or not (REAL / "ottqa-web").is_dir(), reason="REDSEARCHER_DATA names no folder with ottqa-web"
)
MARKDOWN = """# The League

Four **clubs** play in [Karn](towns/karn.md) and elsewhere.

## Clubs

| Club | Town |
|------|:----:|
| [Karn Rovers](karn_rovers.md) | [Karn](towns/karn.md) |
| Ostle | *none* |
"""
HTML = """<html><head><title>The League</title><style>p {}</style></head><body><h1>The League</h1>
<p>Four <b>clubs</b> play in <a href="towns/karn.html#wool">Karn</a> and
elsewhere.</p><h2>Clubs</h2><table><tr><th>Club</th><th>Town</th></tr>
<tr><td><a href="karn_rovers.html">Karn Rovers</a></td><td><a href="towns/karn.html">Karn</a><sup>1</sup></td></tr>
<tr><td>Ostle<br>on Sea</td><td>none</td></tr></table><script>x()</script></body></html>"""


def source(folder: Path) -> FolderSource:
    return FolderSource(folder, PagesConfig(folder=str(folder), site="tor.example"))


@pytest.mark.parametrize(("name", "text", "suffix"), [("a.md", MARKDOWN, "md"), ("a.html", HTML, "html")])
def test_marked_up_files_give_text_links_and_tables(tmp_path: Path, name: str, text: str, suffix: str) -> None:
    (tmp_path / name).write_text(text)
    (page,) = source(tmp_path).pages()
    assert page.title == "The League" and "Four clubs play in Karn and elsewhere." in page.text
    (link,) = page.links
    assert (page.text[link.start : link.end], link.url) == ("Karn", f"https://tor.example/towns/karn.{suffix}")
    (table,) = page.tables
    assert (table.section, table.headers) == ("Clubs", ("Club", "Town"))
    assert table.rows[0][0] == ("Karn Rovers", (f"https://tor.example/karn_rovers.{suffix}",))
    assert table.rows[0][1].text == "Karn" and table.rows[1][1].text == "none"


def rows() -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for page in League().pages():
        tables = []
        for table in page.tables:
            cells = [
                [{"text": c.text, "links": list(c.links)} if c.links else c.text for c in row] for row in table.rows
            ]
            tables.append({"section": table.section, "header": list(table.headers), "rows": cells})
        found.append({"url": page.url, "title": page.title, "text": page.text, "links": [], "tables": tables})
    return found


def test_rows_make_the_same_world_as_the_pages_they_came_from(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    lines = "".join(json.dumps(row) + "\n" for row in rows())
    (folder / "league.jsonl.zst").write_bytes(zstandard.compress(lines.encode()))
    made = import_folder(tmp_path / "a", PagesConfig(folder=str(folder)))
    direct = import_pages(tmp_path / "b", League(), RulesExtractor, name="pages", about="")
    assert (made.n_facts, made.n_documents, made.id) == (35, 21, direct.id)
    assert World(tmp_path / "a").facts.keys() == World(tmp_path / "b").facts.keys()


def test_mistakes_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        source(tmp_path / "gone")
    with pytest.raises(InputError, match="holds no page"):
        source(tmp_path)
    (tmp_path / "bad.jsonl").write_text('{"id": "a", "title": "A", "text": "x"}\n{"title": "B"}\n')
    with pytest.raises(DataError, match=r"bad.jsonl line 2 is no page"):
        list(source(tmp_path).pages())
    with pytest.raises(InputError, match="needs a model"):
        import_folder(tmp_path / "w", PagesConfig(folder=str(tmp_path), extract="llm"))
    with pytest.raises(InputError, match="English"):
        import_folder(tmp_path / "w", PagesConfig(folder=str(tmp_path), lang="zh"))


@needs_ottqa
def test_ottqa_tables_state_facts() -> None:
    assert REAL is not None
    source = OttqaSource(REAL, OttqaConfig(n_tables=5))
    pages = list(source.pages())
    assert sum(bool(page.tables) for page in pages) == 5
    links = {url for page in pages for t in page.tables for row in t.rows for cell in row for url in cell.links}
    assert links <= {page.url for page in pages}
