"""Content hashes: ids and keys of every record."""

import hashlib
import json
from pathlib import Path

ID_BYTES = 10


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no blanks: the same value gives the same text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def content_hash(*parts: object) -> str:
    """Hex id (20 characters) of the meaning of `parts`, which must be JSON values."""
    return hashlib.blake2b(canonical_json(parts).encode(), digest_size=ID_BYTES).hexdigest()


def file_hash(path: Path) -> str:
    """Hex id (20 characters) of a file's bytes, read in blocks."""
    digest = hashlib.blake2b(digest_size=ID_BYTES)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
