"""`redsearcher train`: tokenizer, encode, sft."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from redsearcher.cli import say
from redsearcher.cli.need import need
from redsearcher.cli.option import OutPath

POLL_S = 5.0

app = typer.Typer(no_args_is_help=True, help="Train a small policy from scratch on recorded trajectories.")

Traces = Annotated[
    list[Path],
    typer.Argument(help="Run directories, folders of expert traces, or single files of either.", metavar="TRACES..."),
]
DataPath = Annotated[Path, typer.Option("--data", "-d", help="Folder of tokenizer and shards.", metavar="DIR")]


@app.command()
def tokenizer(
    traces: Traces,
    data: DataPath,
    size: Annotated[int, typer.Option(help="Tokens of the vocabulary.")] = 2048,
    window: Annotated[int, typer.Option(help="Longest sequence of the model it is for.")] = 8192,
) -> None:
    """Learn a byte-level BPE from traces. Every file counts as a world: names of one world become no tokens.

    Example: redsearcher train tokenizer data/expert --data data/nano
    """
    need("learning a tokenizer", "local", "tokenizers")
    from redsearcher.training.rename import common_words, save_words
    from redsearcher.training.source import find_sources, texts
    from redsearcher.training.tokenizer import save_tokenizer, train_tokenizer

    found = find_sources(traces)
    sources = {source.name: texts(source) for source in found}
    learnt = train_tokenizer(sources, size)
    save_tokenizer(learnt, data / "tokenizer", window)
    if len(found) > 1:
        save_words(common_words({source.name: texts(source) for source in found}), data)
    say.wrote(
        f"{data}/tokenizer ({learnt.get_vocab_size():,} tokens, {len(sources)} sources)",
        f"redsearcher train encode {traces[0]} --data {data}",
    )


@app.command()
def encode(
    traces: Traces,
    data: DataPath,
    part: Annotated[Literal["train", "heldout"], typer.Option(help="Learn from them, or measure on them.")] = "train",
    variants: Annotated[
        int, typer.Option(min=0, help="Further shards per file, in which every trace has other names.")
    ] = 0,
    addresses: Annotated[
        bool, typer.Option("--addresses", help="Put half of the traces of those shards under invented addresses.")
    ] = False,
    longest: Annotated[int | None, typer.Option(min=1, help="Leave out documents of more tokens.")] = None,
    first_turn: Annotated[
        bool, typer.Option("--first-turn", help="Keep the question and the first turn alone, for a first stage.")
    ] = False,
    follow_minutes: Annotated[float, typer.Option(help="Go on looking for new files for so long.")] = 0.0,
) -> None:
    """Write traces as shards of token ids, one per file; what was encoded before is left alone. A training that reads
    the folder takes up new shards as they come.

    Example: redsearcher train encode data/expert --data data/nano
    """
    need("encoding", "local", "tokenizers", "torch", "transformers")
    import time

    from redsearcher.data.expert.words import vocabulary
    from redsearcher.errors import InputError
    from redsearcher.training.encode import Cut, Variants, encode_new, load_encoder
    from redsearcher.training.readdress import Readdresser
    from redsearcher.training.rename import Renamer, load_words

    encoder = load_encoder(data / "tokenizer")
    if addresses and not variants:
        raise InputError("--addresses changes the shards that --variants adds; give --variants 1")
    told = None
    if variants:
        told = Variants(variants, Renamer(load_words(data) | vocabulary()), Readdresser(0) if addresses else None)
    cut = Cut(longest, first_turn)
    folder = data / part
    end = time.monotonic() + 60 * follow_minutes
    n_made = 0
    while True:
        for name, made in encode_new(encoder, traces, folder, told, cut):
            n_made += 1
            say.line(f"{name}: {len(made):,} documents, {made.n_tokens:,} tokens, {made.n_masked:,} of the policy")
        if time.monotonic() >= end:
            break
        time.sleep(POLL_S)
    command = f"redsearcher train sft configs/nano/2m.toml --data {data} --out runs/2m"
    say.wrote(f"{folder} ({n_made} new shards)", command)


@app.command()
def sft(
    config: Annotated[Path, typer.Argument(help="TOML file of the scale.", metavar="CONFIG")],
    data: DataPath,
    out: OutPath,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    max_minutes: Annotated[
        float | None, typer.Option(help="Time budget; the learning rate then ends with what is spent first.")
    ] = None,
    threads: Annotated[int | None, typer.Option(help="CPU threads; all cores unless given.")] = None,
    start: Annotated[
        Path | None, typer.Option(help="Checkpoint whose weights to begin with, for a further stage on other data.")
    ] = None,
    trainer: Annotated[
        Literal["own", "trl"], typer.Option(help="Our loop, or trl's SFTTrainer (no resume, slower; see docs).")
    ] = "own",
) -> None:
    """Train from random weights, or from those of a checkpoint. The same command goes on where a stopped run was.

    Example: redsearcher train sft configs/nano/2m.toml --data data/nano --out runs/2m
    """
    need("training", "train", "torch", "transformers", *(("trl", "datasets") if trainer == "trl" else ()))
    import torch

    from redsearcher.core.progress import progress
    from redsearcher.training.config import SftConfig
    from redsearcher.training.feed import count_too_long
    from redsearcher.training.model import n_parameters
    from redsearcher.training.sft import TRAIN, open_training

    settings = SftConfig.load(config)
    n_long, n_documents = count_too_long(data / TRAIN, settings.row_tokens)
    if threads is not None:
        torch.set_num_threads(threads)
    if trainer == "trl":
        from redsearcher.training.trl_sft import train_with_trl

        train_with_trl(settings, data, out, device)
        say.wrote(f"{out}/model")
        return
    with open_training(settings, data, out, device, start) as training:
        begun = training.position
        n = n_parameters(training.engine.model)
        if n_long:
            say.line(
                f"{n_long:,} of {n_documents:,} documents are longer than {settings.row_tokens:,} tokens: left out"
            )
        where = f", going on at {begun.tokens:,} tokens" if begun.step else ""
        say.line(f"{settings.name}: {n:,} parameters on {training.engine.device}{where}")
        with progress("training", settings.budget_tokens) as bar:
            bar.advance(begun.tokens)
            done = training.run(max_minutes, None, bar)
        for trouble in training.engine.troubles:
            say.line(f"took a slower way: {trouble}")
    seconds = max(1e-9, done.position.seconds)
    loss = "" if done.heldout_loss is None else f", held-out loss {done.heldout_loss:.3f} nats per token"
    say.line(
        f"{done.position.tokens:,} tokens in {seconds:,.0f} s ({done.position.tokens / seconds:,.0f} a second){loss}"
    )
    say.wrote(f"{done.model}, {out}/loss.html, {out}/log.jsonl")
