"""Tokens per second of one training step, by the ways of computing it; the losses of one batch must agree.

python benchmarks/sft_speed.py [--config FILE] [--data DIR] [--device cpu|cuda] [--threads N] [--steps N] [--json FILE]

Without --data it invents documents as long as the expert's traces are (log-normal, median 2,200 tokens). `padded` is
what one gets without packing: transformers' own loss on batches padded to their longest document.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional

from redsearcher.core.hashing import file_hash
from redsearcher.errors import ForeignError, boundary
from redsearcher.training.config import SftConfig
from redsearcher.training.engine import Engine, pick_device
from redsearcher.training.feed import open_shard
from redsearcher.training.loss import Way
from redsearcher.training.model import build_model, n_parameters
from redsearcher.training.pack import plan
from redsearcher.training.shard import Document, Shard, shard_names, write_shard

VOCAB, POLICY_SHARE, MEDIAN_TOKENS, SPREAD = 1024, 0.22, 2200, 0.6


class Row(NamedTuple):
    """One variant: wall and processor speed in tokens a second, what the first step cost, memory, first loss."""

    variant: str
    micro_rows: int
    tokens_per_s: float
    tokens_per_cpu_s: float
    first_step_s: float
    gib: float
    loss: float
    trouble: str


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--config", type=Path, default=Path("configs/nano/2m.toml"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="two steps on short documents")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    config = SftConfig.load(options.config)
    device = pick_device(options.device)
    with tempfile.TemporaryDirectory() as folder:
        shard = _shard(options.data, Path(folder), config, device.type, options.quick)
        steps = 2 if options.quick else options.steps
        rows = [_measure(shard, config, device, way, micro, steps) for way, micro in _variants(config, device.type)]
        rows.append(_measure_padded(shard, config, device, steps))
    facts = _facts(config, shard, device)
    print(json.dumps(facts))
    print(f"{'variant':38} {'rows':>4} {'tokens/s':>10} {'per cpu s':>10} {'first s':>8} {'GiB':>6} {'loss':>8}")
    for row in rows:
        print(
            f"{row.variant:38} {row.micro_rows:4} {row.tokens_per_s:10,.0f} {row.tokens_per_cpu_s:10,.0f} "
            f"{row.first_step_s:8.1f} {row.gib:6.1f} {row.loss:8.4f} {row.trouble[:80]}"
        )
    if options.json:
        text = json.dumps({**facts, "rows": [row._asdict() for row in rows]}, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")


def _variants(config: SftConfig, device: str) -> list[tuple[Way, int]]:
    micro = config.micro_rows
    if device == "cpu":
        return [(Way("lean"), micro), (Way("module", "chunked"), micro), (Way("module", "sdpa"), micro)]
    compiled = [(Way("module", "varlen", compiled=True), n) for n in sorted({max(1, micro // 4), micro, 2 * micro})]
    return [*compiled, (Way("module", "varlen"), micro), (Way("module", "sdpa"), micro)]


def _shard(data: Path | None, folder: Path, config: SftConfig, device: str, quick: bool) -> Shard:
    if data is not None:
        tokens = file_hash(data / "tokenizer" / "tokenizer.json")
        return open_shard(data / "train" / shard_names(data / "train")[0], tokens)
    rng = np.random.default_rng(0)
    median = MEDIAN_TOKENS / 8 if quick else MEDIAN_TOKENS
    total = (2 if device == "cpu" else 40) * config.batch_tokens // (8 if quick else 1)
    documents = []
    while total > 0:
        n = int(min(config.model.window, max(64, rng.lognormal(np.log(median), SPREAD))))
        documents.append(Document(rng.integers(16, VOCAB, n).astype(np.uint16), rng.random(n) < POLICY_SHARE))
        total -= n
    return write_shard(folder / "invented", documents, "none")


def _measure(shard: Shard, config: SftConfig, device: torch.device, way: Way, micro: int, steps: int) -> Row:
    model = build_model(config.model, VOCAB, config.seed, 2, 0)
    engine = Engine(model, config.optimizer, str(device), config.row_tokens, micro, [way])
    batches = plan(shard, config.row_tokens, max(micro, config.batch_rows), config.seed, 0)

    def step(number: int) -> tuple[torch.Tensor, int]:
        result = engine.step(shard, batches[number % len(batches)], 1e-4)
        return result.loss, result.n_tokens

    row = _time(str(way), micro, device, step, steps)
    engine.close()
    return row


def _measure_padded(shard: Shard, config: SftConfig, device: torch.device, steps: int) -> Row:
    """transformers' own causal loss over all logits, documents padded to the longest of their batch."""
    model: Any = build_model(config.model, VOCAB, config.seed, 2, 0)
    model.config._attn_implementation = "sdpa"
    model.to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    batches = plan(shard, config.row_tokens, config.batch_rows, config.seed, 0)

    def step(number: int) -> tuple[torch.Tensor, int]:
        documents = [n for row in batches[number % len(batches)] for n in row]
        optimizer.zero_grad(set_to_none=True)
        total, n_tokens = torch.zeros((), device=device), 0
        n_policy = sum(int(shard.document(n).mask[1:].sum()) for n in documents)
        for start in range(0, len(documents), 4):
            part = documents[start : start + 4]
            loss = _padded_loss(model, shard, part, device)
            (loss / n_policy).backward()  # type: ignore[no-untyped-call]
            total += loss.detach() / n_policy
            n_tokens += sum(int(shard.lengths[n]) for n in part)
        optimizer.step()
        return total, n_tokens

    return _time("padded, transformers", 4, device, step, steps)


