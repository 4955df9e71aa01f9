"""`redsearcher web serve`."""

from pathlib import Path
from typing import Annotated

import typer

from redsearcher.cli import say
from redsearcher.cli.need import need


def serve(
    web: Annotated[Path, typer.Argument(help="Folder of a web.", metavar="WEB")],
    world: Annotated[
        Path | None, typer.Option("--world", help="World that maps and scholar answer from.", metavar="WORLD")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 8080,
    workers: Annotated[int, typer.Option(help="Processes, over one index that is mapped into each.", min=1)] = 1,
    key_env: Annotated[
        str, typer.Option(help="Environment variable with the key that requests must show.", metavar="NAME")
    ] = "",
    keys: Annotated[
        Path | None, typer.Option("--keys", help="TOML file of several keys with their quotas.", metavar="FILE")
    ] = None,
    watchdog: Annotated[
        float | None,
        typer.Option(
            help="Seconds without a sign of life after which a process is killed and begun again "
            "(default 60 with several workers; a single one is watched only where this is given).",
            min=1,
        ),
    ] = None,
    tools: Annotated[
        str, typer.Option(help="Tools beyond search and visit, with commas (default: all that can be had).")
    ] = "",
    faults: Annotated[
        Path | None, typer.Option("--faults", help="TOML file of faults to inject, by seed and rate.", metavar="FILE")
    ] = None,
    max_body: Annotated[int, typer.Option(help="Bytes a request may have.", min=1024)] = 1 << 20,
) -> None:
    """Serve a web over HTTP (Serper, Jina's reader and Search-R1 in shape) and MCP (at /mcp).

    Example: redsearcher web serve webs/demo --world worlds/demo --port 8080 --workers 2
    """
    need("serving a web", "server", "fastapi", "uvicorn", "mcp", "prometheus_client")
    from redsearcher.web.fault.config import FaultConfig
    from redsearcher.web.server.gate import KeysConfig
    from redsearcher.web.server.run import HANG_S, LOOPBACK, Setting, serve

    named = tuple(name.strip() for name in tools.split(",")) if tools else None
    table = FaultConfig.load(faults) if faults else None
    setting = Setting(
        web.resolve(),
        world.resolve() if world else None,
        named,
        host,
        key_env,
        max_body,
        table,
        KeysConfig.load(keys) if keys else None,
        watchdog or HANG_S,
    )
    if setting.key is None and keys is None and host not in LOOPBACK:
        typer.echo(
            f"note: {host} is open to others, and neither --key-env nor --keys is given: anyone may ask", err=True
        )
    serve(
        setting,
        port,
        workers,
        lambda url: say.line(f"serving {web} at {url} (MCP at {url}/mcp); Ctrl-C stops"),
        lambda text: typer.echo(f"note: {text}", err=True),
        watched=watchdog is not None,
    )
