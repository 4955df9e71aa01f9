"""Papers, authors and how often they are cited. The facts behind the scholar tool."""

from collections.abc import Iterable, Mapping

from redsearcher.records.world import Entity, Fact

AUTHOR, CITATIONS, PUBLISHED, ISSUER = "P50", "P8328", "P577", "P1433"
PAPER = "paper"


class Scholarly:
    """Papers with authors and citation counts. Counts of a person run over all papers known."""

    def __init__(
        self, authors: Mapping[str, tuple[str, ...]], counts: Mapping[str, int], years: Mapping[str, str]
    ) -> None:
        """`authors` maps papers to people in order, `counts` papers to citations, `years` papers to a date's text."""
        self.authors, self.counts, self.dates = authors, counts, years
        self.papers: dict[str, tuple[str, ...]] = {}
        for paper in sorted(authors):
            for person in authors[paper]:
                self.papers[person] = (*self.papers.get(person, ()), paper)

    @classmethod
    def of(cls, entities: Mapping[str, Entity], facts: Iterable[Fact]) -> "Scholarly":
        """The papers of a world; of several counts of one paper the highest."""
        authors: dict[str, list[str]] = {e: [] for e, entity in entities.items() if entity.type == PAPER}
        counts: dict[str, int] = {}
        dates: dict[str, str] = {}
        for fact in facts:
            if fact.subject not in authors:
                continue
            if fact.property == AUTHOR and fact.object is not None and fact.object not in authors[fact.subject]:
                authors[fact.subject].append(fact.object)
            elif fact.property == CITATIONS and fact.value is not None:
                counts[fact.subject] = max(round(fact.value.number), counts.get(fact.subject, 0))
            elif fact.property == PUBLISHED and fact.value is not None:
                dates[fact.subject] = min(fact.value.text, dates.get(fact.subject, fact.value.text))
        return cls({paper: tuple(people) for paper, people in authors.items()}, counts, dates)

    def citations(self, entity: str) -> int | None:
        """Citations of a paper, or of all papers of a person; None where nothing is known."""
        if entity in self.authors:
            return self.counts.get(entity)
        return sum(self.counts.get(paper, 0) for paper in self.papers[entity]) if entity in self.papers else None

    def n_papers(self, person: str) -> int | None:
        """How many papers a person wrote; None for one who wrote none."""
        return len(self.papers[person]) if person in self.papers else None

    def h_index(self, person: str) -> int | None:
        """The largest h such that h papers of a person have at least h citations each (Hirsch 2005)."""
        if person not in self.papers:
            return None
        counts = sorted((self.counts.get(paper, 0) for paper in self.papers[person]), reverse=True)
        return sum(count >= rank for rank, count in enumerate(counts, 1))

    def coauthors(self, person: str) -> tuple[str, ...]:
        """Everyone who shares a paper with a person, sorted."""
        mates = {mate for paper in self.papers.get(person, ()) for mate in self.authors[paper]}
        return tuple(sorted(mates - {person}))

    def joint_papers(self, one: str, other: str) -> int | None:
        """How many papers two different people wrote together; None unless both wrote some."""
        if one == other or one not in self.papers or other not in self.papers:
            return None
        return len(set(self.papers[one]) & set(self.papers[other]))
