"""Results that somebody cached, read back into scraps of pages: one reader per shape of file."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from redsearcher.core.hashing import content_hash
from redsearcher.errors import DataError
from redsearcher.web.client.cassette import KIND
from redsearcher.web.extract import GAP
from redsearcher.web.readback import read_pages, read_results
from redsearcher.web.snippet import ELLIPSIS
from redsearcher.web.source.base import Tally
from redsearcher.web.source.file import unpacked
from redsearcher.web.source.row import plain

NAMELESS = "search-cache.example"
"""Site of results that were cached without their address."""
LINK = re.compile(r"\[([^\[\]\n]+)\]\(([^()\s]+)\)")
"""A link as pages show it to a model: its words, its address."""
_RESULT = re.compile(r"^Page \d+: ", re.MULTILINE)
_DATED = re.compile(r"([A-Z][a-z]{2} \d{1,2}, \d{4}) · ")
_TITLE_CHARS = 80


class Scrap(NamedTuple):
    """What one result or visit said of a page: passages of it, in order; `whole` where that is all of it."""

    url: str
    title: str
    passages: tuple[str, ...]
    whole: bool = False
    date: str = ""


def scraps(file: Path, tally: Tally) -> Iterator[Scrap]:
    """Of a recording of ours, or of JSON or JSON lines that map queries to results and URLs to pages.

    Results are a list (or `organic`, `results`) of {url or link, title, snippet or text, date?}, or text of the shape
    `Page 1: ...`. Raises DataError for what is of no such shape.
    """
    with unpacked(file) as stream:
        data = stream.read()
    try:
        rows = [(1, json.loads(data))]
    except ValueError:
        rows = list(_lines(file, data, tally))
    if not rows or not isinstance(rows[0][1], dict | list):
        raise DataError(f"{file} is no JSON; expected cached results, or what `rollout --record FILE` made")
    recorded = isinstance(rows[0][1], dict) and rows[0][1].get("kind") == KIND
    for number, row in rows[1:] if recorded else rows:
        try:
            yield from _call(row) if recorded else _found(row)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            tally.bad(f"{file} record {number} is no cached result ({error!r:.80})")


def _lines(file: Path, data: bytes, tally: Tally) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(data.splitlines(), 1):
        try:
            if line.strip():
                yield number, json.loads(line)
        except ValueError as error:
            tally.bad(f"{file} line {number} is no JSON ({error})")


def _call(row: dict[str, Any]) -> Iterator[Scrap]:
    """A recorded call; what the other tools said is of no page."""
    if row["error"] is not None:
        return
    if row["name"] == "search":
        for found in read_results(row["content"]):
            for hit in found.hits:
                yield Scrap(hit.url, hit.title, _cut(hit.snippet, f" {ELLIPSIS} "), date=hit.date or "")
    elif row["name"] == "visit":
        for page in read_pages(row["content"], len(row["arguments"]["url"])):
            if not page.missing:
                yield Scrap(page.url, page.title, _cut(page.text, f"\n\n{GAP}\n\n"), whole=page.n_chars is None)


def _cut(text: str, gap: str) -> tuple[str, ...]:
    text = text.removeprefix(f"{ELLIPSIS} ").removesuffix(f" {ELLIPSIS}")
    return tuple(part for part in text.split(gap) if part.strip())


def _found(row: Any) -> Iterator[Scrap]:
    """Anything cached: results, a table from queries or URLs to what was found, or a record that holds them."""
    if isinstance(row, list):
        for each in row:
            yield from _found(each)
        return
    for name in ("organic", "results", "result"):
        if name in row:
            yield from _value(str(row.get("url", "")), row[name])
            return
    if "url" in row or "link" in row:
        yield _result(row)
        return
    for key, value in row.items():
        yield from _value(key, value)


def _value(key: str, value: Any) -> Iterator[Scrap]:
    if not isinstance(value, str):
        yield from _found(value)
    elif key.startswith(("http://", "https://")):
        first, _, rest = value.lstrip().partition("\n")
        titled = first.startswith("# ") and rest.strip()
        yield Scrap(key, first[2:].strip() if titled else "", (rest if titled else value,), whole=True)
    elif value.lstrip().startswith(("{", "[")):
        yield from _found(json.loads(value))
    else:
        yield from map(_nameless, (part for part in _RESULT.split(value) if part.strip()))


def _result(row: dict[str, Any]) -> Scrap:
    text = next((plain(row[name]) for name in ("text", "content", "snippet", "description") if row.get(name)), "")
    url = plain(row.get("url") or row["link"])
    if "://" not in url:
        raise ValueError(f"{url!r:.60} is no URL")
    whole = bool(row.get("text") or row.get("content"))
    passages = (text,) if whole else _cut(text.strip().removesuffix("…").strip(), f" {ELLIPSIS} ")
    return Scrap(url, plain(row.get("title") or ""), passages, whole, _day(plain(row.get("date") or "")))


def _nameless(text: str) -> Scrap:
    """A result of which only the words are known: its address is made from them, its title is how they begin."""
    dated = _DATED.match(text)
    words = text[dated.end() if dated else 0 :].strip().removesuffix("…").strip()
    title = words.split(". ")[0].split("\n")[0]
    if len(title) > _TITLE_CHARS:
        title = title[:_TITLE_CHARS].rpartition(" ")[0] + " ..."
    url = f"https://{NAMELESS}/{content_hash(words)}"
    return Scrap(url, title, (plain(words),), date=_day(dated[1]) if dated else "")


def _day(text: str) -> str:
    for form in ("%b %d, %Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip()[:12], form).date().isoformat()
        except ValueError:
            continue
    return ""


def host(url: str) -> str:
    """Of a URL, without a port."""
    return urlsplit(url).hostname or ""


def bare(passage: str) -> str:
    """Its words, links without their addresses."""
    return LINK.sub(r"\1", passage)


def joined(scraps_of_page: Iterable[Scrap]) -> str:
    """The passages of one page without those that others hold; a whole text wins over all scraps."""
    found: dict[str, str] = {}
    for scrap in scraps_of_page:
        if scrap.whole:
            return "\n\n".join(map(bare, scrap.passages))
        for passage in map(bare, scrap.passages):
            words = " ".join(passage.split())  # snippets are one line of what visits show as several
            if any(words in known for known in found):
                continue
            held = [known for known in found if known in words]
            if held:
                found = {
                    words if known == held[0] else known: passage if known == held[0] else text
                    for known, text in found.items()
                    if known not in held[1:]
                }
            else:
                found[words] = passage
    return "\n\n".join(text.strip() for text in found.values())
