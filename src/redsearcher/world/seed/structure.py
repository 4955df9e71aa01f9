"""Pages that only point to others: lists, indexes, glossaries, disambiguation."""

import re

from redsearcher.world.seed.config import SeedConfig

_TITLE = re.compile(
    r"^(?:Lists? of|Index of|Glossary of|Outline of|Timeline of|Comparison of|Bibliography of|Table of)\b"
    r"|\((?:disambiguation|list)\)$|(?:列表|一覽|一览|索引|术语表|年表)$|[（(]消歧[义義][)）]$",
    re.IGNORECASE,
)
_REFERS = re.compile(r"\b(?:may|can) (?:also )?refer to\b[^.\n]{0,60}:|可以指：?|可能[指是]：")
_OPENING = 300
_ITEM = re.compile(r"\s*(?:[-*•·]|\d+[.)])\s|[^|\n]{1,80}: [^|\n]+ \| |\s*\|")
_LEAST_LINES = 8


def is_list(title: str, text: str, config: SeedConfig) -> bool:
    """Whether the title, the opening or the lines show a page that lists things."""
    if _TITLE.search(title.strip()) or _REFERS.search(text[:_OPENING]):
        return True
    lines = [line for line in text.splitlines() if line.strip()]
    n_items = sum(_ITEM.match(line) is not None for line in lines)
    return len(lines) >= _LEAST_LINES and n_items > config.max_line_share * len(lines)
