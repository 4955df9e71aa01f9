"""The trl path reads the same rows and learns from the same tokens."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install -e '.[train]'")
pytest.importorskip("trl", reason="this path needs trl: pip install -e '.[train]'")


@pytest.mark.filterwarnings("ignore")  # trl's own
def test_trl_trains_on_packed_rows(data: Path, tmp_path: Path) -> None:
    from redsearcher.training.trl_sft import IGNORED, packed_rows, pad_rows, train_with_trl
    from tests.training.test_sft import CONFIG

    config = CONFIG.model_copy(update={"row_tokens": 512, "batch_rows": 2})
    rows = packed_rows(data, config)
    batch = pad_rows([rows[0], rows[1]])
    assert batch["input_ids"].shape == batch["labels"].shape == batch["position_ids"].shape
    said = batch["labels"] != IGNORED
    assert (batch["labels"][said] == batch["input_ids"][said]).all()
    assert not said[batch["position_ids"] == 0].any()
    log = train_with_trl(config, data, tmp_path, "cpu", max_steps=6)
    losses = [line["loss"] for line in log if "loss" in line]
    assert losses[-1] < losses[0]
    assert (tmp_path / "model" / "model.safetensors").is_file()
    assert (tmp_path / "model" / "chat_template.jinja").is_file()
