"""Concrete things against abstract concepts: by type and head noun, or as a model judges."""

import re
from typing import Literal

from pydantic import BaseModel

from redsearcher.llm.chat import ChatModel
from redsearcher.llm.role import Reply, Role, RoleConfig, read_prompt
from redsearcher.world.extract.lead import read_lead

ABSTRACT_TYPES = frozenset(
    {"occupation", "genre", "language", "religion", "field", "movement", "disease", "period", "sport", "position",
     "instrument", "species", "ethnic_group"}
)  # fmt: skip
"""Types whose members are kinds of things, not things."""
_ABSTRACT_NOUN = re.compile(
    r"\b(?:concept|term|theory|principle|phenomenon|process|method|technique|type|kind|form|style|branch|study|practice|"
    r"idea|belief|doctrine|property|measure|unit|phrase|word|expression|discipline|class|category|system of|set of|"
    r"theorem|equation|function|state of)\s*$"
)


class Concreteness(BaseModel):
    """The classifier's reply."""

    verdict: Literal["concrete", "abstract"]
    why: str = ""


def is_abstract(type_: str, text: str) -> bool:
    """Whether the type, or the head noun of "X is a ...", is that of a concept."""
    if type_ in ABSTRACT_TYPES:
        return True
    lead = None if type_ else read_lead(text)
    return lead is not None and _ABSTRACT_NOUN.search(text[lead.phrase_start : lead.phrase_end]) is not None


class ConcreteRole:
    """A model that says whether a page is about one concrete thing."""

    def __init__(self, model: ChatModel, config: RoleConfig) -> None:
        self._role = Role(model, read_prompt("redsearcher.world.seed", "concrete"), Concreteness, config)

    async def ask(self, title: str, text: str) -> Reply[Concreteness]:
        """The model's verdict; a reply that is none has no value, and says why."""
        return await self._role.ask(title=title, text=text[:1500])
