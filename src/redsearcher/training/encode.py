"""Trajectories to documents: the ids a policy would read and write, with a mask on what it would write."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from redsearcher.agent.episode import FORCE, SYSTEM
from redsearcher.core.hashing import file_hash
from redsearcher.core.rng import derive
from redsearcher.llm.encode import encode_trajectory
from redsearcher.llm.render import Renderer, nano_renderer
from redsearcher.llm.tokenizer import load_tokenizer
from redsearcher.records.trajectory import Trajectory
from redsearcher.training.readdress import Readdresser
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


class Variants(NamedTuple):
    """Shards to write of a file beside its own: `n` more, each with other names in every trace.

    With a readdresser, half of their traces stand under invented addresses.
    """

    n: int
    renamer: Renamer
    readdresser: Readdresser | None = None

    def told(self, trajectories: Iterable[Trajectory], variant: int) -> Iterator[Trajectory]:
        """The traces as that variant has them."""
        for trajectory in trajectories:
            renamed = self.renamer.renamed(trajectory, 0, variant)
            is_moved = self.readdresser and derive(0, "moved", trajectory.key, variant).random() < 0.5
            yield self.readdresser.moved(renamed, variant) if self.readdresser and is_moved else renamed


class Cut(NamedTuple):
    """Which part of the documents to learn from.

    `longest` leaves out those of more tokens; `first_turn` keeps the question and the policy's first turn alone,
    without the system prompt: short, and all about taking names over.
    """

    longest: int | None = None
    first_turn: bool = False


WHOLE = Cut()


def documents(encoder: Encoder, trajectories: Iterable[Trajectory], cut: Cut = WHOLE) -> Iterator[Document]:
    """One document per segment: a context reset begins a new one. Segments without a policy token are left out."""
    for trajectory in trajectories:
        told = trajectory.model_copy(update={"steps": trajectory.steps[:1]}) if cut.first_turn else trajectory
        system = "" if cut.first_turn else SYSTEM
        for segment in encode_trajectory(encoder.renderer, told, system, force=FORCE, unreadable=False):
            mask = np.array(segment.mask, dtype=np.bool_)
            if mask.any() and (cut.longest is None or mask.size <= cut.longest):
                yield Document(np.array(segment.token_ids, dtype=np.uint16), mask)


def encode_new(
    encoder: Encoder, traces: Iterable[Path], folder: Path, variants: Variants | None = None, cut: Cut = WHOLE
) -> Iterator[tuple[str, Shard]]:
    """Write the shards that are missing of every file of traces; yields name and shard."""
    for source in find_sources(traces):
        for number in range(1 + (variants.n if variants else 0)):
            name = f"{source.name}-variant-{number}" if number else source.name
            if (folder / name / FACTS).is_file():
                continue
            found: Iterable[Trajectory] = source.trajectories()
            if variants and number:
                found = variants.told(found, number)
            yield name, write_shard(folder / name, documents(encoder, found, cut), encoder.tokenizer)
