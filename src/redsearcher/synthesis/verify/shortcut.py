"""Shortcuts: one page that settles the answer, noise that spares pages, a first search whose results name it most."""

from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.finding import Case, Finding

VERSION = "shortcut/3"


def judge(bench: Bench, case: Case) -> Finding:
    """Drops a task with a page shortcut or a question shortcut (as the search audit defines them), and one whose
    evidence stands on fewer pages of the web than its certificate says."""
    audit, certificate = bench.audit(case), case.certificate
    said = f"a reader guesses right from {audit.constraint_shortcut_rate:.2f} of the constraints taken alone"
    if audit.page_shortcut:
        return Finding("page shortcut: what one page states settles the answer", evidence=said)
    if certificate is not None and audit.msd_web is not None and audit.msd_web < certificate.msd_loose:
        spared = f"MSD {audit.msd_web} on the web, {certificate.msd_loose} on the pages of the world"
        return Finding(f"foreign pages: they say more at once; {spared}", evidence=said)
    if audit.question_shortcut:
        return Finding("question shortcut: the first results name the answer most often", evidence=said)
    return Finding(None, "no shortcut", said)
