"""What turns gradients into updates: AdamW, or Muon for the matrices with AdamW for all else."""

from typing import Any

import torch

from redsearcher.training.config import OptimizerConfig


class MuonWithAdamW:
    """torch's Muon (Jordan et al. 2024) for the matrices, its updates scaled to the size of AdamW's (Liu et al. 2025),
    so that one learning rate serves both. Looks like one optimizer to those who step and save it."""

    def __init__(self, muon: torch.optim.Muon, adamw: torch.optim.AdamW) -> None:
        self._parts = (muon, adamw)

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        return [group for part in self._parts for group in part.param_groups]

    def zero_grad(self, set_to_none: bool = True) -> None:
        for part in self._parts:
            part.zero_grad(set_to_none=set_to_none)

    def step(self) -> None:
        for part in self._parts:
            part.step()  # type: ignore[no-untyped-call]

    def state_dict(self) -> dict[str, Any]:
        return {"parts": [part.state_dict() for part in self._parts]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Raises KeyError or ValueError for the state of another kind of optimizer."""
        for part, kept in zip(self._parts, state["parts"], strict=True):
            part.load_state_dict(kept)


Optimizer = torch.optim.Optimizer | MuonWithAdamW


def make_optimizer(model: torch.nn.Module, config: OptimizerConfig) -> Optimizer:
    """For all parameters of a model; matrices decay, norms and embeddings do not."""
    matrices: list[torch.nn.Parameter] = []
    others: list[torch.nn.Parameter] = []
    for name, parameter in model.named_parameters():
        (matrices if parameter.ndim == 2 and "embed" not in name else others).append(parameter)
    betas = (config.beta1, config.beta2)
    free = {"params": others, "weight_decay": 0.0}
    if config.kind == "muon":
        muon = torch.optim.Muon(
            matrices, config.peak_lr, config.weight_decay, config.momentum, adjust_lr_fn="match_rms_adamw"
        )
        return MuonWithAdamW(muon, torch.optim.AdamW([free], lr=config.peak_lr, betas=betas, fused=True))
    decayed = {"params": matrices, "weight_decay": config.weight_decay}
    return torch.optim.AdamW([decayed, free], lr=config.peak_lr, betas=betas, fused=True)
