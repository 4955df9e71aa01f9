"""Evaluating queries over a million facts: milliseconds for what a certificate asks, beside SQLite over the same facts.

    python benchmarks/evaluation.py [--quick] [--folder DIR] [--seed S] [--per-k N] [--ticks N]

A generated world of 134,000 entities and a million facts (50,000 with --quick), its facts alone; queries drawn by the
synthesis sampler for k = 1, 2, 3, aimed at MSD 2 to 6 in turn. Timed for each query: all answers, whether the answer is
the only one, how many answers there are without each constraint (its necessity), search width; and all answers of each
query less each of its constraints, which are far more. Since nothing draws them yet, queries with aggregates and with
qualifiers are made of the drawn ones: a constraint is replaced by a count or a place, true of the intended solution; an
atom is narrowed to the years that its fact, by lot, has got.

SQLite holds the same facts in memory, indexed both ways, and is given the SQL that certificates are checked by. A
statement is stopped after --ticks times 100,000 steps of its machine; those stopped are counted, all others must give
the same answers. Times are CPU milliseconds of one evaluation each, its plan included; "again" is a second pass, after
which all that is made on first use is there. Each stage runs in a process of its own. DIR keeps world and queries for
another run. Prints tables and, last, one JSON line.
"""

import argparse
import gc
import json
import math
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from redsearcher.core import jsonl, rng
from redsearcher.errors import BudgetError
from redsearcher.graph import aggregate
from redsearcher.graph.cap import WIDTH_CAP
from redsearcher.graph.evaluate import answers
from redsearcher.graph.necessity import necessity
from redsearcher.graph.sql import SqlFacts
from redsearcher.graph.width import search_width
from redsearcher.records.base import Record
from redsearcher.records.query import Constant, FactAtom, Operand, QualifierRange, Query, ToolAtom, ToolExpression
from redsearcher.records.world import Document, Fact, Qualifier, Strength, Value
from redsearcher.world.facts import FactTable

MSD = (2, 3, 4, 5, 6)
DATED = ("P54", "P69", "P108")
"""Relations whose facts are given a start year, by lot."""
START = "P580"
BUDGET = 2_000_000


class Asked(Record):
    """A query to evaluate, and what kind it is."""

    k: int
    family: str
    query: Query


class Timed(NamedTuple):
    """CPU milliseconds by evaluation, of the first pass and the second, and how many were given up."""

    first: list[float]
    again: list[float]
    n_stopped: int


