"""Imports point down the layer list only, and `import redsearcher` stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import redsearcher

ROOT = Path(redsearcher.__file__).parent
LAYERS = [
    "errors", "core", "records", "llm", "grading", "graph", "world", "web", "agent", "synthesis", "data", "training",
    "evaluation", "studio", "cli",
]  # fmt: skip
MODULES = sorted(ROOT.rglob("*.py"))


def _layer(dotted: str) -> str | None:
    parts = dotted.split(".")
    return parts[1] if parts[0] == "redsearcher" and len(parts) > 1 else None


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(module: Path) -> None:
    own = module.relative_to(ROOT).with_suffix("").parts[0]
    if own == "__init__":
        own = "errors"
    assert own in LAYERS, f"{own} is in no layer"
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            names = [node.module or ""]
            if node.module == "redsearcher":
                names = [f"redsearcher.{alias.name}" for alias in node.names if alias.name != "__version__"]
        for name in names:
            layer = _layer(name)
            assert layer is None or LAYERS.index(layer) <= LAYERS.index(own), f"line {node.lineno}: {own} -> {layer}"


def test_init_files_define_nothing() -> None:
    for module in ROOT.rglob("__init__.py"):
        if module.parent == ROOT:
            continue
        tree = ast.parse(module.read_text(encoding="utf-8"))
        kinds = {type(node).__name__ for node in tree.body}
        assert kinds <= {"Expr", "Import", "ImportFrom", "Assign"}, f"{module.relative_to(ROOT)} defines something"


def test_import_is_light() -> None:
    code = (
        "import sys, redsearcher\n"
        "heavy = {'torch', 'transformers', 'ray', 'tantivy', 'pyarrow', 'plotly', 'openai'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_help_needs_no_heavy_library() -> None:
    code = (
        "import sys, redsearcher.cli.main\n"
        "heavy = {'torch', 'transformers', 'ray', 'plotly', 'openai', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
