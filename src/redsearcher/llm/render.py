"""Messages to token ids by a chat template, so that later prompts extend the very ids that were sampled."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from redsearcher.errors import InputError, ModelError
from redsearcher.llm.chat_template import NANO, ChatTemplate, Turn
from redsearcher.llm.protocol.arguments import clean
from redsearcher.llm.protocol.base import TextProtocol
from redsearcher.llm.protocol.hermes import HERMES
from redsearcher.llm.tokenizer import Tokenizer
from redsearcher.llm.wire import to_openai_tools
from redsearcher.records.chat import Message, Sampled
from redsearcher.records.tool import ToolSchema

ToolsIn = Literal["template", "system", "nowhere"]
_PROBE = "probe"


class Rendered(NamedTuple):
    """A prompt: all its ids, and what it added (`text`, `added`) to the turn before, or everything if `fresh`."""

    ids: tuple[int, ...]
    fresh: bool
    text: str
    added: tuple[int, ...]


class Renderer:
    """Renders conversations. It holds no state of any: what was sampled travels in the messages (`Message.sampled`).

    Assistant turns are rendered as the raw text that was sampled. If the new prompt begins with the text of the
    turn before (white space inside a finished turn aside), its ids are that turn's ids and the encoded rest;
    otherwise (the template dropped thinking, the context was cut) the prompt is encoded anew. `tools_in` says who
    tells the model about its tools: by default the template if it speaks the protocol, nobody if the template writes
    calls of the protocol but lists no tools (the policy was trained on them), else the system message. Raises
    InputError if the tokenizer has no token that ends a turn.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        template: ChatTemplate,
        protocol: TextProtocol = HERMES,
        tools_in: ToolsIn | None = None,
    ) -> None:
        self.tokenizer, self.protocol = tokenizer, protocol
        self.template = template.default(bos_token=tokenizer.bos, eos_token=tokenizer.eos)
        self.tools_in: ToolsIn = tools_in or _teller(template.source, protocol)
        user: Turn = {"role": "user", "content": _PROBE}
        said: Turn = {"role": "assistant", "content": "said"}
        self._has_system = self._shows([{"role": "system", "content": _PROBE}, {"role": "user", "content": "hello"}])
        self._has_tool = protocol.uses_tool_turns and self._shows([user | {"content": "hello"}, said, _tool(_PROBE)])
        self._has_user_runs = self._shows([user | {"content": "hello"}, user])
        self.stop = self._find_stop(user, said)
        self.stop_ids = frozenset(self._token_ids(self.stop) + self._token_ids(tokenizer.eos))
        if not self._token_ids(self.stop):
            raise InputError(f"the end of a turn, {self.stop!r}, is no single token of this tokenizer")
        self._control = tuple(text for text in tokenizer.special if text == self.stop or text in template.source)

    def text(self, messages: Sequence[Message], tools: Sequence[ToolSchema] = (), *, generate: bool = True) -> str:
        """The conversation as the template writes it. Raises ModelError if the template cannot."""
        listed = to_openai_tools(tools) if self.tools_in == "template" else []
        return clean(self.template.render(list(self._turns(messages, tools)), listed, generate=generate))

    def render(self, messages: Sequence[Message], tools: Sequence[ToolSchema] = ()) -> Rendered:
        """The prompt for the assistant's next turn."""
        text = self.text(messages, tools)
        chain = _chain(messages)
        at = _follow(text, chain)
        if at is None:
            whole = tuple(self.tokenizer.encode(text))
            return Rendered(whole, True, text, whole)
        added = tuple(self.tokenizer.encode(text[at:]))
        ids: list[int] = []
        for turn in chain:
            ids += turn.prompt_ids
            ids += turn.token_ids
        return Rendered((*ids, *added), False, text[at:], added)

    def count(self, messages: Sequence[Message], tools: Sequence[ToolSchema] = ()) -> int:
        """Tokens of the prompt for the next turn."""
        return len(self.render(messages, tools).ids)

    def sampled(self, prompt: Rendered, token_ids: Sequence[int]) -> Sampled:
        """What a turn's Message carries on: the prompt and the ids that were sampled after it."""
        ended = bool(token_ids) and token_ids[-1] in self.stop_ids
        body = token_ids[:-1] if ended else token_ids
        return Sampled(
            fresh=prompt.fresh,
            prompt_text=prompt.text,
            prompt_ids=prompt.added,
            text=clean(self.tokenizer.decode(body)),
            stop=self.tokenizer.decode(token_ids[-1:]) if ended else "",
            token_ids=tuple(token_ids),
        )

    def encode_turn(self, message: Message) -> tuple[int, ...]:
        """The ids a policy would have sampled to write this turn, its end included."""
        return tuple(self.tokenizer.encode(clean(self.protocol.write(message)) + self.stop))

    def _turns(self, messages: Sequence[Message], tools: Sequence[ToolSchema]) -> Iterator[Turn]:
        waiting: Turn | None = None
        for turn in self._plain_turns(messages, tools):
            joins = waiting is not None and not self._has_user_runs and waiting["role"] == turn["role"] == "user"
            if joins and waiting is not None:
                waiting = {"role": "user", "content": f"{waiting['content']}\n\n{turn['content']}"}
                continue
            if waiting is not None:
                yield waiting
            waiting = turn
        if waiting is not None:
            yield waiting

    def _plain_turns(self, messages: Sequence[Message], tools: Sequence[ToolSchema]) -> Iterator[Turn]:
        lead = self.protocol.instruct(tools) if self.tools_in == "system" else ""
        observed: list[str] = []
        for number, message in enumerate(messages):
            if message.role == "tool" and not self._has_tool:
                observed.append(self._disarm(message.content))
                continue
            if observed:
                yield {"role": "user", "content": self.protocol.respond(observed)}
                observed = []
            if message.role == "assistant":
                said = message.sampled.text if message.sampled else self.protocol.write(message)
                yield {"role": "assistant", "content": said}
                continue
            content = self._disarm(message.content)
            if lead and number == 0:
                content = f"{content}\n\n{lead}" if message.role == "system" else f"{lead}\n\n{content}"
            role = "user" if message.role == "system" and not self._has_system else message.role
            yield _tool(content) if role == "tool" else {"role": role, "content": content}
        if observed:
            yield {"role": "user", "content": self.protocol.respond(observed)}

    def _disarm(self, content: str) -> str:
        """The content with control tokens that somebody wrote into it broken up: a page must not end its turn."""
        for token in self._control:
            content = content.replace(token, f"{token[:-1]} {token[-1]}")
        return content

    def _shows(self, turns: Sequence[Turn]) -> bool:
        try:
            return _PROBE in self.template.render(turns, (), generate=True)
        except ModelError:
            return False

    def _token_ids(self, text: str) -> list[int]:
        """The id of a text that is one token (word-piece tokenizers may put a space before it), else nothing."""
        last = self.tokenizer.encode(text)[-1:]
        return last if last and self.tokenizer.decode(last).strip() == text.strip() else []

    def _find_stop(self, user: Turn, said: Turn) -> str:
        """The special token that the template writes after an assistant's turn."""
        try:
            text = self.template.render([user, said, user], (), generate=False)
        except ModelError:
            return self.tokenizer.eos
        rest = text[text.rindex("said") + len("said") :].lstrip() if "said" in text else ""
        return next((token for token in self.tokenizer.special if token and rest.startswith(token)), self.tokenizer.eos)


