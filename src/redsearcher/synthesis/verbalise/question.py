"""A query put into words: every constraint said once, no latent or answer named."""

from collections.abc import Mapping

from redsearcher.core import rng
from redsearcher.records.query import Query
from redsearcher.synthesis.verbalise.chinese import Chinese
from redsearcher.synthesis.verbalise.english import English
from redsearcher.synthesis.verbalise.plan import Planner

ATTEMPTS = 6
"""Plans drawn for a query before it is refused: some speak of a thing before anything brings it in."""


def verbalise(query: Query, names: Mapping[str, str], *, lang: str, seed: int) -> str:
    """The question in English (`en`) or Chinese (`zh`); the same seed gives the same words.

    `names` maps the entity ids of the givens to their labels. Raises KeyError for a given without a name, ValueError
    for a constraint no wording is known for.
    """
    if lang not in ("en", "zh"):
        raise ValueError(f"no grammar for language {lang!r}; expected en or zh")
    for attempt in range(ATTEMPTS):
        part = (lang,) if attempt == 0 else (lang, attempt)
        plan = Planner(query, "zh" if lang == "zh" else "en", rng.derive(seed, "plan", *part)).plan()
        words = rng.derive(seed, "words", *part)
        try:
            return (Chinese if lang == "zh" else English)(query, names, words).write(plan)
        except ValueError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("no attempt was made")
