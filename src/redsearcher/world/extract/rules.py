"""The offline extractor: tables and lead sentences by rule. Precision before recall: what is not plain is no fact."""

from collections import Counter
from collections.abc import Iterable, Iterator

from redsearcher.world.extract.catalog import Catalog
from redsearcher.world.extract.claim import Claim
from redsearcher.world.extract.page import Reading
from redsearcher.world.extract.sentence import LeadReader
from redsearcher.world.extract.table import table_claims


class RulesExtractor:
    """Reads tables and leads of English pages."""

    name = "rules"

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._leads = LeadReader(catalog)
        self.tally: Counter[str] = Counter()

    def claims(self, readings: Iterable[Reading]) -> Iterator[Claim]:
        """What the pages state, each with the verbatim place in the text of the page's document."""
        for page, document, places in readings:
            for number in range(len(page.tables)):
                for claim in table_claims(page, number, places, self._catalog):
                    self.tally["from tables"] += 1
                    yield claim
            for claim in self._leads.claims(page.url, document.text):
                self.tally["from leads"] += 1
                yield claim
