"""Fuzzing and tool-enforced evolution, editor by editor: what can be rewritten, read back, proved and solved.

    python benchmarks/rewriting.py [--quick] [--lang en|zh ...] [--run DIR ...] [--editor NAME ...] [--out FOLDER]

Each editor alone makes one change to the tasks of the demo's grid, made here unless --run names a run directory with
tasks, `world` and `web`. `read back`: the questions, each in further wordings too, of which the solver's parser makes
the same query, up to the names of variables. `proved`: `tasks check` finds no fault. `needed`: more than one answer
without the constraint that a tool settles, or that hints at a name. `told`: a page states a tool's result, found while
rewriting or later by searching. The offline solver then answers some of the rewritten questions, and the same tasks as
they were, with all tools at hand. FOLDER keeps everything, and the same command goes on there. The last line is JSON.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from redsearcher.agent.config import EpisodeConfig, RolloutConfig
from redsearcher.agent.rollout import roll_out
from redsearcher.agent.solver.model import RulesSolver
from redsearcher.agent.solver.parse.question import parse_question
from redsearcher.agent.solver.parse.tree import ParseError
from redsearcher.cli.stage import load_certificates, load_tasks
from redsearcher.cli.tools import tools_over
from redsearcher.core import jsonl
from redsearcher.core.rng import derive
from redsearcher.core.rundir import RunDir
from redsearcher.evaluation.interval import proportion
from redsearcher.grading.match import grade
from redsearcher.records.query import Query, ToolAtom
from redsearcher.records.task import Certificate, Task
from redsearcher.records.trajectory import Trajectory
from redsearcher.synthesis.candidate import given_names
from redsearcher.synthesis.check import check_tasks
from redsearcher.synthesis.config import SynthConfig, VerifyConfig
from redsearcher.synthesis.evolve.kit import EDITORS as EVOLVERS
from redsearcher.synthesis.evolve.kit import TOOLS
from redsearcher.synthesis.fuzz.kit import EDITORS as FUZZERS
from redsearcher.synthesis.rewrite import REWRITES, Rewrite, RewriteConfig, rewrite
from redsearcher.synthesis.stage import synthesise
from redsearcher.synthesis.verbalise.question import verbalise
from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.finding import Case
from redsearcher.synthesis.verify.tool_necessity import judge as tool_necessity
from redsearcher.web.builder import build_web
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.world.fiction.config import FictionConfig
from redsearcher.world.make import WorldConfig, make_world
from redsearcher.world.property import Lang
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.store import World

sys.path.append(str(Path(__file__).parents[1]))
from tests.agent.isomorphic import same_query
from tests.synthesis.random_tool import FUNCTIONS, random_tool_query

SEED = 7
WORDINGS = 4
"""Further wordings of a rewritten question that are read back."""
ROLLOUT = RolloutConfig(concurrency=4, episode=EpisodeConfig(temperature=0.0))
N_SHOWN = 3


class Size(NamedTuple):
    """How much of everything."""

    n_entities: int
    per_cell: int
    n_solved: int
    n_sentences: int


FULL, QUICK = Size(4_000, 12, 60, 200), Size(600, 2, 6, 10)


class Base(NamedTuple):
    """A world, its web, and the tasks to rewrite with their certificates."""

    world: World
    web: Web
    tasks: list[Task]
    certificates: Mapping[str, Certificate]


@dataclass(frozen=True)
class Pair:
    """A task and what an editor made of it."""

    editor: str
    plain: Task
    changed: Task
    before: Certificate
    after: Certificate


class Edited(NamedTuple):
    """What one editor made of all tasks; `n_told` more were left out because a page states the result."""

    pairs: list[Pair]
    n_told: int


def make(folder: Path, lang: Lang, size: Size) -> Base:
    """World, web and tasks of the demo's grid; what is there already is kept."""
    if not (folder / "run" / "tasks.jsonl").is_file():
        fiction, prose = FictionConfig(lang=lang, n_entities=size.n_entities, seed=SEED), ProseConfig(seed=SEED)
        if not (folder / "world").is_dir():
            make_world(folder / "world", WorldConfig(fiction=fiction, prose=prose))
        world = World(folder / "world")
        if not (folder / "web").is_dir():
            build_web(folder / "web", world.documents(), WebConfig(), world_id=world.id, lang=lang)
        config = SynthConfig(seed=SEED, per_cell=size.per_cell, max_units=400)
        synthesise(world, config, RunDir.open(folder / "run", config))
    return load(folder / "run", folder)


def load(run: Path, beside: Path) -> Base:
    """The tasks of a run directory over the world and web in `beside`."""
    world, web = World(beside / "world"), Web.open(beside / "web")
    return Base(world, web, load_tasks(run), load_certificates(run))


