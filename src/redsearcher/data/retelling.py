"""Texts of a trajectory told otherwise: every text mapped, the names of fields kept."""

from collections.abc import Callable
from typing import Any

from redsearcher.records.trajectory import Trajectory


def retold(trajectory: Trajectory, tell: Callable[[str], str]) -> Trajectory:
    """The trajectory with `tell` applied to what is read and written; without segments, whose ids would not hold."""
    plain = trajectory.model_dump(mode="json", exclude={"segments"})
    for name in ("question", "answer"):
        plain[name] = _mapped(plain[name], tell)
    for step in plain["steps"]:
        step["segment"] = None
        step["thought"], step["asked"] = tell(step["thought"]), tell(step["asked"])
        for call in step["calls"]:
            call["arguments"] = _mapped(call["arguments"], tell)
        for seen in step["observations"]:
            seen["content"] = tell(seen["content"])
    return Trajectory.model_validate(plain)


def _mapped(value: Any, tell: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return tell(value)
    if isinstance(value, list):
        return [_mapped(one, tell) for one in value]
    if isinstance(value, dict):
        return {name: _mapped(one, tell) for name, one in value.items()}
    return value
