"""A run: it learns, resumes on the same curve, takes up new shards, and leaves a folder that transformers loads."""

import json
import shutil
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install -e '.[train]'")
transformers = pytest.importorskip("transformers", reason="training needs transformers: pip install -e '.[train]'")

from redsearcher.agent.config import EpisodeConfig, RolloutConfig
from redsearcher.cli.model import habits
from redsearcher.core.progress import progress
from redsearcher.errors import InputError
from redsearcher.training.config import ModelConfig, OptimizerConfig, SftConfig
from redsearcher.training.feed import Feed, Rows
from redsearcher.training.log import read_log
from redsearcher.training.sft import Finished, Measure, open_training
from redsearcher.training.shard import shard_names
from redsearcher.training.state import Position

CONFIG = SftConfig(
    name="toy",
    model=ModelConfig(n_layers=2, width=64, n_heads=4, n_kv_heads=2, head_dim=16, feed_forward=128, window=512),
    optimizer=OptimizerConfig(peak_lr=4e-3, warmup_tokens=20_000),
    budget_tokens=400_000,
    row_tokens=2048,
    batch_rows=1,
    eval_every_tokens=100_000,
    export_every_tokens=200_000,
    rollout=RolloutConfig(episode=EpisodeConfig(window=512, temperature=0.0)),
)
LEARNT = 1.0
"""Nats per policy token on names never seen; random weights have over 6."""


@pytest.fixture(autouse=True)
def one_thread() -> Any:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _train(config: SftConfig, data: Path, out: Path, measure: Measure | None = None) -> Finished:
    with open_training(config, data, out, "cpu") as training, progress("training") as bar:
        return training.run(None, measure, bar)


def test_it_learns_names_it_never_saw(data: Path, tmp_path: Path) -> None:
    measured = []

    def measure(folder: Path, n_tokens: int) -> dict[str, float]:
        measured.append(n_tokens)
        assert (folder / "model.safetensors").is_file()
        return {"success": 0.5}

    done = _train(CONFIG, data, tmp_path / "run", measure)
    assert done.heldout_loss is not None
    assert done.heldout_loss < LEARNT
    lines = read_log(tmp_path / "run" / "log.jsonl")
    assert lines[0]["lr"] < max(line.get("lr", 0) for line in lines)
    assert [line["tokens"] for line in lines if "success" in line] == measured
    assert "plotly" in (tmp_path / "run" / "loss.html").read_text(encoding="utf-8")
    _check_folder(done.model, done.heldout_loss, data)


def _check_folder(folder: Path, heldout_loss: float, data: Path) -> None:
    """The shipped files load offline, hold bf16, and give the loss that the run measured."""
    assert habits(f"local:{folder}") == CONFIG.rollout
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype="auto")
    assert model.dtype == torch.bfloat16
    assert transformers.AutoTokenizer.from_pretrained(folder).chat_template
    assert model.generation_config.eos_token_id == model.config.eos_token_id
    model = model.float()
    from redsearcher.training.shard import Shard

    shard = Shard(data / "heldout" / shard_names(data / "heldout")[0])
    total, n_tokens = 0.0, 0
    for number in range(len(shard)):
        document = shard.document(number)
        ids = torch.from_numpy(document.ids.astype("int64"))
        said = torch.from_numpy(document.mask[1:])
        with torch.no_grad():
            logits = model(input_ids=ids[None]).logits[0, :-1]
        total += float(torch.nn.functional.cross_entropy(logits[said], ids[1:][said], reduction="sum"))
        n_tokens += int(said.sum())
    assert total / n_tokens == pytest.approx(heldout_loss, rel=0.05)


class _StopError(Exception):
    """Stands for a kill between two steps."""


@pytest.mark.parametrize("kind", ["adamw", "muon"])
def test_a_killed_run_goes_on_as_if_nothing_had_happened(
    data: Path, tmp_path: Path, kind: Literal["adamw", "muon"]
) -> None:
    config = CONFIG.model_copy(update={"budget_tokens": 40_000, "log_every_steps": 1, "export_every_tokens": 12_000,
                                       "optimizer": OptimizerConfig(kind=kind, warmup_tokens=2_000)})  # fmt: skip
    whole = _train(config, data, tmp_path / "whole")
    marks = []

    def stop_at_second(_: Path, n_tokens: int) -> dict[str, float]:
        marks.append(n_tokens)
        if len(marks) == 2:
            raise _StopError
        return {}

    with pytest.raises(_StopError):
        _train(config, data, tmp_path / "cut", stop_at_second)
    resumed = _train(config, data, tmp_path / "cut")
    assert resumed.heldout_loss == whole.heldout_loss
    timeless = ("step", "tokens", "policy_tokens", "loss", "heldout_loss", "lr")
    curves = [
        [[line.get(name) for name in timeless] for line in read_log(tmp_path / run / "log.jsonl")]
        for run in ("whole", "cut")
    ]
    assert curves[0] == curves[1]
    first, second = ((tmp_path / run / "model" / "model.safetensors").read_bytes() for run in ("whole", "cut"))
    assert first == second


