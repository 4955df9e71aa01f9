"""Trajectories to documents: the ids a policy would read and write, with a mask on what it would write."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from redsearcher.agent.episode import FORCE, SYSTEM
from redsearcher.core.hashing import file_hash
from redsearcher.llm.encode import encode_trajectory
from redsearcher.llm.render import Renderer, nano_renderer
from redsearcher.llm.tokenizer import load_tokenizer
from redsearcher.records.trajectory import Trajectory
from redsearcher.training.shard import FACTS, Document, Shard, write_shard
from redsearcher.training.source import find_sources


class Encoder(NamedTuple):
    """A renderer and the hash of the tokenizer it uses."""

    renderer: Renderer
    tokenizer: str


def load_encoder(folder: Path) -> Encoder:
    """The encoder of a tokenizer folder."""
    loaded = load_tokenizer(folder)
    return Encoder(nano_renderer(loaded.tokenizer), file_hash(folder / "tokenizer.json"))


def documents(encoder: Encoder, trajectories: Iterable[Trajectory]) -> Iterator[Document]:
    """One document per segment: a context reset begins a new one. Segments without a policy token are left out."""
    for trajectory in trajectories:
        for segment in encode_trajectory(encoder.renderer, trajectory, SYSTEM, force=FORCE):
            mask = np.array(segment.mask, dtype=np.bool_)
            if mask.any():
                yield Document(np.array(segment.token_ids, dtype=np.uint16), mask)


def encode_new(encoder: Encoder, traces: Iterable[Path], folder: Path) -> Iterator[tuple[str, Shard]]:
    """Write a shard for every file of traces that has none yet; yields name and shard."""
    for source in find_sources(traces):
        path = folder / source.name
        if not (path / FACTS).is_file():
            yield source.name, write_shard(path, documents(encoder, source.trajectories()), encoder.tokenizer)
