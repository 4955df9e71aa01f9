"""`redsearcher graph`: treewidth of a graph file, msd of a cover instance; both exact and with their proof."""

from pathlib import Path
from typing import Annotated

import typer

from redsearcher.cli import say

app = typer.Typer(no_args_is_help=True, help="Exact difficulty of bare structures: treewidth and minimum cover.")
GraphFile = Annotated[Path, typer.Argument(help="PACE graph, plain or packed.", metavar="FILE.gr[.xz]")]
CoverFile = Annotated[Path, typer.Argument(help="JSON object: fact to list of documents.", metavar="FILE.json")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON line.")]


@app.command()
def treewidth(
    file: GraphFile,
    time_limit: Annotated[float, typer.Option(min=0, help="Seconds; then the bounds proved so far.")] = 60.0,
    decomposition: Annotated[
        Path | None, typer.Option(help="Write the decomposition in PACE format.", metavar="OUT.td")
    ] = None,
    json: AsJson = False,
) -> None:
    """Print lower and upper bound, whether they are equal (exact), and seconds taken.

    The decomposition has the upper bound as its width and was checked against the graph. Exits 2 for a bad file.
    Example: redsearcher graph treewidth petersen.gr --decomposition petersen.td
    """
    import time

    from redsearcher.graph.pace import read_graph, write_decomposition
    from redsearcher.graph.treewidth import treewidth as solve

    graph = read_graph(file)
    start = time.monotonic()
    found = solve(graph, time_limit_s=time_limit)
    seconds = round(time.monotonic() - start, 3)
    if decomposition is not None:
        write_decomposition(decomposition, found.decomposition, len(graph))
    if json:
        say.as_json({"lower": found.lower, "upper": found.upper, "exact": found.exact, "seconds": seconds})
        return
    if found.exact:
        say.line(f"treewidth {found.upper}, proved by {found.lower_bound.kind}, {seconds} s")
    else:
        say.line(f"treewidth between {found.lower} and {found.upper}: not exact, time ran out after {seconds} s")
    if decomposition is not None:
        say.wrote(f"{decomposition} ({len(found.decomposition.bags)} bags)")


@app.command()
def msd(file: CoverFile, json: AsJson = False) -> None:
    """Print the size of a smallest set of documents that states every fact, and the set. Exits 2 for a bad file.

    Example: echo '{"f1": ["a", "b"], "f2": ["b"]}' > facts.json; redsearcher graph msd facts.json
    """
    from redsearcher.graph.cover import minimum_cover
    from redsearcher.graph.instance import read_cover_instance

    cover = minimum_cover(list(read_cover_instance(file).values()))
    assert cover is not None  # the reader refuses facts without documents
    if json:
        say.as_json({"msd": len(cover), "cover": cover})
        return
    say.line(f"MSD {len(cover)}")
    for document in cover:
        say.line(document)
