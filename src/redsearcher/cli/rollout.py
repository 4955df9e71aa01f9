"""`redsearcher rollout`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from redsearcher.cli import say
from redsearcher.cli.option import ConfigFile, OutPath, Seed, WebName, Workers

if TYPE_CHECKING:
    from redsearcher.agent.config import RolloutConfig

Context = Literal["none", "discard_all", "keep_last", "summarise", "notes"]


def rollout(
    tasks: Annotated[Path, typer.Argument(help="Tasks file, or a run directory.", metavar="TASKS")],
    web: WebName,
    out: OutPath,
    model: Annotated[str, typer.Option(help="rules, openai:NAME, tokens:NAME or local:FOLDER.")] = "rules",
    base_url: Annotated[
        list[str] | None, typer.Option(help="Root of the OpenAI-compatible API; repeat for a pool of engines.")
    ] = None,
    protocol: Annotated[str, typer.Option(help="native, hermes, react or query_tag (default by the model).")] = "",
    tokenizer: Annotated[
        Path | None, typer.Option(help="tokens: folder of tokenizer and template.", metavar="DIR")
    ] = None,
    device: Annotated[str, typer.Option(help="local: a torch device.")] = "cpu",
    samples: Annotated[int | None, typer.Option(min=1, help="Episodes per task (default 1).")] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, help="Episodes in flight (default 16).")] = None,
    tools: Annotated[
        str, typer.Option(help="all that tasks need, none (the tool-free run), or names with commas.")
    ] = "all",
    context: Annotated[Context | None, typer.Option(help="What makes room in a long conversation.")] = None,
    window: Annotated[int | None, typer.Option(min=64, help="Tokens of a conversation (default 131072).")] = None,
    temperature: Annotated[float | None, typer.Option(min=0, help="Sampling temperature (default 0.85).")] = None,
    world: Annotated[
        Path | None, typer.Option("--world", help="World that maps and scholar answer from.", metavar="WORLD")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Write down every tool call with its answer, for --web replay:FILE.")
    ] = None,
    faults: Annotated[
        Path | None, typer.Option("--faults", help="TOML file of faults to inject, by seed and rate.", metavar="FILE")
    ] = None,
    workers: Workers = "1",
    seed: Seed = 0,
    config: ConfigFile = None,
) -> None:
    """Let a model solve tasks on a web; resumes where it was killed. Options overrule the settings of --config.

    --concurrency counts over all workers; each opens web and model itself, so a local model needs memory for each. The
    same tasks and seeds give the same bytes whichever way a web is reached, and a run may go on over another one.
    Example: redsearcher rollout runs/demo --web runs/demo/web --model rules --samples 4 --out runs/again
    """
    from redsearcher.agent.config import RolloutConfig
    from redsearcher.agent.tools import Subset
    from redsearcher.cli.coverage import check_together, measure
    from redsearcher.cli.model import ModelConfig, find_model, habits
    from redsearcher.cli.stage import load_tasks, rollouts, tools_needed
    from redsearcher.cli.tools import faulty, find_web, recording
    from redsearcher.core.fanout.place import parse_place
    from redsearcher.core.rundir import RunDir
    from redsearcher.web.engine import Web
    from redsearcher.web.fault.config import FaultConfig
    from redsearcher.web.fault.log import FILE as FAULT_FILE
    from redsearcher.web.index import INFO_FILE
    from redsearcher.world.store import World

    place = parse_place(workers)
    source = find_model(
        ModelConfig(
            name=model,
            protocol=protocol,
            tokenizer=tokenizer,
            device=device,
            **({"base_url": base_url} if base_url else {}),
        )
    )
    given = {"context": context, "window": window, "temperature": temperature, "tools": _names(tools)}
    whole = {"samples": samples, "concurrency": concurrency, "seed": seed or None}
    settings = _overrule(RolloutConfig.load(config) if config else habits(model) or RolloutConfig(), whole, given)
    loaded, facts = load_tasks(tasks), World(world) if world else None
    table = FaultConfig.load(faults) if faults else None
    reached = find_web(web, facts, out / "web_requests", settings.episode.shown)
    if table is not None:
        reached = faulty(reached, table, out / FAULT_FILE)
    with reached.here(tools_needed(loaded, settings))() as offered:
        Subset(offered, settings.episode.tools or ())
    pages = Web.open(Path(web)) if facts is not None and (Path(web) / INFO_FILE).is_file() else None
    if facts is not None and pages is not None:
        check_together(facts, pages, loaded)
    run = RunDir.open(out, settings)
    if table is not None:
        (out / "faults.toml").write_text(table.to_toml(), encoding="utf-8")
    if record is not None:
        reached = recording(reached, record)
    done, scores = rollouts(run, loaded, reached, source, settings, place)
    if facts is not None and pages is not None:
        measure(run, done, {task.id: task for task in loaded}, facts, pages)
    right = sum(score.value == 1.0 for score in scores)
    say.line(f"{right} of {len(done)} rollouts right")
    files = ["trajectories.jsonl", "scores.jsonl", "abnormal.jsonl", *(["coverage.jsonl"] if pages else [])]
    say.wrote(
        ", ".join(f"{out}/{name}" for name in files),
        f"redsearcher data export {out} --tasks {tasks}",
    )


def _names(tools: str) -> tuple[str, ...] | None:
    """Names of the tools; None for all of them."""
    if tools in ("all", "none"):
        return None if tools == "all" else ()
    return tuple(name.strip() for name in tools.split(","))


def _overrule(config: "RolloutConfig", whole: Mapping[str, object], episode: Mapping[str, object]) -> "RolloutConfig":
    """The config with what was given on the command line put in; None is not given."""
    limits = config.episode.model_copy(update={name: value for name, value in episode.items() if value is not None})
    update = {name: value for name, value in whole.items() if value is not None}
    return config.model_copy(update={**update, "episode": limits})