def nano_renderer(tokenizer: Tokenizer) -> Renderer:
    """The renderer of the nano policy: its own template, Hermes calls, no list of tools."""
    return Renderer(tokenizer, ChatTemplate(NANO), HERMES)


def _tool(content: str) -> Turn:
    return {"role": "tool", "content": content}


def _teller(source: str, protocol: TextProtocol) -> ToolsIn:
    """Who tells a model with this template about its tools."""
    if protocol.name != HERMES.name or "<tool_call>" not in source or "<function=" in source:
        return "system"
    if not re.search(r"\btools\b", source):
        return "nowhere"
    return "template" if '"arguments"' in source else "system"


def _chain(messages: Sequence[Message]) -> list[Sampled]:
    """The sampled turns since the last one whose prompt began anew; empty if that one is not there."""
    chain: list[Sampled] = []
    for message in messages:
        if message.sampled is not None:
            chain = [message.sampled] if message.sampled.fresh else [*chain, message.sampled] if chain else []
    return chain


def _follow(text: str, chain: Sequence[Sampled]) -> int | None:
    """Where the last sampled turn ends in the text, if the text begins with all of the chain; else None."""
    at = 0
    for turn in chain:
        if not text.startswith(turn.prompt_text, at):
            return None
        end = _end_of_turn(text, at + len(turn.prompt_text), turn)
        if end is None:
            return None
        at = end
    return at or None


def _end_of_turn(text: str, start: int, turn: Sampled) -> int | None:
    whole = turn.text + turn.stop
    if text.startswith(whole, start):
        return start + len(whole)
    if not turn.stop:
        return None
    # Templates trim or pad a turn's parts. The engine goes on from what it sampled, so white space may differ.
    at = start
    for one in turn.text:
        if one.isspace():
            continue
        while at < len(text) and text[at].isspace():
            at += 1
        if at >= len(text) or text[at] != one:
            return None
        at += 1
    while at < len(text) and text[at].isspace():
        at += 1
    return at + len(turn.stop) if text.startswith(turn.stop, at) else None
