"""`redsearcher web embed`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from redsearcher.cli import need, say


def embed(
    web: Annotated[Path, typer.Argument(help="Folder of a web.", metavar="WEB")],
    encoder: Annotated[
        str, typer.Option(help="lsa (fitted on the pages), a sentence-transformers folder, or an API's URL.")
    ],
    model: Annotated[str, typer.Option(help="Name of the model at an API.")] = "",
    weight: Annotated[
        float | None,
        typer.Option(min=0.001, max=1, help="Of this ranking beside that of the words; 1 unless given, lsa 0.03."),
    ] = None,
    kept_as: Annotated[Literal["i8", "f16"], typer.Option(help="Numbers of the vectors on disk.")] = "f16",
) -> None:
    """Add a dense index to a built web: its searches then fuse both rankings.

    Example: redsearcher web embed webs/demo --encoder lsa
    """
    need.need("web embed", "dense", "usearch", *(["sklearn"] if encoder == "lsa" else []))
    from redsearcher.core.progress import progress
    from redsearcher.errors import InputError
    from redsearcher.web.dense.config import LSA_WEIGHT, DenseConfig
    from redsearcher.web.dense.embed import embed_web
    from redsearcher.web.index import read_info

    if encoder.startswith(("http://", "https://")) and not model:
        raise InputError(f"{encoder} is an API, which may have several models; name one with --model")
    n_pages = read_info(web).n_documents
    if weight is None:
        weight = LSA_WEIGHT if encoder == "lsa" else 1.0
    config = DenseConfig(encoder=encoder, model=model, weight=weight, kept_as=kept_as)
    with progress("pages", n_pages) as watch:
        made = embed_web(web, config, watch)
    say.wrote(f"{web}: {made.n_documents:,} vectors, web {made.id}", f"redsearcher web search {web} 'some words'")
