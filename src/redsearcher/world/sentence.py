"""Where sentences begin and end."""

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s)|(?<=[a-z][\"”)\]])\.(?=[A-Z][a-z])|[。！？][”’」]?|\n+")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|[A-Z]\.[A-Z]|Mr|Mrs|Ms|Dr|St|Jr|Sr|Prof|Rev|Gen|Col|Capt|Lt|Sgt|Gov|Sen|Rep|Hon|No|vs|"
    r"v|c|ca|cf|approx|e\.g|i\.e|Mt|Ft|Bros|Fr|Vol|pp|ed|eds|op|Op|born|b|d|r|lit|Sir|Messrs|Ste|tr)\.$"
)
_OPENING = re.compile(r"\s+[\"'“‘(\[]?[A-Z0-9\u00c0-\u00de\u0400-\u042f\u3400-\u9fff]")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of sentences in order, blanks at either end cut off; abbreviations and initials do not end one."""
    start = 0
    for match in _END.finditer(text):
        end = match.end()
        if text[match.start()] == "\n":
            end = match.start()
        elif text[match.start()] in ".!?":
            before = text[max(start, match.start() - 12) : match.start() + 1]
            if _ABBREVIATION.search(before) or not (
                end == len(text) or text[end].isupper() or _OPENING.match(text, end)
            ):
                continue
        if span := _trimmed(text, start, end):
            yield span
        start = match.end()
    if span := _trimmed(text, start, len(text)):
        yield span


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if end > start else None
