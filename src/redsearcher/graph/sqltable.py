"""Facts in an in-memory SQLite database, by number, with what joins over them go by."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from functools import cache, cached_property
from typing import Any

from redsearcher.errors import BudgetError, boundary
from redsearcher.graph.sqltool import ToolTest
from redsearcher.records.query import ToolAtom
from redsearcher.records.world import Fact

_SCHEMA = """
CREATE TABLE entity(e INTEGER PRIMARY KEY, t INTEGER);
CREATE INDEX entity_by_type ON entity(t, e);
CREATE TABLE fact(p INTEGER, s INTEGER, o INTEGER, PRIMARY KEY(p, s, o)) WITHOUT ROWID;
CREATE INDEX fact_by_object ON fact(p, o, s);
CREATE TABLE number(p INTEGER, s INTEGER, x REAL, PRIMARY KEY(p, s, x)) WITHOUT ROWID;
CREATE TABLE qualified(p INTEGER, s INTEGER, o INTEGER, f INTEGER, PRIMARY KEY(p, s, o, f)) WITHOUT ROWID;
CREATE TABLE qualifier(f INTEGER, p INTEGER, x REAL, PRIMARY KEY(f, p, x)) WITHOUT ROWID;
"""
_STEPS_PER_TICK = 100_000


class SqlTables:
    """`max_ticks` bounds one statement, in units of 100,000 database steps; `tools` is what tool atoms call."""

    def __init__(
        self,
        facts: Iterable[Fact],
        types: Mapping[str, str],
        *,
        max_ticks: int,
        tools: Mapping[str, Callable[..., tuple[float, ...]]],
    ) -> None:
        self._tools, self._tests = tools, dict[str, str]()
        self._entities = {entity: i for i, entity in enumerate(types)}
        self._types: dict[str, int] = {}
        self._properties: dict[str, int] = {}
        self.max_ticks, self.ticks = max_ticks, 0
        self._database = sqlite3.connect(":memory:", isolation_level=None)
        self._database.executescript(_SCHEMA)
        rows = [(i, self._types.setdefault(types[e], len(self._types))) for e, i in self._entities.items()]
        links, numbers, qualified, qualifiers = [], [], [], []
        for n, fact in enumerate(facts):
            property_ = self._properties.setdefault(fact.property, len(self._properties))
            subject = self._entity(fact.subject)
            if fact.object is not None:
                links.append((property_, subject, self._entity(fact.object)))
                if fact.qualifiers:
                    qualified.append((*links[-1], n))
                for q in fact.qualifiers:
                    if q.value is not None and q.value.datatype in ("time", "quantity"):
                        q_property = self._properties.setdefault(q.property, len(self._properties))
                        qualifiers.append((n, q_property, q.value.number))
            elif fact.value is not None and fact.value.datatype in ("time", "quantity"):
                numbers.append((property_, subject, fact.value.number))
        self._database.execute("BEGIN")
        self._database.executemany("INSERT INTO entity VALUES(?, ?)", rows)
        self._database.executemany("INSERT OR IGNORE INTO fact VALUES(?, ?, ?)", links)
        self._database.executemany("INSERT OR IGNORE INTO number VALUES(?, ?, ?)", numbers)
        self._database.executemany("INSERT OR IGNORE INTO qualified VALUES(?, ?, ?, ?)", qualified)
        self._database.executemany("INSERT OR IGNORE INTO qualifier VALUES(?, ?, ?)", qualifiers)
        self._database.execute("COMMIT")
        grouped = (
            "SELECT p, 1.0 * COUNT(*) / COUNT(DISTINCT s), 1.0 * COUNT(*) / COUNT(DISTINCT o) FROM fact GROUP BY p"
        )
        self._spread: dict[int, tuple[float, float]] = {p: (to, fro) for p, to, fro in self._rows(grouped)}
        self.degree = cache(self._degree)
        self._sizes: dict[int, int] = dict(self._rows("SELECT t, COUNT(*) FROM entity GROUP BY t"))
        self._database.set_progress_handler(self._tick, _STEPS_PER_TICK)

    def close(self) -> None:
        """Free the database."""
        self._database.close()

    def column(self, sql: str) -> list[int]:
        """The first number of each row that a statement returns. Raises BudgetError when it takes too long."""
        self.ticks = 0
        with boundary("counting by SQL", raises=BudgetError):
            return [int(row[0]) for row in self._rows(sql)]

    def number(self, sql: str) -> int:
        """The single number a statement returns. Raises BudgetError when it takes too long."""
        return self.column(sql)[0]

    def names(self, entities: Iterable[int]) -> list[str]:
        """What entities are called, sorted."""
        return sorted(self._names[entity] for entity in entities)

    def entity(self, name: str) -> int:
        """The number of an entity; -1 for one that no row has."""
        return self._entities.get(name, -1)

    def type(self, name: str) -> int:
        return self._types.get(name, -1)

    def property(self, name: str) -> int:
        return self._properties.get(name, -1)

    def members(self, type_: int) -> list[int]:
        """The entities of a type."""
        return self.column(f"SELECT e FROM entity WHERE t = {type_} ORDER BY e")

    def size(self, type_: int) -> int:
        """How many entities a type has."""
        return self._sizes.get(type_, 0)

    def spread(self, property_: int, *, forward: bool) -> float:
        """Mean number of objects per subject, or of subjects per object."""
        to_objects, to_subjects = self._spread.get(property_, (0.0, 0.0))
        return to_objects if forward else to_subjects

    def tool_test(self, atom: ToolAtom) -> str:
        """The name of an SQL function of the atom's variables, and of what its aggregates come to: whether it holds."""
        key = atom.model_dump_json()
        if key not in self._tests:
            self._tests[key] = name = f"tool_{len(self._tests)}"
            numbers: dict[tuple[str, int], list[float]] = {}
            self.ticks = 0
            for read in sorted({o.property for o in atom.call.inputs if o.property is not None}):
                for s, x in self._rows(f"SELECT s, x FROM number WHERE p = {self.property(read)}"):
                    numbers.setdefault((read, s), []).append(x)
            test = ToolTest(atom, list(self._entities), numbers, self._tools)
            self._database.create_function(name, -1, test, deterministic=True)
        return self._tests[key]

    def _degree(self, property_: int, entity: int, *, forward: bool) -> int:
        """Number of objects of a subject, or of subjects of an object."""
        return self.number(f"SELECT COUNT(*) FROM fact WHERE p = {property_} AND {'s' if forward else 'o'} = {entity}")

    @cached_property
    def _names(self) -> list[str]:
        return list(self._entities)

    def _entity(self, name: str) -> int:
        return self._entities.setdefault(name, len(self._entities))

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(self._database.execute(sql)) as cursor:
            return cursor.fetchall()

    def _tick(self) -> int:
        self.ticks += 1
        return int(self.ticks > self.max_ticks)