def prepare(folder: Path, n_entities: int, per_k: int, seed: int) -> dict[str, Any]:
    """World and queries, unless they are there."""
    from redsearcher.synthesis.config import SynthConfig
    from redsearcher.synthesis.sample import Sampler
    from redsearcher.synthesis.verbalise.question import verbalise
    from redsearcher.world.store import World

    if not (folder / "world").exists():
        write_world(folder / "world", n_entities, seed)
    world = World(folder / "world")
    if not (folder / "queries.jsonl").exists():
        sampler = Sampler(world, SynthConfig(seed=seed, msd=MSD, per_unit=2), verbalise).ready()
        asked: list[Asked] = []
        for k in (1, 2, 3):
            found: list[Query] = []
            for number in range(20 * per_k):
                unit = sampler.unit(k * 10**6 + number, k, MSD[number % len(MSD)], number // len(MSD))
                found += [candidate.query for candidate in unit.candidates]
                if len(found) >= per_k:
                    break
            asked += [Asked(k=k, family="drawn", query=query) for query in found[:per_k]]
        jsonl.write(folder / "queries.jsonl", (jsonl.dump(one) for one in asked))
    return {"entities": world.info.n_entities, "facts": world.info.n_facts}


def write_world(path: Path, n_entities: int, seed: int) -> None:
    """Facts and, for each entity, an empty page that states its facts: what the sampler goes by."""
    from redsearcher.world.fiction.config import FictionConfig
    from redsearcher.world.fiction.generate import generate
    from redsearcher.world.store import WorldWriter

    made = generate(FictionConfig(n_entities=n_entities, seed=seed))
    with WorldWriter(path, name="facts", lang="en", kind="closed", source="generated", seed=seed) as writer:
        pages = {}
        for entity in made.entities:
            writer.add_entity(entity)
            url = f"https://facts.example/{entity.id}"
            page = Document(
                url=url, site="facts.example", kind="facts", title=entity.label, text="", about=(entity.id,)
            )
            pages[entity.id] = page.id
            writer.add_document(page)
        for fact in made.facts:
            writer.add_fact(fact)
            writer.add_statement(fact.id, pages[fact.subject], 0, 0, Strength.STRICT)


def types_of(folder: Path) -> dict[str, str]:
    table = pq.read_table(folder / "world" / "entities.parquet", columns=["id", "type"]).to_pydict()
    return dict(zip(table["id"], table["type"], strict=True))


def facts_of(folder: Path, seed: int) -> Iterator[Fact]:
    """The world's facts, those of the dated relations with a year each."""
    draws = rng.derive(seed, "evaluation", "years")
    with pq.ParquetFile(folder / "world" / "facts.parquet") as file:
        for batch in file.iter_batches(columns=["id", "subject", "property", "object", "value"]):
            for id_, subject, property_, object_, value in zip(*batch.to_pydict().values(), strict=True):
                fact = Fact.model_construct(
                    subject=subject,
                    property=property_,
                    object=object_,
                    value=Value.model_construct(**json.loads(value)) if value else None,
                    qualifiers=(_dated(draws),) if property_ in DATED else (),
                )
                fact.__dict__["id"] = id_
                yield fact


def reading_s(folder: Path, seed: int) -> float:
    """CPU seconds it takes to read the facts."""
    start = time.process_time()
    for _ in facts_of(folder, seed):
        pass
    return time.process_time() - start


def _dated(draws: random.Random) -> Qualifier:
    year = Value.model_construct(datatype="quantity", text=str(draws.randint(1900, 2020)), precision="", unit="")
    return Qualifier.model_construct(property=START, object=None, value=year)


def made_over(asked: Sequence[Asked], years: dict[str, float], source: FactTable, seed: int) -> list[Asked]:
    """Queries with an aggregate and queries with qualifiers, one of each drawn one that has room for them."""
    made = []
    for number, one in enumerate(asked):
        draws = rng.derive(seed, "evaluation", "made", number)
        for family, make in (("count", _counting), ("place", _placing)):
            atom = make(one.query, source, draws)
            if atom is not None:
                less = one.query.without(draws.choice(one.query.constraints).id)
                if set(atom.variables) <= {v.name for v in less.variables}:
                    query = less.model_copy(update={"constraints": (*less.constraints, atom)})
                    made.append(Asked(k=one.k, family=family, query=query))
        dated = tuple(_qualified(c, years) for c in one.query.constraints)
        if dated != one.query.constraints:
            made.append(Asked(k=one.k, family="qualified", query=one.query.model_copy(update={"constraints": dated})))
    return made


def _qualified(constraint: Any, years: dict[str, float]) -> Any:
    dated = [years[fact] for fact in constraint.facts if fact in years]
    if not isinstance(constraint, FactAtom) or not dated:
        return constraint
    ranges = (QualifierRange(property=START, low=dated[0] - 5, high=dated[0] + 5),)
    return constraint.model_copy(update={"qualifiers": ranges})


def _counting(query: Query, source: FactTable, draws: random.Random) -> ToolAtom | None:
    """How many entities of a type a relation of the query leads to from the one end of an atom."""
    atoms = [c for c in query.constraints if isinstance(c, FactAtom) and c.subject != c.object]
    if not atoms:
        return None
    atom = draws.choice(atoms)
    types = {v.name: v.type for v in query.variables}
    call = ToolExpression(
        tool="facts",
        function="count",
        operands=(Constant(text=types[atom.subject]), Operand(variable=atom.object, property=f"^{atom.property}")),
    )
    return _true(call, query, source)


def _placing(query: Query, source: FactTable, draws: random.Random) -> ToolAtom | None:
    """Which place the number of an atom's subject has among all that the atom's object is joined to like it."""
    atoms = [c for c in query.constraints if isinstance(c, FactAtom) and c.subject != c.object]
    by_name = {v.name: v for v in query.variables}
    ways = [
        (atom, number)
        for atom in atoms
        for number in ("P569", "P577", "P571", "P1082", "P2044", "P2043")
        if source.numbers(number).get(by_name[atom.subject].entity or "")
    ]
    if not ways:
        return None
    atom, number = draws.choice(ways)
    call = ToolExpression(
        tool="facts",
        function=draws.choice(("top", "bottom")),
        operands=(
            Operand(variable=atom.subject, property=number),
            Constant(text=by_name[atom.subject].type),
            Operand(variable=atom.object, property=f"^{atom.property}"),
        ),
    )
    return _true(call, query, source)


def _true(call: ToolExpression, query: Query, source: FactTable) -> ToolAtom | None:
    """The atom that a call holds of the intended solution."""
    amounts = aggregate.values(call, {v.name: v.entity or "" for v in query.variables}, source)
    return ToolAtom(id="made", call=call, low=amounts[0], high=amounts[0]) if amounts else None


def ours(folder: Path, seed: int) -> dict[str, Any]:
    """Loading, all timings and all answers (into the folder, for comparison) by this package."""
    types = types_of(folder)
    years = {
        f.id: f.qualifiers[0].value.number for f in facts_of(folder, seed) if f.qualifiers and f.qualifiers[0].value
    }
    read_s = reading_s(folder, seed)
    before, start = memory_mb(), time.process_time()
    source = FactTable(facts_of(folder, seed), types)
    index_s = time.process_time() - start - read_s
    gc.collect()
    figures: dict[str, Any] = {
        "read_s": round(read_s, 2),
        "index_s": round(index_s, 2),
        "memory_mb": round(memory_mb() - before),
    }
    drawn = list(jsonl.read(folder / "queries.jsonl", Asked))
    everything = drawn + less_one(drawn) + made_over(drawn, years, source, seed)
    tables: dict[str, Timed] = {}
    for k in (1, 2, 3):
        queries = [one.query for one in drawn if one.k == k]
        for name, run in MEASURED.items():
            tables[f"k = {k}: {name}"] = timed(queries, run, source)[0]
            progress(f"k = {k}: {name}")
    rows: list[dict[str, Any]] = []
    of_kind: dict[str, Timed] = {kind: Timed([], [], 0) for kind in ("literal", "compare")}
    for family in dict.fromkeys(one.family for one in everything):
        own = [one for one in everything if one.family == family]
        tables[f"all answers: {family}"], found = timed([one.query for one in own], _answers, source)
        progress(f"all answers: {family}")
        for one, first, again, said in zip(own, *tables[f"all answers: {family}"][:2], found, strict=True):
            rows.append({"asked": one.model_dump(mode="json"), "answers": said})
            kinds = {c.kind for c in one.query.constraints} if family in ("drawn", "less one") else set()
            for kind in kinds & set(of_kind):
                of_kind[kind].first.append(first)
                of_kind[kind].again.append(again)
    tables |= {f"all answers: drawn or less one, with a {kind}": table for kind, table in of_kind.items()}
    jsonl.write(folder / "answers.jsonl", map(json.dumps, rows))
    figures["after_mb"] = round(memory_mb() - before)
    return figures | {"tables": {name: summary(table) for name, table in tables.items()}}


def less_one(asked: Sequence[Asked]) -> list[Asked]:
    """Each query less each of its constraints."""
    return [Asked(k=a.k, family="less one", query=a.query.without(c.id)) for a in asked for c in a.query.constraints]


def timed(
    queries: Sequence[Query], run: Callable[[Query, FactTable], Any], source: FactTable
) -> tuple[Timed, list[Any]]:
    """Both passes; and what came out, None for what was given up."""
    passes: list[list[float]] = []
    found: list[Any] = []
    for _ in range(2):
        passes.append([])
        found = []
        for query in queries:
            start = time.process_time()
            try:
                found.append(run(query, source))
            except BudgetError:
                found.append(None)
            passes[-1].append(1000 * (time.process_time() - start))
    return Timed(passes[0], passes[1], found.count(None)), found


def _answers(query: Query, source: FactTable) -> list[str]:
    return answers(query, source, budget=BUDGET)


MEASURED: dict[str, Callable[[Query, FactTable], Any]] = {
    "all answers": _answers,
    "unique?": lambda query, source: len(answers(query, source, limit=2, budget=BUDGET)) == 1,
    "necessity of every constraint": lambda query, source: necessity(query, source, budget=BUDGET),
    "search width": lambda query, source: search_width(query, source, cap=WIDTH_CAP),
}


def theirs(folder: Path, seed: int, n_ticks: int) -> dict[str, Any]:
    """Loading, timings and comparison by SQLite."""
    types = types_of(folder)
    read_s = reading_s(folder, seed)
    before, start = memory_mb(), time.process_time()
    with closing(SqlFacts(facts_of(folder, seed), types, max_ticks=n_ticks)) as database:
        figures: dict[str, Any] = {"index_s": round(time.process_time() - start - read_s, 2)}
        gc.collect()
        figures["memory_mb"] = round(memory_mb() - before)
        taken: dict[str, list[float]] = {}
        stopped: dict[str, int] = {}
        n_compared = n_apart = 0
        with (folder / "answers.jsonl").open(encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                asked = Asked.model_validate(row["asked"])
                start = time.process_time()
                try:
                    found = database.answers(asked.query)
                except BudgetError:
                    found = None
                    stopped[asked.family] = stopped.get(asked.family, 0) + 1
                taken.setdefault(asked.family, []).append(1000 * (time.process_time() - start))
                if found is not None and row["answers"] is not None:
                    n_compared += 1
                    n_apart += found != row["answers"]
                if len(taken[asked.family]) % 200 == 1:
                    progress(f"SQLite: {asked.family} {len(taken[asked.family])}")
    tables = {
        f"all answers: {family}": summary(Timed(times, [], stopped.get(family, 0))) for family, times in taken.items()
    }
    return figures | {"compared": n_compared, "differ": n_apart, "tables": tables}


def summary(table: Timed) -> dict[str, float]:
    """Mean and quantiles, nearest rank."""
    first = sorted(table.first)
    figures = {f"p{p}_ms": round(quantile(first, p / 100), 3) for p in (50, 90, 99)} if first else {}
    if first:
        figures |= {"mean_ms": round(sum(first) / len(first), 3), "max_ms": round(first[-1], 3)}
    if table.again:
        again = sorted(table.again)
        figures |= {"again_p99_ms": round(quantile(again, 0.99), 3), "again_max_ms": round(again[-1], 3)}
    return {"n": len(first), "stopped": table.n_stopped, **figures}


def quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def progress(what: str) -> None:
    print(f"{time.process_time():7.1f} s  {what}", file=sys.stderr, flush=True)


def memory_mb() -> float:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 2**20


def apart(stage: Callable[..., dict[str, Any]], *inputs: object) -> dict[str, Any]:
    """One stage in a fresh process."""
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(stage, *inputs).result()


def shown(title: str, tables: dict[str, dict[str, float]]) -> Table:
    columns = ("n", "stopped", "mean_ms", "p50_ms", "p90_ms", "p99_ms", "max_ms", "again_p99_ms", "again_max_ms")
    table = Table("", *columns, title=title)
    for name, row in tables.items():
        table.add_row(name, *(f"{row[c]:,}" if c in row else "" for c in columns))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="50,000 facts, 30 queries for each k")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="keep the world and the queries there")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-k", type=int, metavar="N", help="queries for each k (150; 30 with --quick)")
    parser.add_argument("--ticks", type=int, default=100, metavar="N", help="SQLite: 100,000 steps each, per statement")
    asked = parser.parse_args()
    n_entities, per_k = (6_700, 30) if asked.quick else (134_000, 150)
    with tempfile.TemporaryDirectory(prefix="evaluation-") as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        world = apart(prepare, folder, n_entities, asked.per_k or per_k, asked.seed)
        own = apart(ours, folder, asked.seed)
        peer = apart(theirs, folder, asked.seed, asked.ticks)
    console = Console(width=160)
    console.print(shown(f"this package, {world['facts']:,} facts", own["tables"]))
    console.print(shown("SQLite, the same facts and queries", peer["tables"]))
    console.print(
        f"facts read in {own['read_s']} s; indexed in {own['index_s']} s and {own['memory_mb']} MB by this package, "
        f"in {peer['index_s']} s and {peer['memory_mb']} MB by SQLite. "
        f"{peer['compared']} answer lists compared, {peer['differ']} differ."
    )
    print(json.dumps({"benchmark": "evaluation", **world, "ticks": asked.ticks, "ours": own, "sqlite": peer}))


if __name__ == "__main__":
    main()
