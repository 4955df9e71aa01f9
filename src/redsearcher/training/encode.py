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
from redsearcher.training.rename import Renamer
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


def encode_new(
    encoder: Encoder, traces: Iterable[Path], folder: Path, renamer: Renamer | None = None, n_renamed: int = 0
) -> Iterator[tuple[str, Shard]]:
    """Write the shards that are missing of every file of traces; yields name and shard.

    A file has one shard as it is and `n_renamed` more, each with other names in every trace.
    """
    for source in find_sources(traces):
        for variant in range(n_renamed + 1 if renamer else 1):
            name = f"{source.name}-renamed-{variant}" if variant else source.name
            if (folder / name / FACTS).is_file():
                continue
            found = source.trajectories()
            if renamer and variant:
                found = (renamer.renamed(trajectory, 0, variant) for trajectory in found)
            yield name, write_shard(folder / name, documents(encoder, found), encoder.tokenizer)
