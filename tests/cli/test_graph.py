"""The graph verbs: bounds with their proof on good files, one line on bad ones."""

import json
import lzma
from pathlib import Path

import pytest

from redsearcher.cli.main import execute
from redsearcher.graph import decomposition, pace
from redsearcher.records.task import Decomposition

CUBE = [(a + 1, (a ^ bit) + 1) for a in range(8) for bit in (1, 2, 4) if a < a ^ bit]
CUBE_FILE = "c a cube\np tw 8 12\n" + "".join(f"{a} {b}\n" for a, b in CUBE)


def read_decomposition(path: Path) -> tuple[Decomposition, list[int]]:
    """What a `.td` file says, and the numbers of its first line."""
    bags: dict[int, tuple[str, ...]] = {}
    tree, head = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if words[0] == "s":
            head = [int(word) for word in words[2:]]
        elif words[0] == "b":
            bags[int(words[1])] = tuple(words[2:])
        else:
            tree.append((int(words[0]) - 1, int(words[1]) - 1))
    assert sorted(bags) == list(range(1, len(bags) + 1))
    return Decomposition(bags=tuple(bags[i] for i in sorted(bags)), tree=tuple(tree)), head


@pytest.mark.parametrize("packed", [False, True])
def test_treewidth_of_a_file(packed: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / ("cube.gr.xz" if packed else "cube.gr"), tmp_path / "cube.td"
    file.write_bytes(lzma.compress(CUBE_FILE.encode()) if packed else CUBE_FILE.encode())
    assert execute(["graph", "treewidth", str(file), "--json", "--decomposition", str(out)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said.pop("seconds") >= 0
    assert said == {"lower": 3, "upper": 3, "exact": True}
    found, head = read_decomposition(out)
    decomposition.check(found, pace.read_graph(file))
    assert head == [len(found.bags), 4, 8] and found.width == 3


def test_out_of_time_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A grid of 15 by 15 in no time at all: bounds that hold, and no claim to be exact."""
    n = 15
    edges = [(n * r + c + 1, n * r + c + 2) for r in range(n) for c in range(n - 1)]
    edges += [(n * r + c + 1, n * r + c + 1 + n) for r in range(n - 1) for c in range(n)]
    file = tmp_path / "grid.gr"
    file.write_text(f"p tw {n * n} {len(edges)}\n" + "".join(f"{a} {b}\n" for a, b in edges), encoding="utf-8")
    assert execute(["graph", "treewidth", str(file), "--time-limit", "0"]) == 0
    assert "not exact, time ran out" in capsys.readouterr().out
    assert execute(["graph", "treewidth", str(file), "--time-limit", "0", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["lower"] < n <= said["upper"] and said["exact"] is False


def test_msd_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "facts.json"
    file.write_text('{"f1": ["a", "b"], "f2": ["b", "c"], "f3": ["d"]}', encoding="utf-8")
    assert execute(["graph", "msd", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"msd": 2, "cover": ["b", "d"]}
    assert execute(["graph", "msd", str(file)]) == 0
    assert capsys.readouterr().out.split("\n")[:3] == ["MSD 2", "b", "d"]


BAD = [
    ("treewidth", "g.gr", b"", "no line `p tw VERTICES EDGES`"),
    ("treewidth", "g.gr", b"1 2\n", "line 1: expected `p tw VERTICES EDGES` before any edge"),
    ("treewidth", "g.gr", b"c hi\np td 3 1\n1 2\n", "line 2: expected `p tw VERTICES EDGES`"),
    ("treewidth", "g.gr", b"p tw 3 1\np tw 3 1\n", "line 2: a second `p` line"),
    ("treewidth", "g.gr", b"p tw 3 1\n1 4\n", "line 2: expected two vertices from 1 to 3, got '1 4'"),
    ("treewidth", "g.gr", b"p tw 3 1\n\n1 x\n", "line 3: expected two vertices"),
    ("treewidth", "g.gr", b"p tw 3 1\n1 2 3\n", "line 2: expected two vertices"),
    ("treewidth", "g.gr", b"p tw 3 1\n1 " + b"9" * 5000 + b"\n", "line 2: expected two vertices"),
    ("treewidth", "g.gr", b"p tw 3 2\n1 2\n", "promises 2 edges but 1 follow"),
    ("treewidth", "g.gr", b"p tw 900000000 0\n", "at most 20000 are taken"),
    ("treewidth", "g.gr", b"p tw 3 1\n1 \xff\n", "is not text"),
    ("treewidth", "g.gr.xz", CUBE_FILE.encode(), "is not a whole .xz file"),
    ("treewidth", "g.gr.xz", lzma.compress(CUBE_FILE.encode())[:40], "is not a whole .xz file"),
    ("treewidth", "", b"", "cannot be read"),
    ("msd", "f.json", b'{"f1": ["a"],\n "f2" ["b"]}', "line 2: not JSON"),
    ("msd", "f.json", b'["a"]', "expected an object"),
    ("msd", "f.json", b'{"f1": "a"}', "fact 'f1' needs a list of document names"),
    ("msd", "f.json", b'{"f1": []}', "fact 'f1' has no document"),
    ("msd", "f.json", b'{"f1": ["a"], "f1": ["b"]}', "fact 'f1' stands there twice"),
    ("msd", "f.json", b"\xff", "is not text"),
    ("msd", "", b"", "cannot be read"),
]


@pytest.mark.parametrize(("verb", "name", "content", "complaint"), BAD)
def test_bad_files_get_one_line(
    verb: str, name: str, content: bytes, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / (name or "none")
    if name:
        file.write_bytes(content)
    assert execute(["graph", verb, str(file), "--json"]) == 2
    said = capsys.readouterr()
    assert complaint in said.err and said.err.count("\n") == 1 and not said.out


def test_a_decomposition_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cube.gr"
    file.write_text(CUBE_FILE, encoding="utf-8")
    assert execute(["graph", "treewidth", str(file), "--decomposition", str(tmp_path / "no" / "cube.td")]) == 2
    assert "cannot be written" in capsys.readouterr().err
