"""Vectors of an OpenAI-compatible API: `POST /embeddings`."""

import os
import time
from typing import Any

import httpx
import numpy as np

from redsearcher.errors import ModelError, OutageError
from redsearcher.web.dense.config import DenseConfig
from redsearcher.web.dense.encoder import Vectors, unit

_BATCH = 64
_TRIES, _TIMEOUT_S = 5, 120.0
_TRY_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504})


class Endpoint:
    """A model behind an API, asked for many texts at once and again where that may help."""

    def __init__(self, config: DenseConfig, *, first_wait_s: float = 0.5) -> None:
        self._first_wait_s = first_wait_s
        key = os.environ.get(config.api_key_env)
        self._url, self._model = f"{config.encoder.rstrip('/')}/embeddings", config.model
        self._client = httpx.Client(timeout=_TIMEOUT_S, headers={"Authorization": f"Bearer {key}"} if key else {})

    def encode(self, texts: list[str]) -> Vectors:
        """Vectors of length 1. Raises OutageError where the API is gone, ModelError where it answers something else."""
        parts = [self._ask(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        return unit(np.concatenate(parts)) if parts else np.zeros((0, 0), np.float32)

    def _ask(self, texts: list[str]) -> Vectors:
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        found = self._post(body)
        try:
            rows = sorted(found["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"{self._url} answered something else than embeddings: {str(found)[:200]}") from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise ModelError(f"{self._url} answered {len(rows)} vectors to {len(texts)} texts")
        return vectors

    def _post(self, body: dict[str, Any]) -> Any:
        said = ""
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(self._first_wait_s * 2 ** (attempt - 1))
            try:
                answer = self._client.post(self._url, json=body)
            except httpx.TransportError as error:
                said = f"{type(error).__name__}: {error}"
                continue
            if answer.status_code in _TRY_AGAIN:
                said = f"{answer.status_code}: {answer.text[:200]}"
                continue
            if not answer.is_success:
                raise ModelError(f"{self._url} answered {answer.status_code}: {answer.text[:200]}")
            try:
                return answer.json()
            except ValueError as error:
                raise ModelError(f"{self._url} answered no JSON: {answer.text[:200]!r}") from error
        raise OutageError(f"{self._url} did not answer {_TRIES} times, last {said}; give the same command again later")
