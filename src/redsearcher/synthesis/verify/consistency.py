"""Consistency: every claim of the question's text read back, matched to its query, and looked up on evidence pages or
computed again."""

from redsearcher.agent.solver.parse.tree import ParseError
from redsearcher.graph.tool import values
from redsearcher.records.query import CompareAtom, Constraint, FactAtom, LiteralAtom, Query
from redsearcher.records.task import Task
from redsearcher.synthesis.evidence import evidence
from redsearcher.synthesis.verify import tool_claim
from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.claim import Claims, line_up
from redsearcher.synthesis.verify.denial import denial
from redsearcher.synthesis.verify.finding import Case, Finding, unjudged
from redsearcher.world.property import properties

VERSION = "consistency/7"
_QUOTE = 160
_PAGES_NAMED = 3


def judge(bench: Bench, case: Case) -> Finding:
    """Drops a question that says what its query does not, or what no page or tool says, or what one denies."""
    task = case.task
    if found := _pages(bench, task) or tool_claim.fault(bench, task):
        return found
    reading = bench.parse(task.question, task.lang)
    if isinstance(reading, ParseError):
        return unjudged(f"the question cannot be read ({reading})", _quotes(bench, task))
    claims = line_up(reading, task.query, bench.world.entities)
    if not claims.is_faithful:
        return _unfaithful(bench, task, reading, claims)
    n_tools = len(tool_claim.tool_atoms(task.query))
    beyond = f", {n_tools} of them on tools or names" if n_tools else ""
    return Finding(None, f"all {len(claims.said)} claims stand on pages{beyond}", _quotes(bench, task))


def _pages(bench: Bench, task: Task) -> Finding | None:
    """The first fact that no page says, or that a page which should say it denies."""
    stated = evidence(bench.world, task.query)
    pages = bench.pages(sorted({s.document for rows in stated.values() for s in rows}))
    for constraint in task.query.constraints:
        for id_ in constraint.facts:
            fact = bench.world.facts.get(id_)
            if fact is None:
                return Finding(f"missing evidence: {constraint.id} rests on a fact that is not in the world")
            readings = [(s, bench.spans.read(fact, s, pages.get(s.document))) for s in stated[id_]]
            for statement, reading in readings:
                if reading.said == "contradicts":
                    said = f"{constraint.id}, page {statement.document}: {reading.detail}"
                    return Finding(f"contradiction: a page denies {constraint.id}", evidence=said)
            if not any(reading.said == "says" for _, reading in readings):
                said = "; ".join(f"page {s.document}: {reading.detail}" for s, reading in readings[:_PAGES_NAMED])
                return Finding(f"missing evidence: no page says {constraint.id}", evidence=said)
            if denied := denial(bench.world, bench.names, fact, pages.values()):
                said = f"{constraint.id}, page {denied[0]} says {denied[1]}"
                return Finding(f"contradiction: a page denies {constraint.id}", evidence=said)
    return None


def _quotes(bench: Bench, task: Task) -> str:
    """For every constraint, a page and the words there that say it."""
    found = []
    for constraint in task.query.constraints:
        for id_ in constraint.facts[:1]:
            fact = bench.world.facts[id_]
            rows = evidence(bench.world, Query(variables=(), constraints=(constraint,)))[id_]
            pages = bench.pages([s.document for s in rows])
            for s in rows:
                if bench.spans.read(fact, s, pages.get(s.document)).said == "says":
                    found.append(f"{constraint.id}: {s.document} “{pages[s.document].text[s.start : s.end][:_QUOTE]}”")
                    break
    return "; ".join([*found, *tool_claim.said(task)])


def _unfaithful(bench: Bench, task: Task, reading: Query, claims: Claims) -> Finding:
    """The gravest of what is wrong: a false claim, an unfounded one, a true one too many, one left out."""
    for claim in claims.extra:
        truth, words = _truth(bench, task, reading, claims, claim)
        if truth is False:
            return Finding("contradiction: the question says what is not so", evidence=words)
        if truth is None:
            return Finding("unfounded claim: the question says what no fact tells", evidence=words)
        return Finding("claim outside the query: the question says more than was proved", evidence=words)
    for claim, constraint in claims.blurred:
        truth, words = _truth(bench, task, reading, claims, claim)
        if truth is False:
            return Finding(f"contradiction: the range said of {constraint.id} misses the value", evidence=words)
        return Finding(f"another range: the question says {constraint.id} otherwise than was proved", evidence=words)
    unsaid = ", ".join(c.id for c in claims.unsaid)
    return Finding(f"claim left out: the question does not say {unsaid}", evidence=unsaid)


def _truth(bench: Bench, task: Task, reading: Query, claims: Claims, claim: Constraint) -> tuple[bool | None, str]:
    """Whether a claim holds of the intended solution by all facts known, and the claim in words.

    None: nothing known tells. On an open world an absent fact denies a claim only where the property has one value.
    """
    ends = {name: _entities(bench, task, reading, claims, name) for name in claim.variables}
    if isinstance(claim, FactAtom):
        links = bench.world.known.forward(claim.property)
        subjects, objects = ends[claim.subject], ends[claim.object]
        names = [
            " or ".join(bench.world.entities[e].label for e in rows) or "something" for rows in (subjects, objects)
        ]
        words = f"{names[0]}: {properties()[claim.property].label['en']}: {names[1]}"
        if any(o in links.get(s, ()) for s in subjects for o in objects):
            return True, words
        denied = any(links.get(s) for s in subjects) and properties()[claim.property].functional
        return (False if denied or bench.world.info.kind == "closed" else None), words
    if isinstance(claim, LiteralAtom):
        numbers = [n for e in ends[claim.subject] for n in bench.world.known.numbers(claim.property).get(e, ())]
        words = f"{properties()[claim.property].label['en']} in [{claim.low}, {claim.high}], known: {numbers or 'none'}"
        if not numbers:
            return None, words
        low, high = claim.low, claim.high
        return any((low is None or n >= low) and (high is None or n <= high) for n in numbers), words
    if isinstance(claim, CompareAtom):
        known = bench.world.known
        lefts = [n for e in ends[claim.left] for n in known.numbers(claim.left_property).get(e, ())]
        rights = [n for e in ends[claim.right] for n in known.numbers(claim.right_property).get(e, ())]
        words = f"{claim.left_property} < {claim.right_property}, known: {lefts or 'none'}, {rights or 'none'}"
        return (any(a < b for a in lefts for b in rights) if lefts and rights else None), words
    entities = {name: rows[0] for name, rows in ends.items() if rows}
    if set(entities) < set(claim.variables):
        return None, claim.id
    results = values(claim.call, entities, bench.world.known, bench.world.known.tools)
    words = f"{claim.call.tool}.{claim.call.function} in [{claim.low}, {claim.high}], known: {results or 'none'}"
    return (any(map(claim.admits, results)) if results else None), words


def _entities(bench: Bench, task: Task, reading: Query, claims: Claims, name: str) -> list[str]:
    """Who a variable of the reading can be: the intended entity, or whoever bears the name."""
    matched = claims.variables.get(name)
    if matched is not None:
        entity = task.query.variable(matched).entity
        return [entity] if entity is not None else []
    label = reading.variable(name).label
    if label is None:
        return []
    types = {bench.world.types[e] for e in bench.world.types} if not reading.variable(name).type else set()
    return [e for t in sorted(types or {reading.variable(name).type}) for e in bench.names.bearers(label, t)]
