"""What the expert did as a Trajectory."""

from typing import Any

from redsearcher.records.tool import INTERFACE_VERSION
from redsearcher.records.trajectory import Step, StopReason, Trajectory


def recorded(
    key: str, task: str, question: str, seed: int, steps: tuple[Step, ...], stop_reason: StopReason, **more: Any
) -> Trajectory:
    """`more`: further fields of the Trajectory."""
    return Trajectory(
        key=key, task=task, sample=0, question=question, model="expert", protocol="native",
        interface_version=INTERFACE_VERSION, seed=seed, steps=steps, stop_reason=stop_reason,
        **{"context_strategy": "none", **more},
    )  # fmt: skip
