"""A blind sheet for people: questions without answers, verdicts or difficulty, in random order; the key lies apart."""

import csv
import html
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from redsearcher.core import jsonl
from redsearcher.core.hashing import content_hash
from redsearcher.core.rng import derive
from redsearcher.errors import InputError
from redsearcher.records.task import Task

YES_NO = ("well_formed", "solvable")
COLUMNS = ("item", "question", *YES_NO, "answer", "minutes", "notes")
KEY_COLUMNS = ("item", "task", "answer", "aliases")
_HELP = {
    "well_formed": "Can the question be understood, and does it ask for one thing? yes or no",
    "solvable": "Could you find the answer in 30 minutes with a search engine over these pages? yes or no",
    "answer": "The answer you found, if you looked for it",
    "minutes": "Minutes you spent",
    "notes": "Anything wrong with it",
}


class Item(NamedTuple):
    """One line of a sheet. `item` does not tell the task to whoever has no key."""

    item: str
    task: Task


def draw(tasks: Sequence[Task], n: int, seed: int) -> list[Item]:
    """`n` tasks at random (all, if there are fewer), in random order."""
    rng = derive(seed, "sheet")
    chosen = rng.sample(list(tasks), min(n, len(tasks)))
    return [Item(content_hash(seed, task.id)[:8], task) for task in chosen]


def key_path(sheet: Path) -> Path:
    """Where the key of a sheet lies: beside it, for whoever does not judge."""
    return sheet.with_name(f"{sheet.stem}.key.csv")


def write_sheet(path: Path, items: Sequence[Item]) -> Path:
    """The sheet, as CSV or as a page that saves a CSV, and its key; returns the key's path.

    Raises InputError for another ending.
    """
    if path.suffix == ".csv":
        rows = [{"item": item.item, "question": item.task.question} for item in items]
        _write_csv(path, COLUMNS, rows)
    elif path.suffix == ".html":
        jsonl.write(path, _page(path.stem, items).splitlines())
    else:
        raise InputError(f"{path} ends in {path.suffix or 'nothing'}; expected .csv or .html")
    key = [
        {"item": i.item, "task": i.task.id, "answer": i.task.answer, "aliases": " | ".join(i.task.aliases)}
        for i in items
    ]
    _write_csv(key_path(path), KEY_COLUMNS, key)
    return key_path(path)


def read_rows(path: Path, columns: Iterable[str]) -> dict[str, dict[str, str]]:
    """Rows of a filled-in sheet, or of a key, by item. Raises InputError for a file without those columns."""
    if not path.is_file():
        raise InputError(f"{path} is not there; expected a CSV file that `redsearcher tasks sheet` wrote")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = set(columns) - set(reader.fieldnames or ())
        if missing:
            raise InputError(f"{path} lacks the columns {', '.join(sorted(missing))}; give the sheet as it was saved")
        return {row["item"]: {name: (value or "").strip() for name, value in row.items() if name} for row in reader}


def _write_csv(path: Path, columns: Sequence[str], rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _page(name: str, items: Sequence[Item]) -> str:
    blocks = "\n".join(_block(number, item) for number, item in enumerate(items, 1))
    return _TEMPLATE.format(name=html.escape(name), n=len(items), blocks=blocks, columns=",".join(COLUMNS))


def _block(number: int, item: Item) -> str:
    question = html.escape(item.task.question)
    choices = "\n".join(
        f'<p>{html.escape(_HELP[name])}: <label><input type="radio" name="{name}.{item.item}" value="yes"> yes</label> '
        f'<label><input type="radio" name="{name}.{item.item}" value="no"> no</label></p>'
        for name in YES_NO
    )
    fields = "\n".join(
        f'<p><label>{html.escape(_HELP[name])}: <input name="{name}.{item.item}" size="40"></label></p>'
        for name in ("answer", "minutes", "notes")
    )
    return (
        f'<section data-item="{item.item}" lang="{item.task.lang}"><h2>{number}</h2>'
        f'<p class="question">{question}</p>\n{choices}\n{fields}</section>'
    )


_TEMPLATE = """<!doctype html>
<meta charset="utf-8"><title>{name}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}}
section{{border-top:1px solid #999;margin-top:1.5rem}}.question{{font-weight:600}}</style>
<h1>{n} questions</h1>
<p>Judge each by itself. Save when you are done; nothing leaves this page by itself.</p>
<form>
{blocks}
</form>
<p><button id="save">Save as CSV</button></p>
<script>
const columns = "{columns}".split(",");
const quote = text => '"' + String(text).replaceAll('"', '""') + '"';
document.getElementById("save").onclick = () => {{
  const data = new FormData(document.querySelector("form"));
  const rows = [...document.querySelectorAll("section")].map(section => {{
    const item = section.dataset.item;
    return columns.map(name => name === "item" ? item : name === "question"
      ? section.querySelector(".question").textContent : data.get(name + "." + item) || "").map(quote).join(",");
  }});
  const link = document.createElement("a");
  const text = [columns.join(","), ...rows].join("\\r\\n") + "\\r\\n";
  link.href = URL.createObjectURL(new Blob([text], {{type: "text/csv"}}));
  link.download = document.title + ".filled.csv";
  link.click();
}};
</script>
"""
