"""Real noise around real pages: OTT-QA's passages beside CoDEx's extracts."""

import os
from pathlib import Path

import pytest

from redsearcher.records.world import Document, Entity
from redsearcher.web.noise.config import NoiseConfig
from redsearcher.web.noise.mix import CLASH, COPY, noisy
from redsearcher.web.source.base import Tally
from redsearcher.world.importers import codex, codex_entity, ottqa
from tests.web.noise.test_mix import Listed

REAL = Path(os.environ["REDSEARCHER_DATA"]) if "REDSEARCHER_DATA" in os.environ else None
pytestmark = pytest.mark.skipif(
    REAL is None or not (REAL / "ottqa-web").is_dir() or not (REAL / "codex-s-text").is_dir(),
    reason="REDSEARCHER_DATA names no folder with ottqa-web and codex-s-text",
)
N_PAGES, N_OTHERS = 1_200, 6_000


def test_the_same_articles_are_no_noise() -> None:
    """Half of CoDEx's things have a passage: at their page's URL it is no noise, elsewhere it repeats the page."""
    assert REAL is not None
    extracts = codex_entity.read_extracts(REAL)
    entities = codex_entity.read_entities(REAL, codex.read_facts(REAL))[:N_PAGES]
    labels = {entity.label for entity in entities}
    rows = enumerate(ottqa.passages(REAL))
    passages = [row for number, row in rows if number < N_OTHERS or row.title in labels]
    urls = {passage.title: passage.url for passage in passages}
    own = []
    for number, entity in enumerate(entities):
        shared = urls.get(entity.label) if number % 2 else None
        own.append(_page(shared or f"https://codex.example/{entity.id}", entity, extracts[entity.id]))
    n_clashes = sum(document.url in urls.values() for document in own)
    n_moved = sum(entity.label in urls for entity in entities) - n_clashes
    noise = Listed([passage.document() for passage in passages], "passages")
    tally, n_wanted = Tally(), len(passages) - n_clashes
    config = NoiseConfig(source="passages", ratio=n_wanted / len(own))
    shown = [placed.document for placed in noisy(Listed(own, "codex"), noise, config, tally).read()]
    assert n_clashes > 100 and n_moved > 100
    assert tally.dropped[CLASH] == n_clashes
    assert 0.6 * n_moved < tally.dropped[COPY] < 1.2 * n_moved
    assert len(shown) == len(own) + n_wanted - tally.dropped[COPY]
    assert len({document.url for document in shown}) == len(shown)


def _page(url: str, entity: Entity, extract: str) -> Document:
    text, site = codex.extract_text(extract), url.split("/")[2]
    return Document(url=url, site=site, kind="encyclopedia", title=entity.label, text=text, about=(entity.id,))
