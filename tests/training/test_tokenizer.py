"""The tokenizer: round trips, single digits, markup as one token, names of one world no tokens, loads offline."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.core.rng import derive
from redsearcher.errors import InputError
from redsearcher.llm.chat_template import NANO

pytest.importorskip("tokenizers", reason="training needs tokenizers: pip install -e '.[train]'")

from redsearcher.training.tokenizer import CONTROL, MARKUP, load_tokenizer, train_tokenizer


def _words(seed: int) -> list[str]:
    """Words enough to fill a small vocabulary."""
    rng = derive(seed, "words")
    return [" ".join("".join(rng.choice("aeioubdfgklmnprstv") for _ in range(6)) for _ in range(50)) for _ in range(9)]


def test_markup_is_one_token_and_digits_are_single(data: Path) -> None:
    tokenizer = load_tokenizer(data / "tokenizer")
    assert [tokenizer.token_to_id(text) for text in (*CONTROL, *MARKUP)] == list(range(len(CONTROL) + len(MARKUP)))
    assert tokenizer.encode("<tool_call>").tokens == ["<tool_call>"]
    assert tokenizer.encode("1987").tokens == ["1", "9", "8", "7"]


@settings(max_examples=50, deadline=None)
@given(text=st.text())
def test_any_text_comes_back(data: Path, text: str) -> None:
    tokenizer = load_tokenizer(data / "tokenizer")
    assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text


def test_a_name_of_one_world_is_no_token() -> None:
    texts = {"a": ["the old city of Qarvelot "] * 200, "b": ["the old city of Zumbrane "] * 200}

    def n_tokens(sources: dict[str, list[str]], word: str) -> int:
        return len(train_tokenizer(sources, 512).encode(word).ids)

    many = {name: [*lines, *_words(seed)] for seed, (name, lines) in enumerate(texts.items())}
    assert n_tokens(many, " city") == 1
    assert n_tokens(many, "Qarvelot") > 2
    assert n_tokens({"a": many["a"]}, "Qarvelot") == 1


def test_same_texts_same_tokenizer() -> None:
    def learn() -> str:
        return str(train_tokenizer({"a": ["one two two"], "b": ["two three"]}, 512).to_str())

    assert learn() == learn()


def test_transformers_loads_it_offline(data: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="training needs transformers")
    loaded = transformers.AutoTokenizer.from_pretrained(data / "tokenizer")
    ours = load_tokenizer(data / "tokenizer")
    text = "<|im_start|>user\nWho wrote Kalo in 1987?<|im_end|>\n<think>"
    assert loaded(text)["input_ids"] == ours.encode(text).ids
    assert loaded.chat_template == NANO
    assert (loaded.eos_token, loaded.pad_token) == ("<|im_end|>", "<|endoftext|>")
    assert loaded.decode(ours.encode("<think>x<|im_end|>").ids, skip_special_tokens=True) == "<think>x"


def test_mistakes_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="out of range"):
        train_tokenizer({"a": ["text"]}, 5)
    with pytest.raises(InputError, match="no text"):
        train_tokenizer({"a": []}, 512)
    with pytest.raises(InputError, match=r"tokenizer\.json"):
        load_tokenizer(tmp_path)


def test_a_name_has_the_same_pieces_wherever_it_stands() -> None:
    texts = {"a": ['He met Zumbrane of "Zumbrane Hall" (Zumbrane).'] * 50, "b": ["the old city"] * 50}
    tokenizer = train_tokenizer(texts, 512)

    def pieces(text: str) -> list[str]:
        found: list[str] = tokenizer.encode(text).tokens
        return found

    name = pieces("Zumbrane")
    for before in (" ", '"', "(", "of ", "\n"):
        assert pieces(f"{before}Zumbrane")[-len(name) :] == name
