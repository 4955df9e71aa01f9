"""Feed mutated model outputs to every text protocol: none may crash, hang, or run what was not asked.

    python benchmarks/parser_fuzz.py --n 100000          (add --quick for 5,000)

Prints one JSON line per protocol: outputs, calls, answers and problems by kind, seconds, the slowest output. Exit
code 1 if a rule is broken; the offending output is printed. What counts as asked is decided by a second, naive reader.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

from redsearcher.core.rng import derive
from redsearcher.llm.protocol.base import TextProtocol
from redsearcher.llm.protocol.choice import TEXT_PROTOCOLS
from redsearcher.records.chat import FormatProblem, Message
from redsearcher.records.tool import SEARCH, VISIT, ToolCall, ToolSchema

SLOWEST_S = 1.0
PYTHON = ToolSchema(
    name="python",
    description="Run code.",
    parameters={"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
)
TOOLS = (SEARCH, VISIT, PYTHON)

SEEDS = {
    "hermes": (
        "<think>\nfirst {x}\n</think>\n\n"
        '<tool_call>\n{"name": "search", "arguments": {"query": ["a", "b"]}}\n</tool_call>',
        '<think>maybe <tool_call>{"name": "search", "arguments": {"query": ["no"]}}</tool_call> later</think>\n'
        '<tool_call>{"name": "visit", "arguments": {"url": ["https://a.example"], "goal": "the year"}}</tool_call>\n'
        '<tool_call>{"name": "search", "arguments": {"query": "one"}}</tool_call>',
        '<tool_call>\n{"name": "python", "arguments": {}}\n<code>\nprint("</tool_call>")\n</code>\n</tool_call>',
        "so far so good</think>\n<answer>Mira <b>K</b></answer> <confidence>0.8</confidence>",
        '<tool_call>{"name": "search", "arguments": {"query": ["</tool_call><tool_call>"]}}</tool_call>',
        '<answer>see <tool_call>{"name": "search", "arguments": {"query": ["no"]}}</tool_call></answer>',
        '我想先搜索。</think><tool_call>{"name": "search", "arguments": {"query": ["红楼梦 作者"]}}</tool_call>',
    ),
    "react": (
        'Thought: look\nAction: search\nAction Input: {"query": ["a", "b"]}',
        "Thought: look\nAction: search[Palash Sen [singer] band]",
        "Thought: known\nAction: finish[Euphoria]",
        "<think>Action: search[no]</think>Thought: known\nFinal Answer: Euphoria",
        'Thought: run\nAction: python\nAction Input: ```json\n{"code": "print(1)"}\n```',
        'Action: visit\nAction Input: {"url": ["https://a.example"], "goal": "year"}\nObservation: made up',
    ),
    "query_tag": (
        " think first\n<|begin_of_query|> founder of geometry <|end_of_query|>",
        "known. </think>\n\n<answer> Yes </answer>",
        "a <|begin_of_query|>x<|end_of_query|> <|begin_of_documents|>made up<|end_of_documents|>",
    ),
}
PIECES = (
    "<think>", "</think>", "<tool_call>", "</tool_call>", "<answer>", "</answer>", "<code>", "</code>",
    "<tool_response>", "<|im_end|>", "<|begin_of_query|>", "<|end_of_query|>", "\nAction:", "\nAction Input:",
    "\nFinal Answer:", "\nThought:", "\nObservation:", '"name"', '"arguments"', "search", "rm -rf", "{", "}", "[", "]",
    '"', "\\", "\\ud800", "\0", "NaN", "[" * 300, '{"a":' * 300, "9" * 5000, "\ud800", "\u202e", "\r\n", "null", "true",
    "-1e999", "'", ",", ":", " " * 50,
)  # fmt: skip


def mutants(name: str, seed: int, n: int) -> Iterator[str]:
    """`n` outputs of a protocol: its seeds cut, spliced, repeated, and with bytes broken, up to eight times each."""
    every = [text for texts in SEEDS.values() for text in texts]
    for number in range(n):
        rng = derive(seed, "mutant", name, number)
        text = rng.choice(SEEDS[name] if rng.random() < 0.8 else every)
        for _ in range(rng.randrange(9)):
            text = rng.choice(MUTATIONS)(text, rng, every)[:40_000]
        yield text


def _cut(text: str, rng: Random, _: list[str]) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] if rng.random() < 0.5 else text[at:]


def _delete(text: str, rng: Random, _: list[str]) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + text[at + rng.randrange(1, 20) :]


def _insert(text: str, rng: Random, _: list[str]) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(PIECES) + text[at:]


def _repeat(text: str, rng: Random, _: list[str]) -> str:
    at = rng.randrange(len(text) + 1)
    part = text[at : at + rng.randrange(1, 60)]
    return text[:at] + part * rng.randrange(2, 30) + text[at:]


def _splice(text: str, rng: Random, every: list[str]) -> str:
    other = rng.choice(every)
    return text[: rng.randrange(len(text) + 1)] + other[rng.randrange(len(other) + 1) :]


def _swap(text: str, rng: Random, _: list[str]) -> str:
    return text.replace(rng.choice(PIECES), rng.choice(PIECES), rng.randrange(1, 3))


def _break_bytes(text: str, rng: Random, _: list[str]) -> str:
    raw = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(rng.randrange(1, 6)):
        if raw:
            raw[rng.randrange(len(raw))] = rng.randrange(256)
    return raw.decode("utf-8", "replace")


Mutation = Callable[[str, Random, list[str]], str]
MUTATIONS: tuple[Mutation, ...] = (_cut, _delete, _insert, _insert, _repeat, _splice, _swap, _break_bytes)


def broken_rule(name: str, text: str, found: Message | FormatProblem) -> str | None:
    """Which rule the result breaks, or None."""
    if isinstance(found, FormatProblem):
        return None if found.kind and "Nothing was run" in found.text else "a problem without a word for the model"
    found.model_dump_json().encode("utf-8")
    if not found.calls and not found.content:
        return "a message that says nothing"
    for call in found.calls:
        if not _fits(call):
            return f"arguments that do not fit: {call}"
        if not _asked(name, text, call):
            return f"a call nobody asked for: {call}"
    return None


def _fits(call: ToolCall) -> bool:
    given = call.arguments
    texts = {"search": ("query",), "visit": ("url",)}.get(call.name, ())
    strings = {"visit": ("goal",), "python": ("code",)}.get(call.name, ())
    lists = all(
        isinstance(given.get(key), str)
        or (isinstance(given.get(key), list) and given[key] and all(isinstance(item, str) for item in given[key]))
        for key in texts
    )
    closed = call.name == "python" or set(given) <= {*texts, *strings}
    return (
        call.name in {t.name for t in TOOLS}
        and lists
        and closed
        and all(isinstance(given.get(k), str) for k in strings)
    )


def _asked(name: str, text: str, call: ToolCall) -> bool:
    """Whether some place outside of the thinking spells this very call, read without regard to anything else."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    if name == "query_tag":
        queries = re.findall(r"<\|begin_of_query\|>(.*?)<\|end_of_query\|>", text, re.DOTALL)
        return call.name == "search" and call.arguments["query"][0] in [query.strip() for query in queries]
    if name == "react":
        outside = text.rpartition("</think>")[2]
        return bool(re.search(rf"^Action:[ \t]*\W*{call.name}", outside, re.MULTILINE))
    decoder = json.JSONDecoder(strict=False)
    before = ""
    opened, closed = text.find("<think>"), text.find("</think>")
    at = closed if closed >= 0 and not 0 <= opened < closed else 0
    while (start := text.find("<tool_call>", at)) >= 0:
        before += text[at:start]
        at = start + len("<tool_call>")
        begin = at + len(text[at:]) - len(text[at:].lstrip())
        try:
            value, end = decoder.raw_decode(text, begin)
        except (ValueError, RecursionError):
            continue
        thinking = before.rfind("<think>") > before.rfind("</think>")
        named = isinstance(value, dict) and value.get("name") == call.name and "</tool_call>" in text[end:]
        same = named and (_flat(value.get("arguments")) == _flat(call.arguments) or call.name == "python")
        if same and not thinking:
            return True
        at = at if thinking else end
    return False


