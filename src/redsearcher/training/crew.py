"""Several micro-batches at once on a CPU: one thread each, instead of many threads at every small product.

Threads that share each product wait for one another thousands of times a step; on a machine with other work to do
every wait can cost a time slice. Threads that take whole micro-batches meet once a step, and since gradients are summed
in the order of the micro-batches, the result does not depend on how many threads there are.
"""

import ctypes
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor

T = TypeVar("T")
R = TypeVar("R")


class Gradients(NamedTuple):
    """Loss (a sum, detached) of one micro-batch and the gradient of each parameter."""

    loss: Tensor
    parts: tuple[Tensor, ...]


class Crew:
    """A pool of threads, each of which computes alone. Takes over torch's number of threads while it lives."""

    def __init__(self, n_workers: int) -> None:
        self.n_workers = n_workers
        torch.set_num_threads(1)
        keep_memory()
        self._pool = ThreadPoolExecutor(n_workers, "training", initializer=torch.set_num_threads, initargs=(1,))

    def map(self, work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """Results in the order of the items, which are begun in that order: put the longest first."""
        return self._pool.map(work, items)

    def close(self) -> None:
        """End the threads and give torch its own back."""
        self._pool.shutdown()
        torch.set_num_threads(self.n_workers)


def gradients(loss: Tensor, parameters: Sequence[Tensor]) -> Gradients:
    """The gradient of a loss without touching `.grad`, which the threads would share."""
    parts = torch.autograd.grad(loss, parameters, allow_unused=True)
    filled = tuple(
        torch.zeros_like(whole) if part is None else part for part, whole in zip(parts, parameters, strict=True)
    )
    return Gradients(loss.detach(), filled)


def keep_memory() -> None:
    """Have the C library keep freed blocks instead of giving them back, where it is glibc.

    By default it maps large tensors anew each time, and the kernel zeroes their pages: a fifth of the time of
    training a small model. One arena for all threads, since the others hand out no large blocks.
    """
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt"):
        return
    trim_threshold, top_pad, mmap_max, arena_max = -1, -2, -4, -8
    library.mallopt(arena_max, 1)
    library.mallopt(mmap_max, 0)
    library.mallopt(trim_threshold, 2**31 - 1)
    library.mallopt(top_pad, 64 * 2**20)
