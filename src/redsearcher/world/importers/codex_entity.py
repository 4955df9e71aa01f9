"""CoDEx-S entities: names, one coarse type each, descriptions and extracts."""

import gzip
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from redsearcher.errors import DataError
from redsearcher.records.world import Entity, Fact

_QUOTED = re.compile(r"^'(.*)'@en$")
_LATIN = re.compile(r"[A-Za-z]")
_SMALL = re.compile(r"\b(of|the|and|for|de|du)\b", re.IGNORECASE)
_CODE_LENGTH = 4
_MAX_ALIASES = 12


def read_entities(data: Path, facts: Iterable[Fact]) -> list[Entity]:
    """Every entity of the facts, sorted by id, with label, aliases, type and a Chinese label where there is one."""
    names = _table(data / "codex-s-text" / "entity2name.txt")
    roles: dict[str, set[str]] = defaultdict(set)
    subjects: dict[str, None] = {}
    for fact in facts:
        subjects.setdefault(fact.subject)
        subjects.setdefault(str(fact.object))
        roles[str(fact.object)].add(fact.property)
    labels = {entity: names[entity].strip('"').strip() for entity in subjects}
    aliases = _aliases(data, labels)
    descriptions = _kgtk(data, "descriptions", set(labels))
    typer = Typer(data)
    chinese = _json(data / "codex/data/types/zh/types.json")
    return [
        Entity(
            id=entity,
            label=labels[entity],
            type=typer.type_of(entity, roles[entity]),
            aliases=aliases[entity],
            description=next(iter(descriptions.get(entity, ())), ""),
            labels={"zh": chinese[entity]["label"]} if chinese.get(entity, {}).get("label") else {},
        )
        for entity in sorted(labels, key=lambda entity: int(entity[1:]))
    ]


def read_extracts(data: Path) -> dict[str, str]:
    """Entity id -> its Wikipedia extract as stored."""
    return _table(data / "codex-s-text" / "entity2des.txt")


class Typer:
    """One coarse type per entity: by its Wikidata classes, else by the property it is an object of, else "thing"."""

    def __init__(self, data: Path) -> None:
        rules = tomllib.loads((files(__package__) / "codex_types.toml").read_text(encoding="utf-8"))
        self._classes: dict[str, list[str]] = rules["classes"]
        self._roles: dict[str, str] = rules["roles"]
        self._of: dict[str, list[str]] = _json(data / "codex/data/types/entity2types.json")
        labels = _json(data / "codex/data/types/en/types.json")
        self._label = {key: row["label"] for key, row in labels.items()}

    def type_of(self, entity: str, roles: set[str]) -> str:
        classes = {self._label.get(key, key) for key in self._of.get(entity, ())}
        for type_, named in self._classes.items():
            if not classes.isdisjoint(named):
                return type_
        for property, type_ in self._roles.items():
            if property in roles:
                return type_
        return "thing"


def _aliases(data: Path, labels: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Aliases worth looking for: no codes, none that is another entity's label, at most a dozen."""
    taken = {label.casefold() for label in labels.values()}
    found = _kgtk(data, "aliases", set(labels))
    return {
        entity: tuple(
            sorted(
                name
                for name in {alias.removeprefix("the ") for alias in found.get(entity, ())}
                if name.casefold().removeprefix("the ") not in taken
                and _LATIN.search(name)
                and not _is_code(name, labels[entity])
            )[:_MAX_ALIASES]
        )
        for entity in labels
    }


def _is_code(alias: str, label: str) -> bool:
    """Whether a short alias is a code ("DE", "GER") and not the initials of the label ("USA")."""
    letters = alias.replace(".", "").replace(" ", "")
    if len(letters) >= _CODE_LENGTH:
        return False
    initials = "".join(word[0] for word in _SMALL.sub("", label).split())
    return not (alias.isupper() and initials.upper().startswith(letters.upper()) and len(letters) > 1)


def _kgtk(data: Path, name: str, wanted: set[str]) -> dict[str, list[str]]:
    """English texts of a KGTK table by entity; empty where the table is absent, for it only adds names."""
    path = data / "kgtk-arnold" / f"{name}.en.tsv.gz"
    found: dict[str, list[str]] = defaultdict(list)
    if path.is_file():
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                entity, _, text = line.split("\t")[:3]
                quoted = _QUOTED.match(text)
                if entity in wanted and quoted:
                    found[entity].append(quoted.group(1).replace("\\'", "'").replace('\\"', '"'))
    return found


def _table(path: Path) -> dict[str, str]:
    """A file of `id TAB text` lines."""
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").rstrip("\n").split("\n"), 1):
        key, tab, text = line.partition("\t")
        if not tab:
            raise DataError(f"{path} line {number} has no tab")
        found[key] = text
    return found


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
