"""What turns texts into vectors: the seam, and the choice of one by what it is called."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from redsearcher.errors import InputError, boundary
from redsearcher.web.dense.config import DenseConfig

Vectors = NDArray[np.float32]
LSA = "lsa"


class Encoder(Protocol):
    """Texts to vectors whose cosine says how alike they are."""

    def encode(self, texts: list[str]) -> Vectors:
        """float32 [texts, dimensions]; the same text always gives the same vector."""
        ...


def open_encoder(config: DenseConfig, folder: Path) -> Encoder:
    """The encoder a config names; `folder` holds what one fitted on the pages has learned. Raises InputError where a
    package or model is missing."""
    if config.encoder == LSA:
        from redsearcher.web.dense.lsa import Lsa

        return Lsa.load(folder)
    if config.encoder.startswith(("http://", "https://")):
        from redsearcher.web.dense.endpoint import Endpoint

        return Endpoint(config)
    return _Sentences(config.encoder)


class _Sentences:
    """A model that sentence-transformers loads; nothing is fetched that is not on this machine."""

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise InputError(
                f"the encoder {model!r} needs sentence-transformers: pip install sentence-transformers, or name `lsa` "
                "or the URL of an API"
            ) from error
        with boundary(f"loading the encoder {model!r}", raises=InputError):
            self._model: Any = SentenceTransformer(model, local_files_only=True)

    def encode(self, texts: list[str]) -> Vectors:
        """Vectors of length 1."""
        with boundary("encoding"):
            found = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, dtype=np.float32)


def unit(vectors: Vectors) -> Vectors:
    """Each scaled to length 1; those of length 0, which are like nothing, stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)
