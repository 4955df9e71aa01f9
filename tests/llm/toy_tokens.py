"""A small tokenizer trained here, engines that say what they are told, and published chat templates."""

import importlib.util
import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import pytest

from redsearcher.llm.token import Generated
from redsearcher.llm.tokenizer import FastTokenizer
from redsearcher.records.chat import Sampling
from redsearcher.records.tool import SEARCH, VISIT

TEXT = (
    "You are a search agent. Answer the question between <answer> and </answer>. Who wrote the book that "
    "Mira read in Velm? search visit query url goal arguments name 红楼梦的作者是谁？<think> </think> <tool_call> "
    + json.dumps([SEARCH.model_dump(), VISIT.model_dump()])
)
THINKING_2507 = (
    "{%- for m in messages %}{{- '<|im_start|>' + m.role + '\\n' }}"
    "{%- if m.role == 'assistant' and '</think>' in m.content %}"
    "{%- set inner = m.content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}"
    "{%- if loop.index0 > messages | length - 4 %}"
    "{{- '<think>\\n' + inner.strip('\\n') + '\\n</think>\\n\\n' }}{%- endif %}"
    "{{- m.content.split('</think>')[-1].lstrip('\\n') }}"
    "{%- else %}{{- m.content }}{%- endif %}{{- '<|im_end|>\\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n<think>\\n' }}{%- endif %}"
)
"""In the manner of Qwen3's thinking models: the prompt opens the thought, and old thoughts are dropped."""


def published_templates() -> dict[str, str]:
    """The chat templates that the trl package ships, by name; empty where trl is not installed."""
    spec = importlib.util.find_spec("trl")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    files = sorted(file for folder in folders for file in (Path(folder) / "chat_templates").glob("*.jinja"))
    return {file.stem: file.read_text(encoding="utf-8") for file in files}


@cache
def tokenizer(template: str = "") -> FastTokenizer:
    """Byte-level BPE of 480 tokens; what looks like a special token in the template is one."""
    tokenizers = pytest.importorskip("tokenizers")
    written = re.findall(r"<[|｜][^'\"\s{}]{1,40}[|｜]>|<(?:start|end)_of_turn>|</?s>|<[a-z]{3}>|\[/?INST\]", template)
    special = list(dict.fromkeys(["<|endoftext|>", "<|im_start|>", "<|im_end|>", *written]))
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=480, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator([TEXT], trainer)
    return FastTokenizer(made, eos="<|im_end|>")


class Parrot:
    """A TokenEngine that samples the given ids, turn by turn; log-probabilities tell every token apart."""

    def __init__(self, turns: Iterable[Sequence[int]], window: int = 1_000_000) -> None:
        self._turns, self._window = iter(turns), window
        self.prompts: list[tuple[int, ...]] = []
        self.said: list[tuple[int, ...]] = []
        self.logprobs: list[float] = []

    @property
    def name(self) -> str:
        return "parrot"

    @property
    def window(self) -> int:
        return self._window

    async def generate(self, prompt: Sequence[int], sampling: Sampling, stop: frozenset[int]) -> Generated:
        ids = tuple(next(self._turns))[: sampling.max_tokens]
        self.prompts.append(tuple(prompt))
        self.said.append(ids)
        logprobs = tuple(-0.001 * (len(self.logprobs) + n) for n in range(1, len(ids) + 1))
        self.logprobs += logprobs
        return Generated(ids, logprobs, "stop" if ids and ids[-1] in stop else "length")
