"""A byte-level BPE of a policy's own, whose pieces belong to the language and to no world."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from redsearcher.errors import InputError, boundary
from redsearcher.llm.chat_template import NANO

END_OF_TEXT, TURN_START, TURN_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
CONTROL = (END_OF_TEXT, TURN_START, TURN_END)
"""Special tokens: they steer the conversation and are dropped from decoded text."""
MARKUP = (
    "<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>",
    "<answer>", "</answer>",
)  # fmt: skip
"""Single tokens that stay in decoded text, as Qwen3 has them, so that its parsers see them."""
MIN_SIZE, MAX_SIZE = 512, 65_536
WORD = r"[\r\n]+|\p{Lu}\p{L}*| ?(?!\p{Lu})\p{L}+| ?[^\s\p{L}\p{N}]+|\p{N}| +"
"""What a piece may not cross: a word or a run of signs with the blank before it, one digit, a run of line ends.

A blank before a capital is a piece of its own, so that a name has the same pieces after a blank, a quote and a bracket.
"""
MAX_WORDS = 2_000_000
_SPLIT = Regex(WORD)


def train_tokenizer(sources: Mapping[str, Iterable[str]], size: int) -> Tokenizer:
    """Learn `size` tokens from texts, given by source (one source per world or file).

    With several sources, a word that only one of them knows counts once however often it occurs there: names do not
    become tokens, their syllables do. Raises InputError for a size out of range or sources without text.
    """
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise InputError(f"tokenizer size {size} is out of range; expected {MIN_SIZE} to {MAX_SIZE}")
    counts = _word_counts(sources)
    if not counts:
        raise InputError("no text to learn a tokenizer from; expected trajectories with steps")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = _pre_tokenizer()
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[AddedToken(text, normalized=False) for text in (*CONTROL, *MARKUP)],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_repeated(counts), trainer)
    return _with_visible_markup(tokenizer)


def save_tokenizer(tokenizer: Tokenizer, folder: Path, window: int) -> None:
    """Write a folder that AutoTokenizer loads offline: tokenizer.json, its config, the chat template."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings: dict[str, Any] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": TURN_END,
        "pad_token": END_OF_TEXT,
        "model_max_length": window,
        "clean_up_tokenization_spaces": False,
        "add_bos_token": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    (folder / "chat_template.jinja").write_text(NANO, encoding="utf-8")


def load_tokenizer(folder: Path) -> Tokenizer:
    """Read a tokenizer folder. Raises InputError if it is not there, damaged or not of ours."""
    file = folder / "tokenizer.json"
    if not file.is_file():
        raise InputError(f"{file} is not there; make one with `redsearcher train tokenizer`")
    with boundary(f"reading {file}", raises=InputError):
        tokenizer = Tokenizer.from_file(str(file))
    missing = [text for text in (*CONTROL, *MARKUP) if tokenizer.token_to_id(text) is None]
    if missing:
        raise InputError(f"{file} lacks the token {missing[0]}; make one with `redsearcher train tokenizer`")
    return tokenizer


def _pre_tokenizer() -> Any:
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(_SPLIT, behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def _with_visible_markup(tokenizer: Tokenizer) -> Tokenizer:
    """The trainer makes every token it is given a special one; MARKUP shall be ordinary ones."""
    stored = json.loads(tokenizer.to_str())
    for token in stored["added_tokens"]:
        token["special"] = token["content"] in CONTROL
    return Tokenizer.from_str(json.dumps(stored))


def _word_counts(sources: Mapping[str, Iterable[str]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    n_sources: Counter[str] = Counter()
    split = pre_tokenizers.Split(_SPLIT, behavior="isolated")
    for name in sorted(sources):
        own: Counter[str] = Counter()
        for text in sources[name]:
            own.update(piece for piece, _ in split.pre_tokenize_str(_without(text, (*CONTROL, *MARKUP))))
        total.update(own)
        n_sources.update(own.keys())
    if len(sources) < 2:
        return dict(sorted(total.items()))
    return {word: n if n_sources[word] > 1 else 1 for word, n in sorted(total.items())}


def _without(text: str, tokens: Sequence[str]) -> str:
    for token in tokens:
        text = text.replace(token, "\n")
    return text


def _repeated(counts: Mapping[str, int]) -> Iterator[list[str]]:
    share = max(1.0, sum(counts.values()) / MAX_WORDS)
    for word, n in counts.items():
        yield [word] * math.ceil(n / share)
