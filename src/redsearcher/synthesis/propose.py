"""The stage that has a model densify a world: pieces of it with pages around them, facts that close cycles, a new
world.

Worlds are frozen, so what is accepted goes into a world of its own, with the statements that bear it out.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from redsearcher.core import jsonl
from redsearcher.core.concurrency import map_bounded
from redsearcher.core.config import Config
from redsearcher.core.folder import check_replaceable
from redsearcher.core.hashing import content_hash
from redsearcher.core.rundir import RunDir, Stage
from redsearcher.errors import InputError, ModelError
from redsearcher.llm.cache import CachedModel
from redsearcher.llm.endpoint import EndpointConfig
from redsearcher.llm.role import Reply, RoleConfig
from redsearcher.llm.router.model import chat_model
from redsearcher.records.chat import Usage
from redsearcher.records.world import Fact, Statement, Strength
from redsearcher.synthesis.piece import PieceConfig, Pieces
from redsearcher.synthesis.proposal import Borne, Proposal, agreed
from redsearcher.world.extend import extend
from redsearcher.world.extract.densify import Checker, Densifier, Piece
from redsearcher.world.extract.witness import Testimony, Witness
from redsearcher.world.store import INFO_FILE, World, WorldInfo

PROPOSALS = "proposals"
VERSION = "propose/1"
NO_REPLY = ("failed", "timeout")
"""How asking ends where the model is not to blame: the piece is asked about again by the next run."""


class ProposeConfig(Config):
    """Settings of densifying a world by a model."""

    model: EndpointConfig
    """The OpenAI-compatible endpoint that proposes."""
    role: RoleConfig = RoleConfig()
    """How it is asked: tries, timeout, length, temperature."""
    reader: EndpointConfig | None = None
    """A second model that is shown each fact with its quote and must find it there too; left out, the first one's word
    is taken for what the words mean."""
    pieces: PieceConfig = PieceConfig()
    """What it is asked about."""
    page_chars: int = Field(default=1_500, ge=100)
    """How much of each page it is shown, in code points."""
    concurrency: int = Field(default=8, ge=1)
    """Pieces before the model at one time."""
    world: str = ""
    """Id of the world it started from, so that a directory is never continued from another."""


class ProposeReport(NamedTuple):
    """The new world, how many facts it has more, how many old ones are stated now; replies by how they ended, facts
    dropped by reason."""

    info: WorldInfo
    n_new: int
    n_stated: int
    outcomes: dict[str, int]
    dropped: dict[str, int]


def propose(
    world: World, out: Path, config: ProposeConfig, *, progress: Callable[[int], None] | None = None
) -> ProposeReport:
    """Ask about pieces of `world` and write it with what was accepted to `out`; the replies lie in `OUT.proposals`.

    Resumes by piece; where the endpoint failed or was late, the next run asks again. Raises InputError where
    `OUT.proposals` is of another world or other settings, `out` is not ours to write or the world has no piece to ask
    about, and ModelError where no piece got any reply.
    """
    start, out = time.monotonic(), out.resolve()
    config = config.model_copy(update={"world": world.id})
    home = _home(world, out)
    pieces = _pieces(world, config)
    run = RunDir.open(home, config)
    model = CachedModel(chat_model(config.model), run.path / "model_cache.ndjson")
    reader = CachedModel(chat_model(config.reader), run.path / "reader_cache.ndjson") if config.reader else None
    with run.stage(PROPOSALS, Proposal, key=lambda found: found.key) as stage:
        asking = _Asking(world, stage, config, model, reader, progress)
        asyncio.run(asking.about({key: pieces[key] for key in stage.owed(pieces)}, n_done=len(stage.keys)))
        if not stage.keys:
            raise ModelError(
                f"{asking.name} gave no reply to any of {len(pieces)} pieces; the last problem: {asking.problem}"
            )
        found = stage.finish(key for key in pieces if key in stage.keys)
    report = _written(world, out, config, asking.name, found, asking.missing)
    calls, tokens = sum(p.n_calls for p in found), sum(p.usage.prompt + p.usage.completion for p in found)
    run.log("propose", seconds=round(time.monotonic() - start, 2), calls=calls, tokens=tokens, **report.outcomes)
    return report


def _home(world: World, out: Path) -> Path:
    """Where the replies go; raises InputError where the new world may not stand beside them."""
    home = out.with_name(f"{out.name}.{PROPOSALS}")
    if out == world.path.resolve():
        raise InputError(f"{out} is the world to start from, and worlds are frozen; name another --out")
    check_replaceable(out, INFO_FILE)
    if (out / INFO_FILE).is_file() and not home.is_dir():
        raise InputError(f"{out} is a world made otherwise (there is no {home.name}); name another --out")
    return home


def _pieces(world: World, config: ProposeConfig) -> dict[str, Piece]:
    """What to ask about, by key."""
    settings = config.model_dump(mode="json", exclude={"concurrency"})
    found = {
        content_hash(VERSION, settings, number): piece for number, piece in enumerate(Pieces(world, config.pieces))
    }
    if not found:
        raise InputError(
            f"{world.path} has no page that names two things of a piece which no fact joins; "
            "draw more pieces (--graphs), or take a world with longer pages"
        )
    return found


class _Asking:
    """Asks about pieces and stores what came of each. `missing` counts those without a reply, `problem` is the last
    reason."""

    def __init__(
        self,
        world: World,
        stage: Stage[Proposal],
        config: ProposeConfig,
        model: CachedModel,
        reader: CachedModel | None,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._stage, self._models, self._progress = stage, [model, *([reader] if reader else [])], progress
        self._agent = Densifier(model, config.role, config.page_chars)
        self._checker = Checker(world)
        self._witness = Witness(reader, config.role, world) if reader else None
        self._concurrency = config.concurrency
        self.missing: Counter[str] = Counter()
        self.problem = ""

    @property
    def name(self) -> str:
        """Who proposes, and who reads it again."""
        return "+".join(model.name for model in self._models)

    async def about(self, owed: Mapping[str, Piece], n_done: int) -> None:
        """Ask about all of them, so many at a time."""

        def told(_: None) -> None:
            nonlocal n_done
            n_done += 1
            if self._progress is not None:
                self._progress(n_done)

        try:
            await map_bounded(self._one, owed.items(), concurrency=self._concurrency, on_done=told)
        finally:
            for model in self._models:
                await model.aclose()

    async def _one(self, item: tuple[str, Piece]) -> None:
        key, piece = item
        reply = await self._agent.ask(piece)
        tally: Counter[str] = Counter()
        found = list(self._checker.statements(piece, reply.value, tally)) if reply.value else []
        heard = [await self._heard(piece, *row) for row in found]
        if unwell := next((r for r in (reply, *heard) if r is not None and r.outcome in NO_REPLY), None):
            self.missing[unwell.outcome] += 1
            self.problem = unwell.detail
            return
        kept = [
            row for row, said in zip(found, heard, strict=True) if said is None or (said.value and said.value.states)
        ]
        tally["a second reader does not find it there"] = len(found) - len(kept)
        asked = [(r.n_calls, r.usage) for r in (reply, *heard) if r is not None]
        self._stage.append(
            Proposal(
                key=key,
                things=tuple(thing.id for thing in piece.things),
                pages=tuple(page.id for page in piece.pages),
                outcome=reply.outcome,
                facts=tuple(Borne(fact=fact, document=s.document, start=s.start, end=s.end) for fact, s in kept),
                dropped={reason: n for reason, n in sorted(tally.items()) if n},
                implementation=self.name,
                n_calls=sum(n for n, _ in asked),
                usage=Usage(
                    prompt=sum(usage.prompt for _, usage in asked),
                    cached=sum(usage.cached for _, usage in asked),
                    completion=sum(usage.completion for _, usage in asked),
                ),
            )
        )

    async def _heard(self, piece: Piece, fact: Fact, place: Statement) -> Reply[Testimony] | None:
        """What the second reader says, if there is one."""
        if self._witness is None:
            return None
        page = next(page for page in piece.pages if page.id == place.document)
        return await self._witness.ask(fact, place, page)


def _written(
    world: World,
    out: Path,
    config: ProposeConfig,
    implementation: str,
    found: Sequence[Proposal],
    missing: Counter[str],
) -> ProposeReport:
    """The world with every fact accepted, stated where it was first found; what was kept and dropped beside it."""
    dropped: Counter[str] = Counter()
    for proposal in found:
        dropped.update(proposal.dropped)
    borne = agreed((borne for proposal in found for borne in proposal.facts), dropped)
    new = [b.fact for b in borne if b.fact.id not in world.facts]
    statements = [
        Statement(fact=b.fact.id, document=b.document, start=b.start, end=b.end, strength=Strength.STRICT)
        for b in borne
    ]
    about = f"{len(new)} facts proposed by {implementation}, each on the page that states it."
    info = extend(world, out, new, statements, about=about, config_hash=config.hash)
    jsonl.write(out / f"{PROPOSALS}.jsonl", (jsonl.dump(proposal) for proposal in found))
    outcomes = missing + Counter(proposal.outcome for proposal in found)
    return ProposeReport(
        info, len(new), len(borne) - len(new), dict(sorted(outcomes.items())), dict(sorted(dropped.items()))
    )
