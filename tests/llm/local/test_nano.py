"""The policy that ships: its folder, what it was made for, and that our engine plays it as transformers does."""

import asyncio
import re
from pathlib import Path

import pytest

from redsearcher.agent.config import RolloutConfig
from redsearcher.llm.local.config import EngineConfig
from redsearcher.llm.local.load import HABITS, SHIPPED, load, resolve
from redsearcher.records.chat import Message, Sampling
from redsearcher.records.tool import INTERFACE_VERSION, SEARCH, VISIT
from tests.llm.local.tiny import torch, transformers

FOLDER = Path(str(SHIPPED))
MOST_BYTES = 10_000_000
QUESTIONS = (
    "Which film was directed by a person who was born in Velm and stars Ola Brandt?",
    "What is the name of the river that flows through the town where Anna Varn died?",
)


def test_the_name_is_the_folder_unless_a_folder_is_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve("nano") == FOLDER
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nano").mkdir()
    for name in ("config.json", "model.safetensors"):
        (tmp_path / "nano" / name).touch()
    assert resolve("nano") == Path("nano")


def test_it_is_small_and_says_what_it_is() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MOST_BYTES
    habits = RolloutConfig.load(FOLDER / HABITS)
    assert habits.episode.shown is not None
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"interface_version: ['\"]?{INTERFACE_VERSION}\b", card), (
        "tools changed: it has to be trained again"
    )


def test_transformers_opens_it_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    tokenizer = transformers.AutoTokenizer.from_pretrained(FOLDER)
    model = transformers.AutoModelForCausalLM.from_pretrained(FOLDER, dtype="auto")
    assert model.dtype == torch.bfloat16 and model.config.model_type == "qwen3"
    said = tokenizer.apply_chat_template(
        [{"role": "user", "content": QUESTIONS[0]}], tokenize=False, add_generation_prompt=True
    )
    renderer = load("nano").renderer
    assert renderer.render([Message(role="user", content=QUESTIONS[0])], (SEARCH, VISIT)).text == said


def test_our_engine_samples_what_generate_does() -> None:
    loaded = load("nano")
    prompts = [loaded.renderer.render([Message(role="user", content=q)], (SEARCH, VISIT)).ids for q in QUESTIONS]
    stops = frozenset(loaded.renderer.stop_ids)
    sampling = Sampling(temperature=0, max_tokens=64)

    async def ours() -> list[list[int]]:
        from redsearcher.llm.local.engine import LocalEngine

        async with LocalEngine(loaded.model, loaded.name, EngineConfig()) as engine:
            made = await asyncio.gather(*(engine.generate(prompt, sampling, stops) for prompt in prompts))
        return [list(one.token_ids) for one in made]

    model = transformers.AutoModelForCausalLM.from_pretrained(FOLDER, dtype=torch.float32)  # as the engine on a CPU
    for prompt, made in zip(prompts, asyncio.run(ours()), strict=True):
        ids = torch.tensor([prompt])
        plain = model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=64, do_sample=False, eos_token_id=sorted(stops)
        )
        assert made == [int(token) for token in plain[0, len(prompt) :]]
