"""What a training run tells: one JSON line per report, and the picture of them."""

import json
import os
from pathlib import Path
from typing import Any

from redsearcher.core import jsonl


class Log:
    """Appends lines to a file. Opened for a resumed run, it drops the lines after the step it goes on from."""

    def __init__(self, path: Path, step: int) -> None:
        self._path = path
        kept = [line for line in jsonl.whole_lines(path) if json.loads(line)["step"] <= step]
        jsonl.write(path, kept)

    def add(self, **facts: Any) -> None:
        """One line; numbers as they are, None left out."""
        line = json.dumps({name: value for name, value in facts.items() if value is not None})
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, (line + "\n").encode())
        finally:
            os.close(descriptor)


def read_log(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a log."""
    return [json.loads(line) for line in jsonl.whole_lines(path)]


def draw(path: Path, picture: Path) -> None:
    """Loss on training and held-out documents against tokens, as an HTML page that needs no network."""
    import plotly.graph_objects as go

    lines = read_log(path)
    figure = go.Figure(layout={"template": "plotly_white", "title": "Loss of the policy's tokens"})
    for field, name, colour in (("loss", "training", "#9db7cf"), ("heldout_loss", "held out", "#d1625a")):
        points = [(line["tokens"], line[field]) for line in lines if field in line]
        mode = "lines" if field == "loss" else "lines+markers"
        xs, ys = [x for x, _ in points], [y for _, y in points]
        figure.add_trace(go.Scatter(x=xs, y=ys, name=name, mode=mode, line={"color": colour}))
    figure.update_xaxes(title="tokens")
    figure.update_yaxes(title="nats per token", type="log")
    temporary = picture.with_name(picture.name + ".tmp")
    figure.write_html(temporary, include_plotlyjs=True)
    temporary.replace(picture)
