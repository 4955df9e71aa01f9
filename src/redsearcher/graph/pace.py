"""Graphs and tree decompositions as files of the PACE challenge: `.gr`, also packed as `.xz`, and `.td`."""

import lzma
from pathlib import Path

from redsearcher.errors import InputError
from redsearcher.records.task import Decomposition

MAX_VERTICES = 20_000
"""Larger graphs are refused: neighbourhoods are bit sets, so that memory grows with the square."""
MAX_DIGITS = 9


def read_graph(path: Path) -> dict[str, frozenset[str]]:
    """Neighbours by vertex number, as text. Raises InputError naming the file and line of the first fault.

    A `.gr` file has one line `p tw N M`, then M lines with two vertices from 1 to N each; lines that begin with `c` are
    comments. Loops are left out and parallel edges are one.
    """
    neighbours: dict[str, set[str]] | None = None
    n_said = n_found = 0
    for number, line in enumerate(_text(path).splitlines(), 1):
        words = line.split()
        if not words or words[0] == "c":
            continue
        where = f"{path}, line {number}"
        if words[0] == "p":
            if neighbours is not None:
                raise InputError(f"{where}: a second `p` line; a graph file has one")
            if len(words) != 4 or words[1] != "tw" or not (_is_count(words[2]) and _is_count(words[3])):
                raise InputError(f"{where}: expected `p tw VERTICES EDGES`, got {line.strip()[:60]!r}")
            if int(words[2]) > MAX_VERTICES:
                raise InputError(f"{where}: {words[2]} vertices; at most {MAX_VERTICES} are taken")
            neighbours = {str(v): set() for v in range(1, int(words[2]) + 1)}
            n_said = int(words[3])
            continue
        if neighbours is None:
            raise InputError(f"{where}: expected `p tw VERTICES EDGES` before any edge, got {line.strip()[:60]!r}")
        if len(words) != 2 or not all(_is_count(word) and str(int(word)) in neighbours for word in words):
            raise InputError(f"{where}: expected two vertices from 1 to {len(neighbours)}, got {line.strip()[:60]!r}")
        a, b = (str(int(word)) for word in words)
        n_found += 1
        if a != b:
            neighbours[a].add(b)
            neighbours[b].add(a)
    if neighbours is None:
        raise InputError(f"{path}: no line `p tw VERTICES EDGES`; is it a PACE graph file?")
    if n_found != n_said:
        raise InputError(f"{path}: its `p` line promises {n_said} edges but {n_found} follow; is the file whole?")
    return {vertex: frozenset(others) for vertex, others in neighbours.items()}


def write_decomposition(path: Path, decomposition: Decomposition, n_vertices: int) -> None:
    """Write a `.td` file; vertices must be numbers. Raises InputError when it cannot be written."""
    bags = decomposition.bags
    lines = [f"s td {len(bags)} {decomposition.width + 1} {n_vertices}"]
    lines += [" ".join(["b", str(i), *sorted(bag, key=int)]) for i, bag in enumerate(bags, 1)]
    lines += [f"{a + 1} {b + 1}" for a, b in decomposition.tree]
    try:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error


def _is_count(word: str) -> bool:
    return word.isdecimal() and len(word) <= MAX_DIGITS


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (lzma.decompress(data) if path.suffix == ".xz" else data).decode()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except lzma.LZMAError as error:
        raise InputError(f"{path} is not a whole .xz file: {error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not text: byte {error.start} is no UTF-8") from error
