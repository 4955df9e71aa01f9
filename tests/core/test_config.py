from pathlib import Path

import pytest

from redsearcher.core.config import Config
from redsearcher.errors import InputError


class Inner(Config):
    depth: int = 1


class Outer(Config):
    name: str = "x"
    size: float = 2.0
    inner: Inner = Inner()


def test_resolved_config_loads_to_the_same(tmp_path: Path) -> None:
    config = Outer(name="ü", inner=Inner(depth=4))
    file = tmp_path / "c.toml"
    file.write_text(config.to_toml(), encoding="utf-8")
    assert Outer.load(file) == config
    assert Outer.load(file).hash == config.hash != Outer().hash


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nmae = 'x'", r"unknown key 'nmae'; did you mean 'name'\?"),
        ("[inner]\ndept = 3", r"unknown key 'inner.dept'; did you mean 'depth'\?"),
        ("size = 'big'", r"size: .*number.*came: 'big'"),
        ("size = ", "is not TOML"),
    ],
)
def test_bad_config_gives_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "c.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        Outer.load(file)
    assert "\n" not in str(caught.value)


def test_missing_config(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there"):
        Outer.load(tmp_path / "no.toml")
