"""The offline extractor: tables and lead sentences by rule. Precision before recall: what is not plain is no fact."""

from collections.abc import Iterator, Sequence

from redsearcher.records.world import Document
from redsearcher.world.extract.catalog import Catalog
from redsearcher.world.extract.claim import Claim
from redsearcher.world.extract.page import RowPlace, SourcePage
from redsearcher.world.extract.sentence import LeadReader
from redsearcher.world.extract.table import table_claims


class RulesExtractor:
    """Reads a page's tables and its lead."""

    name = "rules"

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._leads = LeadReader(catalog)

    def claims(self, page: SourcePage, document: Document, places: Sequence[RowPlace]) -> Iterator[Claim]:
        """What the page states, each with the verbatim place in the text of `document`."""
        for number in range(len(page.tables)):
            yield from table_claims(page, number, places, self._catalog)
        yield from self._leads.claims(page.url, page.text)
