"""A handful of hand-written pages behind search and visit, rendered as the web layer renders them."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from redsearcher.llm.chat import ChatModel
from redsearcher.records.chat import Completion, Message, Sampling
from redsearcher.records.tool import SEARCH, VISIT, ToolCall


class PageText(NamedTuple):
    title: str
    text: str


def render_search(query: str, pages: Mapping[str, PageText], top_k: int = 5) -> str:
    words = set(re.findall(r"\w+", query.casefold())) | {query[i : i + 2] for i in range(len(query) - 1)}

    def overlap(page: PageText) -> int:
        text = f"{page.title} {page.text}".casefold()
        return sum(1 for word in sorted(words) if len(word) > 1 and word in text)

    ranked = sorted(pages, key=lambda url: (-overlap(pages[url]), url))[:top_k]
    lines = [f'## Results for "{query}"']
    for rank, url in enumerate(ranked, 1):
        plain = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", pages[url].text)
        lines.append(f"{rank}. [{pages[url].title}]({url})\n   site.example · 2020-01-02\n   {plain[:160]}\n")
    return "\n".join(lines)


def render_page(url: str, pages: Mapping[str, PageText]) -> str:
    if url not in pages:
        return f"Error: no page at {url}."
    page = pages[url]
    return f"# {page.title}\nURL: {url}\n\n{page.text}\n\n(1,500 of 3,214 characters shown)"


def answer(call: ToolCall, pages: Mapping[str, PageText]) -> str:
    if call.name == "search":
        return "\n".join(render_search(query, pages) for query in call.arguments["query"])
    return "\n---\n".join(render_page(url, pages) for url in call.arguments["url"])


async def converse(
    model: ChatModel, question: str, pages: Mapping[str, PageText], sampling: Sampling, turns: int = 50
) -> list[Message]:
    """Loop until the model stops calling tools; the whole conversation comes back."""
    messages = [Message(role="system", content="Search."), Message(role="user", content=question)]
    for _ in range(turns):
        turn: Completion = await model.complete(messages, (SEARCH, VISIT), sampling)
        messages.append(turn.message)
        if not turn.message.calls:
            break
        for call in turn.message.calls:
            messages.append(Message(role="tool", content=answer(call, pages), call_id=call.id))
    return messages
