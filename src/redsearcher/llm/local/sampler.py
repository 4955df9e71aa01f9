"""Next tokens from logits, with randomness that depends on a request's seed and position alone.

A sampled token is drawn by inverting the cumulative distribution in the order of token ids, so a rounding error of 1e-6
in a probability changes the draw with a chance of the same order, whatever else is in the batch.
"""

import torch
from torch import Tensor

_FEW = 64


def sample(
    logits: Tensor, temperature: Tensor, top_p: Tensor, seeds: Tensor, positions: Tensor, *, greedy: bool
) -> tuple[Tensor, Tensor]:
    """Ids and their log-probabilities at temperature 1, both (rows).

    `logits` (rows, vocab) float32; rows of temperature 0 take the most probable token; `greedy` says that all rows do.
    """
    best = logits.argmax(-1)
    ids = best if greedy else torch.where(temperature == 0, best, _draw(logits, temperature, top_p, seeds, positions))
    chosen = logits.gather(-1, ids.unsqueeze(-1)).squeeze(-1)
    return ids, chosen - torch.logsumexp(logits, -1)


def _draw(logits: Tensor, temperature: Tensor, top_p: Tensor, seeds: Tensor, positions: Tensor) -> Tensor:
    probabilities = torch.softmax(logits / temperature.clamp_min(1e-4).unsqueeze(-1), -1)
    least = _least_kept(probabilities, top_p)
    kept = probabilities.masked_fill(probabilities < least.unsqueeze(-1), 0)
    cumulative = kept.cumsum(-1, dtype=torch.float64)
    at = uniform(seeds, positions) * cumulative[:, -1]
    return torch.searchsorted(cumulative, at.unsqueeze(-1), right=True).squeeze(-1).clamp_max(logits.shape[-1] - 1)


def _least_kept(probabilities: Tensor, top_p: Tensor) -> Tensor:
    """The smallest probability inside the nucleus: the fewest most probable tokens whose mass reaches `top_p`."""
    n_few = min(_FEW, probabilities.shape[-1])
    if probabilities.device.type == "cpu":
        # Sorting a vocabulary costs more than a layer; most nuclei are small.
        top = probabilities.topk(n_few, -1).values
        mass = top.cumsum(-1)
        if bool((mass[:, -1] >= top_p).all()):
            return _at_mass(top, mass, top_p)
    top = probabilities.sort(-1, descending=True).values
    return _at_mass(top, top.cumsum(-1), top_p)


def _at_mass(top: Tensor, mass: Tensor, top_p: Tensor) -> Tensor:
    index = (mass < top_p.unsqueeze(-1)).sum(-1, keepdim=True).clamp_max(top.shape[-1] - 1)
    return top.gather(-1, index).squeeze(-1)


def uniform(seeds: Tensor, positions: Tensor) -> Tensor:
    """Numbers in (0, 1), float64, from 64-bit seeds and positions by the splitmix64 finaliser (Steele et al. 2014)."""
    x = seeds + (positions + 1) * -0x61C8864680B583EB
    x = (x ^ _shift(x, 30)) * -0x40A7B892E31B1A47
    x = (x ^ _shift(x, 27)) * -0x6B2FB644ECCEEE15
    x = x ^ _shift(x, 31)
    return (_shift(x, 32).double() + 0.5) / 2**32


def _shift(x: Tensor, n: int) -> Tensor:
    """Logical shift to the right of 64-bit integers; torch's own keeps the sign."""
    return (x >> n) & ((1 << (64 - n)) - 1)