def _padded_loss(model: Any, shard: Shard, numbers: Sequence[int], device: torch.device) -> torch.Tensor:
    longest = max(int(shard.lengths[n]) for n in numbers)
    ids = torch.zeros(len(numbers), longest, dtype=torch.long)
    labels = torch.full_like(ids, -100)
    there = torch.zeros_like(ids)
    for line, number in enumerate(numbers):
        document = shard.document(number)
        n = len(document.ids)
        ids[line, :n] = torch.from_numpy(document.ids.astype(np.int64))
        labels[line, :n][torch.from_numpy(document.mask)] = ids[line, :n][torch.from_numpy(document.mask)]
        there[line, :n] = 1
    labels[:, 0] = -100
    with torch.autocast(device.type, torch.bfloat16):
        logits = model(input_ids=ids.to(device), attention_mask=there.to(device), use_cache=False).logits
    flat = logits[:, :-1].float().flatten(0, 1)
    return functional.cross_entropy(flat, labels[:, 1:].flatten().to(device), reduction="sum", ignore_index=-100)


def _time(
    name: str, micro: int, device: torch.device, step: Callable[[int], tuple[torch.Tensor, int]], steps: int
) -> Row:
    cuda = device.type == "cuda"
    if cuda:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    walls, processor, first, loss = [], [], 0.0, float("nan")
    try:
        with boundary(name):
            for number in range(steps + 1):
                start, used = time.perf_counter(), time.process_time()
                result, n_tokens = step(number)
                if number == 0:
                    loss = float(result)
                if cuda:
                    torch.cuda.synchronize()
                wall = time.perf_counter() - start
                if number == 0:
                    first = wall
                    continue
                walls.append(n_tokens / wall)
                processor.append(n_tokens / max(1e-9, time.process_time() - used))
    except ForeignError as error:
        return Row(name, micro, 0.0, 0.0, first, 0.0, loss, str(error))
    gib = torch.cuda.max_memory_allocated() / 2**30 if cuda else 0.0
    return Row(name, micro, statistics.median(walls), statistics.median(processor), first, gib, loss, "")


def _facts(config: SftConfig, shard: Shard, device: torch.device) -> dict[str, Any]:
    where = torch.cuda.get_device_name() if device.type == "cuda" else f"{torch.get_num_threads()} threads"
    return {
        "scale": config.name,
        "parameters": n_parameters(build_model(config.model, VOCAB, 0, 2, 0)),
        "device": where,
        "torch": torch.__version__,
        "documents": len(shard),
        "mean_tokens": round(float(shard.lengths.mean())),
        "policy_share": round(shard.n_masked / shard.n_tokens, 3),
        "batch_tokens": config.batch_tokens,
    }


if __name__ == "__main__":
    main()
