"""One unit of sampling: grow structures, tighten them, prove and word what comes out."""

import random
from collections import Counter
from collections.abc import Mapping
from typing import Protocol

from redsearcher.core import rng
from redsearcher.errors import BudgetError, InputError
from redsearcher.graph.certify import certify
from redsearcher.records.query import Query
from redsearcher.records.task import Certificate
from redsearcher.records.world import Strength
from redsearcher.synthesis.candidate import Candidate, Unit, given_names, leaked_name, unit_key
from redsearcher.synthesis.choice import AnchorChoice
from redsearcher.synthesis.compose import canonical, compose, topology
from redsearcher.synthesis.config import SynthConfig
from redsearcher.synthesis.factgraph import FactGraph
from redsearcher.synthesis.probe import draw_pair, probe
from redsearcher.synthesis.role import answers
from redsearcher.synthesis.structure import Structure, grow
from redsearcher.synthesis.tighten import tighten
from redsearcher.world.store import World

ANSWERS_PER_STRUCTURE = {1: 2, 2: 2, 3: 4}
"""Variables tried as the answer, by treewidth."""


class Verbalise(Protocol):
    """Puts a query into words; raises InputError or ValueError for one it has no words for."""

    def __call__(self, query: Query, names: Mapping[str, str], *, lang: str, seed: int) -> str:
        """`names` maps the entity ids of the givens to their labels."""
        ...


class Sampler:
    """Draws units from one world. A unit depends on the world, the config, its number and its cell alone."""

    def __init__(self, world: World, config: SynthConfig, verbalise: Verbalise) -> None:
        self.world, self.config, self.verbalise = world, config, verbalise
        self.config_hash = config.hash
        self.graph = FactGraph(world, hub_cap=config.hub_cap, capped=config.capped_properties)

    def unit(self, number: int, k: int, msd: int) -> Unit:
        """Up to `per_unit` candidates, aimed at the cell (k, msd); such as fall into other cells are kept too."""
        config = self.config
        draws = rng.derive(config.seed, "synthesis", number)
        tally: Counter[str] = Counter()
        found: dict[str, Candidate] = {}
        if k == 2 and config.pairs and self.graph.seeds:
            return self._pairs(number, msd, draws)
        for _ in range(config.attempts * (6 if k == 3 else 1) if self.graph.seeds else 0):
            structure = grow(self.graph, k, msd, config.max_unknowns, draws)
            if structure is None:
                tally["no_structure"] += 1
                continue
            tally["structures"] += 1
            if len(structure.edges) >= config.max_constraints:
                tally["too_many_constraints"] += 1
                continue
            candidate = self._candidate(structure, ANSWERS_PER_STRUCTURE[k], number, draws, tally)
            if candidate is not None:
                found.setdefault(candidate.form, candidate)
            if len(found) >= config.per_unit:
                break
        return self._unit(number, k, msd, found, tally)

    def _unit(self, number: int, k: int, msd: int, found: dict[str, Candidate], tally: Counter[str]) -> Unit:
        key = unit_key(self.world.id, self.config_hash, number)
        return Unit(
            key=key, number=number, k=k, msd=msd, candidates=tuple(found.values()), tally=dict(sorted(tally.items()))
        )

    def _pairs(self, number: int, msd: int, draws: random.Random) -> Unit:
        tally: Counter[str] = Counter()
        found: dict[str, Candidate] = {}
        for _ in range(self.config.pairs):
            pair = draw_pair(self.graph, draws)
            if pair is None:
                continue
            tally["structures"] += 1
            for answer, role in answers(pair.structure, draws)[: ANSWERS_PER_STRUCTURE[2]]:
                if self._asks_too_little(pair.structure, answer, tally):
                    continue
                query = probe(self.world, pair, answer, self.config, tally)
                candidate = query and self._finished(query, role, number, tally)
                if candidate:
                    found.setdefault(candidate.form, candidate)
                    break
            if len(found) >= self.config.per_unit:
                break
        return self._unit(number, 2, msd, found, tally)

    def _asks_too_little(self, structure: Structure, answer: int, tally: Counter[str]) -> bool:
        """Whether the answer could be guessed from its type, or shares its name."""
        node = structure.nodes[answer]
        few = len(self.graph.members[int(self.graph.types[node])]) < self.config.min_pool
        if few or node in self.graph.ambiguous:
            tally["answer_easy_or_ambiguous"] += 1
            return True
        return False

    def _candidate(
        self, structure: Structure, n_answers: int, number: int, draws: random.Random, tally: Counter[str]
    ) -> Candidate | None:
        graph = self.graph
        choice = AnchorChoice(graph, structure)
        for answer, role in answers(structure, draws)[:n_answers]:
            if self._asks_too_little(structure, answer, tally):
                continue
            anchors = tighten(graph, structure, answer, choice, self.config, draws, tally)
            if anchors is None:
                continue
            candidate = self._finished(compose(graph, structure, answer, anchors), role, number, tally)
            if candidate is not None:
                return candidate
        return None

    def _finished(self, query: Query, role: str, number: int, tally: Counter[str]) -> Candidate | None:
        """The query with its proof and its words, or None where one of them fails."""
        certificate = self._proof(query, tally)
        question = None if certificate is None else self._question(query, number, tally)
        if certificate is None or question is None:
            return None
        tally["tight"] += 1
        tally[f"tight_msd_{certificate.msd_loose}"] += 1
        return Candidate(
            query=query,
            question=question,
            role=role,
            topology=topology(query),
            form=canonical(query),
            certificate=certificate,
        )

    def _proof(self, query: Query, tally: Counter[str]) -> Certificate | None:
        world = self.world
        try:
            certificate = certify(
                task_id="",
                world_id=world.id,
                world_kind=world.info.kind,
                query=query,
                known=world.known,
                stated=world.stated,
                strict=lambda fact: world.stating(fact, Strength.STRICT),
                loose=lambda fact: world.stating(fact, Strength.LOOSE),
                lexical_overlap=0.0,
            )
        except BudgetError:
            tally["over_budget"] += 1
            return None
        if certificate.n_answers != 1:
            tally["not_unique"] += 1
        elif not certificate.tight:
            tally["not_tight"] += 1
        elif self.config.cell(certificate.k, certificate.msd_loose) is None:
            tally[f"outside_grid_msd_{certificate.msd_loose}"] += 1
        else:
            return certificate
        return None

    def _question(self, query: Query, number: int, tally: Counter[str]) -> str | None:
        names = given_names(query)
        for wording in range(self.config.wordings):
            seed = rng.derive_seed(self.config.seed, "wording", number, wording)
            try:
                question = self.verbalise(query, names, lang=self.graph.lang, seed=seed)
            except (InputError, ValueError):
                tally["no_words"] += 1
                return None
            if leaked_name(question, query, self.world.entities) is None:
                return question
        tally["leaks"] += 1
        return None
