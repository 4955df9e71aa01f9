"""A cover instance as a file: which documents state each fact."""

import json
from pathlib import Path
from typing import Any

from redsearcher.errors import InputError


def read_cover_instance(path: Path) -> dict[str, frozenset[str]]:
    """Documents by fact, from a JSON object of lists of texts. Raises InputError naming the first fault."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not text: byte {error.start} is no UTF-8") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: not JSON: {error.msg}") from error
    except _TwiceError as error:
        raise InputError(f"{path}: fact {error} stands there twice") from error
    if not isinstance(found, dict):
        raise InputError(f"{path}: expected an object of fact to list of documents, got {type(found).__name__}")
    for fact, documents in found.items():
        if not isinstance(documents, list) or not all(isinstance(document, str) for document in documents):
            raise InputError(f"{path}: fact {fact!r} needs a list of document names, got {json.dumps(documents)[:60]}")
        if not documents:
            raise InputError(f"{path}: fact {fact!r} has no document, so nothing covers it")
    return {fact: frozenset(documents) for fact, documents in found.items()}


class _TwiceError(Exception):
    """A key came again; JSON would keep the last one silently."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(repr(next(key for key in keys if keys.count(key) > 1)))
    return found
