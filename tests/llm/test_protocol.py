"""Text protocols: what counts as a call, what as an answer, and that nothing else ever happens."""

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.llm.protocol.base import FormatKind, TextProtocol
from redsearcher.llm.protocol.choice import TEXT_PROTOCOLS, text_protocol
from redsearcher.llm.protocol.hermes import HERMES
from redsearcher.llm.protocol.native import RawCall, read_native
from redsearcher.llm.protocol.query_tag import QUERY_TAG
from redsearcher.llm.protocol.react import REACT
from redsearcher.records.chat import FormatProblem, Message
from redsearcher.records.tool import SEARCH, VISIT, ToolCall, ToolSchema


def _load_fuzz() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "parser_fuzz.py"
    spec = importlib.util.spec_from_file_location("parser_fuzz", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["parser_fuzz"] = module
    spec.loader.exec_module(module)
    return module


FUZZ = _load_fuzz()
TOOLS: tuple[ToolSchema, ...] = FUZZ.TOOLS


def _call(name: str, arguments: Any) -> str:
    return f"<tool_call>\n{json.dumps({'name': name, 'arguments': arguments})}\n</tool_call>"


def _message(found: Message | FormatProblem) -> Message:
    assert isinstance(found, Message), found
    return found


def _kind(found: Message | FormatProblem) -> str:
    assert isinstance(found, FormatProblem), found
    return found.kind


def test_hermes_reads_thought_and_calls() -> None:
    text = f"<think>\nfirst this\n</think>\n\n{_call('search', {'query': ['a']})}\n{_call('search', {'query': ['b']})}"
    found = _message(HERMES.parse(text, TOOLS))
    assert found.thought == "first this"
    assert [(c.id, c.arguments) for c in found.calls] == [("call_1", {"query": ["a"]}), ("call_2", {"query": ["b"]})]
    assert HERMES.write(found) == text


def test_hermes_reads_an_answer_and_keeps_the_words_around_it() -> None:
    found = _message(HERMES.parse("<think>x</think>So: <answer>Mira</answer>\n<confidence>0.7</confidence>", TOOLS))
    assert (found.thought, found.calls) == ("x", ())
    assert found.content == "So: <answer>Mira</answer>\n<confidence>0.7</confidence>"


def test_hermes_code_stands_after_the_json() -> None:
    code = 'for x in "ab":\n    print("</tool_call>", x)'
    text = f'<tool_call>\n{{"name": "python", "arguments": {{}}}}\n<code>\n{code}\n</code>\n</tool_call>'
    assert _message(HERMES.parse(text, TOOLS)).calls[0].arguments == {"code": code}
    assert _kind(HERMES.parse(text.replace("</code>", ""), TOOLS)) == FormatKind.UNCLOSED
    both = text.replace("{}}", '{"code": "1"}}')
    assert _kind(HERMES.parse(both, TOOLS)) == FormatKind.BAD_CALL


@pytest.mark.parametrize(
    "text",
    [
        f"<think>I could {_call('search', {'query': ['no']})} here</think><answer>x</answer>",
        f"I could {_call('search', {'query': ['no']})} here</think><answer>x</answer>",
        f"<answer>{_call('search', {'query': ['no']})}</answer>",
    ],
)
def test_hermes_never_runs_what_is_thought_or_answered(text: str) -> None:
    assert _message(HERMES.parse(text, TOOLS)).calls == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<think>and so on", FormatKind.UNCLOSED),
        ('<tool_call>\n{"name": "search", "argum', FormatKind.BAD_JSON),
        ('<tool_call>\n{"name": "search", "arguments": {"query": ["a"]}}', FormatKind.UNCLOSED),
        ("<tool_call>", FormatKind.UNCLOSED),
        ("<answer>Mir", FormatKind.UNCLOSED),
        ("<tool_call>search a</tool_call>", FormatKind.BAD_JSON),
        ('<tool_call>["search"]</tool_call>', FormatKind.BAD_CALL),
        ('<tool_call>{"name": "search", "arguments": [1]}</tool_call>', FormatKind.BAD_CALL),
        (_call("delete", {}), FormatKind.UNKNOWN_TOOL),
        (_call("search", {}), FormatKind.BAD_ARGUMENTS),
        (_call("search", {"query": []}), FormatKind.BAD_ARGUMENTS),
        (_call("search", {"query": [1]}), FormatKind.BAD_ARGUMENTS),
        (_call("search", {"query": ["a"], "n": 3}), FormatKind.BAD_ARGUMENTS),
        (_call("visit", {"url": ["u"]}), FormatKind.BAD_ARGUMENTS),
        ('<tool_call>{"name": "search", "arguments": {"query": NaN}}</tool_call>', FormatKind.BAD_JSON),
        ("<tool_call>" + "[" * 100_000, FormatKind.BAD_JSON),
        ("<tool_call>" + '{"a":' * 100 + "1" + "}" * 100 + "</tool_call>", FormatKind.BAD_JSON),
        (_call("search", {"query": ["a"]}) + "<answer>x</answer>", FormatKind.CALL_AND_ANSWER),
        (_call("search", {"query": ["a"]}) + "<tool_response>b</tool_response>", FormatKind.MADE_UP_OBSERVATION),
        ("</tool_call>", FormatKind.STRAY_TAG),
        (" \n", FormatKind.EMPTY),
        ("<think>only thought</think>", FormatKind.EMPTY),
    ],
)
def test_hermes_names_the_mistake(text: str, kind: FormatKind) -> None:
    assert _kind(HERMES.parse(text, TOOLS)) == kind


