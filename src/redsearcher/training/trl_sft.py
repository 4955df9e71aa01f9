"""The same training by trl's SFTTrainer: packed rows, loss on the policy's tokens only, transformers' own attention.

Slower than `sft` (eight times on one core, since it computes attention over the whole row and all logits), but with
what trl and accelerate bring: several GPUs, their loggers and callbacks.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset  # type: ignore[import-untyped]
from transformers import AutoTokenizer
from trl.trainer.sft_config import SFTConfig as TrlConfig
from trl.trainer.sft_trainer import SFTTrainer

from redsearcher.core.hashing import file_hash
from redsearcher.training.config import SftConfig
from redsearcher.training.engine import pick_device
from redsearcher.training.feed import open_shard
from redsearcher.training.model import build_model, export
from redsearcher.training.pack import collate, plan
from redsearcher.training.shard import Shard, shard_names

IGNORED = -100
"""The label of tokens that the policy did not say."""


def train_with_trl(
    config: SftConfig, data: Path, out: Path, device: str = "auto", max_steps: int | None = None
) -> list[dict[str, float]]:
    """Train one pass after another over the shards until the budget; writes `out/model`, returns trl's log.

    Shards are read once at the start; state, order and schedule are trl's.
    """
    tokenizer = AutoTokenizer.from_pretrained(data / "tokenizer")
    model = build_model(config.model, len(tokenizer), config.seed, tokenizer.eos_token_id, tokenizer.pad_token_id)
    model.config._attn_implementation = "sdpa"
    rows = packed_rows(data, config)
    trainer = SFTTrainer(
        model=model,
        args=_arguments(config, out, device, max_steps or max(1, config.budget_tokens // config.batch_tokens)),
        train_dataset=rows,
        processing_class=tokenizer,
        data_collator=pad_rows,
    )
    trainer.train()
    export(model, out / "model")
    tokenizer.save_pretrained(out / "model")
    history: list[dict[str, float]] = trainer.state.log_history
    return history


def packed_rows(data: Path, config: SftConfig) -> Dataset:
    """Rows with `input_ids`, `labels` (policy tokens, else IGNORED) and `position_ids` that begin anew per document."""
    tokens = file_hash(data / "tokenizer" / "tokenizer.json")
    shards = [open_shard(data / "train" / name, tokens) for name in shard_names(data / "train")]
    columns: dict[str, list[list[int]]] = {"input_ids": [], "labels": [], "position_ids": []}
    for shard in shards:
        for row in _rows(shard, config):
            batch = collate(shard, [row])
            labels = torch.full_like(batch.ids, IGNORED)
            labels[batch.predict + 1] = batch.targets
            for name, part in (("input_ids", batch.ids), ("labels", labels), ("position_ids", batch.positions)):
                columns[name].append(part.tolist())
    return Dataset.from_dict(columns)


def pad_rows(rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """Rows of one step, padded to the longest; padding is a document of its own, since its positions begin anew."""
    longest = max(len(row["input_ids"]) for row in rows)
    batch: dict[str, list[list[int]]] = {"input_ids": [], "labels": [], "position_ids": []}
    for row in rows:
        missing = longest - len(row["input_ids"])
        batch["input_ids"].append([*row["input_ids"], *[0] * missing])
        batch["labels"].append([*row["labels"], *[IGNORED] * missing])
        batch["position_ids"].append([*row["position_ids"], *range(missing)])
    return {name: torch.tensor(lines) for name, lines in batch.items()}


def _rows(shard: Shard, config: SftConfig) -> Iterator[list[int]]:
    for batch in plan(shard, config.row_tokens, config.batch_rows, config.seed, 0):
        yield from batch


def _arguments(config: SftConfig, out: Path, device: str, max_steps: int) -> TrlConfig:
    chosen = config.optimizer
    return TrlConfig(
        output_dir=str(out),
        max_steps=max_steps,
        per_device_train_batch_size=config.batch_rows,
        learning_rate=chosen.peak_lr,
        lr_scheduler_type="linear",
        warmup_steps=min(max_steps // 2, chosen.warmup_tokens // config.batch_tokens),
        weight_decay=chosen.weight_decay,
        adam_beta1=chosen.beta1,
        adam_beta2=chosen.beta2,
        max_grad_norm=chosen.clip,
        seed=config.seed,
        bf16=True,
        use_cpu=pick_device(device).type == "cpu",
        gradient_checkpointing=False,
        max_length=None,
        packing=False,
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )
