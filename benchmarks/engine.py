"""The local engine against plain `generate`: tokens per second, and whether greedy rollouts are the same.

    python benchmarks/engine.py [--quick] [--device cpu|cuda] [--threads N] [--concurrency N ...] [--rollouts N]

Models have random weights. Episodes have several turns: a shared beginning, a question, then each turn's tokens and
an observation. "One by one" is transformers' `generate`, turn by turn from the whole prompt; engine and baseline take
turns within one run, so that other work on the machine meets both. On CUDA a 30M model in bfloat16 is served as well.
Prints tables and, last, one JSON line.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from rich.console import Console
from rich.table import Table
from transformers import Qwen3Config, Qwen3ForCausalLM

from redsearcher.core.rng import derive
from redsearcher.llm.local.config import EngineConfig
from redsearcher.llm.local.engine import LocalEngine
from redsearcher.records.chat import Sampling

NEVER: frozenset[int] = frozenset()
SMALL = {"hidden_size": 192, "intermediate_size": 512, "num_hidden_layers": 6, "num_attention_heads": 6,
         "num_key_value_heads": 3, "head_dim": 32, "vocab_size": 1024}  # fmt: skip
LARGE = {"hidden_size": 512, "intermediate_size": 1408, "num_hidden_layers": 10, "num_attention_heads": 8,
         "num_key_value_heads": 4, "head_dim": 64, "vocab_size": 4096}  # fmt: skip
GAP = 1e-3


class Workload(NamedTuple):
    """Episodes of `n_turns`, each sampling `n_sampled` tokens; observations between them."""

    name: str
    n_shared: int
    n_question: int
    n_turns: int
    n_sampled: int
    n_observation: int


SINGLE = Workload("one turn", 0, 200, 1, 64, 0)
EPISODES = Workload("episodes of 4 turns", 300, 60, 4, 48, 120)
LONG = Workload("long episodes", 1500, 60, 4, 64, 600)


class Rate(NamedTuple):
    """Tokens per second of wall time and of this process's CPU time, which other work on the machine disturbs less."""

    wall: float
    cpu: float


