"""Decode steps recorded once per shape and replayed: on a GPU a small model's step is mostly the launching of it."""

import logging
from collections.abc import Callable

import torch
from torch import Tensor

_log = logging.getLogger(__name__)
_WARM_UPS = 2

Step = Callable[[int, int], Tensor]


class DecodeGraphs:
    """CUDA graphs of a step `(n_rows, length) -> logits` that reads and writes the same tensors each time.

    The logits of a shape are overwritten by the next step. Where recording fails, steps run one call at a time.
    """

    def __init__(self) -> None:
        self._graphs: dict[tuple[int, int], tuple[torch.cuda.CUDAGraph, Tensor]] = {}
        self.usable = True

    def run(self, step: Step, n_rows: int, length: int) -> Tensor:
        """The step's logits, replayed if possible."""
        if not self.usable:
            return step(n_rows, length)
        recorded = self._graphs.get((n_rows, length))
        if recorded is None:
            try:
                recorded = self._graphs[n_rows, length] = self._record(step, n_rows, length)
            except RuntimeError as error:
                _log.warning("CUDA graphs are off, a decode step could not be recorded: %s", error)
                self.usable = False
                return step(n_rows, length)
        graph, logits = recorded
        graph.replay()
        return logits

    def _record(self, step: Step, n_rows: int, length: int) -> tuple[torch.cuda.CUDAGraph, Tensor]:
        # Libraries allocate their workspaces in the first runs, which must not be recorded.
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(_WARM_UPS):
                step(n_rows, length)
        torch.cuda.current_stream().wait_stream(side)
        pool = next(iter(self._graphs.values()))[0].pool() if self._graphs else None
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=pool, capture_error_mode="thread_local"):
            logits = step(n_rows, length)
        return graph, logits
