"""A query put into words: every constraint said once, no latent or answer named."""

from collections.abc import Mapping

from redsearcher.core import rng
from redsearcher.records.query import Query
from redsearcher.synthesis.verbalise.chinese import Chinese
from redsearcher.synthesis.verbalise.english import English
from redsearcher.synthesis.verbalise.plan import Planner


def verbalise(query: Query, names: Mapping[str, str], *, lang: str, seed: int) -> str:
    """The question in English (`en`) or Chinese (`zh`); the same seed gives the same words.

    `names` maps the entity ids of the givens to their labels. Raises KeyError for a given without a name, ValueError
    for a constraint no wording is known for.
    """
    if lang == "zh":
        plan = Planner(query, "zh", rng.derive(seed, "plan", "zh")).plan()
        return Chinese(query, names, rng.derive(seed, "words", "zh")).write(plan)
    if lang == "en":
        plan = Planner(query, "en", rng.derive(seed, "plan", "en")).plan()
        return English(query, names, rng.derive(seed, "words", "en")).write(plan)
    raise ValueError(f"no grammar for language {lang!r}; expected en or zh")