class Clock:
    """Measures rates from its making."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def rate(self, n_tokens: int) -> Rate:
        return Rate(n_tokens / (time.perf_counter() - self._wall), n_tokens / (time.process_time() - self._cpu))


class Speed(NamedTuple):
    """Tokens per second of one workload, medians over rounds, at one concurrency; ratios by wall and by CPU time."""

    workload: str
    concurrency: int
    plain: float | None
    engine: float
    ratio: float | None
    cpu_ratio: float | None
    cached_share: float


class Sameness(NamedTuple):
    """Greedy rollouts compared with plain `generate`; gaps between the two best logits where they first part."""

    n_rollouts: int
    n_same: int
    gaps: tuple[float, ...]


class Episode:
    """The fixed parts of one episode."""

    def __init__(self, workload: Workload, number: int, vocab: int) -> None:
        rng, shared = derive(number, "episode", workload.name), derive(0, "shared")
        self.opening = [shared.randrange(vocab) for _ in range(workload.n_shared)]
        self.opening += [rng.randrange(vocab) for _ in range(workload.n_question)]
        self.observations = [
            [rng.randrange(vocab) for _ in range(workload.n_observation)] for _ in range(workload.n_turns)
        ]


def make_model(sizes: dict[str, int], window: int) -> Any:
    torch.manual_seed(0)
    config = Qwen3Config(**sizes, max_position_embeddings=window, tie_word_embeddings=True)
    return Qwen3ForCausalLM(config).eval()


def plain_turn(model: Any, prompt: Sequence[int], n_tokens: int) -> list[int]:
    ids = torch.tensor([list(prompt)], device=model.device)
    with torch.inference_mode():
        out = model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=n_tokens, do_sample=False, eos_token_id=None,
            pad_token_id=0,
        )  # fmt: skip
    return [int(token) for token in out[0, len(prompt) :]]


def plain_episode(model: Any, workload: Workload, episode: Episode) -> int:
    ids = list(episode.opening)
    for observation in episode.observations:
        ids += plain_turn(model, ids, workload.n_sampled) + observation
    return workload.n_turns * workload.n_sampled


async def engine_episode(engine: LocalEngine, workload: Workload, episode: Episode, sampling: Sampling) -> int:
    ids = list(episode.opening)
    for observation in episode.observations:
        made = await engine.generate(ids, sampling, NEVER)
        ids += [*made.token_ids, *observation]
    return workload.n_turns * workload.n_sampled


async def engine_speed(
    engine: LocalEngine, workload: Workload, episodes: Sequence[Episode], concurrency: int, temperature: float
) -> Rate:
    """Tokens per second over all episodes, `concurrency` at a time."""
    gate = asyncio.Semaphore(concurrency)

    async def one(number: int, episode: Episode) -> int:
        sampling = Sampling(temperature=temperature, max_tokens=workload.n_sampled, seed=number)
        async with gate:
            return await engine_episode(engine, workload, episode, sampling)

    clock = Clock()
    made = await asyncio.gather(*(one(number, episode) for number, episode in enumerate(episodes)))
    return clock.rate(sum(made))


def compare_speed(
    model: Any, config: EngineConfig, workload: Workload, concurrency: int, n_rounds: int, n_plain: int,
    temperature: float = 0.0,
) -> Speed:  # fmt: skip
    """Engine and, for `n_plain` episodes a round, plain `generate`; every round has fresh episodes."""
    vocab, per_round = model.config.vocab_size, 2 * concurrency
    plain: list[Rate] = []
    fast: list[Rate] = []

    async def run() -> float:
        async with LocalEngine(model, "bench", config) as engine:
            warm = [Episode(workload, -1 - number, vocab) for number in range(concurrency)]
            await engine_speed(engine, workload, warm, concurrency, temperature)
            begun = engine.counts
            for number in range(n_rounds):
                first = number * per_round
                episodes = [Episode(workload, first + index, vocab) for index in range(per_round)]
                if n_plain:
                    clock = Clock()
                    n_tokens = sum(plain_episode(model, workload, episode) for episode in episodes[:n_plain])
                    plain.append(clock.rate(n_tokens))
                fast.append(await engine_speed(engine, workload, episodes, concurrency, temperature))
            counts = engine.counts
            return (counts.cached - begun.cached) / (counts.prompt - begun.prompt)

    cached = asyncio.run(run())
    pairs = list(zip(fast, plain, strict=True)) if plain else []
    return Speed(
        workload=workload.name,
        concurrency=concurrency,
        plain=_median([one.wall for one in plain]),
        engine=statistics.median(one.wall for one in fast),
        ratio=_median([ours.wall / theirs.wall for ours, theirs in pairs]),
        cpu_ratio=_median([ours.cpu / theirs.cpu for ours, theirs in pairs]),
        cached_share=cached,
    )


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def compare_tokens(model: Any, config: EngineConfig, n_rollouts: int, n_tokens: int) -> Sameness:
    """Greedy continuations of random prompts of 20 to 400 tokens, all in flight together, against plain ones."""
    vocab = model.config.vocab_size
    prompts = []
    for number in range(n_rollouts):
        rng = derive(number, "sameness")
        prompts.append([rng.randrange(vocab) for _ in range(rng.randrange(20, 400))])

    async def run() -> list[list[int]]:
        async with LocalEngine(model, "bench", config) as engine:
            sampling = Sampling(temperature=0, max_tokens=n_tokens)
            made = await asyncio.gather(*(engine.generate(prompt, sampling, NEVER) for prompt in prompts))
            return [list(one.token_ids) for one in made]

    gaps = []
    for prompt, ours in zip(prompts, asyncio.run(run()), strict=True):
        theirs = plain_turn(model, prompt, n_tokens)
        if ours != theirs:
            at = next(index for index, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1])
            gaps.append(logit_gap(model, [*prompt, *theirs[:at]]))
    return Sameness(n_rollouts, n_rollouts - len(gaps), tuple(gaps))


def logit_gap(model: Any, ids: Sequence[int]) -> float:
    """Distance of the two best logits after `ids`."""
    with torch.inference_mode():
        best = model(torch.tensor([list(ids)], device=model.device)).logits[0, -1].float().topk(2).values
    return float(best[0] - best[1])


def show(title: str, rows: Sequence[Speed]) -> None:
    table = Table(title=title)
    for column in ("workload", "in flight", "one by one tok/s", "engine tok/s", "times", "by CPU time", "from cache"):
        table.add_column(column, justify="left" if column == "workload" else "right")
    for row in rows:
        plain = "" if row.plain is None else f"{row.plain:,.0f}"
        ratios = ["" if ratio is None else f"{ratio:.1f}" for ratio in (row.ratio, row.cpu_ratio)]
        table.add_row(
            row.workload, str(row.concurrency), plain, f"{row.engine:,.0f}", *ratios, f"{row.cached_share:.0%}"
        )
    Console(width=110).print(table)


def serve_large(args: argparse.Namespace) -> list[Speed]:
    """A 30M model in bfloat16 at high concurrency, sampled as in rollouts, graphs on and off."""
    model, rows = make_model(LARGE, 8192), []
    for concurrency in args.concurrency or [256, 512]:
        for base, graphs in ((EPISODES, True), (EPISODES, False), (LONG, True)):
            config = EngineConfig(device=args.device, slots=concurrency, window=8192, cuda_graphs=graphs)
            workload = base._replace(name=f"{base.name}, graphs {'on' if graphs else 'off'}")
            n_rounds = 1 if args.quick else 3
            rows.append(compare_speed(model, config, workload, concurrency, n_rounds, 0, temperature=0.85))
            show("so far", rows[-1:])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--concurrency", type=int, nargs="*")
    parser.add_argument("--rollouts", type=int, help="greedy rollouts to compare (default 400, quick 40)")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    on_cpu = args.device == "cpu"
    model = make_model(SMALL, 2048).to(args.device)
    config = EngineConfig(device=args.device, dtype="float32", threads=args.threads, slots=64, window=2048)
    n_rounds, n_plain = (1, 1) if args.quick else (3, 3)
    plain_turn(model, range(100), 20)
    rows = [
        compare_speed(model, config, workload, concurrency, n_rounds, n_plain)
        for workload, concurrency in ((SINGLE, 1), (SINGLE, 16), (SINGLE, 64), (EPISODES, 64))
    ]
    sampled = EPISODES._replace(name="the same, temperature 0.85")
    rows.append(compare_speed(model, config, sampled, 64, n_rounds, 0, temperature=0.85))
    show(f"2.6M Qwen3, float32, {args.device}" + (f", {args.threads} thread(s)" if on_cpu else ""), rows)
    n_rollouts = (40 if args.quick else 400) if args.rollouts is None else args.rollouts
    same = compare_tokens(model, config, n_rollouts, 32 if args.quick else 64)
    print(f"greedy rollouts token-identical to plain generate: {same.n_same} of {same.n_rollouts}")
    print(f"logit gaps where they part: {', '.join(f'{gap:.1e}' for gap in same.gaps) or 'none parts'}")
    large = [] if on_cpu else serve_large(args)
    if large:
        show(f"30M Qwen3, bfloat16, {args.device}", large)
    result = {
        "benchmark": "engine", "device": args.device, "threads": args.threads, "torch": torch.__version__,
        "speed": [row._asdict() for row in [*rows, *large]],
        "rollouts": same.n_rollouts, "identical": same.n_same, "gaps": same.gaps,
        "gaps_under_1e-3": all(gap < GAP for gap in same.gaps),
    }  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    main()
