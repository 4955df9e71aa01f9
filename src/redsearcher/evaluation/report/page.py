"""The HTML report of a run: one file, no network."""

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from redsearcher import __version__
from redsearcher.evaluation.cost import Cost
from redsearcher.evaluation.metrics import (
    grid,
    msd_bin,
    property_shares,
    success,
    success_by,
    width_bin,
)
from redsearcher.evaluation.report import chart
from redsearcher.evaluation.report.picture import draw
from redsearcher.evaluation.report.rival import Rival, rival_rows
from redsearcher.evaluation.report.sight import sight
from redsearcher.evaluation.report.spend import spend_facts, spend_rows
from redsearcher.records.query import Constraint, FactAtom, LiteralAtom, ToolAtom
from redsearcher.records.task import Certificate, SearchAudit, Task, Verdict
from redsearcher.records.trajectory import Coverage, Score, Trajectory
from redsearcher.synthesis.candidate import Harvest
from redsearcher.synthesis.verify.funnel import Spent, funnel
from redsearcher.world.property import properties
from redsearcher.world.store import WorldInfo

MSDS = ("2", "3", "4", "5+")
N_TASKS_SHOWN = 12
OUTCOMES = {1.0: "Solved", 0.0: "Wrong answer", None: "No answer"}


class Cell(NamedTuple):
    """A cell of the grid that stayed below its quota, and why."""

    name: str
    n_tasks: int
    why: str


class Sampling(NamedTuple):
    """What sampling tried: structures grown, tight queries found, and how often each reason turned an attempt down.

    One structure is tried with several answers and anchors, so reasons add up to more than the structures lost.
    """

    n_in: int
    n_kept: int
    reasons: Mapping[str, int]


class ReportInput(NamedTuple):
    """What the report reads. `tasks` are those that the verifier kept, `spent` what each of its stages cost; `labels`
    maps entity ids to names; `coverages` and `cost` are of the rollouts, where they were measured; `rivals` are further
    policies on the same tasks."""

    title: str
    world: WorldInfo
    tasks: Sequence[Task]
    certificates: Mapping[str, Certificate]
    audits: Mapping[str, SearchAudit]
    verdicts: Sequence[Verdict]
    spent: Mapping[str, Spent]
    trajectories: Sequence[Trajectory]
    scores: Mapping[str, Score]
    cells: Sequence[Cell]
    sampling: Sampling | None
    n_selected: int
    labels: Mapping[str, str]
    masters: Sequence[Harvest] = ()
    coverages: Sequence[Coverage] = ()
    cost: Cost | None = None
    rivals: Sequence[Rival] = ()


def render(given: ReportInput) -> str:
    """The whole page as text."""
    package = files("redsearcher.evaluation.report")
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(
        (package / "report.html.j2").read_text(encoding="utf-8")
    )
    kept = {task.id for task in given.tasks}
    rollouts = [t for t in given.trajectories if t.task in kept]
    overall = success(rollouts, given.scores)
    certificates = [given.certificates[task.id] for task in given.tasks]
    return template.render(
        title=given.title,
        style=Markup((package / "style.css").read_text(encoding="utf-8")),
        script=Markup(chart.script()),
        version=__version__,
        world=given.world,
        model=rollouts[0].model if rollouts else "no model",
        n_accepted=len(given.tasks),
        n_rollouts=len(rollouts),
        overall=overall.rate,
        facts=_facts(given),
        msds=MSDS,
        grid=_grid_rows(grid(certificates)),
        cells=given.cells,
        funnel=funnel(given.verdicts, given.spent),
        sampling=given.sampling,
        masters=[_master(found) for found in given.masters if found.masters],
        n_selected=given.n_selected,
        charts=_charts(given, rollouts),
        success=_success_rows(given, rollouts),
        success_grid=_success_grid(given, rollouts),
        rivals=_rivals(given, rollouts),
        stops=Counter(t.stop_reason.value for t in rollouts).most_common(),
        sight=sight([found for found in given.coverages if found.task in kept], given.scores),
        spend=spend_facts(given.cost) if given.cost else (),
        spend_rows=spend_rows(given.cost) if given.cost else (),
        tasks=[_task(task, given) for task in _spread(given.tasks, given.certificates)],
        trajectories=_trajectories(given, rollouts),
    )


def _facts(given: ReportInput) -> list[tuple[str, str]]:
    world = given.world
    shares = property_shares(given.tasks)
    table = properties()
    top = ", ".join(f"{table[p].label['en'] if p in table else p} {share:.0%}" for p, share in list(shares.items())[:3])
    return [
        ("entities", f"{world.n_entities:,}"),
        ("facts", f"{world.n_facts:,}"),
        ("pages", f"{world.n_documents:,}"),
        ("language", world.lang),
        ("world", f"{world.kind}, {world.id[:10]}"),
        ("properties in tasks", str(len(shares))),
        ("most used", top),
        ("source", world.source),
    ]


def _grid_rows(cells: Mapping[tuple[int, str], int]) -> list[tuple[int, list[int]]]:
    return [(k, [cells.get((k, msd), 0) for msd in MSDS]) for k in sorted({1, 2, 3} | {k for k, _ in cells})]


def _master(found: Harvest) -> tuple[str, Harvest, list[str]]:
    """The cell aimed at, what its master graphs gave, and that by stream, k, MSD and role, in words."""
    streams = [f"{name} {found.by_stream.get(name, 0)} of {n} graphs" for name, n in found.streams.items()]
    counts = (found.by_k, found.by_msd, found.roles)
    told = [", ".join(f"{name}: {n}" for name, n in rows.items()) for rows in counts]
    return f"k = {found.k}, MSD {found.msd}{'+' if found.or_more else ''}", found, ["; ".join(streams), *told]


