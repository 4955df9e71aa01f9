"""A real server over loopback, and a tiny model folder with a tokenizer trained here."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from redsearcher.records.chat import Message
from redsearcher.records.tool import SEARCH, ToolCall

pytest.importorskip("fastapi", reason="the server needs fastapi")
torch = pytest.importorskip("torch", reason="the local engine needs torch")
torch.set_num_threads(1)

TEXTS = [
    "<think>\nI should search for the river.\n</think>\n\n<tool_call>\n"
    '{"name": "search", "arguments": {"query": ["river"]}}\n</tool_call>',
    "<think>\nNow I know.\n</think>\n\n<answer>The river Varn rises in the north. 一座山</answer>",
    "Who built the bridge over the river, and when? Visit the page and read it again.",
]
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def make_folder(folder: Path, window: int = 512, seed: int = 0) -> Path:
    """A model folder in the transformers layout: byte-level BPE tokenizer and a tiny Qwen3 with random weights."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    from tests.llm.local.tiny import tiny_model

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS * 5, trainer)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text('{"eos_token": "<|im_end|>"}', encoding="utf-8")
    tiny_model(window=window, vocab=tokenizer.get_vocab_size(), seed=seed).save_pretrained(folder)
    return folder


class Served:
    """A server on a thread of its own. `url` ends in /v1."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        from redsearcher.llm.local.config import EngineConfig
        from redsearcher.llm.local.load import load
        from redsearcher.llm.server.run import listen

        self.loaded = load(str(folder))
        self._config = EngineConfig(**settings)
        self._bound = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._bound.getsockname()[1]}/v1"
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> "Served":
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(30)

    async def _run(self) -> None:
        from redsearcher.llm.local.engine import LocalEngine
        from redsearcher.llm.server.app import make_app
        from redsearcher.llm.server.run import Server

        async with LocalEngine(self.loaded.model, self.loaded.name, self._config) as self.engine:
            self._server = Server(make_app(self.engine, self.loaded.renderer, "tiny"), self._ready.set)
            await self._server.serve([self._bound])


QUESTION = [Message(role="user", content="Who built the bridge?")]
CALL = Message(
    role="assistant",
    thought="I should search.",
    calls=(ToolCall(id="call_1", name="search", arguments={"query": ["bridge"]}),),
)
ANSWER = Message(role="assistant", thought="Now I know.", content="<answer>Anna Varn, 一座山</answer>")


def learn_by_heart(folder: Path, n_steps: int = 120) -> None:
    """Train the folder's model until it calls a tool for QUESTION and answers what the tool says."""
    from redsearcher.llm.local.load import load

    loaded = load(str(folder))
    renderer, model = loaded.renderer, loaded.model
    observed = Message(role="tool", content="Anna Varn built it.", call_id="call_1")
    rows = []
    for messages, turn in ((QUESTION, CALL), ([*QUESTION, CALL, observed], ANSWER)):
        rows.append((renderer.render(messages, (SEARCH,)).ids, renderer.encode_turn(turn)))
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    model.train()
    for _ in range(n_steps):
        loss = torch.zeros(())
        for prompt, said in rows:
            ids = torch.tensor([[*prompt, *said]])
            labels = ids.clone()
            labels[:, : len(prompt)] = -100
            loss = loss + model(ids, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    assert loss.item() < 0.1, f"the tiny model did not learn its two turns: {loss.item():.3f}"
    model.save_pretrained(folder)
