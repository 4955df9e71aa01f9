"""Audit and verifier: ranks against the web, verdicts in order, drops with reasons, resume."""

from pathlib import Path

from redsearcher.core.rundir import RunDir
from redsearcher.records.task import Task, VerifyStage
from redsearcher.records.trajectory import Score
from redsearcher.records.world import Entity, Strength
from redsearcher.synthesis.audit import Auditor
from redsearcher.synthesis.config import VerifyConfig
from redsearcher.synthesis.reader import NameIndex, guess
from redsearcher.synthesis.verify.cascade import Verified, verify_static
from redsearcher.synthesis.verify.final import verify_final
from redsearcher.synthesis.verify.funnel import funnel, read_spent, table
from redsearcher.web.builder import build_web
from redsearcher.web.config import WebConfig
from redsearcher.web.engine import Web
from redsearcher.world.store import World
from tests.synthesis.conftest import Made


def _static(world: World, web: Web, made: Made, path: Path, tasks: list[Task]) -> Verified:
    path.mkdir(exist_ok=True)
    certificates = {c.task: c for c in made.report.certificates}
    return verify_static(RunDir(path), world, tasks, certificates, web, VerifyConfig())


def test_audited_ranks_are_those_of_pages_that_state_the_fact(world: World, web: Web, made: Made) -> None:
    task = made.report.tasks[0]
    audit = Auditor(world, web, top_k=20).audit(task)
    assert set(audit.retrievable) == {c.id for c in task.query.constraints}
    assert not audit.page_shortcut  # no part of a tight query forces the answer
    for constraint in task.query.constraints:
        rank = audit.retrievable[constraint.id]
        if rank is not None:
            assert 1 <= rank <= 20
            assert all(world.stating(fact, Strength.STRICT) for fact in constraint.facts)


def test_one_page_that_states_all_is_a_shortcut(world: World, web: Web, made: Made) -> None:
    task = made.report.tasks[0]
    everything = {c.id for c in task.query.constraints}
    auditor = Auditor(world, web, top_k=5)
    assert auditor._forces(task.query, frozenset(everything))
    assert not auditor._forces(task.query, frozenset(sorted(everything)[1:]))


def test_verdicts_come_in_order_and_stop_at_a_drop(world: World, web: Web, made: Made, tmp_path: Path) -> None:
    good, leaking, unproved = made.report.tasks[:3]
    told = leaking.model_copy(update={"question": f"Is it {leaking.answer}?"})
    verified = _static(world, web, made, tmp_path, [good, told, unproved])
    by_task = {t.id: [v for v in verified.verdicts if v.task == t.id] for t in (good, told, unproved)}
    assert [v.stage for v in by_task[good.id]][:2] == [VerifyStage.CERTIFICATE, VerifyStage.LEAKAGE]
    assert [(v.stage, v.keep) for v in by_task[told.id]] == [(VerifyStage.CERTIFICATE, False)]  # none names this id
    assert told not in verified.kept


def test_static_verification_resumes_to_the_same_bytes(world: World, web: Web, made: Made, tmp_path: Path) -> None:
    tasks = made.report.tasks[:4]
    _static(world, web, made, tmp_path / "whole", tasks)
    whole = (tmp_path / "whole" / "verdicts_static.jsonl").read_bytes()
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "verdicts_static.part.jsonl").write_bytes(whole[: len(whole) // 2])
    _static(world, web, made, tmp_path / "cut", tasks)
    assert (tmp_path / "cut" / "verdicts_static.jsonl").read_bytes() == whole
    assert (tmp_path / "cut" / "audits.jsonl").read_bytes() == (tmp_path / "whole" / "audits.jsonl").read_bytes()


def test_any_number_of_processes_gives_the_same_bytes(world: World, made: Made, tmp_path: Path) -> None:
    build_web(tmp_path / "web", world.documents(), WebConfig(), world_id=world.id, lang="en")
    web = Web.open(tmp_path / "web")
    tasks, certificates = made.report.tasks[:3], {c.task: c for c in made.report.certificates}
    for n_workers in (1, 2):
        folder = tmp_path / str(n_workers)
        folder.mkdir()
        verify_static(
            RunDir(folder), world, tasks, certificates, web, VerifyConfig(all_stages=True),
            n_workers=n_workers, web_path=tmp_path / "web",
        )  # fmt: skip
    for name in ("verdicts_static.jsonl", "audits.jsonl"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_verdicts_of_other_settings_are_owed_again(world: World, web: Web, made: Made, tmp_path: Path) -> None:
    task, certificates = made.report.tasks[0], {c.task: c for c in made.report.certificates}
    kept = [
        verify_static(RunDir(tmp_path), world, [task], certificates, web, VerifyConfig(top_k=top_k)).audits[0].top_k
        for top_k in (50, 1, 1)
    ]
    assert kept == [50, 1, 1]


def test_the_funnel_counts_and_adds_up_cost(world: World, web: Web, made: Made, tmp_path: Path) -> None:
    told = made.report.tasks[0].model_copy(update={"question": "Which?"})
    told.__dict__.pop("id", None)
    tasks = [told, *made.report.tasks[1:4]]
    static = _static(world, web, made, tmp_path, tasks)
    spent = read_spent(tmp_path / "ledger.jsonl", [task.id for task in tasks])
    rows = funnel(static.verdicts, spent)
    assert (rows[0].stage, rows[0].n_in, rows[0].n_kept) == (VerifyStage.CERTIFICATE, 4, 3)
    assert rows[0].reasons == {"certificate does not hold": 1}
    assert [row.n_in for row in rows[1:]] == [row.n_kept for row in rows[:-1]]
    assert all(row.spent.seconds > 0 for row in rows[:1])
    searched = next(row for row in rows if row.stage is VerifyStage.RETRIEVABILITY)
    assert searched.spent.calls > 3
    assert table(rows, 3)[-1].startswith("3 accepted; each cost")


def test_rollouts_set_the_pass_rate_and_may_be_required(world: World, web: Web, made: Made, tmp_path: Path) -> None:
    tasks = made.report.tasks
    static = _static(world, web, made, tmp_path, tasks)
    kept = static.kept
    assert kept
    scores = [
        Score(trajectory="t", task=task.id, sample=0, value=float(n == 0), reason="", implementation="test")
        for n, task in enumerate(kept)
    ]
    lenient = verify_final(RunDir(tmp_path), world, tasks, static.verdicts, [], scores, VerifyConfig())
    assert lenient.kept == kept
    assert "pass rate 1.00" in next(v.reason for v in lenient.verdicts if v.stage is VerifyStage.ROLLOUTS)
    (tmp_path / "verdicts.jsonl").unlink()
    strict = VerifyConfig(require_solved=True)
    assert verify_final(RunDir(tmp_path), world, tasks, static.verdicts, [], scores, strict).kept == kept[:1]


def test_the_reader_guesses_the_most_frequent_name_of_the_type() -> None:
    entities = [
        Entity(id="E1", label="Ann Lee", type="person"),
        Entity(id="E2", label="Bo", type="person", aliases=("Bob",)),
        Entity(id="E3", label="Lee", type="city"),
    ]
    index = NameIndex({entity.id: entity for entity in entities})
    texts = ["Bob met Ann Lee in Lee.", "Bobby knows ann lee.", "Bo stayed."]
    assert index.named(texts[0], "person") == ["E2", "E1"]
    assert guess(index, texts, "person", ()) == "E2"
    assert guess(index, texts, "person", {"E2"}) == "E1"
    assert guess(index, texts, "film", ()) is None
