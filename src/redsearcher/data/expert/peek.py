"""Proof that a trace never peeks: every name and address it uses was shown to it before."""

import re
from collections.abc import Iterable

from redsearcher.core.text import fold
from redsearcher.records.trajectory import Trajectory
from redsearcher.web.extract import markdown_url
from redsearcher.world.mention import MentionIndex

_URL = re.compile(r"https?://[^\s\"”<>\])}]+")
_LINK = re.compile(r"\[([^\[\]]+)\]\((?:[^()\s]|\([^()\s]*\))+\)")


class PeekChecker:
    """Looks for the names of a world's entities in what a policy said. Made once per world."""

    def __init__(self, labels: Iterable[str]) -> None:
        self._labels = sorted(set(labels))
        self._index = MentionIndex((str(n), [label]) for n, label in enumerate(self._labels))

    def violations(self, trajectory: Trajectory) -> list[str]:
        """One line per name or address that a thought, call or answer used before anything had shown it."""
        shown = [fold(trajectory.question)]
        addresses = trajectory.question
        found: list[str] = []
        for number, step in enumerate(trajectory.steps, 1):
            said = "\n".join([step.thought, *(call.signature for call in step.calls)])
            known = "\n".join(shown)
            names = {mention.entities[0] for mention in self._index.find(said)}
            for name in sorted(self._labels[int(entity)] for entity in names):
                if fold(name) not in known:
                    found.append(f"step {number}: {name!r} was not shown before")
            for url in sorted(set(_URL.findall(said))):
                if url not in addresses and markdown_url(url) not in addresses:
                    found.append(f"step {number}: {url} was not shown before")
            for observation in step.observations:
                addresses += f"\n{observation.content}"
                shown.append(fold(_LINK.sub(r"\1", observation.content)))
        return found


def check_no_peek(trajectory: Trajectory, labels: Iterable[str]) -> list[str]:
    """Violations of one trace, given the names of all entities of its world (labels and aliases)."""
    return PeekChecker(labels).violations(trajectory)
