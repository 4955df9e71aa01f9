"""A made-up league: clubs and their grounds in a table, with a page for each thing that it links to."""

from collections.abc import Iterator

from redsearcher.world.extract.page import Cell, SourcePage, Table

BASE = "https://tor.example/"


def page(name: str, text: str, *tables: Table) -> SourcePage:
    return SourcePage(BASE + name, "tor.example", "page", name.replace("_", " "), text, tables=tables)


def linked(text: str, name: str = "") -> Cell:
    return Cell(text, (BASE + (name or text.replace(" ", "_")),))


def table(section: str, headers: str, *rows: tuple[Cell | str, ...]) -> Table:
    cells = (tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row) for row in rows)
    return Table(section, tuple(headers.split("|")), tuple(cells))


TOWNS = ("Karn", "Ostle", "Velm", "Mird", "Quoy")
CLUBS = ("Rovers", "Athletic", "Wanderers", "United", "Albion")
LEAGUE = table(
    "Clubs",
    "Club|Stadium|Capacity|Town|Rank|Coach",
    *(
        (
            linked(f"{town} {club}"),
            linked(f"{town} Park"),
            f"{n + 4},500",
            linked(town),
            str(n),
            linked(f"Coach {town}"),
        )
        for n, (town, club) in enumerate(zip(TOWNS, CLUBS, strict=True), 1)
    ),
)


class League:
    """The pages of the league as a source."""

    def pages(self) -> Iterator[SourcePage]:
        for town, club in zip(TOWNS, CLUBS, strict=True):
            yield page(
                town, f"{town} is a town in Tor where a lot of {town} wool is spun. The population was {len(town)},200."
            )
            yield page(
                f"{town}_{club}", f"{town} {club} is a football club. {town} {club} play in blue and white stripes."
            )
            yield page(
                f"{town}_Park", f"{town} Park is a stadium in {town}. It was rebuilt after the great fire there."
            )
            yield page(
                f"Coach_{town}", f"Coach {town} (born 3 May 1950) is a football manager whose hats are well known."
            )
        yield page("The_League", "The league has five clubs, as everybody in Tor is proud to know by heart.", LEAGUE)

    def is_subject(self, page: SourcePage) -> bool:
        return not page.tables
