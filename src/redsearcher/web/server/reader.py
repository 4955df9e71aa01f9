"""Pages in the shape of Jina's reader: markdown as text or as JSON."""

import sys
from typing import Any

from redsearcher.records.tool import Page
from redsearcher.web.server.ask import ReadAsk
from redsearcher.web.server.failure import ApiError
from redsearcher.web.server.served import Pages

Json = dict[str, Any]
FORMATS = ("", "default", "markdown", "content", "text")


def read(web: Pages, ask: ReadAsk, *, form: str = "", links: str = "") -> Json:
    """The `data` of a reply: the whole page, or with a goal what serves it. Raises ToolError if there is no such page.

    `form` is the reader's return format, `links` its links summary: `true` gives a table of texts to URLs, `all` pairs
    in page order. With a goal the pairs always come, and `n_chars`, `n_shown` and `truncated` say how much of the page
    is there.
    """
    if form not in FORMATS:
        raise ApiError(400, f"the format {form[:40]!r} is not served; expected markdown or text")
    if ask.goal is not None:
        page = web.visit(ask.url, ask.goal, ask.max_chars)
        extra = {"n_chars": page.n_chars, "n_shown": page.n_shown, "truncated": page.truncated}
        return _data(page, page.text) | extra | _links(page, "all")
    page = web.visit(ask.url, "", sys.maxsize)
    document = web.document(web.resolve(ask.url))
    dated = {"publishedTime": document.date} if document.date else {}
    return _data(page, document.text if form == "text" else page.text) | dated | _links(page, links)


def _data(page: Page, content: str) -> Json:
    return {"title": page.title, "description": "", "url": page.url, "content": content}


def _links(page: Page, links: str) -> Json:
    if links == "all":
        return {"links": [[link.text, link.url] for link in page.links]}
    return {"links": {link.text: link.url for link in page.links}} if links and links != "false" else {}


def as_text(data: Json) -> str:
    """The reply of those who do not ask for JSON."""
    dated = f"Published Time: {data['publishedTime']}\n\n" if "publishedTime" in data else ""
    pairs = data.get("links", [])
    lines = [f"- [{text}]({url})" for text, url in (pairs.items() if isinstance(pairs, dict) else pairs)]
    listed = "\n\nLinks/Buttons:\n" + "\n".join(lines) if lines else ""
    return (
        f"Title: {data['title']}\n\nURL Source: {data['url']}\n\n{dated}Markdown Content:\n{data['content']}{listed}\n"
    )


def asked_url(raw_path: bytes, prefix: str, query: bytes) -> str:
    """The URL that stands behind `prefix` in a request's path, its query string with it, as it was sent."""
    url = raw_path.decode("latin-1").removeprefix(prefix)
    if query:
        url = f"{url}?{query.decode('latin-1')}"
    for scheme in ("http", "https"):  # proxies make one slash of two
        if url.startswith(f"{scheme}:/") and not url.startswith(f"{scheme}://"):
            return f"{scheme}://{url.removeprefix(f'{scheme}:/')}"
    return url
