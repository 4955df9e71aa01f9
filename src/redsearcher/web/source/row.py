"""A row of somebody's table or JSON lines as a Document."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from redsearcher.records.world import Document, Link

NAMES: dict[str, tuple[str, ...]] = {
    "url": ("url", "link"),
    "title": ("title",),
    "text": ("text", "content", "contents", "body"),
    "date": ("date", "date_modified", "published", "timestamp"),
    "lang": ("lang", "in_language", "language"),
    "site": ("site",),
    "kind": ("kind",),
    "links": ("links",),
    "about": ("about",),
    "media": ("media",),
    "id": ("id",),
}
"""What a field is called, the likeliest name first."""
_QUOTED_TITLE = re.compile(r'"(.+)"\n')
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


class Defaults(NamedTuple):
    """What rows do not say."""

    site: str
    lang: str = "en"


def to_document(row: Mapping[str, Any], default: Defaults) -> Document:
    """The page of a row with url (or id), title and text, and perhaps date, site, lang, kind, links, about, media.

    A url that is no URL, and an id, are put below the default site. Raises ValueError or TypeError for what is no page.
    """
    found = {field: value for field, names in NAMES.items() if (value := _first(row, names)) not in (None, "")}
    if "url" not in found and "id" not in found:
        raise ValueError("it has no url")
    if "text" not in found:
        raise ValueError("it has no text")
    url, text, title = plain(found.get("url", found.get("id"))), plain(found["text"]), plain(found.get("title", ""))
    if "://" not in url:
        url = f"https://{default.site}/{url.lstrip('/')}"
    if not title and (quoted := _QUOTED_TITLE.match(text)):
        title, text = quoted[1], text[quoted.end() :]
    return Document(
        url=url,
        site=plain(found.get("site", urlsplit(url).netloc)),
        kind=plain(found.get("kind", "page")),
        title=title or url,
        text=text,
        lang=plain(found.get("lang", default.lang)),
        links=tuple(_link(link, len(text)) for link in found.get("links", ())),
        about=tuple(map(plain, found.get("about", ()))),
        media=tuple(map(plain, found.get("media", ()))),
        date=_day(found.get("date", "")),
    )


def plain(value: object) -> str:
    """A text that can be stored: half characters become question marks, code point for code point."""
    if not isinstance(value, str | int):
        raise TypeError(f"{value!r:.60} is no text")
    text = str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _link(link: Mapping[str, Any], n_chars: int) -> Link:
    start, end = int(link["start"]), int(link["end"])
    if not 0 <= start <= end <= n_chars:
        raise ValueError(f"a link at [{start}, {end}) lies outside its text")
    return Link(start=start, end=end, url=plain(link["url"]))


def _day(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    found = _DATE.match(plain(value))
    return found[0] if found else ""
