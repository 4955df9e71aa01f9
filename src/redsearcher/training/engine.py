"""One step of training on a device: how the model is computed there, and what happens if that cannot be."""

import ctypes
import sys
from collections.abc import Sequence
from typing import NamedTuple

import torch
from transformers import Qwen3ForCausalLM

from redsearcher.errors import ForeignError, InputError, boundary
from redsearcher.training.config import OptimizerConfig
from redsearcher.training.loss import PackedLoss, Way
from redsearcher.training.pack import Batch, Frame, collate
from redsearcher.training.shard import Shard

MIN_DOCUMENT = 128
"""A fixed frame has room for as many bounds as documents of this mean length would need."""


WAYS: dict[str, tuple[Way, ...]] = {
    "cuda": (Way("module", "varlen", compiled=True), Way("module", "varlen"), Way("module", "sdpa")),
    "cpu": (Way("lean"), Way("module", "sdpa")),
}
"""By device, the fastest first; the next one is taken where one does not work."""


class StepResult(NamedTuple):
    """Mean loss over the policy's tokens (nats), that number of tokens, and all tokens read."""

    loss: torch.Tensor
    n_policy_tokens: int
    n_tokens: int


class Engine:
    """A model on a device with its optimizer. `ways` is tried in order at the first step."""

    def __init__(
        self,
        model: Qwen3ForCausalLM,
        config: OptimizerConfig,
        device: str,
        row_tokens: int,
        micro_rows: int,
        ways: Sequence[Way] | None = None,
    ) -> None:
        self.device = pick_device(device)
        torch.nn.Module.to(model, self.device)
        self.model = model
        self.optimizer = _optimizer(model, config)
        self._clip = config.clip
        self._row_tokens, self._micro_rows = row_tokens, micro_rows
        self._ways = list(ways or WAYS[self.device.type])
        self._loss: PackedLoss | None = None
        self.troubles: list[str] = []
        if self.device.type == "cpu":
            keep_memory()

    def step(self, shard: Shard, rows: Sequence[Sequence[int]], lr: float) -> StepResult:
        """One update from some rows. Raises ForeignError if no way of computing works."""
        loss = self._ready(shard, rows)
        batches = self._batches(shard, rows)
        n_policy = sum(len(batch.targets) for batch in batches)
        self.optimizer.zero_grad(set_to_none=True)
        total = torch.zeros((), device=self.device)
        for batch in batches:
            part = loss(batch).total / max(1, n_policy)
            part.backward()  # type: ignore[no-untyped-call]
            total += part.detach()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self._clip)
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        self.optimizer.step()
        n_tokens = sum(int(shard.lengths[number]) for row in rows for number in row)
        return StepResult(total, n_policy, n_tokens)

    @torch.no_grad()
    def evaluate(self, rows: Sequence[tuple[Shard, Sequence[int]]]) -> float:
        """Mean loss (nats per policy token) over some rows."""
        total, n_tokens = torch.zeros((), device=self.device), 0
        for shard, row in rows:
            loss = self._ready(shard, [row])
            for batch in self._batches(shard, [row]):
                part = loss(batch)
                total += part.total
                n_tokens += part.n_tokens
        return float(total) / max(1, n_tokens)

    @property
    def way(self) -> Way:
        """How the model is computed, or will be tried to be."""
        return self._ways[0]

    def _batches(self, shard: Shard, rows: Sequence[Sequence[int]]) -> list[Batch]:
        frame = None
        if self.way.attention == "varlen":
            n_tokens = self._micro_rows * self._row_tokens
            frame = Frame(n_tokens, n_tokens // MIN_DOCUMENT + 2, self._row_tokens)
        starts = range(0, len(rows), self._micro_rows)
        return [collate(shard, rows[n : n + self._micro_rows], frame).to(self.device) for n in starts]

    def _ready(self, shard: Shard, rows: Sequence[Sequence[int]]) -> PackedLoss:
        """The loss in the first way that computes a batch and its gradient."""
        while self._loss is None:
            loss = PackedLoss(self.model, self.way, self._row_tokens)
            try:
                with boundary(f"computing by {self.way}"), torch.enable_grad():
                    loss(self._batches(shard, rows)[0]).total.backward()  # type: ignore[no-untyped-call]
                self._loss = loss
            except ForeignError as error:
                self.troubles.append(str(error))
                self._ways.pop(0)
                if not self._ways:
                    raise
        return self._loss


def pick_device(name: str) -> torch.device:
    """`auto` is CUDA where there is one. Raises InputError for a device that is not there."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name.split(":")[0] not in WAYS:
        raise InputError(f"device {name!r} is unknown; expected auto, cpu or cuda")
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise InputError(f"device {name!r} is not there: torch {torch.__version__} sees no CUDA; use --device cpu")
    return torch.device(name)


def keep_memory() -> None:
    """Have the C library keep freed blocks instead of giving them back, where it is glibc.

    By default it maps large tensors anew each time, and the kernel zeroes their pages: a fifth of the time of
    training a small model.
    """
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt"):
        return
    trim_threshold, top_pad, mmap_max = -1, -2, -4
    library.mallopt(mmap_max, 0)
    library.mallopt(trim_threshold, 2**31 - 1)
    library.mallopt(top_pad, 64 * 2**20)


def _optimizer(model: Qwen3ForCausalLM, config: OptimizerConfig) -> torch.optim.AdamW:
    decayed: list[torch.nn.Parameter] = []
    free: list[torch.nn.Parameter] = []
    for name, parameter in model.named_parameters():
        (decayed if parameter.ndim == 2 and "embed" not in name else free).append(parameter)
    groups = [{"params": decayed, "weight_decay": config.weight_decay}, {"params": free, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.peak_lr, betas=(config.beta1, config.beta2), fused=True)