def test_another_config_in_the_same_folder_is_refused(data: Path, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"budget_tokens": 1000})
    _train(config, data, tmp_path)
    with pytest.raises(InputError, match="seed was 0, now 1"):
        _train(config.model_copy(update={"seed": 1}), data, tmp_path)


def test_shards_that_come_later_are_read_before_old_ones_again(data: Path, tmp_path: Path) -> None:
    from redsearcher.core.hashing import file_hash

    names = shard_names(data / "train")
    shutil.copytree(data / "train" / names[0], tmp_path / names[0])
    feed = Feed(tmp_path, file_hash(data / "tokenizer" / "tokenizer.json"), 2048, 2, seed=0)
    read = []
    for rows in feed.batches(Position()):
        if not read or read[-1] != rows.shard.name:
            read.append(rows.shard.name)
        if not rows.after.opened and len(read) == 1 and rows.after.turns == {names[0]: 1}:
            shutil.copytree(data / "train" / names[1], tmp_path / names[1])
        if not rows.after.opened and len(rows.after.turns) == 2:
            break
    assert read == names


def test_steps_go_round_open_shards_and_go_on_where_they_were(data: Path) -> None:
    from redsearcher.core.hashing import file_hash

    tokens, names = file_hash(data / "tokenizer" / "tokenizer.json"), shard_names(data / "train")
    feed = Feed(data / "train", tokens, 2048, 1, seed=0, n_open=3)
    steps = list(islice(feed.batches(Position()), 12))
    assert all(len(set(found)) == min(3, len(names)) for found in _threes(steps[:6]))
    again = list(islice(feed.batches(steps[4].after), 7))
    assert [(s.shard.name, s.rows) for s in again] == [(s.shard.name, s.rows) for s in steps[5:]]


def _threes(steps: list[Rows]) -> list[list[str]]:
    read = [step.shard.name for step in steps]
    return [read[at : at + 3] for at in range(0, len(read) - 2, 3)]


def test_shards_of_another_tokenizer_are_refused(data: Path) -> None:
    with pytest.raises(InputError, match="another tokenizer"):
        next(Feed(data / "train", "other", 2048, 2, seed=0).batches(Position()))


def test_a_damaged_state_is_named(data: Path, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"budget_tokens": 1000})
    _train(config, data, tmp_path)
    (tmp_path / "state.pt").write_bytes(b"torn")
    with pytest.raises(Exception, match=r"state\.pt; delete it"):
        _train(config, data, tmp_path)


def test_the_command_trains_and_names_mistakes(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from redsearcher.cli.main import execute

    config = tmp_path / "toy.toml"
    config.write_text(CONFIG.model_copy(update={"budget_tokens": 10_000}).to_toml(), encoding="utf-8")
    words = ["train", "sft", str(config), "--data", str(data), "--out", str(tmp_path / "run"), "--device", "cpu"]
    assert execute(words) == 0
    assert "held-out loss" in capsys.readouterr().out
    assert json.loads((tmp_path / "run" / "model" / "config.json").read_text("utf-8"))["model_type"] == "qwen3"
    assert execute([*words[:-1], "abacus"]) == 2
    assert "expected auto, cpu or cuda" in capsys.readouterr().err
    assert execute(["train", "sft", str(config), "--data", str(tmp_path), "--out", str(tmp_path / "x")]) == 2
    assert "redsearcher train tokenizer" in capsys.readouterr().err


def test_a_further_stage_begins_with_the_weights_of_a_checkpoint(data: Path, tmp_path: Path) -> None:
    short = CONFIG.model_copy(update={"budget_tokens": 60_000})
    first = _train(short, data, tmp_path / "first")
    with open_training(short, data, tmp_path / "second", "cpu", first.model) as training:
        begun = training.engine.model.state_dict()
        assert training.position.step == 0
        kept = transformers.AutoModelForCausalLM.from_pretrained(first.model).state_dict()
        assert all(torch.equal(begun[name].to(torch.bfloat16), kept[name]) for name in kept)
    other = CONFIG.model_copy(update={"model": CONFIG.model.model_copy(update={"n_layers": 1})})
    with pytest.raises(InputError, match="other weights"):
        with open_training(other, data, tmp_path / "third", "cpu", first.model):
            pass
    with pytest.raises(InputError, match=r"model\.safetensors is not there"):
        shutil.copytree(data / "tokenizer", tmp_path / "bare")
        with open_training(short, data, tmp_path / "fourth", "cpu", tmp_path / "bare"):
            pass
    (tmp_path / "bare" / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="another tokenizer"):
        with open_training(short, data, tmp_path / "fifth", "cpu", tmp_path / "bare"):
            pass
