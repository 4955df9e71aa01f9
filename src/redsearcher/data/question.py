"""Tasks of a fresh world for the expert: tight ones per cell of k and MSD, and easy ones, in several wordings."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import Field

from redsearcher import __version__
from redsearcher.agent.solver.parse.tree import ParseError
from redsearcher.core.config import Config
from redsearcher.core.rng import derive_seed
from redsearcher.data.easy import EasySampler
from redsearcher.data.expert.condition import Conditions, read_conditions
from redsearcher.data.holdout import HELD_OUT_PROPERTIES, has_held_out_property, held_out_phrases
from redsearcher.errors import InputError
from redsearcher.graph.cover import minimum_cover
from redsearcher.records.query import Query
from redsearcher.records.task import Provenance, Request, Task
from redsearcher.records.world import Strength
from redsearcher.synthesis.candidate import given_names, leaked_name
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.sample import Sampler
from redsearcher.synthesis.verbalise.question import verbalise
from redsearcher.world.store import World

WORDING_TRIES = 4
DRAWS_PER_EASY = 40
UNITS_PER_TASK = 6


def in_words(query: Query, names: Mapping[str, str], *, lang: str, seed: int) -> str:
    """The question; ValueError for a query that the grammar cannot put in order, so that it is passed over."""
    try:
        return verbalise(query, names, lang=lang, seed=seed)
    except KeyError as error:
        raise ValueError(f"a variable is spoken of before it is brought in: {error}") from error


class Quotas(Config):
    """How many tasks a world gives."""

    easy: int = Field(default=120, ge=0)
    """Easy queries."""
    k1: int = Field(default=8, ge=0)
    """Tight queries per MSD with k = 1."""
    k2: int = Field(default=10, ge=0)
    """Tight queries per MSD with k = 2."""
    k3: int = Field(default=4, ge=0)
    """Tight queries per MSD with k = 3; these take longest to find."""
    msd: tuple[int, ...] = (2, 3, 4)
    """Minimum source dispersions of the tight queries, the last one "or more"."""
    wordings: int = Field(default=2, ge=1)
    """Wordings of each tight query (easy ones get one)."""


class FreshTask(NamedTuple):
    """A task with its k and MSD."""

    task: Task
    k: int
    msd: int


class FreshTasks:
    """Draws tasks from one world; the same world, seed and quotas give the same tasks."""

    def __init__(self, world: World, seed: int, quotas: Quotas, *, hold_out: bool) -> None:
        self._world, self._seed, self._quotas, self._hold_out = world, seed, quotas, hold_out
        self._config = SynthConfig(seed=seed, msd=quotas.msd, per_unit=3)
        self._sampler = Sampler(world, self._config, in_words)

    def tasks(self) -> Iterator[FreshTask]:
        """Easy ones first, then the tight ones cell by cell; no question twice."""
        seen: set[str] = set()
        for fresh in (*self._easy(), *self._tight()):
            if fresh.task.question not in seen:
                seen.add(fresh.task.question)
                yield fresh

    def _easy(self) -> Iterator[FreshTask]:
        without = HELD_OUT_PROPERTIES if self._hold_out else frozenset()
        sampler = EasySampler(self._world, self._sampler.graph, self._seed, without)
        made = 0
        for number in range(DRAWS_PER_EASY * self._quotas.easy):
            if made == self._quotas.easy:
                return
            easy = sampler.draw(number)
            question = easy and self._word(easy.query, number, 0)
            if easy is not None and question:
                made += 1
                msd = self._msd(easy.query)
                yield FreshTask(sampler.task(easy, question, msd), easy.k, msd)

    def _tight(self) -> Iterator[FreshTask]:
        number = 0
        for k, wanted in ((1, self._quotas.k1), (2, self._quotas.k2), (3, self._quotas.k3)):
            for msd in self._quotas.msd:
                found = 0
                for _ in range(UNITS_PER_TASK * wanted):
                    if found >= wanted:
                        break
                    number += 1
                    unit = self._sampler.unit(number, k, msd)
                    for candidate in unit.candidates:
                        proof = candidate.certificate
                        if self._hold_out and has_held_out_property(candidate.query):
                            continue
                        found += self._config.cell(proof.k, proof.msd_loose) == (k, msd)
                        yield from self._worded(candidate.query, candidate.role, number, proof.k, proof.msd_loose)

    def _worded(self, query: Query, role: str, number: int, k: int, msd: int) -> Iterator[FreshTask]:
        entity = self._world.entities[query.answer.entity or ""]
        for wording in range(self._quotas.wordings):
            question = self._word(query, number, wording + 1)
            if question is None:
                continue
            task = Task(
                question=question,
                answer=entity.label,
                aliases=entity.aliases,
                answer_entity=entity.id,
                lang=self._world.info.lang,
                query=query,
                request=Request(treewidth=k, msd=msd),
                role=role,
                provenance=Provenance(
                    world=self._world.id, seed=self._seed, version=__version__, unit=f"stream {number}"
                ),
            )
            yield FreshTask(task, k, msd)

    def _word(self, query: Query, number: int, wording: int) -> str | None:
        """A wording that gives nothing away, reads back into the query, and uses no phrase that is held out."""
        for attempt in range(WORDING_TRIES):
            seed = derive_seed(self._seed, "stream wording", number, wording, attempt)
            try:
                question = in_words(query, given_names(query), lang="en", seed=seed)
                conditions = read_conditions(question, query)
            except (InputError, ValueError, ParseError):
                continue
            if leaked_name(question, query, self._world.entities) is not None:
                continue
            if not (self._hold_out and _phrases(conditions) & held_out_phrases()):
                return question
        return None

    def _msd(self, query: Query) -> int:
        facts = sorted({fact for constraint in query.constraints for fact in constraint.facts})
        cover = minimum_cover([self._world.stating(fact, Strength.LOOSE) for fact in facts])
        return len(cover or ())


def is_unseen(task: Task) -> bool:
    """Whether a task's question uses a relation or a phrasing that training questions never use.

    Raises ParseError for a question that cannot be read.
    """
    said = _phrases(read_conditions(task.question, task.query))
    return has_held_out_property(task.query) or bool(said & held_out_phrases())


def _phrases(conditions: Conditions) -> set[str]:
    """The phrases of the property table that the question uses."""
    return {item.template.replace("{0} ", "", 1).replace("{1}", "{}") for item in conditions.items}
