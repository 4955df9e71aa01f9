"""Webs with invented addresses and noise, by the verbs."""

import json
from pathlib import Path

import pytest

from redsearcher.cli.main import execute
from redsearcher.core import jsonl
from redsearcher.records.world import Document
from redsearcher.web.engine import Web
from tests.web.pages import OSK, page, random_pages, small_pages


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pages `own.jsonl` and `other.jsonl`, and the web `hidden` of both."""
    folder = tmp_path_factory.mktemp("addresses")
    copy = page("https://mirror.example/osk", "Osk", small_pages()[1].text)
    for name, pages in {"own": small_pages(), "other": [*random_pages(30), copy]}.items():
        jsonl.write(folder / f"{name}.jsonl", (Document.model_dump_json(document) for document in pages))
    words = f"web build {folder}/own.jsonl --noise {folder}/other.jsonl --noise-ratio 7.75 --obfuscate-seed 7"
    assert execute([*words.split(), "--out", f"{folder}/hidden"]) == 0
    return folder


def test_noise_comes_in_and_copies_stay_out(place: Path) -> None:
    web = Web.open(place / "hidden")
    assert web.info.n_documents == 4 + 30
    assert web.info.config.addresses is not None and web.info.config.addresses.seed == 7
    kinds = [web.document(web.resolve(hit.url)).kind for hit in web.search("word0 word1 word2", 50)]
    assert kinds and set(kinds) == {"noise"}
    assert {web.document(web.resolve(hit.url)).kind for hit in web.search("velm osk", 10)} == {"page"}


def test_resolve_says_what_is_not_served(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    web = Web.open(place / "hidden")
    (osk,), noise = web.search('"grey hills"', 5), web.search("word0", 5)[0]
    assert execute(["web", "resolve", str(place / "hidden"), osk.url, noise.url, OSK]) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == third == f"{small_pages()[1].id}  {OSK}  River Osk"
    assert second.endswith("(noise)") and "https://site" in second
    assert execute(["web", "resolve", str(place / "hidden"), osk.url, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {
        "id": small_pages()[1].id, "url": osk.url, "own_url": OSK, "title": "River Osk", "noise": False
    }  # fmt: skip
    assert execute(["web", "resolve", str(place / "hidden"), "https://nowhere.example/x"]) == 2
    assert "has no page at https://nowhere.example/x" in capsys.readouterr().err


def test_another_seed_or_none_is_another_web(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = f"web build {place}/own.jsonl --out {place}/plain"
    assert execute(words.split()) == 0
    assert execute(["web", "resolve", str(place / "plain"), OSK]) == 0
    assert f"{small_pages()[1].id}  {OSK}  River Osk\n" in capsys.readouterr().out
    assert Web.open(place / "plain").info.config.addresses is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--noise", "{place}/other.jsonl", "--noise-ratio", "50"], "has 31 pages to be noise"),
        (["--noise", "{place}/other.jsonl", "--noise-ratio", "0"], "ratio: input should be greater than 0"),
        (["--noise", "{place}/none.jsonl"], "is not there"),
        (["--noise-ratio", "2"], "name its pages with --noise"),
        (["--obfuscate-seed", "-3"], "seed: input should be greater than or equal to 0"),
    ],
)
def test_mistakes_are_one_line(place: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["web", "build", f"{place}/own.jsonl", "--out", f"{place}/never"]
    assert execute([*words, *(word.format(place=place) for word in more)]) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1
    assert not (place / "never").exists()
