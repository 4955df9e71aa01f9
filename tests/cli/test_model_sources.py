"""The same episodes by a model in this process and behind HTTP; what they sampled is what a forward pass sees."""

import asyncio
from pathlib import Path

import pytest

from redsearcher.agent.config import EpisodeConfig, RolloutConfig
from redsearcher.agent.rollout import roll_out
from redsearcher.cli.model import ModelConfig, find_model
from redsearcher.core.rundir import RunDir
from redsearcher.errors import InputError
from redsearcher.records.tool import SEARCH, Observation, ToolCall, ToolSchema
from redsearcher.records.trajectory import Trajectory
from tests.evaluation.toy import task
from tests.llm.server.serving import Served, make_folder, torch


class Pages:
    """Every call returns a page."""

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        return (SEARCH,)

    async def call(self, call: ToolCall) -> Observation:
        return Observation(call_id=call.id, content="seen")


EPISODE = EpisodeConfig(max_tokens=24, window=1024, max_format_errors=3, temperature=1.0, top_p=1.0)


def _play(config: ModelConfig, path: Path) -> list[Trajectory]:
    settings = RolloutConfig(samples=2, concurrency=4, episode=EPISODE)

    async def play() -> list[Trajectory]:
        async with find_model(config)() as model:
            return await roll_out([task(1), task(2)], model, Pages(), "web", settings, stage, lambda _: None)

    with RunDir.open(path, settings).stage("trajectories", Trajectory, lambda t: t.key) as stage:
        return asyncio.run(play())


def test_local_and_remote_engines_leave_the_same_segments(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "tiny", window=1024)
    local = _play(ModelConfig(name=f"local:{folder}"), tmp_path / "local")
    with Served(folder) as served:
        there = ModelConfig(name="tokens:tiny", base_url=served.url, tokenizer=folder)
        remote = _play(there, tmp_path / "remote")
    assert [t.stop_reason for t in local] == [t.stop_reason for t in remote]
    assert len({t.segments[0].token_ids for t in local if t.segments}) == len(local) == 4
    for here, far in zip(local, remote, strict=True):
        assert here.segments is not None and far.segments is not None
        assert [(s.token_ids, s.mask) for s in here.segments] == [(s.token_ids, s.mask) for s in far.segments]
        assert here.protocol == far.protocol == "hermes"
        assert sum(sum(s.mask) for s in here.segments) == here.usage.completion > 0
    _check_logprobs(folder, local)


def _check_logprobs(folder: Path, done: list[Trajectory]) -> None:
    """The log-probabilities of a whole segment are those of one forward pass over it."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, dtype=torch.float32).eval()
    for segment in (segment for trajectory in done for segment in trajectory.segments or ()):
        ids = torch.tensor([list(segment.token_ids)])
        with torch.inference_mode():
            logprobs = model(ids).logits[0].log_softmax(-1)[:-1].gather(-1, ids[0, 1:, None]).squeeze(-1)
        pairs = zip(logprobs.tolist(), segment.logprobs[1:], segment.mask[1:], strict=True)
        assert max(abs(seen - told) for seen, told, mask in pairs if mask) < 1e-3


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (ModelConfig(name="gpt"), "openai:NAME"),
        (ModelConfig(name="tokens:x"), "--tokenizer"),
        (ModelConfig(name="local:no/such/folder"), "no folder"),
        (ModelConfig(name="openai:x", protocol="smoke"), "hermes"),
    ],
)
def test_a_model_that_cannot_be_meant_is_refused(config: ModelConfig, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        find_model(config)
