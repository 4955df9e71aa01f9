"""Draws follow the distribution, the nucleus is exact, and a draw depends on seed and position alone."""

import pytest

torch = pytest.importorskip("torch", reason="the local engine needs torch")

from redsearcher.llm.local.sampler import sample, uniform


def _draw(logits: "torch.Tensor", temperature: float, top_p: float, seed: int = 0) -> "torch.Tensor":
    n = logits.shape[0]
    ids, logprobs = sample(
        logits,
        torch.full((n,), temperature),
        torch.full((n,), top_p),
        torch.full((n,), seed),
        torch.arange(n),
        greedy=False,
    )
    torch.testing.assert_close(logprobs, logits.log_softmax(-1).gather(-1, ids[:, None])[:, 0])
    return ids


def test_uniform_numbers_are_uniform() -> None:
    values = uniform(torch.arange(200).repeat_interleave(100), torch.arange(100).repeat(200))
    assert values.unique().numel() > 19_990
    assert abs(float(values.mean()) - 0.5) < 0.01
    counts = torch.histc(values.float(), 10, 0, 1)
    assert float(((counts - 2000) ** 2 / 2000).sum()) < 27.9  # chi-square, 9 degrees, p = 0.001


def test_uniform_matches_splitmix64() -> None:
    # Second output of splitmix64 from state 1234567, published with the reference code.
    values = uniform(torch.tensor([1234567]), torch.tensor([1]))
    assert float(values[0]) == pytest.approx(3203168211198807973 / 2**64, abs=2**-31)


def test_draws_follow_the_tempered_distribution() -> None:
    logits = torch.tensor([2.0, 0.0, 1.0, -1.0])
    ids = _draw(logits.expand(40_000, -1), temperature=0.5, top_p=1.0)
    shares = torch.bincount(ids, minlength=4) / 40_000
    torch.testing.assert_close(shares, (logits / 0.5).softmax(-1), atol=0.01, rtol=0)


@pytest.mark.parametrize("vocab", [10, 1000])
def test_the_nucleus_is_the_fewest_tokens_that_reach_top_p(vocab: int) -> None:
    probabilities = torch.full((vocab,), 0.2 / (vocab - 3))
    probabilities[[7, 2, 5]] = torch.tensor([0.4, 0.25, 0.15])
    logits = probabilities.log().expand(2000, -1)
    assert set(_draw(logits, 1.0, 0.6).tolist()) == {7, 2}
    assert set(_draw(logits, 1.0, 0.7).tolist()) == {7, 2, 5}
    assert set(_draw(logits, 1.0, 0.1).tolist()) == {7}
    assert len(set(_draw(logits, 1.0, 0.99).tolist())) > 3


def test_temperature_zero_takes_the_best_among_rows_that_draw() -> None:
    logits = torch.randn(64, 50, generator=torch.Generator().manual_seed(3))
    temperature = torch.tensor([0.0, 5.0] * 32)
    ids, _ = sample(logits, temperature, torch.ones(64), torch.arange(64), torch.zeros(64).long(), greedy=False)
    assert torch.equal(ids[::2], logits.argmax(-1)[::2])
    assert not torch.equal(ids[1::2], logits.argmax(-1)[1::2])


def test_another_seed_or_position_draws_anew() -> None:
    logits = torch.zeros(500, 100)
    assert torch.equal(_draw(logits, 1.0, 1.0, seed=1), _draw(logits, 1.0, 1.0, seed=1))
    assert not torch.equal(_draw(logits, 1.0, 1.0, seed=1), _draw(logits, 1.0, 1.0, seed=2))
