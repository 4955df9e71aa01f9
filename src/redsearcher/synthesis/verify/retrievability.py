"""Retrievability: is the evidence of every constraint among the first results of some query an agent can make?"""

from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.finding import Case, Finding

VERSION = "retrievability/2"


def judge(bench: Bench, case: Case) -> Finding:
    """Drops a task with a constraint whose evidence is not found; the question's own rank is only noted."""
    audit = bench.audit(case)
    lost = [id_ for id_, rank in audit.retrievable.items() if rank is None]
    ranks = ", ".join(f"{id_} at {rank or 'none'}" for id_, rank in audit.retrievable.items())
    said = f"{ranks}; the question itself at {audit.question_rank or 'none'}"
    if lost:
        return Finding(f"evidence not found: {', '.join(lost)} not in the first {audit.top_k} results", evidence=said)
    return Finding(None, "every fact is found", said)
