"""Options of `rollout` overrule the config file, and name the tools that are offered."""

import asyncio
from pathlib import Path

import pytest

from redsearcher.agent.config import EpisodeConfig, RolloutConfig
from redsearcher.agent.rollout import roll_out
from redsearcher.cli.main import execute
from redsearcher.cli.rollout import _names, _overrule
from redsearcher.core.rundir import RunDir
from redsearcher.errors import InputError
from redsearcher.llm.scripted import ScriptedModel
from redsearcher.records.chat import Message
from redsearcher.records.tool import SEARCH, Observation, ToolCall, ToolSchema
from redsearcher.records.trajectory import Trajectory
from tests.evaluation.toy import task


class Pages:
    """Every call returns a page."""

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        return (SEARCH,)

    async def call(self, call: ToolCall) -> Observation:
        return Observation(call_id=call.id, content="seen")


def test_what_is_given_overrules_what_is_stored() -> None:
    stored = RolloutConfig(samples=3, seed=5, episode=EpisodeConfig(context="discard_all", window=900))
    found = _overrule(stored, {"samples": 8, "seed": None}, {"context": None, "window": 700, "tools": ()})
    assert (found.samples, found.seed) == (8, 5)
    assert (found.episode.context, found.episode.window, found.episode.tools) == ("discard_all", 700, ())


def test_tools_by_name() -> None:
    assert _names("all") is None
    assert _names("none") == ()
    assert _names("search, visit") == ("search", "visit")


def _play(folder: Path, tools: tuple[str, ...] | None) -> Trajectory:
    call = ToolCall(id="c", name="search", arguments={"query": ["x"]})
    model = ScriptedModel(
        [Message(role="assistant", calls=(call,)), Message(role="assistant", content="<answer>x</answer>")]
    )
    config = RolloutConfig(episode=EpisodeConfig(tools=tools))
    with RunDir.open(folder, config).stage("trajectories", Trajectory, lambda t: t.key) as stage:
        return asyncio.run(roll_out([task(1)], model, Pages(), "web", config, stage, lambda _: None))[0]


def test_only_the_named_tools_are_run(tmp_path: Path) -> None:
    assert _play(tmp_path / "all", None).steps[0].observations[0].error is None
    assert _play(tmp_path / "none", ()).steps[0].observations[0].error == "unknown_tool"
    with pytest.raises(InputError, match="expected search, or none"):
        _play(tmp_path / "strange", ("fly",))


@pytest.mark.parametrize(("option", "expected"), [("--context", "discard_all"), ("--model", "local:FOLDER")])
def test_bad_choices_are_one_line(option: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["rollout", "x", "--web", "y", "--out", "z", option, "bogus"]) == 2
    assert expected in capsys.readouterr().err
