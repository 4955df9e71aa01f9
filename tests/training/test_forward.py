"""Three ways to compute the same loss: transformers' own, its module with packed attention, our lean pass."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install -e '.[train]'")
pytest.importorskip("transformers", reason="training needs transformers: pip install -e '.[train]'")

from redsearcher.training.attention import CHUNK
from redsearcher.training.config import ModelConfig, OptimizerConfig, SftConfig
from redsearcher.training.engine import Engine
from redsearcher.training.loss import PackedLoss, Way
from redsearcher.training.model import build_model, n_parameters
from redsearcher.training.pack import Batch, collate
from redsearcher.training.shard import Document, write_shard

SIZES = ModelConfig(n_layers=2, width=32, n_heads=4, n_kv_heads=2, head_dim=16, feed_forward=48, window=512)
LENGTHS = (CHUNK + 37, 60, 2 * CHUNK)


@pytest.fixture
def model() -> Any:
    built = build_model(SIZES, 200, 3, stop_id=2, pad_id=0)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in built.parameters():
            parameter += 0.3 * torch.randn(parameter.shape, generator=generator)
    return built


@pytest.fixture
def documents() -> list[Document]:
    rng = np.random.default_rng(0)
    return [Document(rng.integers(0, 200, n).astype(np.uint16), rng.random(n) < 0.3) for n in LENGTHS]


@pytest.fixture
def batch(documents: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Batch:
    return collate(write_shard(tmp_path_factory.mktemp("s") / "s", documents, "t"), [[0, 1], [2]])


def _reference(model: Any, documents: list[Document]) -> Any:
    """Document by document, all logits, transformers' eager attention."""
    model.config._attn_implementation = "eager"
    total = torch.zeros(())
    for document in documents:
        ids = torch.from_numpy(document.ids.astype(np.int64))
        logits = model(input_ids=ids[None]).logits[0, :-1]
        said = torch.from_numpy(document.mask[1:])
        total = total + torch.nn.functional.cross_entropy(logits[said], ids[1:][said], reduction="sum")
    return total


def _gradients(model: Any, loss: Any) -> dict[str, Any]:
    model.zero_grad()
    loss.backward()
    return {name: parameter.grad.clone() for name, parameter in model.named_parameters()}


@pytest.mark.parametrize("way", [Way("lean"), Way("module", "chunked"), Way("module", "sdpa")], ids=str)
def test_loss_and_gradients_equal_the_reference(model: Any, documents: list[Document], batch: Batch, way: Way) -> None:
    expected = _reference(model, documents)
    wanted = _gradients(model, expected)
    loss = PackedLoss(model, way, 512, torch.float32)(batch)
    assert loss.total.item() == pytest.approx(expected.item(), rel=1e-5)
    assert loss.n_tokens == sum(int(document.mask[1:].sum()) for document in documents)
    for name, gradient in _gradients(model, loss.total).items():
        assert float((gradient - wanted[name]).norm()) <= 1e-4 * float(wanted[name].norm()) + 1e-6, name


@pytest.mark.parametrize("way", [Way("lean"), Way("module", "sdpa")], ids=str)
def test_half_precision_is_near(model: Any, documents: list[Document], batch: Batch, way: Way) -> None:
    loss = PackedLoss(model, way, 512)(batch)
    assert loss.total.item() == pytest.approx(_reference(model, documents).item(), rel=5e-3)


def test_a_way_that_fails_gives_place_to_the_next(model: Any, documents: list[Document], tmp_path: Any) -> None:
    shard = write_shard(tmp_path / "s", documents, "t")
    engine = Engine(model, OptimizerConfig(), "cpu", 512, 1, [Way("module", "varlen"), Way("lean")])
    result = engine.step(shard, [[0], [1, 2]], 1e-3)
    engine.close()
    assert engine.way == Way("lean")
    assert len(engine.troubles) == 1
    assert "varlen" in engine.troubles[0]
    assert result.n_tokens == sum(LENGTHS)


def test_a_step_does_not_depend_on_the_number_of_threads(documents: list[Document], tmp_path: Path) -> None:
    shard = write_shard(tmp_path / "s", documents * 30, "t")
    before, results = torch.get_num_threads(), []
    for n_threads in (1, 3):
        torch.set_num_threads(n_threads)
        engine = Engine(build_model(SIZES, 200, 3, 2, 0), OptimizerConfig(), "cpu", 16_384, 1)
        loss = engine.step(shard, [range(len(shard))], 1e-3).loss.item()
        engine.close()
        assert torch.get_num_threads() == n_threads
        results.append((loss, [parameter.detach().clone() for parameter in engine.model.parameters()]))
    torch.set_num_threads(before)
    assert results[0][0] == results[1][0]
    assert all(torch.equal(*pair) for pair in zip(results[0][1], results[1][1], strict=True))


def test_the_scales_have_the_sizes_they_are_named_for() -> None:
    configs = Path(__file__).parents[2] / "configs" / "nano"
    sizes = {}
    for name in ("2m", "5m", "30m"):
        config = SftConfig.load(configs / f"{name}.toml")
        sizes[config.name] = n_parameters(build_model(config.model, 1024, 0, 2, 0)) / 1e6
    assert 2 < sizes["2m"] < 3
    assert 4.5 < sizes["5m"] < 5.5
    assert 27 < sizes["30m"] < 33
