"""The expert's own words, which are those of every world."""

import re

from redsearcher.data.expert.words import vocabulary
from redsearcher.data.stream import Attempt
from redsearcher.training.rename import Renamer


def test_the_vocabulary_has_patterns_and_relations() -> None:
    assert {"result", "page", "before", "yes", "holds", "mater", "birthplace"} <= vocabulary()
    assert not {"n", "letter", "names"} & (vocabulary() - {"named"})


def test_renaming_leaves_them_alone(tried: list[Attempt]) -> None:
    renamer = Renamer(vocabulary())
    places = re.compile(r"(?m)^(Result \d|Page|Before), | (?:[a-z ]+) = (yes|no)\b")
    n_places = 0
    for attempt in tried:
        if attempt.trace is not None:
            before, after = attempt.trace.trajectory, renamer.renamed(attempt.trace.trajectory, 0, 1)
            assert after.question != before.question
            for old, new in zip(before.steps, after.steps, strict=True):
                assert places.findall(new.thought) == places.findall(old.thought)
                n_places += len(places.findall(old.thought))
    assert n_places > 100
