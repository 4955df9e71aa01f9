"""Several titles for one article: explicit redirects, and pages that open with the same words."""

import re

OPENING = 80
"""Letters and digits by which two pages are taken for one article under two titles."""
_REDIRECT = re.compile(r"\s*#(?:REDIRECT|重定向)\s*:?\s*\[\[([^\]|#]+)", re.IGNORECASE)


def redirect_target(text: str) -> str | None:
    """The title that a redirect page leads to."""
    match = _REDIRECT.match(text)
    return match[1].strip() if match else None


def opening(text: str) -> str | None:
    """The first letters and digits of a text, or None where they are too few to tell articles apart."""
    found = "".join(char for char in text[: 3 * OPENING].casefold() if char.isalnum())[:OPENING]
    return found if len(found) == OPENING else None


class Merger:
    """Finds the page that a page repeats or leads to. Pages come one by one; the first of
    an article is kept."""

    def __init__(self) -> None:
        self._openings: dict[str, str] = {}

    def same(self, url: str, text: str) -> str | None:
        """The URL of an earlier page that opens with the same words; else None, and this page is noted."""
        begins = opening(text)
        if begins is None:
            return None
        first = self._openings.setdefault(begins, url)
        return None if first == url else first
