"""Success against structure: the effect of k is found, parse failures are told apart, broken rollouts left out."""

from redsearcher.core.rng import derive
from redsearcher.evaluation.difficulty import Difficulty, difficulty
from redsearcher.records.task import Certificate
from redsearcher.records.trajectory import Score, StopReason, Trajectory
from tests.evaluation import toy


def _rollout(number: int, k: int, right: bool, stop: StopReason) -> tuple[Trajectory, Score, Certificate]:
    task = toy.task(number)
    rollout = toy.trajectory(task, 0, "Salt").model_copy(update={"key": f"r{number}", "stop_reason": stop})
    certificate = toy.certificate(task, k, 2 + number % 3)
    score = Score(trajectory=rollout.key, task=task.id, sample=0, value=float(right), reason="", implementation="match")
    return rollout, score, certificate


def _run(stop: StopReason) -> tuple[list[Trajectory], dict[str, Score], dict[str, Certificate]]:
    rng = derive(5, "difficulty")
    made = [_rollout(n, 1 + n % 3, rng.random() < (0.9, 0.5, 0.1)[n % 3], StopReason.ANSWERED) for n in range(240)]
    made += [_rollout(n, 3, False, stop) for n in range(240, 260)]
    rollouts, scores, certificates = zip(*made, strict=True)
    return list(rollouts), {s.trajectory: s for s in scores}, {c.task: c for c in certificates}


def _difficulty(stop: StopReason) -> Difficulty:
    rollouts, scores, certificates = _run(stop)
    return difficulty(rollouts, scores, certificates, {task: 1 + n % 7 for n, task in enumerate(certificates)})


def test_success_falls_with_k() -> None:
    found = _difficulty(StopReason.PARSE_FAILED)
    slope = found.understood.coefficient("k")
    assert slope.high < 0
    assert (found.all_rollouts.n, found.understood.n, found.n_parse_failed) == (260, 240, 20)
    assert found.by_k.coefficient("k").high < 0
    assert found.effort == {1: 1, 2: 1, 3: 1}
    assert set(found.all_rollouts.constant) == {"log2 search width", "constraints"}


def test_strata_hold_one_unit_per_task() -> None:
    strata = _difficulty(StopReason.PARSE_FAILED).strata
    assert {k: estimate.n for k, estimate in strata[3].items()} == {1: 80, 2: 80, 3: 80}


def test_broken_rollouts_say_nothing() -> None:
    assert _difficulty(StopReason.MODEL_ERROR).all_rollouts.n == 240