def edited(base: Base, editor: str, folder: Path) -> Edited:
    """Every task changed once by one editor, where it can."""
    kind = {"evolve": {"editors": [editor]}} if editor in EVOLVERS else {"fuzz": {"editors": [editor], "steps": 1}}
    config = RewriteConfig.parse(kind, "benchmark")
    run = RunDir.open(folder, config)
    report = rewrite(base.world, run, base.tasks, base.certificates, config)
    source = {row.task.id: row.source for row in jsonl.read(run.stage_file(REWRITES), Rewrite) if row.task}
    plain, after = {task.id: task for task in base.tasks}, {c.task: c for c in report.certificates}
    pairs = [
        Pair(editor, plain[source[task.id]], task, base.certificates[source[task.id]], after[task.id])
        for task in report.tasks
        if task.question != plain[source[task.id]].question
    ]
    return Edited(pairs, report.n_stated)


def comes_back(query: Query, question: str, names: dict[str, str]) -> bool:
    """Whether the parser makes the same query of a question."""
    try:
        return same_query(query, parse_question(question), names)
    except ParseError:
        return False


def read_back(pairs: Iterable[Pair]) -> tuple[list[bool], list[str]]:
    """Whether each question, and each of its further wordings, comes back; those that do not."""
    found, lost = [], []
    for pair in pairs:
        task, names = pair.changed, given_names(pair.changed.query)
        questions = [task.question]
        for wording in range(WORDINGS):
            try:
                questions.append(verbalise(task.query, names, lang=task.lang, seed=wording))
            except ValueError:
                continue
        for question in questions:
            found.append(comes_back(task.query, question, names))
            lost += [] if found[-1] else [question]
    return found, lost


def sentences(lang: Lang, n: int) -> tuple[list[bool], list[str]]:
    """The same for `n` random queries with each function that sentences know."""
    found, lost = [], []
    for function in FUNCTIONS:
        for number in range(n):
            query, names = random_tool_query(Random(f"rewriting {function} {number}"), lang, function)
            try:
                question = verbalise(query, names, lang=lang, seed=number)
            except ValueError:  # the grammar does not say what only a tool speaks of
                continue
            found.append(comes_back(query, question, names))
            lost += [] if found[-1] else [question]
    return found, lost


def told(base: Base, pairs: Sequence[Pair]) -> set[str]:
    """Tasks of which a page that searching finds states a tool's result."""
    with closing(Bench(base.world, base.web, VerifyConfig())) as bench:
        return {p.changed.id for p in pairs if tool_necessity(bench, Case(p.changed, p.after)).fault is not None}


def spread(made: Mapping[str, Edited], n: int) -> list[Pair]:
    """About `n` pairs, editors in turn, no task twice by one editor."""
    queues = {name: derive(SEED, "solved", name).sample(e.pairs, len(e.pairs)) for name, e in made.items()}
    found: list[Pair] = []
    while len(found) < n and any(queues.values()):
        for queue in queues.values():
            if queue and len(found) < n:
                found.append(queue.pop())
    return found


def solve(base: Base, tasks: Iterable[Task], folder: Path) -> dict[str, Trajectory]:
    """One rollout of the offline solver per task, by task id, with every tool at hand."""
    different = list({task.id: task for task in tasks}.values())
    run = RunDir.open(folder, ROLLOUT)
    with (
        tools_over(base.web, TOOLS, base.world.knowledge) as tools,
        run.stage("trajectories", Trajectory, key=lambda t: t.key) as stage,
    ):
        done = asyncio.run(roll_out(different, RulesSolver(), tools, base.web.info.id, ROLLOUT, stage, lambda _: None))
    return {trajectory.task: trajectory for trajectory in done}


def figures(pairs: Sequence[Pair], faulty: set[str], told_later: set[str]) -> dict[str, Any]:
    """What holds of the rewritten tasks of one editor, before anybody solves them."""
    found, lost = read_back(pairs)
    needed = [
        min(p.after.necessity[c.id] for c in p.changed.query.constraints if isinstance(c, ToolAtom)) > 1
        for p in pairs
        if any(isinstance(c, ToolAtom) for c in p.changed.query.constraints)
    ]
    return {
        "changed": len(pairs),
        "questions": len(found),
        "read_back": sum(found),
        "lost": lost[:N_SHOWN],
        "overlap_before": _mean([p.before.lexical_overlap for p in pairs]),
        "overlap_after": _mean([p.after.lexical_overlap for p in pairs]),
        "proved": sum(p.changed.id not in faulty and p.after.tight and p.after.n_answers == 1 for p in pairs),
        "with_tool_or_hint": len(needed),
        "needed": sum(needed),
        "told_later": sum(p.changed.id in told_later for p in pairs),
    }


