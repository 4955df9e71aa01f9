"""What is left of a page that breaks off or wants to be paid for."""

import re
from collections.abc import Callable

from redsearcher.records.tool import Page, PageLink
from redsearcher.web.analysis import is_han
from redsearcher.web.client.reading import parsed
from redsearcher.web.client.shape import PlainPage

PREVIEW_CHARS = 280
"""Characters before the notice of a paywall."""
NOTICES = {
    "en": (
        "Subscribe to continue reading. This article is for subscribers only. Already a subscriber? Log in.",
        "You have reached your limit of free articles. Start your subscription to keep reading.",
        "To read the full story, sign in or become a member.",
    ),
    "zh": ("本文为付费内容，订阅后可阅读全文。已订阅？请登录。", "登录或开通会员，继续阅读全文。"),
}
_LINK = re.compile(r"(?<!!)\[[^\[\]]+\]\((?:[^()\s]|\([^()\s]*\))+\)")
Amount = Callable[[str, str, float, float], float]
"""As `Draw.amount`: what, of which page, least, most."""


def broken_off(text: str, url: str, amount: Amount) -> str:
    """The text up to somewhere between an eighth and two thirds of it, mid-word if need be, links whole."""
    return _upto(text, int(len(text) * amount("truncated", url, 0.125, 0.67)))


def paywalled(text: str, url: str, amount: Amount) -> str:
    """The first lines up to the end of a word, then a notice in the page's script."""
    chinese = sum(map(is_han, text[:400])) > 40
    notices = NOTICES["zh" if chinese else "en"]
    head = _upto(text, PREVIEW_CHARS // 2 if chinese else PREVIEW_CHARS)
    if len(head) < len(text) and not chinese and " " in head:
        head = head[: head.rindex(" ")]
    return f"{head.rstrip()}\n\n{notices[int(amount('notice', url, 0, len(notices)))]}"


SHORT: dict[str, Callable[[str, str, Amount], str]] = {"truncated": broken_off, "paywall": paywalled}


def shortened(page: Page, kind: str, amount: Amount) -> Page:
    """The page as its site gives it now: nothing tells that there was more."""
    text = SHORT[kind](page.text, page.url, amount)
    read = parsed(PlainPage(title=page.title, url=page.url, content=text))
    links = tuple(link for link in page.links if link.text in text)
    known = [PageLink(text=read.text[li.start : li.end], url=li.url) for li in read.links]
    links = tuple(link for link in links if any(link.text == other.text for other in known))
    n_chars = len(read.text)
    return page.model_copy(
        update={"text": text, "links": links, "n_chars": n_chars, "n_shown": n_chars, "truncated": False}
    )


def _upto(text: str, end: int) -> str:
    """The text before `end`, or before the link that lies across it."""
    for link in _LINK.finditer(text):
        if link.start() < end < link.end():
            end = link.start()
    return text[:end]
