"""The panel of LLM roles, end to end over HTTP: every reply becomes a verdict, no failure drops or keeps in silence."""

import json
from pathlib import Path
from typing import Any

import pytest

from redsearcher.core import jsonl
from redsearcher.core.rundir import RunDir
from redsearcher.llm.endpoint import EndpointConfig, EndpointModel
from redsearcher.llm.role import RoleConfig
from redsearcher.records.task import Task, Verdict, VerifyStage
from redsearcher.synthesis.config import VerifyConfig
from redsearcher.synthesis.verify.cascade import Verified
from redsearcher.synthesis.verify.consult import STAGES, verify_llm
from redsearcher.synthesis.verify.funnel import funnel, read_spent, table
from redsearcher.world.store import World
from tests.chat_server import Answer, Script, chat_server
from tests.synthesis.conftest import Made

CONFIG = VerifyConfig(role=RoleConfig(tries=2, timeout_s=30), concurrency=4)
HASTY = VerifyConfig(role=RoleConfig(tries=2, timeout_s=0.1), concurrency=4)
FINE = {
    "closed": '{"answer": null, "confidence": 0}',
    "check": '{"claims": [{"claim": "all of it", "verdict": "supported", "quote": ""}]}',
    "rival": '{"others": []}',
}


def _role(messages: list[dict[str, Any]]) -> str:
    text = messages[1]["content"]
    return "closed" if "memory alone" in text else "check" if "against its evidence" in text else "rival"


def _before(task: Task) -> Verified:
    fine = Verdict(task=task.id, stage=VerifyStage.CERTIFICATE, keep=True, reason="fine")
    return Verified([task], [fine], [])


def _consult(
    script: Script, world: World, task: Task, path: Path, config: VerifyConfig = CONFIG
) -> dict[VerifyStage, Verdict]:
    path.mkdir(exist_ok=True)
    with chat_server(script) as base_url:
        model = EndpointModel(EndpointConfig(base_url=base_url, model="m", max_retries=0))
        verified = verify_llm(RunDir(path), world, [task], _before(task), model, config)
    assert next(v.stage for v in verified.verdicts) is VerifyStage.CERTIFICATE
    assert verified.kept == ([task] if all(v.keep for v in verified.verdicts) else [])
    return {v.stage: v for v in verified.verdicts if v.stage in STAGES}


def test_good_replies_keep_the_task_and_cost_is_noted(world: World, made: Made, tmp_path: Path) -> None:
    task = made.report.tasks[0]
    found = _consult(lambda messages: Answer(FINE[_role(messages)]), world, task, tmp_path)
    assert list(found) == list(STAGES)
    assert all(v.keep and v.judged and v.implementation == "llm:m" and v.version and v.basis for v in found.values())
    spent = read_spent(tmp_path / "ledger.jsonl", [task.id])
    assert {name: (cost.calls, cost.tokens) for name, cost in spent.items()} == {s.value: (1, 107) for s in STAGES}
    lines = table(funnel(found.values(), spent), 1)
    assert "each cost 3.0 calls, 321 tokens" in lines[-1]


@pytest.mark.parametrize(
    ("role", "answer", "stage", "words"),
    [
        ("closed", '{"answer": "$answer", "confidence": 0.9}', VerifyStage.CLOSED_BOOK_LLM, "solved without tools"),
        (
            "check",
            '{"claims": [{"claim": "c", "verdict": "contradicted", "quote": "$quote"}]}',
            VerifyStage.CONSISTENCY_LLM,
            "contradiction",
        ),
        (
            "check",
            '{"claims": [{"claim": "c", "verdict": "missing"}]}',
            VerifyStage.CONSISTENCY_LLM,
            "missing evidence",
        ),
    ],
)
def test_bad_news_drops_the_task(
    world: World, made: Made, tmp_path: Path, role: str, answer: str, stage: VerifyStage, words: str
) -> None:
    task = made.report.tasks[0]

    def script(messages: list[dict[str, Any]]) -> Answer:
        mine = _role(messages)
        if mine != role:
            return Answer(FINE[mine])
        quote = messages[1]["content"].rsplit("] ", 1)[-1].strip()
        return Answer(answer.replace("$answer", task.answer).replace("$quote", quote))

    found = _consult(script, world, task, tmp_path)
    assert list(found)[-1] is stage  # nothing is asked after a drop
    assert not found[stage].keep
    assert words in found[stage].reason


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer("what?"), "malformed"),
        (Answer("I cannot do that."), "refused"),
        (Answer('{"others', finish="length"), "truncated"),
        (Answer(delay_s=0.6), "timeout"),
        (Answer(status=500), "failed"),
    ],
)
def test_no_reply_leaves_the_task_unjudged(
    world: World, made: Made, tmp_path: Path, answer: Answer, outcome: str
) -> None:
    task = made.report.tasks[0]
    found = _consult(lambda _: answer, world, task, tmp_path, HASTY if outcome == "timeout" else CONFIG)
    assert list(found) == list(STAGES)
    for verdict in found.values():
        assert verdict.keep
        assert not verdict.judged
        assert verdict.reason.startswith(f"unjudged: {outcome}")
    row = funnel(found.values(), {})[0]
    assert (row.n_kept, row.n_unjudged) == (1, 1)


def test_a_quote_that_stands_nowhere_is_not_believed(world: World, made: Made, tmp_path: Path) -> None:
    reply = '{"claims": [{"claim": "c", "verdict": "contradicted", "quote": "made up"}]}'
    found = _consult(
        lambda m: Answer(reply if _role(m) == "check" else FINE[_role(m)]), world, made.report.tasks[0], tmp_path
    )
    assert found[VerifyStage.CONSISTENCY_LLM].reason.startswith("unjudged: the reviewer's quote")


def test_a_rival_counts_only_if_the_facts_let_it(world: World, made: Made, tmp_path: Path) -> None:
    task = made.report.tasks[0]
    other = next(e for e in world.entities.values() if e.type == task.query.answer.type and e.id != task.answer_entity)
    reply = json.dumps({"others": [{"name": other.label, "why": "I say so"}, {"name": "Nobody Knows", "why": ""}]})
    found = _consult(lambda m: Answer(reply if _role(m) == "rival" else FINE[_role(m)]), world, task, tmp_path)
    verdict = found[VerifyStage.UNIQUENESS_LLM]
    assert (verdict.keep, verdict.reason) == (True, "the facts refute every other answer named")
    assert verdict.evidence == "2 others named, 1 of them known here"


def test_the_panel_resumes_without_asking_again(world: World, made: Made, tmp_path: Path) -> None:
    task = made.report.tasks[0]
    first = _consult(lambda messages: Answer(FINE[_role(messages)]), world, task, tmp_path)
    asked: list[str] = []

    def script(messages: list[dict[str, Any]]) -> Answer:
        asked.append(_role(messages))
        return Answer(status=500)

    assert _consult(script, world, task, tmp_path) == first
    assert not asked
    (tmp_path / "verdicts_llm.jsonl").rename(tmp_path / "whole")
    lines = (tmp_path / "whole").read_bytes().splitlines(keepends=True)
    (tmp_path / "verdicts_llm.part.jsonl").write_bytes(lines[0] + lines[1][:30])
    again = _consult(script, world, task, tmp_path)
    assert asked == ["check", "rival"]
    assert again[VerifyStage.CLOSED_BOOK_LLM] == first[VerifyStage.CLOSED_BOOK_LLM]
    assert len(list(jsonl.read(tmp_path / "verdicts_llm.jsonl", Verdict))) == 3
