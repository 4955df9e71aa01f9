"""`redsearcher web resolve`: which documents stand at which addresses. For operators: nothing of it is served."""

from pathlib import Path
from typing import Annotated

import typer

from redsearcher.cli import say


def resolve(
    web: Annotated[Path, typer.Argument(help="Folder of a web.", metavar="WEB")],
    url: Annotated[list[str], typer.Argument(help="Addresses of pages, or their own URLs.", metavar="URL...")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Say of pages what those who search are not told: document, own URL, and whether they are noise.

    Example: redsearcher web resolve webs/demo https://www.rixnoumnotes.net/@next/brave-0a7ad03aa41c
    """
    from redsearcher.errors import InputError, ToolError
    from redsearcher.web.address.book import shown_url
    from redsearcher.web.engine import Web
    from redsearcher.web.noise.mix import KIND

    opened = Web.open(web)
    shown = shown_url(opened.info.config.addresses)
    for each in url:
        try:
            id_ = opened.resolve(each)
        except ToolError:
            try:
                id_ = opened.resolve(shown(each))
            except ToolError:
                raise InputError(f"{web} has no page at {each}, nor one that came from there") from None
        page = opened.document(id_)
        own, is_noise = page.origin or page.url, page.kind == KIND
        if json:
            say.as_json({"id": id_, "url": page.url, "own_url": own, "title": page.title, "noise": is_noise})
        else:
            say.line(f"{id_}  {own}  {page.title}" + ("  (noise)" if is_noise else ""))
