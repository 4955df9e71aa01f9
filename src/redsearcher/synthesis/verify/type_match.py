"""Type match: is the answer the kind of thing the question asks for?"""

from redsearcher.agent.solver.parse.tree import ParseError
from redsearcher.core.text import contains_name
from redsearcher.synthesis.verify.bench import Bench
from redsearcher.synthesis.verify.finding import Case, Finding, unjudged
from redsearcher.world.property import entity_types

VERSION = "type_match/1"


def judge(bench: Bench, case: Case) -> Finding:
    """Drops a task whose answer is not of the type that its query, and its text, ask for."""
    task = case.task
    wanted = task.query.answer.type
    actual = bench.world.types.get(task.answer_entity or "")
    if actual != wanted:
        return Finding(f"the answer is of another type: the query asks for {wanted}, the answer is {actual or 'none'}")
    parsed = bench.parse(task.question, task.lang)
    if isinstance(parsed, ParseError):
        noun = entity_types()[wanted].noun(task.lang).noun
        if contains_name(task.question, noun):
            return Finding(None, f"the question says {noun!r}")
        return unjudged(f"the question cannot be read ({parsed})")
    asked = parsed.answer.type
    if asked and asked != wanted:
        return Finding(f"the question asks for another type: it reads as one for {asked}, the answer is {wanted}")
    return Finding(None, f"the question asks for {asked or 'anything that fits'}, the answer is {wanted}")
