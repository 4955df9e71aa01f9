"""A small run by hand: two tasks, three rollouts."""

from redsearcher.evaluation.report.page import Cell, ReportInput, Sampling
from redsearcher.records.query import FactAtom, LiteralAtom, Query, Role, Variable
from redsearcher.records.task import (
    Certificate,
    Decomposition,
    LowerBound,
    Provenance,
    Request,
    SearchAudit,
    Task,
    Verdict,
    VerifyStage,
)
from redsearcher.records.tool import Observation, ToolCall
from redsearcher.records.trajectory import Score, Step, StopReason, Trajectory
from redsearcher.synthesis.verify.funnel import Spent
from redsearcher.world.store import WorldInfo

QUERY = Query(
    variables=(
        Variable(name="x1", role=Role.ANSWER, type="film", entity="E1"),
        Variable(name="x2", role=Role.LATENT, type="person", entity="E2"),
        Variable(name="x3", role=Role.GIVEN, type="city", entity="E3"),
    ),
    constraints=(
        FactAtom(id="c1", subject="x1", property="P57", object="x2", facts=("f1",)),
        FactAtom(id="c2", subject="x2", property="P19", object="x3", facts=("f2",)),
        LiteralAtom(id="c3", subject="x1", property="P577", low=1950.0, high=1959.9999, facts=("f3",)),
    ),
)
LABELS = {"E1": "Salt & Silence", "E2": "Mira Tolen", "E3": "Karsholm"}


def task(number: int) -> Task:
    return Task(
        question=f"Which film <{number}> was directed by a native of Karsholm in the 1950s?",
        answer="Salt & Silence",
        aliases=("Salt",),
        answer_entity="E1",
        query=QUERY,
        request=Request(treewidth=1, msd=2),
        provenance=Provenance(world="w", seed=number, version="0", unit="u"),
    )


def certificate(made_for: Task, k: int, msd: int) -> Certificate:
    return Certificate(
        task=made_for.id, world="w", world_kind="closed", k=k, treewidth_with_givens=k,
        decomposition=Decomposition(bags=(("x1", "x2"),), tree=()), lower_bound=LowerBound(kind="mmd", value=k),
        msd_strict=msd, msd_loose=msd, cover=("d1", "d2"), n_solutions=1, n_answers=1, tight=True,
        necessity={"c1": 5, "c2": 4, "c3": 2}, search_width=7, hops=1, n_constraints=3, lexical_overlap=0.3,
    )  # fmt: skip


def trajectory(made_for: Task, sample: int, answer: str | None) -> Trajectory:
    call = ToolCall(id="c", name="search", arguments={"query": ["born in Karsholm"]})
    seen = Observation(call_id="c", content='## Results for "born in Karsholm"\nNo results.')
    closing = f"<answer>{answer}</answer>" if answer else "I could not find it."
    return Trajectory(
        key=f"{made_for.id}-{sample}", task=made_for.id, sample=sample, question=made_for.question, model="rules",
        protocol="native", context_strategy="none", interface_version="1", seed=1,
        steps=(Step(thought="look", calls=(call,), observations=(seen,)), Step(thought=closing)),
        answer=answer, abstained=answer is None,
        stop_reason=StopReason.ANSWERED if answer else StopReason.ABSTAINED,
    )  # fmt: skip


def score(of: Trajectory, value: float | None) -> Score:
    return Score(trajectory=of.key, task=of.task, sample=of.sample, value=value, reason="toy", implementation="match:1")


def report_input() -> ReportInput:
    first, second = task(1), task(2)
    rollouts = [trajectory(first, 0, "Salt & Silence"), trajectory(first, 1, None), trajectory(second, 0, "Other")]
    values = [1.0, None, 0.0]
    verdicts = [
        Verdict(task=first.id, stage=VerifyStage.CERTIFICATE, keep=True, reason="proved"),
        Verdict(task=second.id, stage=VerifyStage.CERTIFICATE, keep=True, reason="proved"),
        Verdict(task="gone", stage=VerifyStage.CERTIFICATE, keep=False, reason="not unique: 2 answers"),
    ]
    audit = SearchAudit(
        task=first.id, web="w", engine_version="e", top_k=10, retrievable={"c1": 1, "c2": 3, "c3": None},
        question_rank=None, page_shortcut=False, question_shortcut=False, constraint_shortcut_rate=0.0,
    )  # fmt: skip
    info = WorldInfo(
        id="w", name="toy", lang="en", kind="closed", source="fiction", seed=1, config_hash="", n_entities=3,
        n_facts=3, n_documents=4, n_statements=5,
    )  # fmt: skip
    return ReportInput(
        title="Toy run", world=info, tasks=[first, second],
        certificates={first.id: certificate(first, 1, 2), second.id: certificate(second, 2, 6)},
        audits={first.id: audit}, verdicts=verdicts, spent={"certificate": Spent(seconds=0.25)}, trajectories=rollouts,
        scores={t.key: score(t, value) for t, value in zip(rollouts, values, strict=True)},
        cells=[Cell("k3m2", 0, "no clique is stated by two pages")],
        sampling=Sampling(40, 5, {"not unique": 30}), n_selected=3, labels=LABELS,
    )  # fmt: skip
