"""What commands print: plain lines on standard output, and what to run next."""

import json
from typing import Any

import typer


def line(text: str) -> None:
    """One line of result."""
    typer.echo(text)


def wrote(what: str, next_command: str = "") -> None:
    """Say what was written and what to run next."""
    typer.echo(f"wrote {what}")
    if next_command:
        typer.echo(f"next: {next_command}")


def as_json(value: Any) -> None:
    """One JSON line, for programs."""
    typer.echo(json.dumps(value, ensure_ascii=False))
