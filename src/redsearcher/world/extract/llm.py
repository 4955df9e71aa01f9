"""The extractor role: a model reads each page; every fact it gives must stand there, word for word, or is dropped.

A second, thin role closes cycles: two things that the facts so far join through a third, and that one page names both,
are held up to the model with that page. What it says is checked in the same way.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from redsearcher.core.concurrency import map_bounded
from redsearcher.llm.cache import CachedModel
from redsearcher.llm.chat import ChatModel
from redsearcher.llm.endpoint import EndpointModel
from redsearcher.llm.role import Reply, Role, RoleConfig, read_prompt
from redsearcher.records.world import Document
from redsearcher.world.extract.catalog import Catalog
from redsearcher.world.extract.claim import Claim
from redsearcher.world.extract.page import Reading
from redsearcher.world.extract.reply import Checker, FactsReply, property_names
from redsearcher.world.mention import MentionIndex
from redsearcher.world.property import entity_types

_PACKAGE = "redsearcher.world.extract"
CHUNK = 6_000
"""Code points of a page per call; longer pages are cut at line ends."""


class _Chunk(NamedTuple):
    number: int
    document: Document
    text: str


class _Pair(NamedTuple):
    number: int
    document: Document
    first: str
    second: str


class LlmExtractor:
    """Asks about every page, `concurrency` at a time; claims come in the order of the pages."""

    def __init__(
        self, catalog: Catalog, model: ChatModel, config: RoleConfig, *, concurrency: int = 8, max_bridges: int = 0
    ) -> None:
        self._catalog, self._model = catalog, model
        self._facts = Role(model, read_prompt(_PACKAGE, "facts"), FactsReply, config)
        self._bridge = Role(model, read_prompt(_PACKAGE, "bridge"), FactsReply, config)
        self._checker = Checker(catalog)
        self._concurrency, self._max_bridges = concurrency, max_bridges
        self._asked: Counter[str] = Counter()

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def tally(self) -> Counter[str]:
        """Facts kept and dropped by reason, replies by outcome, calls and tokens."""
        return self._checker.tally + self._asked

    def claims(self, readings: Iterable[Reading]) -> Iterator[Claim]:
        """What the pages state. A page whose reply never came right gives nothing; the tally says how many did not."""
        yield from asyncio.run(self._read([reading.document for reading in readings]))

    async def _read(self, documents: Sequence[Document]) -> list[Claim]:
        try:
            chunks = list(_chunks(documents))
            replies: dict[int, FactsReply] = {}

            async def read(chunk: _Chunk) -> None:
                reply = await self._facts.ask(
                    title=chunk.document.title,
                    text=chunk.text,
                    types=", ".join(entity_types()),
                    properties=property_names(),
                )
                self._note("pages", chunk.number, reply, replies)

            await map_bounded(read, chunks, concurrency=self._concurrency, on_done=lambda _: None)
            found = [
                claim
                for chunk in chunks
                if chunk.number in replies
                for claim in self._checker.claims(chunk.document, replies[chunk.number])
            ]
            return found + (await self._close(documents, found) if self._max_bridges else [])
        finally:
            if isinstance(self._model, EndpointModel | CachedModel):
                await self._model.aclose()

    def _note(self, what: str, number: int, reply: Reply[FactsReply], replies: dict[int, FactsReply]) -> None:
        self._asked[f"{what} {reply.outcome}"] += 1
        self._asked["calls"] += reply.n_calls
        self._asked["prompt tokens"] += reply.usage.prompt
        self._asked["completion tokens"] += reply.usage.completion
        if reply.value is not None:
            replies[number] = reply.value

    # ---- closing cycles

    async def _close(self, documents: Sequence[Document], known: list[Claim]) -> list[Claim]:
        pairs = list(_open_pairs(documents, known, self._catalog, self._max_bridges))
        replies: dict[int, FactsReply] = {}

        async def ask(pair: _Pair) -> None:
            first, second = (self._catalog.drafts[key] for key in (pair.first, pair.second))
            reply = await self._bridge.ask(
                first=first.label,
                second=second.label,
                first_type=first.type or "thing",
                second_type=second.type or "thing",
                title=pair.document.title,
                text=pair.document.text[:CHUNK],
                properties=property_names({first.type, second.type}),
            )
            self._note("pairs", pair.number, reply, replies)

        await map_bounded(ask, pairs, concurrency=self._concurrency, on_done=lambda _: None)
        found = []
        for pair in pairs:
            for claim in self._checker.claims(pair.document, replies.get(pair.number, FactsReply(facts=[]))):
                if {claim.subject, claim.object} == {pair.first, pair.second}:
                    found.append(claim)
        self._asked["cycles closed"] += len(found)
        return found


def _chunks(documents: Sequence[Document]) -> Iterator[_Chunk]:
    number = 0
    for document in documents:
        text = document.text
        while text.strip():
            cut = text.rfind("\n", CHUNK // 2, CHUNK) + 1 if len(text) > CHUNK else len(text)
            cut = cut or CHUNK
            yield _Chunk(number, document, text[:cut])
            number, text = number + 1, text[cut:]


def _open_pairs(documents: Sequence[Document], known: list[Claim], catalog: Catalog, n: int) -> Iterator[_Pair]:
    """Pairs that a third thing joins but no fact does, on the first page that names both and said neither of the two
    facts; the best joined ones."""
    around: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for claim in known:
        if claim.object is not None:
            around[claim.subject][claim.object].add(claim.url)
            around[claim.object][claim.subject].add(claim.url)
    shared: Counter[tuple[str, str]] = Counter()
    read: dict[tuple[str, str], set[str]] = defaultdict(set)
    for neighbours in around.values():
        for pair in combinations(sorted(neighbours), 2):
            if pair[1] not in around[pair[0]]:
                shared[pair] += 1
                read[pair] |= neighbours[pair[0]] | neighbours[pair[1]]
    index = MentionIndex((key, [catalog.drafts[key].label]) for key in sorted(around))
    page_of: dict[tuple[str, str], Document] = {}
    for document in documents:
        named = {key for mention in index.find(document.text) for key in mention.entities}
        for pair in combinations(sorted(named), 2):
            if pair in shared and document.url not in read[pair]:
                page_of.setdefault(pair, document)
    best = sorted(page_of, key=lambda pair: (-shared[pair], pair))[:n]
    for number, pair in enumerate(best):
        yield _Pair(number, page_of[pair], *pair)
