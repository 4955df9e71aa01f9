"""Extracts: many short texts, and after each what it states.

A turn of a drill or a trace copies a text before it takes it apart, and an observation brings three. Here the texts are
the user's, so nearly every token that is learnt from is part of a statement, and a document holds some twenty of them.
"""

import asyncio

from redsearcher.core.hashing import content_hash
from redsearcher.core.rng import derive
from redsearcher.data.expert.evidence import Block, Evidence
from redsearcher.data.expert.library import Library
from redsearcher.data.expert.record import recorded
from redsearcher.data.expert.report import said as in_words
from redsearcher.data.expert.words import NEXT_TEXT, TAKE_APART, aloud, stated
from redsearcher.records.tool import ToolCall
from redsearcher.records.trajectory import Step, StopReason, Trajectory
from redsearcher.web.toolbox import Toolbox
from redsearcher.world.store import World

MOST_TEXTS = 18
"""Texts of one extract."""
EMPTY = 0.2
"""Share of the texts that state nothing which are kept."""
_SEARCHES = 12


class Extracts:
    """Extracts of one world; the same world, seed and number give the same extract."""

    def __init__(self, world: World, tools: Toolbox, library: Library, seed: int) -> None:
        self._tools, self._library, self._seed = tools, library, seed
        self._labels = sorted({world.entities[fact.subject].label for fact in world.facts.values()})

    def draw(self, number: int) -> Trajectory | None:
        """Texts as searches show them, each followed by its statements; None where the searches found none."""
        rng = derive(self._seed, "extract", number)
        evidence = Evidence(self._library, ())
        steps: list[Step] = []
        met: set[str] = set()
        for _ in range(_SEARCHES):
            for block in self._found(rng.choice(self._labels), evidence):
                statements = [in_words(one, evidence) for one in evidence.stated(block)]
                is_kept = block.url not in met and (statements or rng.random() < EMPTY)
                if is_kept and len(steps) < MOST_TEXTS:
                    met.add(block.url)
                    said = f"{stated(statements)}\n{NEXT_TEXT}"
                    steps.append(Step(asked=TAKE_APART.format(text=aloud(block)), thought=said))
        if not steps:
            return None
        first = steps[0].model_copy(update={"asked": ""})
        return recorded(
            content_hash("extract", self._seed, number), content_hash("extract of", self._seed, number),
            steps[0].asked, self._seed, (first, *steps[1:]), StopReason.ANSWERED,
        )  # fmt: skip

    def _found(self, label: str, evidence: Evidence) -> list[Block]:
        call = ToolCall(id="call_1", name="search", arguments={"query": [f'"{label}"']})
        evidence.read([asyncio.run(self._tools.call(call)).content])
        return evidence.latest