def test_one_bad_call_spoils_the_turn() -> None:
    assert _kind(HERMES.parse(_call("search", {"query": ["a"]}) + _call("search", {}), TOOLS)) == "bad_arguments"


def test_without_tools_no_call_is_one() -> None:
    assert _kind(HERMES.parse(_call("search", {"query": ["a"]}), ())) == FormatKind.UNKNOWN_TOOL


def test_lone_surrogates_never_come_through() -> None:
    found = _message(
        HERMES.parse('<tool_call>{"name":"search","arguments":{"query":["\\ud800 \ud800"]}}</tool_call>', TOOLS)
    )
    assert found.model_dump_json()


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ('Thought: t\nAction: search\nAction Input: {"query": ["a"]}', {"query": ["a"]}),
        ("Thought: t\nAction: search[stars of Aisa Yeh Jahaan [film]]", {"query": "stars of Aisa Yeh Jahaan [film]"}),
        ("Thought: t\nAction: search\nAction Input: plain words", {"query": "plain words"}),
        ('Thought: t\nAction: search\nAction Input: ```json\n{"query": ["a"]}\n```', {"query": ["a"]}),
        ('Thought: t\nAction: `search`\nAction Input: ["a", "b"]', {"query": ["a", "b"]}),
    ],
)
def test_react_reads_actions(text: str, arguments: dict[str, Any]) -> None:
    found = _message(REACT.parse(text, TOOLS))
    assert (found.thought, found.calls[0].arguments) == ("t", arguments)


def test_react_reads_answers() -> None:
    for text in ("Thought: t\nFinal Answer: Mira", "Thought: t\nAction: finish[Mira]"):
        assert _message(REACT.parse(text, TOOLS)).content == "<answer>Mira</answer>"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Thought: t\nAction: search", FormatKind.BAD_CALL),
        ("Action Input: x", FormatKind.BAD_CALL),
        ('Action: search\nAction Input: {"query": ["a"', FormatKind.BAD_JSON),
        ("Action: visit[https://a.example]", FormatKind.BAD_ARGUMENTS),
        ("Action: fly[home]", FormatKind.UNKNOWN_TOOL),
        ("Action: search[a]\nObservation: made up", FormatKind.MADE_UP_OBSERVATION),
        ("Action: search[a]\nFinal Answer: b", FormatKind.CALL_AND_ANSWER),
        ("Thought: only", FormatKind.EMPTY),
        ("<think>Action: search[a]", FormatKind.UNCLOSED),
    ],
)
def test_react_names_the_mistake(text: str, kind: FormatKind) -> None:
    assert _kind(REACT.parse(text, TOOLS)) == kind


