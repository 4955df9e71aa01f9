"""Rules for tables: which column the rows are about, and what the other columns say of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from redsearcher.records.world import Value
from redsearcher.world.extract.catalog import Catalog, majority
from redsearcher.world.extract.claim import Claim
from redsearcher.world.extract.concept import Concept, concept_of, normalised
from redsearcher.world.extract.literal import read_quantity, read_time
from redsearcher.world.extract.page import Cell, RowPlace, SourcePage, Table

MIN_ROWS = 3
LINKED_SHARE = 0.6
DISTINCT_SHARE = 0.9
TYPE_SHARE = 0.6
NAMING = frozenset(
    (
        "name", "title", "player", "athlete", "film", "movie", "stadium", "airport", "building", "song", "album",
        "game", "school", "institution", "university", "club", "team", "driver", "artist", "actor", "candidate",
        "member", "landmark name", "name on the register", "site", "church", "mountain", "peak", "river", "bridge",
        "island", "museum", "band", "company", "book", "series", "horse", "tournament", "airport name", "lga",
        "church name", "english title",
    )
)  # fmt: skip
"""Headers that name what a row is about."""
_PLACES = frozenset({"city", "place", "country", "state", "county", "region", "district", "university", "league"})
"""Types that mostly say where the thing of a row is: another column goes first."""
_ACTING = ("filmography", "film", "television", "movies", "tv")
_ROLES = frozenset({"role", "character", "role/character", "roles"})
_BEHIND = ("director", "writer", "producer", "narrator", "herself", "himself", "themselves", "composer", "various")
_ACTED = frozenset({"film", "series"})

Reader = Callable[[str], Value | None]
_READERS: dict[str, Reader] = {"time": read_time, "quantity": read_quantity}


class Column(NamedTuple):
    """A column with the one entity of each cell (or None) and the type that most of them have ("" if they differ)."""

    number: int
    header: str
    keys: tuple[str | None, ...]
    type: str


def table_claims(page: SourcePage, number: int, places: Sequence[RowPlace], catalog: Catalog) -> Iterator[Claim]:
    """What one table of a page states. `places` are the rows of this page in its text."""
    table = page.tables[number]
    rows = [(table.rows[place.row], place) for place in places if place.table == number]
    if len(rows) < MIN_ROWS:
        return
    columns = [_column(table, n, [row for row, _ in rows], catalog) for n in range(len(table.headers))]
    subjects = _subjects(columns)
    if not subjects:
        return
    subject = subjects[0]
    headers = Counter(table.headers)
    for column in columns:
        if headers[column.header] > 1:
            continue  # of two columns with one name nobody can tell which of the things each belongs to
        if column.number != subject.number:
            yield from _entity_claims(page.url, rows, subject, column, catalog)
        yield from _literal_claims(page.url, rows, subjects, column, catalog)
    yield from _parts(page, table, rows, subject, catalog)


def _column(table: Table, number: int, rows: Sequence[tuple[Cell, ...]], catalog: Catalog) -> Column:
    keys = tuple(catalog.sole(row[number]) if number < len(row) else None for row in rows)
    known = [catalog.type(key) for key in keys if key is not None]
    return Column(number, table.headers[number], keys, majority(known, 2, TYPE_SHARE))


def _subjects(columns: Sequence[Column]) -> list[Column]:
    """Columns whose cells are mostly different linked things of one type, what the rows are about first: a column that
    a header names so, else one that is no mere place, else the leftmost."""
    fitting = []
    for column in columns:
        linked = [key for key in column.keys if key is not None]
        if not column.type or len(linked) < max(MIN_ROWS, LINKED_SHARE * len(column.keys)):
            continue
        if len(set(linked)) >= DISTINCT_SHARE * len(linked):
            fitting.append(column)
    return sorted(fitting, key=lambda c: (normalised(c.header) not in NAMING, c.type in _PLACES, c.number))


def _entity_claims(
    url: str, rows: Sequence[tuple[tuple[Cell, ...], RowPlace]], subject: Column, column: Column, catalog: Catalog
) -> Iterator[Claim]:
    """What a column of linked things says of the subject."""
    concept = concept_of(column.header, subject.type, column.type) if column.type else None
    if concept is None:
        return
    for (row, place), key in zip(rows, subject.keys, strict=True):
        if key is None or catalog.type(key) != subject.type or column.number >= len(row):
            continue
        for other in _objects(row[column.number], concept, column.type, catalog):
            if other != key:
                yield Claim(key, concept.id, other, None, url, place.start, place.end)


def _literal_claims(
    url: str,
    rows: Sequence[tuple[tuple[Cell, ...], RowPlace]],
    subjects: Sequence[Column],
    column: Column,
    catalog: Catalog,
) -> Iterator[Claim]:
    """What a column of dates or numbers says of the first thing of the row that can have it: a capacity is a stadium's,
    even where the rows are about clubs."""
    found = ((subject, concept_of(column.header, subject.type, None)) for subject in subjects)
    subject, concept = next(((s, c) for s, c in found if c is not None), (None, None))
    if subject is None or concept is None or concept.value is None:
        return
    for (row, place), key in zip(rows, subject.keys, strict=True):
        if key is not None and catalog.type(key) == subject.type and column.number < len(row):
            value = _READERS[concept.value](row[column.number].text)
            if value is not None:
                yield Claim(key, concept.id, None, value, url, place.start, place.end)


def _objects(cell: Cell, concept: Concept, type_: str, catalog: Catalog) -> list[str]:
    """The entities of the column's type in a cell: its sole one, or every one where several may be meant."""
    sole = catalog.sole(cell)
    found = [sole] if sole is not None else catalog.linked(cell) if concept.several else []
    return [key for key in found if catalog.type(key) == type_]


def _parts(
    page: SourcePage,
    table: Table,
    rows: Sequence[tuple[tuple[Cell, ...], RowPlace]],
    subject: Column,
    catalog: Catalog,
) -> Iterator[Claim]:
    """On a person's page, the films and series of a filmography with a role that is a part played."""
    person = catalog.key(page.subject) if page.subject else None
    section = (table.section or page.title).lower()
    roles = [n for n, header in enumerate(table.headers) if normalised(header) in _ROLES]
    if person is None or catalog.type(person) != "person" or subject.type not in _ACTED or len(roles) != 1:
        return
    if not any(word in section for word in _ACTING):
        return
    for (row, place), key in zip(rows, subject.keys, strict=True):
        role = row[roles[0]].text.lower() if roles[0] < len(row) else ""
        if key is not None and catalog.type(key) in _ACTED and role and not any(word in role for word in _BEHIND):
            yield Claim(key, "cast", person, None, page.url, place.start, place.end)