def _charts(given: ReportInput, rollouts: Sequence[Trajectory]) -> list[Markup]:
    groups = {
        "Solved by treewidth k": lambda c: f"k={c.k}",
        "Solved by MSD": lambda c: f"MSD {msd_bin(c)}",
        "Solved by search width": width_bin,
    }
    bars = [
        chart.success_bars(title, success_by(group, rollouts, given.scores, given.certificates))
        for title, group in groups.items()
    ]
    return [Markup(text) for text in [*bars, chart.call_histogram(rollouts, given.scores)]]


def _success_rows(given: ReportInput, rollouts: Sequence[Trajectory]) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [("all", success(rollouts, given.scores))]
    for name, group in (("k = ", lambda c: str(c.k)), ("MSD ", msd_bin), ("search width ", width_bin)):
        found = success_by(group, rollouts, given.scores, given.certificates)
        rows += [(f"{name}{key}", row) for key, row in found.items()]
    return rows


def _rivals(given: ReportInput, rollouts: Sequence[Trajectory]) -> list[tuple[str, list[str]]]:
    """The first line names the policies, the run's own first; none where it is alone."""
    if not given.rivals or not rollouts:
        return []
    return rival_rows([Rival(rollouts[0].model, rollouts, given.scores), *given.rivals], given.certificates)


def _success_grid(given: ReportInput, rollouts: Sequence[Trajectory]) -> list[tuple[int, list[str]]]:
    found = success_by(lambda c: (c.k, msd_bin(c)), rollouts, given.scores, given.certificates)
    ks = sorted({1, 2, 3} | {k for k, _ in found})
    return [(k, [str(found[k, msd].rate) if (k, msd) in found else "–" for msd in MSDS]) for k in ks]


def _spread(tasks: Sequence[Task], certificates: Mapping[str, Certificate]) -> list[Task]:
    """Tasks from every cell in turn, easier cells first."""
    cells: dict[tuple[int, str], list[Task]] = {}
    for task in tasks:
        certificate = certificates[task.id]
        cells.setdefault((certificate.k, msd_bin(certificate)), []).append(task)
    rounds = [[cells[cell][n] for cell in sorted(cells) if n < len(cells[cell])] for n in range(N_TASKS_SHOWN)]
    return sorted(
        [task for tasks_of_round in rounds for task in tasks_of_round][:N_TASKS_SHOWN],
        key=lambda task: (certificates[task.id].k, certificates[task.id].msd_loose),
    )


def _task(task: Task, given: ReportInput) -> dict[str, Any]:
    certificate, audit = given.certificates[task.id], given.audits.get(task.id)
    names = {pid: row.label["en"] for pid, row in properties().items()}
    values = [given.scores[t.key].value or 0.0 for t in given.trajectories if t.task == task.id]
    rows = []
    for constraint in task.query.constraints:
        rank = audit.retrievable.get(constraint.id) if audit else None
        rows.append(
            {
                "text": _constraint_text(constraint, task, given.labels, names),
                "without": certificate.necessity.get(constraint.id, "–"),
                "rank": rank if rank is not None else "–",
            }
        )
    return {
        "certificate": certificate,
        "question": task.question,
        "answer": task.answer,
        "pass_rate": f"{sum(values) / len(values):.0%} of {len(values)}" if values else "not rolled out",
        "picture": Markup(draw(task.query, given.labels, names)),
        "constraints": rows,
    }


def _constraint_text(constraint: Constraint, task: Task, labels: Mapping[str, str], names: Mapping[str, str]) -> str:
    def label(variable: str) -> str:
        return labels.get(task.query.variable(variable).entity or "", variable)

    if isinstance(constraint, FactAtom):
        property_name = names.get(constraint.property, constraint.property)
        return f"{label(constraint.subject)} — {property_name} → {label(constraint.object)}"
    if isinstance(constraint, LiteralAtom):
        return f"{label(constraint.subject)} — {names.get(constraint.property, constraint.property)} in a range"
    if isinstance(constraint, ToolAtom):
        return f"{constraint.call.written({v: label(v) for v in constraint.variables})} in a range"
    left = names.get(constraint.left_property, constraint.left_property)
    return f"{left} of {label(constraint.left)} before that of {label(constraint.right)}"


def _trajectories(given: ReportInput, rollouts: Sequence[Trajectory]) -> list[dict[str, Any]]:
    answers = {task.id: task.answer for task in given.tasks}
    shown = []
    for value, outcome in OUTCOMES.items():
        found = [t for t in rollouts if given.scores[t.key].value == value and t.steps]
        if not found:
            continue
        best = max(found, key=lambda t: (given.certificates[t.task].k, -abs(len(t.steps) - 6), t.key))
        shown.append(
            {
                "outcome": outcome,
                "trajectory": best,
                "answer": answers[best.task],
                "steps": [
                    {
                        "thought": s.thought,
                        "pairs": [_pair(*both) for both in zip(s.calls, s.observations, strict=True)],
                    }
                    for s in best.steps
                ],
            }
        )
    return shown


def _pair(call: Any, observation: Any) -> tuple[str, dict[str, str]]:
    n_lines = observation.content.count("\n") + 1
    summary = f"error: {observation.error}" if observation.error else f"observation, {n_lines} lines"
    return call.signature, {"summary": summary, "content": observation.content}
