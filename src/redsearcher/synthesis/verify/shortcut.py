"""Shortcuts: one page that settles the answer, or a first search whose results name it most."""

from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.finding import Case, Finding

VERSION = "shortcut/2"


def judge(bench: Bench, case: Case) -> Finding:
    """Drops a task with a page shortcut or a question shortcut (as the search audit defines them)."""
    audit = bench.audit(case)
    said = f"a reader guesses right from {audit.constraint_shortcut_rate:.2f} of the constraints taken alone"
    if audit.page_shortcut:
        return Finding("page shortcut: what one page states settles the answer", evidence=said)
    if audit.question_shortcut:
        return Finding("question shortcut: the first results name the answer most often", evidence=said)
    return Finding(None, "no shortcut", said)
