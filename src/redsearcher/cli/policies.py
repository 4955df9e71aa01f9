"""Further policies on the tasks of a job: each rolls out in a folder of its own, so that they stand side by side."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import StringConstraints

from redsearcher.agent.config import RolloutConfig
from redsearcher.cli import stage
from redsearcher.cli.model import ModelConfig, find_model, habits
from redsearcher.cli.stage import POLICIES
from redsearcher.cli.tools import find_web
from redsearcher.core.config import Config
from redsearcher.core.fanout.place import Place
from redsearcher.core.rundir import RunDir
from redsearcher.records.task import Task
from redsearcher.world.store import World

LOCAL_NEEDS = ("torch", "transformers")


PolicyName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""What a policy is called, and its folder."""


class PolicyConfig(Config):
    """One further policy and how it rolls out."""

    model: ModelConfig
    """The policy."""
    rollout: RolloutConfig | None = None
    """Episodes per task and their limits; left out, those that the model's folder holds, or the defaults."""


class Sat(NamedTuple):
    """What became of one policy: rollouts and right ones, or why it was left out."""

    name: str
    n_rollouts: int
    n_right: int
    left_out: str = ""

    def __str__(self) -> str:
        if self.left_out:
            return f"policy {self.name} left out: {self.left_out}"
        return f"policy {self.name}: {self.n_rollouts} rollouts, {self.n_right} right"


def check_policies(policies: Mapping[str, PolicyConfig]) -> None:
    """Raises InputError where a policy cannot be found, before hours are spent on its tasks."""
    for policy in policies.values():
        find_model(policy.model)
        habits(policy.model.name)


def roll_out_policies(
    where: Path, policies: Mapping[str, PolicyConfig], tasks: Sequence[Task], world: World, workers: Place
) -> list[Sat]:
    """Stage files `trajectories`, `scores` and `abnormal` under `policies/NAME`; resumes by rollout.

    A local model is left out where torch is not installed: nothing else of a job needs it.
    """
    return [_sit(where, name, policy, tasks, world, workers) for name, policy in policies.items()]


def _sit(where: Path, name: str, policy: PolicyConfig, tasks: Sequence[Task], world: World, workers: Place) -> Sat:
    missing = [module for module in LOCAL_NEEDS if find_spec(module) is None]
    if missing and policy.model.name.startswith("local:"):
        return Sat(name, 0, 0, f"{missing[0]} is not installed; pip install 'redsearcher[local]', then run again")
    source = find_model(policy.model)
    config = policy.rollout or habits(policy.model.name) or RolloutConfig()
    run = RunDir.open(where / POLICIES / name, config)
    web = find_web(str(where / "web"), world, shown=config.episode.shown)
    done, scores = stage.rollouts(run, tasks, web, source, config, workers)
    return Sat(name, len(done), sum(score.value == 1.0 for score in scores))
