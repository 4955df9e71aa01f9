"""Traces with other names."""

import re
from pathlib import Path

import pytest

from redsearcher.errors import InputError
from redsearcher.records.tool import Observation, ToolCall
from redsearcher.records.trajectory import Step, StopReason, Trajectory
from redsearcher.training.rename import Renamer, common_words, load_words, save_words
from tests.training.toy import write_traces

pytest.importorskip("torch", reason="training needs torch: pip install -e '.[train]'")

from redsearcher.training.encode import Cut, Variants, encode_new, load_encoder
from redsearcher.training.readdress import Readdresser
from redsearcher.training.source import find_sources, texts
from redsearcher.training.tokenizer import load_tokenizer, save_tokenizer, train_tokenizer

WORDS = frozenset({"who", "made", "the", "salt", "road", "was", "by", "wiki", "of", "example", "a", "man", "query"})


def _trace() -> Trajectory:
    call = ToolCall(id="c1", name="search", arguments={"query": ["Salt Road Velm", "VELM 1984"]})
    page = "The Salt Road (https://wiki.example/velm-4) was made by Olo Velmi, a Velmian man of Tóra."
    step = Step(thought="Velm made the road?", calls=(call,), observations=(Observation(call_id="c1", content=page),))
    return Trajectory(
        key="k", task="t", sample=0, question="Who made the Salt Road of Velm?", model="expert", protocol="native",
        context_strategy="none", interface_version="1", seed=0, steps=(step,), answer="Olo Velmi",
        stop_reason=StopReason.ANSWERED,
    )  # fmt: skip


def _texts(trace: Trajectory) -> list[str]:
    step = trace.steps[0]
    queries = step.calls[0].arguments["query"]
    return [trace.question, step.thought, *queries, step.observations[0].content, trace.answer or ""]


def test_a_name_is_spelled_alike_wherever_it_stands() -> None:
    trace = _trace()
    found = Renamer(WORDS).renamed(trace, 0, 1)
    question, thought, first, second, page, answer = _texts(found)
    name = re.findall(r"Road of (\w+)\?", question)[0]
    assert name != "Velm" and len(name) == 4
    assert thought == f"{name} made the road?"
    assert (first, second) == (f"Salt Road {name}", f"{name.upper()} 1984")
    assert f"wiki.example/{name.lower()}-4" in page and f"a {name}" in page
    assert answer in page and answer.split()[1].startswith(name)
    assert [re.sub(r"\w", "x", text) for text in _texts(found)] == [re.sub(r"\w", "x", text) for text in _texts(trace)]


def test_variants_differ_and_repeat_themselves() -> None:
    renamer, trace = Renamer(WORDS), _trace()
    made = [renamer.renamed(trace, 0, variant).question for variant in range(1, 30)]
    assert len(set(made)) > 25
    assert made == [renamer.renamed(trace, 0, variant).question for variant in range(1, 30)]


def test_a_cipher_is_a_bijection_that_keeps_vowels_and_case() -> None:
    letters = "The abcdefghijklmnopqrstuvwxyz AbCdE"
    trace = _trace().model_copy(update={"question": letters})
    _, low, mixed = Renamer(WORDS).renamed(trace, 0, 1).question.split()
    assert sorted(low) == sorted("abcdefghijklmnopqrstuvwxyz")
    assert [one in "aeiou" for one in low] == [one in "aeiou" for one in "abcdefghijklmnopqrstuvwxyz"]
    assert [one.isupper() for one in mixed] == [one.isupper() for one in "AbCdE"]
    assert mixed.lower() == low[:5]


def test_words_of_several_worlds_are_language() -> None:
    worlds = {
        "a": ["Velm made the road"], "b": ["Osk made the salt"], "c": ["Tor made the road"], "d": ["Ul the Osk"],
    }  # fmt: skip
    assert common_words(worlds) == ["made", "osk", "road", "the"]
    with pytest.raises(InputError, match="several worlds"):
        common_words({"a": ["x"]})


def test_words_are_kept_in_a_file(tmp_path: Path) -> None:
    save_words(["a", "é"], tmp_path)
    assert load_words(tmp_path) == {"a", "é"}
    with pytest.raises(InputError, match="train tokenizer"):
        load_words(tmp_path / "nowhere")


def test_encoding_writes_variants_and_first_turns(tmp_path: Path) -> None:
    files = [write_traces(tmp_path / f"{seed}.jsonl", seed, 12) for seed in range(4)]
    sources = {source.name: texts(source) for source in find_sources(files)}
    save_tokenizer(train_tokenizer(sources, 512), tmp_path / "tokenizer", 512)
    encoder = load_encoder(tmp_path / "tokenizer")
    words = frozenset(common_words({source.name: texts(source) for source in find_sources(files)}))
    variants = Variants(2, Renamer(words), Readdresser(0))
    made = dict(encode_new(encoder, files[:1], tmp_path / "whole", variants))
    assert len(made) == 3 and all(len(shard) == 12 for shard in made.values())
    plain, first, second = ([shard.document(n).ids.tolist() for n in range(12)] for shard in made.values())
    assert plain != first != second
    assert not dict(encode_new(encoder, files[:1], tmp_path / "whole", variants))
    (short,) = dict(encode_new(encoder, files[:1], tmp_path / "first", cut=Cut(first_turn=True))).values()
    tokenizer = load_tokenizer(tmp_path / "tokenizer")
    text = tokenizer.decode(short.document(0).ids.tolist(), skip_special_tokens=False)
    assert text.startswith("<|im_start|>user\nWho wrote") and text.count("<tool_call>") == 1
    assert text.rstrip().endswith("</tool_call><|im_end|>") and "reviewed" not in text
    longest = sorted(len(ids) for ids in plain)[5]
    (cut,) = dict(encode_new(encoder, files[:1], tmp_path / "cut", cut=Cut(longest=longest))).values()
    assert 6 <= len(cut) < 12 and max(cut.lengths) <= longest
