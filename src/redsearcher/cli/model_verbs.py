"""`redsearcher model`: serve."""

from typing import Annotated

import typer

from redsearcher.cli import say
from redsearcher.cli.option import ConfigFile

app = typer.Typer(no_args_is_help=True, help="Serve a language model from a folder.")


@app.callback()
def _verbs() -> None:
    """Serve a language model from a folder."""


@app.command()
def serve(
    model: Annotated[str, typer.Argument(help="Folder of a model in the transformers layout.", metavar="MODEL")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8000,
    name: Annotated[str, typer.Option(help="Name that clients ask for (default: the folder's).")] = "",
    protocol: Annotated[str, typer.Option(help="Text protocol that tool calls are read in.")] = "hermes",
    device: Annotated[str, typer.Option(help="A torch device: cpu, cuda, cuda:1 (default: the config's).")] = "",
    config: ConfigFile = None,
) -> None:
    """Serve a model over the OpenAI API: chat with tools, streaming and log-probabilities, and token ids in and out.

    Example: redsearcher model serve models/nano --port 8000
    """
    import asyncio

    from redsearcher.errors import InputError, boundary
    from redsearcher.llm.local.config import EngineConfig
    from redsearcher.llm.local.load import load
    from redsearcher.llm.protocol.choice import text_protocol

    settings = EngineConfig.load(config) if config else EngineConfig()
    if device:
        settings = settings.model_copy(update={"device": device})
    with boundary("serving needs fastapi and uvicorn: pip install 'redsearcher[server]'", raises=InputError):
        from redsearcher.llm.server.app import make_app
        from redsearcher.llm.server.run import Server, listen
    with listen(host, port) as bound:
        loaded = load(model, text_protocol(protocol))
        served = name or loaded.name

        async def run() -> None:
            from redsearcher.llm.local.engine import LocalEngine

            async with LocalEngine(loaded.model, loaded.name, settings) as engine:
                address, taken = bound.getsockname()[:2]
                url = f"http://{f'[{address}]' if ':' in address else address}:{taken}/v1"
                ready = f"serving {served} at {url} (window {engine.window:,} tokens); Ctrl-C stops"
                server = Server(make_app(engine, loaded.renderer, served), lambda: say.line(ready))
                await server.serve([bound])

        asyncio.run(run())
