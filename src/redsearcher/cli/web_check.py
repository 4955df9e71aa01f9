"""`redsearcher web check`."""

from pathlib import Path
from typing import Annotated

import typer

from redsearcher.cli import say


def check(
    web: Annotated[Path, typer.Argument(help="Folder of a web.", metavar="WEB")],
    titles: Annotated[int, typer.Option(min=0, help="How many titles to search for.")] = 200,
) -> None:
    """Read all of a web: files, records, URLs, links, some titles. A line for each fault, and exit code 1 if any.

    Example: redsearcher web check webs/demo
    """
    from rich.console import Console
    from rich.table import Table

    from redsearcher.core.progress import progress
    from redsearcher.errors import DataError
    from redsearcher.web.build.check import check_web
    from redsearcher.web.index import read_info

    try:
        total = read_info(web).n_documents
    except DataError:  # said below
        total = None
    with progress("pages", total) as watch:
        found = check_web(web, watch, n_titles=titles)
    table = Table("what", "found")
    for name, figure in found.figures.items():
        table.add_row(name, figure)
    Console().print(table)
    for fault in found.faults:
        typer.echo(f"fault: {' '.join(fault.split())}", err=True)
    if found.faults:
        raise typer.Exit(1)
    say.line(f"{web} is whole")
