"""Tokenised documents on disk: memory-mapped shards that appear whole, also while a training reads the folder."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from redsearcher.core.folder import swap_in
from redsearcher.errors import DataError, InputError

Ids = NDArray[np.uint16]
Mask = NDArray[np.bool_]
FACTS, IDS, MASK, LENGTHS = "shard.json", "ids.u16", "mask.bits", "lengths.u32"


class Document(NamedTuple):
    """One sequence: token ids and a mask that is true on what the policy is to say, both of length T."""

    ids: Ids
    mask: Mask


class Shard:
    """Documents of one folder; ids and mask bits are mapped, not read."""

    def __init__(self, path: Path) -> None:
        """Raises DataError if a file is missing or the sizes do not agree."""
        self.name = path.name
        try:
            facts = json.loads((path / FACTS).read_text(encoding="utf-8"))
            self.lengths = np.fromfile(path / LENGTHS, dtype="<u4").astype(np.int64)
            self._ids = np.memmap(path / IDS, dtype="<u2", mode="r")
            self._bits = np.memmap(path / MASK, dtype=np.uint8, mode="r")
        except (OSError, ValueError) as error:
            raise DataError(f"{path} is no whole shard: {error}; write it again") from error
        self.tokenizer = str(facts["tokenizer"])
        self.n_masked = int(facts["n_masked"])
        self._starts = np.concatenate([[0], np.cumsum(self.lengths)])
        if self._starts[-1] != len(self._ids) or len(self._bits) != -(-len(self._ids) // 8):
            raise DataError(f"{path} is no whole shard: lengths, ids and mask disagree; write it again")

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def n_tokens(self) -> int:
        """Tokens of all documents."""
        return int(self._starts[-1])

    def document(self, number: int) -> Document:
        """One document, copied out."""
        start, end = int(self._starts[number]), int(self._starts[number + 1])
        bits = np.unpackbits(self._bits[start // 8 : -(-end // 8)])[start % 8 :][: end - start]
        return Document(np.array(self._ids[start:end]), bits.astype(np.bool_))


def write_shard(path: Path, documents: Iterable[Document], tokenizer: str) -> Shard:
    """Write a shard under a temporary name and rename it. `tokenizer` is the hash of what made the ids.

    Raises InputError if there is no document with a masked token.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    kept = [document for document in documents if len(document.ids)]
    if not any(document.mask.any() for document in kept):
        shutil.rmtree(temporary)
        raise InputError(f"nothing to learn for {path}: no document has a token of the policy")
    mask = np.concatenate([document.mask for document in kept])
    np.concatenate([document.ids for document in kept]).astype("<u2").tofile(temporary / IDS)
    np.packbits(mask).tofile(temporary / MASK)
    np.array([len(document.ids) for document in kept], dtype="<u4").tofile(temporary / LENGTHS)
    facts = {
        "documents": len(kept), "n_tokens": len(mask), "n_masked": int(mask.sum()), "tokenizer": tokenizer
    }  # fmt: skip
    (temporary / FACTS).write_text(json.dumps(facts) + "\n", encoding="utf-8")
    swap_in(temporary, path)
    return Shard(path)


def shard_names(folder: Path) -> list[str]:
    """Names of the whole shards of a folder, in order."""
    if not folder.is_dir():
        return []
    return sorted(path.parent.name for path in folder.glob(f"[!.]*/{FACTS}"))
