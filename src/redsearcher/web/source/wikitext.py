"""MediaWiki markup as plain text with links."""

import re
from collections.abc import Callable, Iterable, Iterator, Set
from typing import NamedTuple

from mwparserfromhell import parse
from mwparserfromhell.nodes import ExternalLink, Heading, HTMLEntity, Node, Tag, Template, Text, Wikilink

from redsearcher.records.world import Link

Resolve = Callable[[str], str | None]
"""The target of a link as written -> its URL; "" where it leads out of the wiki, None for what is not shown."""
_SILENT = frozenset({"ref", "gallery", "math", "timeline", "score", "style", "script", "references", "imagemap"})
_LINES = frozenset({"br", "hr", "p", "div", "blockquote", "dt", "dd", "li"})
_SHOWN = {
    "lang": slice(1, 2), "transl": slice(1, 2), "nowrap": slice(1), "nobr": slice(1), "small": slice(1),
    "abbr": slice(1), "convert": slice(2), "cvt": slice(2), "formatnum": slice(1), "sortname": slice(2),
}  # fmt: skip
"""Templates that stand within sentences, and which of their arguments a reader sees; others are left out."""
_OPEN, _ANCHOR, _CLOSE, _HEAD, _LINE = "\x02", "\x03", "\x04", "\x05", "\x06"
_MARKS = re.compile(f"[{_OPEN}{_ANCHOR}{_CLOSE}{_HEAD}{_LINE}]")
_LINK = re.compile(f"{_OPEN}(\\d+){_ANCHOR}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
_SWITCH = re.compile(r"__[A-Z]+__")
_EMPTY_BRACKETS = re.compile(r" ?\([\s,;:]*\)")
_BLANKS = re.compile(r"[^\S\n]+")
_GAPS = re.compile(r"\n{3,}")


class Plain(NamedTuple):
    """What a reader sees; the links lie in the text."""

    text: str
    links: tuple[Link, ...]


def to_plain(markup: str, resolve: Resolve) -> Plain:
    """The text without templates, footnotes, pictures and comments; a row of a table is a line, `cell | cell`."""
    urls: list[str] = []
    marked = "".join(_marked(parse(_MARKS.sub("", markup)).nodes, resolve, urls))
    marked = _EMPTY_BRACKETS.sub("", _SWITCH.sub("", marked)).replace("\n" + _LINE, "\n").replace(_LINE, "\n")
    lines = (_BLANKS.sub(" ", line).strip() for line in marked.split("\n"))
    return _unmarked(_GAPS.sub("\n\n", "\n".join(_headed(lines))).strip() + "\n", urls)


def _marked(nodes: Iterable[Node], resolve: Resolve, urls: list[str]) -> Iterator[str]:
    """Pieces of text in which links and headings are marked; a link is marked by the number of its URL."""
    for node in nodes:
        if isinstance(node, Text):
            yield str(node.value)
        elif isinstance(node, HTMLEntity):
            yield node.normalize()
        elif isinstance(node, Wikilink):
            yield from _link(node, resolve, urls)
        elif isinstance(node, ExternalLink):
            yield from _marked(node.title.nodes if node.title else (), resolve, urls)
        elif isinstance(node, Heading):
            yield f"\n\n{_HEAD}{node.level}{_bare(node.title.nodes)}\n"
        elif isinstance(node, Template):
            yield from _template(node, resolve, urls)
        elif isinstance(node, Tag):
            yield from _tag(node, resolve, urls)


def _link(node: Wikilink, resolve: Resolve, urls: list[str]) -> Iterator[str]:
    target = str(node.title).strip()
    url = resolve(target)
    if url is None:
        return
    anchor = _bare(node.text.nodes) if node.text is not None else target.removeprefix(":")
    if not url or not anchor:
        yield anchor
        return
    yield f"{_OPEN}{len(urls)}{_ANCHOR}{anchor}{_CLOSE}"
    urls.append(url)


def _template(node: Template, resolve: Resolve, urls: list[str]) -> Iterator[str]:
    shown = _SHOWN.get(str(node.name).strip().lower())
    if shown is None:
        return
    for number, argument in enumerate([each.value for each in node.params if not each.showkey][shown]):
        yield " " if number else ""
        yield from _marked(argument.nodes, resolve, urls)


def _tag(node: Tag, resolve: Resolve, urls: list[str]) -> Iterator[str]:
    name = str(node.tag).strip().lower()
    if name in _SILENT:
        return
    inside = node.contents.nodes if node.contents is not None else ()
    if name == "table":
        yield "\n\n"
        inside = list(inside)
        for row in [inside, *(row.contents.nodes for row in _tags(inside, {"tr"}))]:  # the first may have no mark
            cells = ["".join(_marked(cell.contents.nodes, resolve, urls)) for cell in _tags(row, {"td", "th"})]
            yield " | ".join(" ".join(cell.split()) for cell in cells) + "\n"
        yield "\n"
        return
    if name in _LINES:
        yield _LINE
    yield from _marked(inside, resolve, urls)


def _tags(nodes: Iterable[Node], names: Set[str]) -> Iterator[Tag]:
    return (each for each in nodes if isinstance(each, Tag) and str(each.tag).strip().lower() in names)


def _bare(nodes: Iterable[Node]) -> str:
    """The same on one line, without links within."""
    return " ".join("".join(_marked(nodes, lambda _: "", [])).split())


def _headed(lines: Iterable[str]) -> Iterator[str]:
    """Without headings over nothing."""
    waiting: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith(_HEAD):
            level = line[1]
            waiting = [head for head in waiting if head[0] < level]
            waiting.append((level, line[2:].strip()))
            continue
        if line:
            for _, title in waiting:
                yield from ("", title)
            waiting = []
        yield line


def _unmarked(text: str, urls: list[str]) -> Plain:
    parts: list[str] = []
    links: list[Link] = []
    length, at = 0, 0
    for found in _LINK.finditer(text):
        before, anchor = _MARKS.sub("", text[at : found.start()]), found[2]
        start = length + len(before)
        links.append(Link(start=start, end=start + len(anchor), url=urls[int(found[1])]))
        parts += [before, anchor]
        length, at = start + len(anchor), found.end()
    return Plain("".join([*parts, _MARKS.sub("", text[at:])]), tuple(links))
