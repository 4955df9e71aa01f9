"""A second reader: does it find in the quoted words what the first one claims they say?"""

from pydantic import BaseModel

from redsearcher.llm.chat import ChatModel
from redsearcher.llm.role import Reply, Role, RoleConfig, read_prompt
from redsearcher.records.world import Document, Fact, Statement
from redsearcher.world.property import properties
from redsearcher.world.store import World


class Testimony(BaseModel):
    """What the second reader says."""

    states: bool


class Witness:
    """The role: sees the words, the page's title and the claim, nothing else."""

    def __init__(self, model: ChatModel, config: RoleConfig, world: World) -> None:
        prompt = read_prompt("redsearcher.world.extract", "witness")
        self._role, self._world = Role(model, prompt, Testimony, config), world

    async def ask(self, fact: Fact, place: Statement, page: Document) -> Reply[Testimony]:
        """Whether the words at a place state a fact between two things; every way to fail is an outcome."""
        row = properties()[fact.property]
        subject, other = (self._world.entities[end].label for end in (fact.subject, str(fact.object)))
        return await self._role.ask(
            title=repr(page.title),
            quote=page.text[place.start : place.end],
            subject=subject,
            property=row.label["en"],
            object=other,
            example=f"{subject} {row.en.forward[0].replace('{}', other)}",
        )
