"""Which settings a policy is rolled out with: those given, else those its folder holds, else the defaults."""

from pathlib import Path

import pytest

from redsearcher.agent.config import EpisodeConfig, RolloutConfig
from redsearcher.cli import policies
from redsearcher.cli.main import execute
from redsearcher.cli.model import ModelConfig, habits
from redsearcher.cli.policies import PolicyConfig, roll_out_policies
from redsearcher.core.fanout.place import HERE
from redsearcher.errors import InputError
from redsearcher.llm.local.load import HABITS
from redsearcher.web.config import ShownConfig
from redsearcher.world.store import World


def _folder(path: Path) -> Path:
    path.mkdir()
    for name in ("config.json", "model.safetensors"):
        (path / name).touch()
    return path


def test_a_model_folder_says_how_it_is_rolled_out(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "small")
    assert habits("rules") is habits("openai:x") is habits(f"local:{folder}") is None
    told = '[episode]\nwindow = 8192\ncontext = "discard_all"\nshown = { n_results = 5 }\n'
    (folder / HABITS).write_text(told, encoding="utf-8")
    episode = EpisodeConfig(window=8192, context="discard_all", shown=ShownConfig(n_results=5))
    assert habits(f"local:{folder}") == RolloutConfig(episode=episode)
    (folder / HABITS).write_text("[episode]\nwindows = 8192\n", encoding="utf-8")
    with pytest.raises(InputError, match="windows"):
        habits(f"local:{folder}")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[policies.x]\nmodel = { name = "local:nowhere" }', "is no folder here"),
        ('[policies."a/b"]\nmodel = {}', "policies"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, said: str
) -> None:
    config = tmp_path / "job.toml"
    config.write_text(f'name = "small"\n{table}\n', encoding="utf-8")
    assert execute(["run", str(config), "--out", str(tmp_path / "run")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_local_policy_is_left_out_where_torch_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "find_spec", lambda name: None)
    world: World = None  # type: ignore[assignment]
    sat = roll_out_policies(tmp_path, {"small": PolicyConfig(model=ModelConfig(name="local:x"))}, (), world, HERE)
    assert (
        str(sat[0]) == "policy small left out: torch is not installed; pip install 'redsearcher[local]', then run again"
    )
    assert not (tmp_path / "policies").exists()
