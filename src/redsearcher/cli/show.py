"""A task as lines of text."""

from collections.abc import Mapping

from redsearcher.records.query import Constraint, FactAtom, LiteralAtom, ToolAtom
from redsearcher.records.task import Certificate, Task
from redsearcher.world.property import properties


def describe(task: Task, certificate: Certificate, labels: Mapping[str, str]) -> str:
    """Question, answer, difficulty, and each constraint with the number of answers without it."""
    lines = [
        f"{task.id}  k={certificate.k} MSD={certificate.msd_loose} (strict {certificate.msd_strict}) "
        f"search width={certificate.search_width} hops={certificate.hops} tight={certificate.tight}",
        f"  Q: {task.question}",
        f"  A: {task.answer}",
    ]
    for constraint in task.query.constraints:
        without = certificate.necessity.get(constraint.id, "?")
        lines.append(f"  {_text(constraint, task, labels)}   [{without} answers without]")
    return "\n".join(lines)


def _text(constraint: Constraint, task: Task, labels: Mapping[str, str]) -> str:
    def name(variable: str) -> str:
        found = task.query.variable(variable)
        label = labels.get(found.entity or "", found.label or "")
        return f"{variable}:{label or found.type} ({found.role.value})"

    def said(property_id: str) -> str:
        known = properties().get(property_id)
        return f"{property_id} {known.label['en'] if known else ''}".strip()

    if isinstance(constraint, FactAtom):
        return f"{name(constraint.subject)} —{said(constraint.property)}→ {name(constraint.object)}"
    if isinstance(constraint, LiteralAtom | ToolAtom):
        low = "-inf" if constraint.low is None else f"{constraint.low:g}"
        high = "inf" if constraint.high is None else f"{constraint.high:g}"
        if isinstance(constraint, ToolAtom):
            return f"{constraint.call.written({v: name(v) for v in constraint.variables})} in [{low}, {high}]"
        return f"{name(constraint.subject)} —{said(constraint.property)}→ [{low}, {high}]"
    return (
        f"{name(constraint.left)} {said(constraint.left_property)} < "
        f"{name(constraint.right)} {said(constraint.right_property)}"
    )
