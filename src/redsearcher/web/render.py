"""The text of observations, exactly as a policy reads it. A change here is a change of the interface."""

import re
from collections.abc import Sequence

from redsearcher.records.tool import Hit, Page
from redsearcher.web.extract import markdown_link

_BLANKS = re.compile(r"\s+")
NO_RESULTS = "No results."
BETWEEN_QUERIES = "\n\n"
BETWEEN_PAGES = "\n\n---\n\n"


def render_results(query: str, hits: Sequence[Hit], *, show_urls: bool = True) -> str:
    """The results of one query."""
    heading = f'## Results for "{_line(query)}"'
    return "\n".join([heading, "\n\n".join(_result(hit, show_urls) for hit in hits) if hits else NO_RESULTS])


def _result(hit: Hit, show_urls: bool) -> str:
    lines = [f"{hit.rank}. {_line(hit.title)}"]
    if show_urls:
        about = f"{hit.site} · {hit.date}" if hit.date else hit.site
        lines = [f"{hit.rank}. {markdown_link(_line(hit.title), hit.url)}", f"   {about}"]
    if hit.snippet:
        lines.append(f"   {_line(hit.snippet)}")
    return "\n".join(lines)


def render_page(page: Page) -> str:
    """One opened page."""
    parts = [f"# {_line(page.title)}\nURL: {page.url}", page.text]
    if page.truncated:
        parts.append(f"({page.n_shown:,} of {page.n_chars:,} characters shown)")
    return "\n\n".join(parts)


def render_missing(url: str, reason: str) -> str:
    """A page that could not be opened."""
    return f"# {_line(url)}\nURL: {_line(url)}\n\n{render_error(reason)}"


def render_unanswered(query: str, reason: str) -> str:
    """A query that found nobody to answer it."""
    return f'## Results for "{_line(query)}"\n{render_error(reason)}'


def render_error(reason: str) -> str:
    """A call that could not be run."""
    return f"Error: {reason}"


def _line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()
