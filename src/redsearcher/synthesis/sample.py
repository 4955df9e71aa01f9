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
        key = unit_key(self.world.id, self.config_hash, number)
        return Unit(
            key=key, number=number, k=k, msd=msd, candidates=tuple(found.values()), tally=dict(sorted(tally.items()))
        )

    def _candidate(
        self, structure: Structure, n_answers: int, number: int, draws: random.Random, tally: Counter[str]
    ) -> Candidate | None:
        graph = self.graph
        choice = AnchorChoice(graph, structure)
        for answer, role in answers(structure, draws)[:n_answers]:
            node = structure.nodes[answer]
            if len(graph.members[int(graph.types[node])]) < self.config.min_pool or node in graph.ambiguous:
                tally["answer_easy_or_ambiguous"] += 1
                continue
            anchors = tighten(graph, structure, answer, choice, self.config, draws, tally)
            if anchors is None:
                continue
            query = compose(graph, structure, answer, anchors)
            certificate = self._proof(query, tally)
            if certificate is None:
                continue
            question = self._question(query, number, tally)
            if question is None:
                continue
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
        return None

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
