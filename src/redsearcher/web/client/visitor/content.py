"""Documents of the web as markdown: HTML by its main text, plain text and JSON as they are."""

import codecs
import json
import re
from email.message import Message

from redsearcher.errors import ToolError, boundary
from redsearcher.web.client.shape import PlainPage
from redsearcher.web.client.visitor.fetch import Fetched
from redsearcher.web.extract import markdown_url

HTML = frozenset({"text/html", "application/xhtml+xml"})
LARGE = 300_000
"""Characters of HTML beyond which the main text is not told from the rest: that takes longer than reading all."""
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_.:-]{1,40})", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.{0,2000}?)</title>", re.IGNORECASE | re.DOTALL)
_BRACKETED = re.compile(r"\]\(<([^<>]*)>\)")
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_READ_AS = {"iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
            "gb2312": "gb18030", "gbk": "gb18030"}  # fmt: skip
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"})
"""What Python takes for charsets and no page is in; some take long to read."""


def to_page(document: Fetched) -> PlainPage:
    """The document as a page. Raises ToolError for a kind that is not text, or without any."""
    kind, charset = _kind(document)
    if kind == "application/pdf":
        raise ToolError(f"{document.url} is a PDF, which cannot be read here. Look for the same as a web page.")
    text = decoded(document.body, charset)
    if kind in HTML:
        return _read_html(document.url, text)
    if kind.endswith(("/json", "+json")):
        text = _indented(text)
    elif not (kind.startswith("text/") or kind.endswith(("/xml", "+xml"))):
        raise ToolError(f"{document.url} is no text but {kind[:60]}. Open another page.")
    return PlainPage(title=document.url, url=document.url, content=text)


def decoded(body: bytes, charset: str) -> str:
    """Bytes as text: by their mark, the header, what HTML says of itself, else UTF-8 if they are that, else a guess."""
    for mark, name in _MARKS.items():
        if body.startswith(mark):
            return body.decode(name, "replace")
    named = (charset or (found[1].decode() if (found := _META.search(body[:4096])) else "")).lower()
    try:
        known = codecs.lookup(_READ_AS.get(named, named) or "utf-8").name
        return body.decode("utf-8" if known in _NO_CHARSETS else known)
    except (LookupError, UnicodeDecodeError, ValueError):
        pass
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(body[:100_000]).best()
        return body.decode(best.encoding if best is not None else "cp1252", "replace")


def _kind(document: Fetched) -> tuple[str, str]:
    """Media type and charset; without a header, what the first bytes look like."""
    header = Message()
    header["Content-Type"] = document.kind[:200] or "application/octet-stream"
    kind, charset = header.get_content_type(), header.get_content_charset() or ""
    head = document.body[:512].lstrip().lower()
    if head.startswith(b"%pdf-"):
        return "application/pdf", ""
    if not document.kind:
        kind = "text/html" if head.startswith(b"<") else "application/octet-stream" if b"\0" in head else "text/plain"
    return kind, charset


def _read_html(url: str, html: str) -> PlainPage:
    import trafilatura

    with boundary(f"reading {url}", raises=ToolError):
        found = None
        if len(html) <= LARGE:
            found = trafilatura.extract(
                html, url=url, output_format="markdown", include_links=True, include_tables=True, favor_recall=True
            )
        text = found or trafilatura.html2txt(html)
    if not text or not text.strip():
        raise ToolError(f"{url} has no text. Open another page.")
    title = _TITLE.search(html[:100_000])
    return PlainPage(
        title=" ".join(_unescaped(title[1]).split()) if title else url,
        url=url,
        content=_BRACKETED.sub(lambda link: f"]({markdown_url(link[1])})", text),
    )


def _unescaped(text: str) -> str:
    from html import unescape

    return unescape(text)


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
