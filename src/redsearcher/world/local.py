"""What a world brings along beside our tables: properties and types of its own, in `schema.json` of its folder."""

from pathlib import Path

from redsearcher.errors import DataError
from redsearcher.records.base import Record
from redsearcher.world.property import EntityType, Property, learn

SCHEMA_FILE = "schema.json"


class LocalSchema(Record):
    """Properties and entity types that only this world has, each by its id. An id is a hash of its row at the end, so
    that two worlds opened in one process never mean different things by it."""

    properties: tuple[Property, ...] = ()
    types: tuple[EntityType, ...] = ()

    def save(self, folder: Path) -> None:
        """Write the schema into a world's folder; an empty one leaves no file."""
        if self.properties or self.types:
            (folder / SCHEMA_FILE).write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")

    def learn(self) -> None:
        """Make the rows known to whatever words, reads or checks questions in this process."""
        learn({row.id: row for row in self.properties}, {row.id: row for row in self.types})


NO_SCHEMA = LocalSchema()


def read_schema(folder: Path) -> LocalSchema:
    """The schema of a world's folder, empty where it has none. Raises DataError for a damaged file."""
    file = folder / SCHEMA_FILE
    if not file.is_file():
        return LocalSchema()
    try:
        return LocalSchema.model_validate_json(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{file} is damaged; make the world again") from error