def test_query_tags() -> None:
    found = _message(QUERY_TAG.parse("so <|begin_of_query|> founder of geometry <|end_of_query|>", TOOLS))
    assert found.calls[0] == ToolCall(id="call_1", name="search", arguments={"query": ["founder of geometry"]})
    answered = _message(QUERY_TAG.parse("known </think>\n <answer> Yes </answer>", TOOLS))
    assert (answered.thought, answered.content) == ("known", "<answer> Yes </answer>")


def test_native_calls_are_checked_too() -> None:
    good = _message(read_native("c", "t", [RawCall("id7", "search", '{"query": ["a"]}')], TOOLS))
    assert good.calls == (ToolCall(id="id7", name="search", arguments={"query": ["a"]}),)
    for arguments in ("{", "[]", '{"query": ["a"]} {}', '{"q": 1}'):
        assert isinstance(read_native("", "", [RawCall("", "search", arguments)], TOOLS), FormatProblem)


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30).map(str.strip)
CALLS = st.one_of(
    st.lists(WORDS, min_size=1, max_size=3).map(lambda q: ("search", {"query": q})),
    st.tuples(WORDS, WORDS).map(lambda p: ("visit", {"url": [p[0]], "goal": p[1]})),
)


@settings(max_examples=100, deadline=None)
@given(thought=WORDS, calls=st.lists(CALLS, min_size=1, max_size=3), name=st.sampled_from(["hermes", "react"]))
def test_what_is_written_is_read_back(thought: str, calls: list[tuple[str, dict[str, Any]]], name: str) -> None:
    made = tuple(ToolCall(id=f"call_{n}", name=c, arguments=a) for n, (c, a) in enumerate(calls, 1))
    message = Message(role="assistant", thought=thought, calls=made)
    protocol = text_protocol(name)
    assert _message(protocol.parse(protocol.write(message), TOOLS)) == message


@settings(max_examples=150, deadline=None)
@given(raw=st.binary(max_size=400), name=st.sampled_from(sorted(TEXT_PROTOCOLS)))
def test_any_bytes_are_a_message_or_a_problem(raw: bytes, name: str) -> None:
    text = raw.decode("utf-8", "replace")
    assert FUZZ.broken_rule(name, text, text_protocol(name).parse(text, TOOLS)) is None


@pytest.mark.parametrize("protocol", TEXT_PROTOCOLS.values(), ids=lambda p: p.name)
def test_mutated_outputs_break_no_rule(protocol: TextProtocol) -> None:
    assert FUZZ.fuzz(protocol, seed=1, n=2000)["outputs"] == 2000


def _said(path: Path) -> list[str]:
    traces = [json.loads(line)["messages"] for line in path.read_text(encoding="utf-8").splitlines()]
    return [turn["content"] for trace in traces for turn in trace if turn["role"] == "assistant"]


def _count(protocol: TextProtocol, texts: list[str], tools: tuple[ToolSchema, ...]) -> tuple[int, int]:
    found = [_message(protocol.parse(text, tools)) for text in texts]
    return sum(bool(one.calls) for one in found), sum(not one.calls for one in found)


def test_real_hermes_traces_parse(real_data: Path) -> None:
    said = _said(real_data / "trajectories" / "webdancer_sample_traj.jsonl")
    assert _count(HERMES, said, (SEARCH, VISIT)) == (222, 200)


def test_real_react_traces_parse(real_data: Path) -> None:
    said = _said(real_data / "trajectories" / "fireact_hotpotqa_gpt_format.jsonl")
    assert _count(REACT, said, (SEARCH,)) == (1216, 733)


def test_real_query_tag_traces_parse(real_data: Path) -> None:
    path = real_data / "trajectories" / "r1searcher_bamboogle_qwen.jsonl"
    runs = [json.loads(line)["gen_text_store"] for line in path.read_text(encoding="utf-8").splitlines()]
    seen = re.compile(r"<\|begin_of_documents\|>.*?<\|end_of_documents\|>", re.DOTALL)
    assert _count(QUERY_TAG, [turn for run in runs for turn in seen.split(run)], (SEARCH,)) == (248, 125)
