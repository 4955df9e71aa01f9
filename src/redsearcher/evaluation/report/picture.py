"""A reasoning graph as SVG: given green, latent yellow, answer red."""

from collections.abc import Mapping
from html import escape

import networkx as nx

from redsearcher.records.query import CompareAtom, FactAtom, LiteralAtom, Query, Role, ToolAtom
from redsearcher.world.property import properties

COLOURS = {Role.GIVEN: "#8fce9b", Role.LATENT: "#f6d465", Role.ANSWER: "#ee7c72"}
WIDTH, HEIGHT, MARGIN_X, MARGIN_Y, RADIUS = 620.0, 380.0, 95.0, 50.0, 11.0
ZIGZAG, NEARLY = 70.0, 25.0
MAX_LABEL = 26


def draw(query: Query, labels: Mapping[str, str], property_labels: Mapping[str, str]) -> str:
    """SVG text of the query's graph, givens and literal ranges included. `labels`: entity id -> name."""
    graph: nx.Graph = nx.Graph()
    names = {v.name: labels.get(v.entity or "", v.label or v.name) for v in query.variables}
    colours = {v.name: COLOURS[v.role] for v in query.variables}
    graph.add_nodes_from(names)
    edges: dict[tuple[str, str], list[str]] = {}
    for constraint in query.constraints:
        if isinstance(constraint, LiteralAtom):
            node = f"literal {constraint.id}"
            names[node], colours[node] = _range(constraint), COLOURS[Role.GIVEN]
            pair, name = (constraint.subject, node), property_labels.get(constraint.property, constraint.property)
        elif isinstance(constraint, ToolAtom):
            node = f"tool {constraint.id}"
            names[node], colours[node] = _range(constraint), COLOURS[Role.GIVEN]
            name = f"{constraint.call.tool}: {constraint.call.function}"
            for variable in constraint.variables[1:]:
                graph.add_edge(variable, node)
                edges.setdefault((variable, node), []).append(name)
            pair = (constraint.variables[0], node)
        elif isinstance(constraint, CompareAtom):
            left = property_labels.get(constraint.left_property, constraint.left_property)
            pair, name = (constraint.left, constraint.right), f"{left}: earlier or less"
        else:
            assert isinstance(constraint, FactAtom)
            pair = (constraint.subject, constraint.object)
            name = property_labels.get(constraint.property, constraint.property)
        graph.add_edge(*pair)
        edges.setdefault(pair, []).append(name)
    position = _layout(graph)
    parts = [f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" class="graph" role="img">']
    parts.append(
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#9aa3ad"/></marker></defs>'
    )
    for (start, end), texts in edges.items():
        parts.append(_edge(position[start], position[end], " / ".join(texts)))
    for node, (x, y) in position.items():
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS:g}" fill="{colours[node]}" stroke="#555"/>'
            f'<text x="{x:.1f}" y="{y - RADIUS - 5:.1f}" class="node">{escape(_cut(names[node]))}</text>'
        )
    parts.append("</svg>")
    return "".join(parts)


def _edge(start: tuple[float, float], end: tuple[float, float], text: str) -> str:
    (x1, y1), (x2, y2) = start, end
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1.0)
    cut_x, cut_y = (x2 - x1) / length * RADIUS, (y2 - y1) / length * RADIUS
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2 - cut_x:.1f}" y2="{y2 - cut_y:.1f}" marker-end="url(#tip)"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" class="edge">{escape(_cut(text))}</text>'
    )


def _layout(graph: "nx.Graph") -> dict[str, tuple[float, float]]:
    raw = nx.kamada_kawai_layout(graph) if len(graph) > 1 else dict.fromkeys(graph, (0.0, 0.0))
    xs = _scaled({node: float(x) for node, (x, _) in raw.items()}, WIDTH, MARGIN_X)
    ys = _scaled({node: float(y) for node, (_, y) in raw.items()}, HEIGHT, MARGIN_Y)
    order = sorted(graph, key=lambda node: xs[node])
    if len(order) > 2 and _is_line(order, xs, ys):
        ys = {node: HEIGHT / 2 + (ZIGZAG if number % 2 else -ZIGZAG) for number, node in enumerate(order)}
    return {node: (xs[node], ys[node]) for node in graph}


def _scaled(values: Mapping[str, float], size: float, margin: float) -> dict[str, float]:
    low, high = min(values.values()), max(values.values())
    if high - low < 1e-9:
        return dict.fromkeys(values, size / 2)
    return {node: margin + (value - low) / (high - low) * (size - 2 * margin) for node, value in values.items()}


def _is_line(order: list[str], xs: Mapping[str, float], ys: Mapping[str, float]) -> bool:
    """Whether the nodes lie almost on one line, where names and edges would cover each other."""
    first, last = order[0], order[-1]
    slope = (ys[last] - ys[first]) / max(xs[last] - xs[first], 1.0)
    return all(abs(ys[node] - ys[first] - slope * (xs[node] - xs[first])) < NEARLY for node in order)


def _range(constraint: LiteralAtom | ToolAtom) -> str:
    property_ = properties().get(constraint.property) if isinstance(constraint, LiteralAtom) else None
    is_time = property_ is not None and property_.object == ("time",)
    low, high = (
        "" if bound is None else str(int(bound)) if is_time else f"{bound:,.6g}"
        for bound in (constraint.low, constraint.high)
    )
    if not low:
        return f"up to {high}"
    return f"{low} – {high}" if high else f"from {low}"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1] + "…"
