"""Whom a page is about: the name in a title such as "In memory of Ada Kesten" or "Lorn - gazetteer"."""

import re
from functools import lru_cache

from redsearcher.agent.solver.names import bare
from redsearcher.agent.solver.observe import Document
from redsearcher.core.text import is_cjk

_OUTER = re.compile(r"\s+[–—|-]\s+|——|[|｜·]")
_INNER = re.compile(r":\s+|：")
_PARTICLES = "的在是与和及了"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ0-9][\w'’.&-]*"
_LINK_WORD = r"(?:of|de|von|van|der|den|da|di|du|del|la|le|the|and|in|for)"
_SPAN = re.compile(rf"{_CAPITAL}(?:\s+(?:{_LINK_WORD}\s+){{0,2}}{_CAPITAL})*")
_QUOTED = re.compile(r"《([^《》]+)》|“([^“”]+)”|\"([^\"]+)\"")


@lru_cache(maxsize=16384)
def topic(document: Document) -> str:
    """The longest part of the title that the page's text repeats; failing that, its first part."""
    title = bare(document.title)
    text = " ".join(sentence.text for sentence in document.sentences)
    if text.count(title):
        return title
    parts = _parts(title)
    repeated = [part for part in parts if len(part) > 1 and part in text]
    if repeated:
        return max(repeated, key=len)
    return _shared(title, text) if is_cjk(title) else _likely(title)


def _shared(title: str, text: str) -> str:
    """The longest run of characters of a Chinese title that the text writes twice; the title if there is none."""
    runs = (title[i:j] for i in range(len(title)) for j in range(i + 2, len(title) + 1))
    kept = [run for run in runs if run[0] not in _PARTICLES and run[-1] not in _PARTICLES and text.count(run) >= 2]
    return max(kept, key=len, default=title)


def _likely(title: str) -> str:
    """The name in a title whose page says nothing to go by: a capitalised span, or all that stands before a dash."""
    first = _OUTER.split(title)[0].strip() or title
    spans = _spans(first)
    longest = max(spans, key=len, default="")
    plain_words = sum(1 for word in first.split() if word[:1].islower())
    # Many small words: the name is itself a phrase, as titles of papers are.
    return longest if longest and (" " in longest or plain_words < 3) else first


def _parts(title: str) -> list[str]:
    """Quoted parts, pieces between separators, capitalised spans and what is left of them when words go in front."""
    quoted = [next(g for g in match.groups() if g) for match in _QUOTED.finditer(title)]
    outer = [piece.strip() for piece in _OUTER.split(title)]
    inner = [piece.strip() for part in outer for piece in _INNER.split(part)]
    spans = _spans(title)
    tails = [span.split(" ", n)[n] for span in spans for n in range(1, len(span.split(" ")))]
    single = len(spans) < 2 and len(outer) + len(inner) <= 2
    spans = [span for span in spans if " " in span or single]
    return [part for part in dict.fromkeys((*quoted, *outer, *inner, *spans, *tails)) if part]


def _spans(title: str) -> list[str]:
    """Capitalised spans; a single word that merely opens the title counts only if there is no other."""
    found = [match.group() for match in _SPAN.finditer(title)]
    return found[1:] if len(found) > 1 and " " not in found[0] and title.startswith(found[0]) else found
