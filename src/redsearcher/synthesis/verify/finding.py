"""What a check is given and what it says: Case, Finding, and the meter that counts what it cost."""

from dataclasses import dataclass
from typing import NamedTuple

from redsearcher.records.task import Certificate, SearchAudit, Task, Verdict, VerifyCost, VerifyStage


@dataclass
class Case:
    """One task on its way through the cascade, with what is known about it so far."""

    task: Task
    certificate: Certificate | None
    audit: SearchAudit | None = None


class Finding(NamedTuple):
    """`fault` None: the task is kept for the reason `note`. Not `judged`: the check could not tell, and says why."""

    fault: str | None
    note: str = ""
    evidence: str = ""
    judged: bool = True


class Judged(NamedTuple):
    """All that one pass over a task brought."""

    verdicts: list[Verdict]
    costs: list[VerifyCost]
    audit: SearchAudit | None


def unjudged(why: str, evidence: str = "") -> Finding:
    """The check could not tell: the task goes on, and the verdict says so."""
    return Finding(None, f"unjudged: {why}", evidence, judged=False)


@dataclass
class Meter:
    """Counts searches and model calls, and the tokens of the latter, since it was last read."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def read(self) -> tuple[int, int, int]:
        """The counts, which start again from zero."""
        found = (self.calls, self.prompt_tokens, self.completion_tokens)
        self.calls = self.prompt_tokens = self.completion_tokens = 0
        return found


def verdict_of(
    task: str, stage: VerifyStage, finding: Finding, *, version: str, basis: str, implementation: str = "rules"
) -> Verdict:
    """The finding as a record."""
    return Verdict(
        task=task,
        stage=stage,
        keep=finding.fault is None,
        reason=finding.fault or finding.note,
        evidence=finding.evidence,
        implementation=implementation,
        judged=finding.judged,
        version=version,
        basis=basis,
    )
