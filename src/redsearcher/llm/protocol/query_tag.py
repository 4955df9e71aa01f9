"""Query tags: a search between <|begin_of_query|> and <|end_of_query|> inside running thought (R1-Searcher)."""

import re
from collections.abc import Sequence

from redsearcher.llm.protocol.arguments import check_call, clean, only_argument, problem
from redsearcher.llm.protocol.base import FormatKind
from redsearcher.records.chat import FormatProblem, Message
from redsearcher.records.tool import ToolCall, ToolSchema

BEGIN, END = "<|begin_of_query|>", "<|end_of_query|>"
BEGIN_SEEN, END_SEEN = "<|begin_of_documents|>", "<|end_of_documents|>"
_TAG = re.compile("|".join(map(re.escape, (BEGIN, END, BEGIN_SEEN, END_SEEN))))


class QueryTag:
    """Every query is a call of the first tool, which must take one list or text. Here the thinking itself searches,
    so only what follows </think> is content."""

    name = "query_tag"
    uses_tool_turns = False

    def parse(self, text: str, tools: Sequence[ToolSchema]) -> Message | FormatProblem:
        """Queries as calls, or what follows the thinking as content."""
        said: list[str] = []
        calls: list[ToolCall] = []
        text = clean(text)
        at = 0
        while (tag := _TAG.search(text, at)) is not None:
            said.append(text[at : tag.start()])
            if tag.group() in (BEGIN_SEEN, END_SEEN):
                return problem(FormatKind.MADE_UP_OBSERVATION, "documents are written by the search, not by you.")
            end = text.find(END, tag.end())
            if tag.group() == END:
                return problem(FormatKind.STRAY_TAG, f"{END} closes nothing.")
            if end < 0:
                return problem(FormatKind.UNCLOSED, f"{BEGIN} is not closed.")
            call = _read_query(text[tag.end() : end].strip(), len(calls) + 1, tools)
            if isinstance(call, FormatProblem):
                return call
            calls.append(call)
            at = end + len(END)
        said.append(text[at:])
        thought, closed, content = "".join(said).rpartition("</think>")
        if not closed:
            thought, content = ("".join(said), "") if calls else ("", "".join(said))
        thought = thought.replace("<think>", "").replace("</think>", "").strip()
        content = content.replace("<think>", "").strip()
        if calls and "<answer>" in content:
            return problem(FormatKind.CALL_AND_ANSWER, "a turn either searches or answers, not both.")
        if not calls and not content:
            return problem(FormatKind.EMPTY, "the turn holds neither a query nor an answer.")
        return Message(role="assistant", thought=thought, content=content, calls=tuple(calls))

    def write(self, message: Message) -> str:
        """Thought and queries, or thought, </think> and content. A call's argument is written item by item."""
        items = [item for call in message.calls for value in call.arguments.values() for item in _texts(value)]
        queries = [f"{BEGIN} {item} {END}" for item in items]
        if queries:
            return "\n".join([part for part in (message.thought, message.content) if part] + queries)
        return f"{message.thought}\n</think>\n\n{message.content}" if message.thought else message.content

    def respond(self, contents: Sequence[str]) -> str:
        """Observations between the tags of documents."""
        return "\n".join(f"{BEGIN_SEEN}\n{content}\n{END_SEEN}" for content in contents)

    def instruct(self, tools: Sequence[ToolSchema]) -> str:
        """How to search; other tools cannot be reached."""
        return f"To search write {BEGIN} your query {END} and stop; documents follow." if tools else ""


def _read_query(query: str, number: int, tools: Sequence[ToolSchema]) -> ToolCall | FormatProblem:
    name = only_argument(tools[0]) if tools else None
    if not tools or name is None:
        return problem(FormatKind.UNKNOWN_TOOL, "there is no search here; answer without.")
    if not query:
        return problem(FormatKind.BAD_ARGUMENTS, "the query is empty.")
    return check_call(tools[0].name, {name: [query]}, number, tools)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


QUERY_TAG = QueryTag()
