"""The python tool: what it shows, what it limits, that calls do not know of each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from redsearcher.errors import ToolError
from redsearcher.records.tool import PYTHON, Observation, ToolCall
from redsearcher.web.tool.python import PythonConfig, PythonTool


@pytest.fixture(scope="module")
def tool() -> Iterator[PythonTool]:
    made = PythonTool(PythonConfig(time_s=0.5, memory_mb=32, output_chars=500))
    yield made
    made.close()


def run(tool: PythonTool, code: object) -> Observation:
    return tool.run(ToolCall(id="c1", name="python", arguments={"code": code}))


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("1 + 1", "2"),
        ("print('a')\n'b'", "a\nb"),
        ("print(1, 2)", "1 2"),
        ("x = 3", "(no output; print what you want to see)"),
        ("None", "(no output; print what you want to see)"),
        ("[1, (2, 'x'), {'k': None}]", "[1, (2, 'x'), {'k': None}]"),
        ("from datetime import date\n(date(1999, 5, 6) - date(1956, 3, 12)).days", "15760"),
        ("f'{1234567:,} {22 / 7:.3f}'", "1,234,567 3.143"),
        ("import math\nmath.factorial(20)", "2432902008176640000"),
        ("sorted({'b': 2, 'a': 1}.items())", "[('a', 1), ('b', 2)]"),
        ("class A:\n    def f(self):\n        return 3\nA().f()", "3"),
    ],
)
def test_what_code_shows(tool: PythonTool, code: str, shown: str) -> None:
    found = run(tool, code)
    assert (found.content, found.error) == (shown, None)


def test_everything_the_description_lists_can_be_imported(tool: PythonTool) -> None:
    listed = PYTHON.description.split("Importable: ")[1].split(".")[0].split(", ")
    assert len(listed) > 10
    for module in listed:
        assert run(tool, f"import {module}\n1").content == "1", module


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        ("1 / 0", "code_error", "ZeroDivisionError: division by zero"),
        ("x = ", "code_error", "SyntaxError"),
        ("import numpy", "code_error", "No module named 'numpy'"),
        ("print('before')\nundefined", "code_error", "before\nTraceback"),
        ("while True:\n    pass", "timeout", "time limit"),
        ("x = 'a' * 10**9", "code_error", "MemoryError"),
    ],
)
def test_errors_are_text_to_act_on(tool: PythonTool, code: str, kind: str, says: str) -> None:
    found = run(tool, code)
    assert found.error == kind
    assert says in found.content


def test_long_output_is_cut(tool: PythonTool) -> None:
    found = run(tool, "print('y' * 900)")
    assert found.content == "y" * 500 + "\n(500 of 900 characters shown)"
    assert run(tool, "10 ** 5000").content == "(an integer of 16,610 bits)"
    assert len(run(tool, "list(range(100000))").content) < 600


def test_calls_start_afresh_and_repeat_themselves(tool: PythonTool) -> None:
    run(tool, "secret = 7")
    assert "NameError" in run(tool, "secret").content
    code = "import random, datetime\n(random.random(), datetime.datetime.now())"
    assert run(tool, code).content == run(tool, code).content


@pytest.mark.parametrize("code", ["", "  \n", 3, "x" * 20_001])
def test_code_that_is_none_is_refused(tool: PythonTool, code: object) -> None:
    with pytest.raises(ToolError, match="Call it again"):
        run(tool, code)


def test_many_at_once_agree(tool: PythonTool) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: run(tool, f"{n} ** 2").content, range(24)))
    assert found == [str(n**2) for n in range(24)]


def test_a_closed_tool_starts_again() -> None:
    made = PythonTool()
    assert run(made, "1").content == "1"
    made.close()
    made.close()
    assert run(made, "2").content == "2"
    made.close()
