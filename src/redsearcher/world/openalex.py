"""Works in OpenAlex's format as knowledge of the scholar tool."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from redsearcher.errors import DataError, InputError
from redsearcher.records.world import Entity, Fact, Value
from redsearcher.world.scholarly import AUTHOR, CITATIONS, PAPER, PUBLISHED
from redsearcher.world.tooling import ToolKnowledge


def read_openalex(path: Path) -> ToolKnowledge:
    """Papers, authors and citation counts of a JSONL file of OpenAlex works (one `Work` object per line).

    Read are `id`, `title` or `display_name`, `authorships[].author`, `cited_by_count`, `publication_date` or
    `publication_year`. Raises InputError if the file is absent, DataError naming a line that is no work.
    """
    if not path.is_file():
        raise InputError(f"{path} is not there; expected a JSONL file of OpenAlex works")
    entities: dict[str, Entity] = {}
    facts: list[Fact] = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                work = json.loads(line)
                found = list(_work(work))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise DataError(f"{path} line {number} is no OpenAlex work: {error}") from error
            entities.update((entity.id, entity) for entity in _of(found, Entity))
            facts += _of(found, Fact)
    return ToolKnowledge(entities, lambda: facts)


def _work(work: dict[str, Any]) -> Iterator[Entity | Fact]:
    paper = str(work["id"])
    yield Entity(id=paper, label=work.get("title") or work["display_name"], type=PAPER)
    for authorship in work.get("authorships") or ():
        author = authorship["author"]
        person = str(author.get("id") or author["display_name"])
        yield Entity(id=person, label=author["display_name"], type="person")
        yield Fact(subject=paper, property=AUTHOR, object=person)
    if (count := work.get("cited_by_count")) is not None:
        yield Fact(subject=paper, property=CITATIONS, value=Value(datatype="quantity", text=str(int(count))))
    if date := work.get("publication_date") or work.get("publication_year"):
        yield Fact(subject=paper, property=PUBLISHED, value=Value(datatype="time", text=str(date)))


def _of(found: Iterable[Entity | Fact], kind: type[Any]) -> list[Any]:
    return [item for item in found if isinstance(item, kind)]
