"""The small language of the grammar files: literal text, slots, tense, number, sex and chance.

`{S}` is a slot, `[is|was]` a choice by tense, `<a|b>` a choice by chance, `{#:one|many}` by how many others are named,
`{t:is|was}` by the tense of the topic alone, `{g:he|she|it}` by the sex of the topic (male, female, unknown).
Alternatives may hold slots, not further alternatives.
"""

import re
from functools import cache
from typing import NamedTuple

from redsearcher.errors import DataError

SLOTS = frozenset({"O", "D", "R", "S", "M", "P", "P2", "N", "G", "V", "V2", "H", "X", "Y", "A"})

_SWITCHES = {"#": ("number", 2), "g": ("sex", 3), "t": ("topic", 2)}
_NODE = re.compile(r"\{(#|g|t):([^{}]*)\}|\{([A-Z]\d?)\}|\[([^\[\]]*)\]|<([^<>]*)>")


class Slot(NamedTuple):
    """A place that the sentence fills."""

    name: str


class Switch(NamedTuple):
    """Alternatives: `by` is tense, topic, number, sex or chance."""

    by: str
    cases: tuple["Template", ...]


Node = str | Slot | Switch
Template = tuple[Node, ...]


@cache
def parse(text: str) -> Template:
    """Compile one template. Raises DataError for an unknown slot or a wrong number of cases."""
    nodes: list[Node] = []
    end = 0
    for match in _NODE.finditer(text):
        if match.start() > end:
            nodes.append(text[end : match.start()])
        end = match.end()
        nodes.append(_node(match, text))
    if end < len(text):
        nodes.append(text[end:])
    return tuple(nodes)


def _node(match: re.Match[str], text: str) -> Node:
    kind, cases, slot, tense, chance = match.groups()
    if slot is not None:
        if slot not in SLOTS:
            raise DataError(f"grammar: unknown slot {{{slot}}} in {text!r}; known: {', '.join(sorted(SLOTS))}")
        return Slot(slot)
    by, body, wanted = ("chance", chance, 0)
    if kind is not None:
        by, wanted = _SWITCHES[kind]
        body = cases
    elif tense is not None:
        by, body, wanted = ("tense", tense, 2)
    parts = [parse(part) for part in body.split("|")]
    if wanted and len(parts) != wanted:
        raise DataError(f"grammar: {body!r} in {text!r} has {len(parts)} cases; expected {wanted}")
    return Switch(by, tuple(parts))


def has_slot(template: Template, name: str) -> bool:
    """Whether a slot occurs anywhere in the template."""
    return any(
        node.name == name
        if isinstance(node, Slot)
        else isinstance(node, Switch) and any(has_slot(case, name) for case in node.cases)
        for node in template
    )
