"""One step of training on a device: how the model is computed there, and what happens if that cannot be."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from transformers import Qwen3ForCausalLM

from redsearcher.errors import ForeignError, InputError, boundary
from redsearcher.training.config import OptimizerConfig
from redsearcher.training.crew import Crew, Gradients, gradients
from redsearcher.training.loss import LossSum, PackedLoss, Way
from redsearcher.training.optimizer import make_optimizer
from redsearcher.training.pack import Batch, Frame, collate, units
from redsearcher.training.shard import Shard

UNIT_TOKENS = 4096
"""What one thread of a CPU computes at a time: enough for large products, little enough to share out evenly."""
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
        self.optimizer = make_optimizer(model, config)
        self._clip = config.clip
        self._row_tokens, self._micro_rows = row_tokens, micro_rows
        self._ways = list(ways or WAYS[self.device.type])
        self._loss: PackedLoss | None = None
        self.troubles: list[str] = []
        self._crew = Crew(torch.get_num_threads()) if self.device.type == "cpu" else None

    def step(self, shard: Shard, rows: Sequence[Sequence[int]], lr: float) -> StepResult:
        """One update from some rows. Raises ForeignError if no way of computing works."""
        loss = self._ready(shard, rows)
        batches = self._batches(shard, rows)
        n_policy = sum(len(batch.targets) for batch in batches)
        self.optimizer.zero_grad(set_to_none=True)
        total = torch.zeros((), device=self.device)
        for part in self._backward(loss, batches, max(1, n_policy)):
            total += part
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self._clip)
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        self.optimizer.step()
        n_tokens = sum(int(shard.lengths[number]) for row in rows for number in row)
        return StepResult(total, n_policy, n_tokens)

    def evaluate(self, rows: Sequence[tuple[Shard, Sequence[int]]]) -> float:
        """Mean loss (nats per policy token) over some rows."""
        total, n_tokens = torch.zeros((), device=self.device), 0
        for shard, row in rows:
            loss = self._ready(shard, [row])

            def measure(batch: Batch, loss: PackedLoss = loss) -> LossSum:
                with torch.no_grad():
                    return loss(batch)

            batches = self._batches(shard, [row])
            for part in self._crew.map(measure, batches) if self._crew else map(measure, batches):
                total += part.total
                n_tokens += part.n_tokens
        return float(total) / max(1, n_tokens)

    def close(self) -> None:
        """End the threads of a CPU engine."""
        if self._crew is not None:
            self._crew.close()

    def _backward(self, loss: PackedLoss, batches: Sequence[Batch], n_policy: int) -> Iterator[torch.Tensor]:
        """Add up the gradients of the batches; yields each one's share of the mean loss."""
        if self._crew is None:
            for batch in batches:
                part = loss(batch).total / n_policy
                part.backward()  # type: ignore[no-untyped-call]
                yield part.detach()
            return
        parameters = list(self.model.parameters())

        def work(batch: Batch) -> Gradients:
            return gradients(loss(batch).total / n_policy, parameters)

        for found in self._crew.map(work, batches):
            for parameter, part in zip(parameters, found.parts, strict=True):
                parameter.grad = part if parameter.grad is None else parameter.grad.add_(part)
            yield found.loss

    @property
    def way(self) -> Way:
        """How the model is computed, or will be tried to be."""
        return self._ways[0]

    def _batches(self, shard: Shard, rows: Sequence[Sequence[int]]) -> list[Batch]:
        if self._crew is not None:
            return [collate(shard, [portion]) for portion in units(shard, rows, UNIT_TOKENS)]
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
