"""Streams of text add up, whatever the pieces."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("fastapi", reason="the server needs fastapi")

from redsearcher.llm.protocol.hermes import HERMES
from redsearcher.llm.server.delta import TurnDeltas
from redsearcher.llm.server.detokenize import StopText, TextStream
from redsearcher.llm.tokenizer import FastTokenizer, load_tokenizer
from redsearcher.records.chat import Message
from redsearcher.records.tool import SEARCH

PARTS = [
    "<think>", "</think>", "\n\n", " ", "I look.", "一座山", "<", "<ans", "<answer>", "</answer>", "x",
    '<tool_call>\n{"name": "search", "arguments": {"query": ["r"]}}\n</tool_call>', "<tool_call>", "{",
]  # fmt: skip


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> FastTokenizer:
    return load_tokenizer(folder).tokenizer


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.lists(st.integers(1, 7), min_size=1, max_size=5))
def test_deltas_add_up_to_the_parsed_turn(parts: list[str], cuts: list[int]) -> None:
    text = "".join(parts)
    found = HERMES.parse(text, (SEARCH,))
    deltas = TurnDeltas(in_thought=False)
    told = {"content": "", "reasoning_content": ""}
    calls = []
    at = number = 0
    stream = []
    while at < len(text):
        step = cuts[number % len(cuts)]
        stream += list(deltas.push(text[at : at + step]))
        at, number = at + step, number + 1
    parsed = isinstance(found, Message)
    turn = found if isinstance(found, Message) else Message(role="assistant", content=text)
    stream += list(deltas.finish(turn, parsed=parsed))
    for delta in stream:
        for kind in told:
            told[kind] += delta.get(kind, "")
        calls += delta.get("tool_calls", [])
    if isinstance(found, Message) and text.count("<think>") == text.count("</think>") <= 1:
        assert told == {"content": found.content, "reasoning_content": found.thought}
        assert len(calls) == len(found.calls)
    if not isinstance(found, Message):
        assert not calls


@given(st.text(max_size=40), st.lists(st.integers(1, 5), min_size=1))
def test_a_stop_text_cuts_where_find_says(text: str, cuts: list[int]) -> None:
    stops = ("ab", "a\n", "000")
    text = text.replace("c", "ab")
    watch, said, at = StopText(stops), "", 0
    for number in range(len(text)):
        step = cuts[number % len(cuts)]
        said += watch.push(text[at : at + step])
        at += step
    said += watch.flush()
    ends = [end for end in (text.find(stop) for stop in stops) if end >= 0]
    assert said == text[: min(ends, default=len(text))]


def test_pieces_of_characters_become_whole(tokenizer: FastTokenizer) -> None:
    text = "Anna 一座山 ж 🙂 <|im_end|>\n\n  end"
    stream = TextStream(tokenizer)
    pieces = [stream.push(token) for token in tokenizer.encode(text)]
    assert "".join([*pieces, stream.flush()]) == text
    assert not any("\ufffd" in piece for piece in pieces)
    cut = TextStream(tokenizer)
    for token in tokenizer.encode("🙂")[:2]:
        assert cut.push(token) == ""
    assert "\ufffd" in cut.flush()
