"""`redsearcher world`: generate, import, info, seeds, propose."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from redsearcher.cli import say
from redsearcher.cli.option import ConfigFile, OutPath, Seed, WorldPath

if TYPE_CHECKING:
    from redsearcher.world.make import WorldConfig

app = typer.Typer(no_args_is_help=True, help="Make worlds of facts and pages, and look at them.")


@app.command()
def generate(
    out: OutPath,
    lang: Annotated[Literal["en", "zh"], typer.Option(help="Language of names and pages.")] = "en",
    entities: Annotated[int, typer.Option(min=200, help="How many entities.")] = 3000,
    seed: Seed = 0,
    config: ConfigFile = None,
) -> None:
    """Generate a fictional world: facts, near misses, and pages that each state part of the facts.

    The settings of --config ([fiction] and [prose] tables) win over --lang, --entities and --seed.
    Example: redsearcher world generate --entities 3000 --seed 7 --out worlds/demo
    """
    from redsearcher.world.fiction.config import FictionConfig
    from redsearcher.world.make import WorldConfig
    from redsearcher.world.prose.config import ProseConfig

    if config is not None:
        settings = WorldConfig.load(config)
    else:
        fiction = FictionConfig(lang=lang, n_entities=entities, seed=seed)
        settings = WorldConfig(fiction=fiction, prose=ProseConfig(seed=seed))
    _make(out, settings)


@app.command("import")
def import_(
    source: Annotated[Literal["codex", "redocred", "ottqa", "pages"], typer.Argument(help="Which real data.")],
    out: OutPath,
    folder: Annotated[Path | None, typer.Argument(help="pages: the folder of pages.", metavar="[DIR]")] = None,
    extract: Annotated[Literal["rules", "llm"], typer.Option(help="pages: who reads them.")] = "rules",
    model: Annotated[str, typer.Option(help="pages, llm: the model's name at the endpoint.")] = "",
    base_url: Annotated[str, typer.Option(help="pages, llm: an OpenAI-compatible endpoint.")] = "",
    passages: Annotated[
        int | None, typer.Option(min=0, help="codex, ottqa: further OTT-QA passages (default: codex all, ottqa none).")
    ] = None,
    tables: Annotated[
        int | None, typer.Option(min=0, help="codex, ottqa: how many OTT-QA tables (default all).")
    ] = None,
) -> None:
    """Import real data, from the folder that REDSEARCHER_DATA names or, for pages, from DIR.

    codex: Wikidata facts of CoDEx-S, the entities' Wikipedia extracts, OTT-QA's passages and tables around them.
    redocred: Re-DocRED's documents with human evidence.
    ottqa: facts extracted by rule from OTT-QA's tables and the passages they link to.
    pages: facts extracted from the .jsonl, .md, .html and .txt files of a folder, by rule or by a model.
    Example: redsearcher world import codex --out worlds/codex
    """
    from redsearcher.errors import InputError
    from redsearcher.llm.endpoint import EndpointConfig
    from redsearcher.world.importers.codex import CodexConfig
    from redsearcher.world.importers.pages_folder import PagesConfig
    from redsearcher.world.importers.pages_ottqa import OttqaConfig
    from redsearcher.world.make import WorldConfig

    if (source == "pages") != (folder is not None):
        raise InputError("`world import pages DIR` takes a folder, and only it does")
    if (extract == "llm") != bool(model):
        raise InputError("--extract llm needs --model NAME (and --base-url URL where it is not the provider's own)")
    endpoint = EndpointConfig(model=model, **({"base_url": base_url} if base_url else {})) if model else None
    _make(
        out,
        WorldConfig(
            source=source,
            codex=CodexConfig(n_passages=passages, n_tables=tables),
            ottqa=OttqaConfig(n_tables=tables, n_passages=0 if passages is None else passages),
            pages=PagesConfig(folder=str(folder or ""), extract=extract, model=endpoint),
        ),
    )


@app.command()
def info(world: WorldPath, json: Annotated[bool, typer.Option("--json", help="One JSON line.")] = False) -> None:
    """Say what a world holds: entities by type, facts by property, pages, how much of it is stated."""
    from collections import Counter

    from redsearcher.records.world import Strength
    from redsearcher.world.property import properties
    from redsearcher.world.store import World

    opened = World(world)
    types = Counter(entity.type for entity in opened.entities.values())
    used = Counter(fact.property for fact in opened.facts.values())
    n_stated = sum(opened.is_stated(fact) for fact in opened.facts)
    strengths = Counter(s.strength for found in opened.statements.values() for s in found)
    if json:
        say.as_json({**opened.info.model_dump(), "types": types, "properties": used, "n_stated": n_stated, **strengths})
        return
    about = opened.info
    say.line(f"{about.name} ({about.lang}, {about.kind}) {about.id}")
    say.line(f"source: {about.source}")
    say.line(f"entities {about.n_entities:,} · facts {about.n_facts:,} · pages {about.n_documents:,}")
    say.line(
        f"stated strictly {n_stated / max(about.n_facts, 1):.1%} of the facts · statements: "
        f"{strengths[Strength.STRICT]:,} strict, {strengths[Strength.LOOSE]:,} loose"
    )
    say.line("types: " + ", ".join(f"{name} {n:,}" for name, n in types.most_common()))
    table = properties()
    say.line(
        "properties: "
        + ", ".join(f"{p} {table[p].label['en'] if p in table else ''} {n:,}" for p, n in used.most_common())
    )


@app.command()
def seeds(
    world: WorldPath,
    config: ConfigFile = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File for the seeds, one entity id a line.")] = None,
) -> None:
    """Which things of a world make good seeds: length, structure, meta, redirects, concreteness, popularity.

    Says how many each filter drops. Bounds come from --config (a SeedConfig).
    Example: redsearcher world seeds worlds/ottqa --out seeds.txt
    """
    from redsearcher.world.seed.cascade import choose_seeds
    from redsearcher.world.seed.config import SeedConfig
    from redsearcher.world.store import World

    report = choose_seeds(World(world), SeedConfig() if config is None else SeedConfig.load(config))
    for reason, n in report.dropped.most_common():
        say.line(f"{n:>9,} {reason}")
    say.line(f"{len(report.seeds):>9,} seeds")
    if out is not None:
        out.write_text("".join(f"{seed}\n" for seed in report.seeds), encoding="utf-8")
        say.wrote(str(out), f"redsearcher tasks synth {world} --help")


@app.command()
def propose(
    world: WorldPath,
    out: OutPath,
    model: Annotated[str, typer.Option(help="Who proposes: openai:NAME behind --base-url.")] = "",
    base_url: Annotated[str, typer.Option(help="Root of the OpenAI-compatible API.")] = "http://127.0.0.1:8000/v1",
    graphs: Annotated[int, typer.Option(min=1, help="Pieces of the world it is shown.")] = 50,
    seed: Seed = 0,
    config: ConfigFile = None,
) -> None:
    """Have a model find facts that close cycles; write a new world with those that a page states, word for word.

    It is shown pieces of the world with pages around them. The settings of --config (a ProposeConfig) win over the
    other options. Resumes where it was killed; what it said of each piece lies in OUT.proposals.
    Example: redsearcher world propose worlds/ottqa --model openai:qwen3 --graphs 500 --out worlds/denser
    """
    from redsearcher.cli.model import parse_model
    from redsearcher.core.progress import progress, running_total
    from redsearcher.errors import InputError
    from redsearcher.synthesis.piece import PieceConfig
    from redsearcher.synthesis.propose import ProposeConfig
    from redsearcher.synthesis.propose import propose as run_proposals
    from redsearcher.world.store import World

    endpoint = parse_model(model or "rules", base_url)
    if config is not None:
        settings = ProposeConfig.load(config)
    elif endpoint is not None:
        settings = ProposeConfig(model=endpoint, pieces=PieceConfig(graphs=graphs, seed=seed))
    else:
        raise InputError("rules propose nothing; name a model, --model openai:NAME")
    with progress("pieces", settings.pieces.graphs) as bar:
        made = run_proposals(World(world), out, settings, progress=running_total(bar))
    for outcome, n in made.outcomes.items():
        say.line(f"{n:>7,} pieces {outcome}")
    for reason, n in made.dropped.items():
        say.line(f"{n:>7,} facts dropped: {reason}")
    more = f"{made.n_new:,} of them new, {made.n_stated:,} more of the old ones stated"
    say.wrote(
        f"{out}: {made.info.n_facts:,} facts, {more}",
        f"redsearcher tasks synth --world {out} --out runs/{out.name}",
    )


def _make(out: Path, settings: "WorldConfig") -> None:
    from redsearcher.core.progress import progress, running_total
    from redsearcher.world.make import make_world

    with progress("pages") as bar:
        made = make_world(out, settings, running_total(bar))
    say.wrote(
        f"{out}: {made.n_entities:,} entities, {made.n_facts:,} facts, {made.n_documents:,} pages",
        f"redsearcher web build {out} --out webs/{out.name}",
    )
