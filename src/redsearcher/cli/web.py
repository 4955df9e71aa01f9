"""`redsearcher web`: build, change, check, search, visit, serve."""

from typing import Annotated

import typer

from redsearcher.cli import say, web_build, web_check, web_embed, web_resolve, web_serve

app = typer.Typer(no_args_is_help=True, help="Build a local web of pages and look around in it.")
app.command("build")(web_build.build)
app.command("import-cache")(web_build.import_cache)
app.command("append")(web_build.append)
app.command("delete")(web_build.delete)
app.command("check")(web_check.check)
app.command("embed")(web_embed.embed)
app.command("resolve")(web_resolve.resolve)
app.command("serve")(web_serve.serve)
Web_ = Annotated[
    str,
    typer.Argument(
        help="Folder of a web, URL of a server, mcp+URL, replay:FILE, or a live web's .toml.", metavar="WEB"
    ),
]


@app.command()
def search(
    web: Web_,
    query: Annotated[list[str], typer.Argument(help="One or more queries.")],
) -> None:
    """Search as an agent would: ranked results with snippets.

    Example: redsearcher web search webs/demo "who directed The Salt Road"
    """
    _call(web, "search", {"query": query})


@app.command()
def visit(
    web: Web_,
    url: Annotated[list[str], typer.Argument(help="One or more URLs.")],
    goal: Annotated[str, typer.Option(help="What you want to learn; ranks the passages of long pages.")] = "",
) -> None:
    """Open pages as an agent would."""
    _call(web, "visit", {"url": url, "goal": goal})


def _call(web: str, name: str, arguments: dict[str, object]) -> None:
    import asyncio

    from redsearcher.cli.tools import find_web
    from redsearcher.errors import InputError
    from redsearcher.records.tool import ToolCall

    with find_web(web).here(())() as tools:
        observation = asyncio.run(tools.call(ToolCall(id="cli", name=name, arguments=arguments)))
    if observation.error is not None:
        raise InputError(observation.content)
    say.line(observation.content)