def solved(pairs: Sequence[Pair], before: Mapping[str, Trajectory], after: Mapping[str, Trajectory]) -> dict[str, Any]:
    """Success on both versions of the same tasks, and calls by tool."""

    def right(task: Task, found: Mapping[str, Trajectory]) -> float:
        return grade(found[task.id].answer, task.answer, task.aliases).value or 0.0

    def calls(tasks: Iterable[Task], found: Mapping[str, Trajectory]) -> dict[str, float]:
        counted: Counter[str] = Counter()
        for task in tasks:
            counted.update(found[task.id].usage.calls_by_tool)
        return {tool: round(n / len(pairs), 2) for tool, n in sorted(counted.items())}

    return {
        "played": len(pairs),
        "plain_right": [right(p.plain, before) for p in pairs].count(1.0),
        "changed_right": [right(p.changed, after) for p in pairs].count(1.0),
        "changed_abstained": sum(after[p.changed.id].answer is None for p in pairs),
        "plain_calls": calls((p.plain for p in pairs), before),
        "changed_calls": calls((p.changed for p in pairs), after),
    }


def measure(base: Base, lang: str, editors: Sequence[str], size: Size, folder: Path) -> dict[str, Any]:
    """All figures of one language."""
    made = {editor: edited(base, editor, folder / editor) for editor in editors}
    pairs = [pair for found in made.values() for pair in found.pairs]
    changed, after = [p.changed for p in pairs], {p.changed.id: p.after for p in pairs}
    faulty = {problem.task for problem in check_tasks(base.world, changed, after)}
    later = told(base, pairs)
    chosen = spread(made, size.n_solved)
    new = solve(base, (p.changed for p in chosen), folder / "solved")
    old = solve(base, (p.plain for p in chosen), folder / "solved.plain")
    rows: dict[str, Any] = {}
    for editor, found in made.items():
        own = [p for p in chosen if p.editor == editor]
        rows[editor] = {"told": found.n_told, **figures(found.pairs, faulty, later), **solved(own, old, new)}
    random, lost = sentences("zh" if lang == "zh" else "en", size.n_sentences)
    return {
        "tasks": len(base.tasks),
        "editors": rows,
        "all": {**figures(pairs, faulty, later), **solved(chosen, old, new)},
        "random_queries": {"n": len(random), "read_back": sum(random), "lost": lost[:N_SHOWN]},
    }


def show(lang: str, found: Mapping[str, Any], console: Console) -> None:
    """One row per editor."""
    table = Table(title=f"{lang}: {found['tasks']} tasks")
    for heading in ("editor", "changed", "read back", "overlap", "proved", "needed", "told", "solved", "calls"):
        table.add_column(heading, justify="left" if heading in ("editor", "calls") else "right")
    for editor, row in (*found["editors"].items(), ("all", found["all"])):
        n = row["changed"]
        calls = ", ".join(f"{tool} {mean:g}" for tool, mean in row["changed_calls"].items())
        table.add_row(
            editor,
            str(n),
            f"{row['read_back']}/{row['questions']}",
            f"{row['overlap_before']} > {row['overlap_after']}" if n else "",
            f"{row['proved']}/{n}",
            f"{row['needed']}/{row['with_tool_or_hint']}" if row["with_tool_or_hint"] else "",
            f"{row.get('told', '')}+{row['told_later']}",
            f"{row['plain_right']} > {row['changed_right']} of {row['played']}",
            calls,
        )
    console.print(table)
    rate = proportion(
        [1.0] * found["all"]["read_back"] + [0.0] * (found["all"]["questions"] - found["all"]["read_back"])
    )
    random = found["random_queries"]
    console.print(f"read back: {rate}; random queries: {random['read_back']} of {random['n']}")
    for question in (*found["all"]["lost"], *random["lost"]):
        console.print(f"lost: {question}", style="red")


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None


def main() -> None:
    """Parse the command line, make, change, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small worlds, few tasks")
    parser.add_argument("--lang", choices=("en", "zh"), action="append", help="may be given twice; both by default")
    parser.add_argument("--run", type=Path, action="append", default=[], help="run directory, one per language")
    parser.add_argument("--editor", action="append", choices=(*EVOLVERS, *FUZZERS), help="all by default")
    parser.add_argument("--out", type=Path, help="folder to keep everything in (default: a temporary one)")
    args = parser.parse_args()
    size = QUICK if args.quick else FULL
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        where = args.out or Path(temporary)
        folders = [where / lang for lang in args.lang or ("en", "zh")]
        bases = [load(run, run) for run in args.run] or [make(f, f.name, size) for f in folders]  # type: ignore[arg-type]
        for base in bases:
            lang = base.world.info.lang
            results[lang] = measure(base, lang, args.editor or (*EVOLVERS, *FUZZERS), size, where / lang / "edited")
            show(lang, results[lang], Console(width=200))
    print(json.dumps(results, ensure_ascii=False))


if __name__ == "__main__":
    main()