def _flat(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")


def fuzz(protocol: TextProtocol, seed: int, n: int) -> dict[str, object]:
    """Parse `n` mutants. Raises AssertionError with the output that breaks a rule."""
    counts: Counter[str] = Counter()
    slowest, begun = 0.0, time.perf_counter()
    for text in mutants(protocol.name, seed, n):
        start = time.perf_counter()
        found = protocol.parse(text, TOOLS)
        slowest = max(slowest, time.perf_counter() - start)
        rule = broken_rule(protocol.name, text, found)
        assert rule is None, f"{protocol.name}: {rule}\n{text!r}"
        counts[found.kind if isinstance(found, FormatProblem) else "calls" if found.calls else "content"] += 1
    assert slowest < SLOWEST_S, f"{protocol.name}: an output took {slowest:.2f} s"
    seconds = round(time.perf_counter() - begun, 1)
    slow = round(slowest * 1000, 1)
    return {"protocol": protocol.name, "outputs": n, **dict(sorted(counts.items())), "s": seconds, "slowest_ms": slow}


def main() -> int:
    """Run the fuzzing of all protocols."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--n", type=int, default=100_000, help="outputs per protocol")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--quick", action="store_true")
    given = options.parse_args()
    for protocol in TEXT_PROTOCOLS.values():
        print(json.dumps(fuzz(protocol, given.seed, 5_000 if given.quick else given.n)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
