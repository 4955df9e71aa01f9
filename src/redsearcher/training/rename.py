"""Other names in the same traces: a cipher of letters over the words that belong to a world and not to the language.

A policy that reads the same names again learns them by heart instead of copying them from the page before it. Within
one trace every name is spelled anew, in the same way wherever it stands: questions, thoughts, calls, pages, addresses,
and in what is derived from it ("Velm", "velm-4", "Velmian"). Vowels become vowels and consonants consonants, so that
names stay speakable. Chinese names are left as they are.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from random import Random

from redsearcher.core.rng import derive
from redsearcher.data.cipher import cipher
from redsearcher.data.retelling import retold
from redsearcher.errors import InputError
from redsearcher.records.trajectory import Trajectory

WORDS_FILE = "words.txt"
COMMON_SHARE = 0.25
"""A word belongs to the language if this share of the worlds knows it, and two of them at least."""
_WORD = re.compile(r"[^\W\d_]+")


def common_words(sources: Mapping[str, Iterable[str]]) -> list[str]:
    """Words (lower case, in order) of the language that the texts of several worlds share.

    Raises InputError for a single source: nothing then tells names from words.
    """
    if len(sources) < 2:
        raise InputError("one source of traces tells no names from words; give traces of several worlds")
    n_sources: Counter[str] = Counter()
    for name in sorted(sources):
        n_sources.update({word for text in sources[name] for word in _WORD.findall(text.lower())})
    least = max(2, round(COMMON_SHARE * len(sources)))
    return sorted(word for word, n in n_sources.items() if n >= least)


def save_words(words: Iterable[str], folder: Path) -> None:
    """Write the words one per line."""
    (folder / WORDS_FILE).write_text("".join(f"{word}\n" for word in words), encoding="utf-8")


def load_words(folder: Path) -> frozenset[str]:
    """Read the words. Raises InputError if they are not there."""
    file = folder / WORDS_FILE
    if not file.is_file():
        raise InputError(f"{file} is not there; `redsearcher train tokenizer` writes it from traces of several worlds")
    return frozenset(file.read_text(encoding="utf-8").split())


class Renamer:
    """Spells the names of trajectories anew; `words` are those to leave alone."""

    def __init__(self, words: frozenset[str]) -> None:
        self._words = words

    def renamed(self, trajectory: Trajectory, seed: int, variant: int) -> Trajectory:
        """The trajectory with names of its own for every variant."""
        return retold(trajectory, self._speller(derive(seed, "rename", trajectory.key, variant)))

    def _speller(self, rng: Random) -> Callable[[str], str]:
        table = cipher(rng)
        kept: dict[str, str] = {}

        def spelled(found: re.Match[str]) -> str:
            word = found[0]
            if word not in kept:
                kept[word] = word if word.lower() in self._words else word.translate(table)
            return kept[word]

        return lambda text: _WORD.sub(spelled, text)
