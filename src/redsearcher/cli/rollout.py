"""`redsearcher rollout`."""

from pathlib import Path
from typing import Annotated

import typer

from redsearcher.cli import say
from redsearcher.cli.option import OutPath, Seed, WebPath


def rollout(
    tasks: Annotated[Path, typer.Argument(help="Tasks file, or a run directory.", metavar="TASKS")],
    web: WebPath,
    out: OutPath,
    model: Annotated[str, typer.Option(help="rules (the offline solver) or openai:NAME.")] = "rules",
    base_url: Annotated[str, typer.Option(help="Root of the OpenAI-compatible API.")] = "http://127.0.0.1:8000/v1",
    samples: Annotated[int, typer.Option(min=1, help="Episodes per task.")] = 1,
    concurrency: Annotated[int, typer.Option(min=1, help="Episodes in flight.")] = 16,
    tools: Annotated[bool, typer.Option("--tools/--no-tools", help="--no-tools: the tool-free run.")] = True,
    seed: Seed = 0,
) -> None:
    """Let a model solve tasks on a web; resumes where it was killed.

    Example: redsearcher rollout runs/demo --web runs/demo/web --model rules --samples 4 --out runs/again
    """
    from redsearcher.agent.config import EpisodeConfig, RolloutConfig
    from redsearcher.cli.model import make_model, parse_model
    from redsearcher.cli.stage import load_tasks, rollouts
    from redsearcher.core.rundir import RunDir
    from redsearcher.web.engine import Web

    endpoint = parse_model(model, base_url)
    loaded, opened = load_tasks(tasks), Web.open(web)
    episode = EpisodeConfig() if tools else EpisodeConfig(max_tool_calls=0)
    config = RolloutConfig(samples=samples, concurrency=concurrency, seed=seed, episode=episode)
    run = RunDir.open(out, config)
    done, scores = rollouts(run, loaded, opened, make_model(endpoint), config)
    right = sum(score.value == 1.0 for score in scores)
    say.line(f"{right} of {len(done)} rollouts right")
    say.wrote(f"{out}/trajectories.jsonl and {out}/scores.jsonl", f"redsearcher data export {out} --tasks {tasks}")
