"""Certificate: every number of difficulty proved again, from the world alone."""

from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.finding import Case, Finding

VERSION = "certificate/2"


def judge(bench: Bench, case: Case) -> Finding:
    """Drops a task whose certificate, evidence or identity does not hold."""
    problems = bench.proof.problems(case.task, case.certificate)
    if problems:
        return Finding(f"certificate does not hold: {problems[0]}", evidence="; ".join(problems))
    return Finding(None, "certificate proved again")
