"""Requests made up from the OpenAPI document; `benchmarks/web_faults.py` lets many more of them loose."""

import importlib.util
import sys
from pathlib import Path

from tests.web.serving import ServedHere


def test_no_request_of_any_shape_makes_the_server_fail(served: ServedHere) -> None:
    path = Path(__file__).parents[3] / "benchmarks" / "api_fuzz.py"
    spec = importlib.util.spec_from_file_location("api_fuzz", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["api_fuzz"] = module
    spec.loader.exec_module(module)
    seen = module.fuzz(served.client, 100)
    assert seen[200] > 15 and sum(seen.values()) >= 100
