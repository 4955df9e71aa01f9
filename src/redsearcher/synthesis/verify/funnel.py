"""The funnel: what came in at each stage, what stayed, why the rest left, and what it cost."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from redsearcher.core import jsonl
from redsearcher.records.task import Verdict, VerifyStage
from redsearcher.synthesis.verify.cascade import COSTS


class Spent(NamedTuple):
    """Calls (searches or model calls), model tokens and wall seconds."""

    calls: int = 0
    tokens: int = 0
    seconds: float = 0.0

    def plus(self, other: "Spent") -> "Spent":
        """The sum."""
        return Spent(self.calls + other.calls, self.tokens + other.tokens, self.seconds + other.seconds)


class Row(NamedTuple):
    """One stage. `reasons` counts the kinds of drop; `n_unjudged` of those kept were not judged."""

    stage: VerifyStage
    n_in: int
    n_kept: int
    n_unjudged: int
    reasons: dict[str, int]
    spent: Spent


def funnel(verdicts: Iterable[Verdict], spent: Mapping[str, Spent]) -> list[Row]:
    """Rows in the order of the stages, without those that judged nothing. `spent` is by stage."""
    by_stage: dict[VerifyStage, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_stage[verdict.stage].append(verdict)
    rows = []
    for stage in VerifyStage:
        here = by_stage.get(stage, [])
        if not here:
            continue
        reasons = Counter(v.reason.split(":")[0] for v in here if not v.keep)
        kept = sum(v.keep for v in here)
        unjudged = sum(v.keep and not v.judged for v in here)
        rows.append(Row(stage, len(here), kept, unjudged, dict(reasons.most_common()), spent.get(stage.value, Spent())))
    return rows


def read_spent(ledger: Path, tasks: Iterable[str]) -> dict[str, Spent]:
    """What the ledger says each stage cost for these tasks, redone work included; nothing where there is no ledger."""
    wanted = set(tasks)
    found: dict[str, Spent] = {}
    for line in jsonl.whole_lines(ledger) if ledger.is_file() else ():
        entry = json.loads(line)
        if entry.get("stage") == COSTS and entry.get("task") in wanted:
            tokens = entry["prompt_tokens"] + entry["completion_tokens"]
            cost = Spent(entry["calls"], tokens, entry["seconds"])
            found[entry["check"]] = found.get(entry["check"], Spent()).plus(cost)
    return found


def table(rows: Iterable[Row], n_accepted: int) -> list[str]:
    """The funnel as lines of text, the last one the cost of one accepted task."""
    rows = list(rows)
    head = f"{'stage':<18}{'in':>7}{'kept':>7}{'unjudged':>9}{'calls':>9}{'tokens':>10}{'seconds':>9}  dropped by"
    lines = [head]
    for row in rows:
        why = ", ".join(f"{reason} {n}" for reason, n in row.reasons.items())
        spent = row.spent
        lines.append(
            f"{row.stage.value:<18}{row.n_in:>7}{row.n_kept:>7}{row.n_unjudged:>9}{spent.calls:>9}{spent.tokens:>10}"
            f"{spent.seconds:>9.2f}  {why}"
        )
    total = Spent()
    for row in rows:
        total = total.plus(row.spent)
    each = max(n_accepted, 1)
    lines.append(
        f"{n_accepted} accepted; each cost {total.calls / each:.1f} calls, {total.tokens / each:.0f} tokens, "
        f"{total.seconds / each:.3f} s"
    )
    return lines
