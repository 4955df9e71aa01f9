"""English verb phrases joined, without the words that the second may leave out."""

import re
from collections.abc import Sequence

from redsearcher.agent.solver.parse.agreement import AUXILIARIES
from redsearcher.world.wording import reduced

_SHARED = re.compile(r"the same [\w ]+$")
_NOUN = re.compile(r"(?:is|was|are|were) (?:an?|the) ")


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b, and c`."""
    if len(parts) < 3:
        return " and ".join(parts)
    return f"{', '.join(parts[:-1])}, and {parts[-1]}"


def gapped(parts: Sequence[str]) -> list[str]:
    """The phrases, all after the first less the "is" or "was" that they share: `was born in X`, `educated at Y`."""
    auxiliary = auxiliary_of(parts[0]) if parts else None
    if any(_SHARED.search(part) for part in parts):  # "is a citizen of the same country, and ... as" stays whole
        return list(parts)
    if auxiliary is None or any(auxiliary_of(part) != auxiliary for part in parts):
        return list(parts)
    kinds = {_kind(part) for part in parts}
    if len(kinds) > 1 or kinds == {""}:
        return list(parts)
    return [parts[0], *(part[len(auxiliary) :] for part in parts[1:])]


def shortened(parts: Sequence[str]) -> list[str] | None:
    """The phrases as they follow a noun, without who and was: `born in X`, `educated at Y`. None if they cannot."""
    first, whole = reduced(parts[0]), gapped(parts)
    if first is None or (len(parts) > 1 and whole == list(parts)):
        return None
    return [first, *whole[1:]]


def auxiliary_of(phrase: str) -> str | None:
    """The "is " or "was " a phrase begins with, or None."""
    return next((word for word in AUXILIARIES if phrase.startswith(word)), None)


def _kind(phrase: str) -> str:
    if _NOUN.match(phrase):
        return "noun"
    return "participle" if reduced(phrase.replace("are ", "is ", 1).replace("were ", "was ", 1)) is not None else ""
