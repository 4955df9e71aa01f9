"""Papers, advisors and citations of a research circle."""

from redsearcher.world.fiction import literal
from redsearcher.world.fiction.chronology import alive_at
from redsearcher.world.fiction.draft import Node
from redsearcher.world.fiction.maker import Maker
from redsearcher.world.fiction.organisations import living_year


def advise(m: Maker, people: list[int]) -> None:
    """Younger researchers of a circle write their theses under older ones; advisors share their university."""
    for student in sorted(people, key=lambda p: m.node(p).year):
        if m.maybe(0.75) and m.try_link(student, "P184", lambda: m.rng.choice(people), 6):
            advisor = m.draft.one(student, "P184")
            for university in [u for u in m.draft.get(advisor, "P108") if m.node(u).type == "university"][:1]:
                m.draft.link(student, "P69", university)
                if m.maybe(0.5):
                    m.draft.link(student, "P108", university)


def make_papers(m: Maker, people: list[int], issuers: list[int], n_papers: int) -> list[int]:
    """Papers of a circle, oldest first, each citing earlier ones, mostly of its own authors."""
    topic = m.names.topic()
    leads = sorted((living_year(m, p, 27, 68), p) for p in m.rng.choices(people, k=n_papers))
    papers: list[int] = []
    for year, lead in leads:
        papers.append(_paper(m, year, lead, people, issuers, topic, papers))
    return papers


def _paper(
    m: Maker, year: int, lead: int, people: list[int], issuers: list[int], topic: int, earlier: list[int]
) -> int:
    who = m.node(lead)
    name = m.names.paper(topic if m.maybe(0.85) else m.names.topic())
    paper = m.draft.add(
        Node(
            "paper",
            name.label,
            name.aliases,
            sound=who.sound,
            country=who.country,
            city=who.city,
            year=year,
            topic=topic,
        )
    )
    m.draft.values[paper]["P577"] = literal.date(m.rng, year, day=0.3, month=0.4)
    m.draft.values[paper]["P8328"] = literal.quantity(round(m.rng.lognormvariate(2.8, 1.1)))
    m.draft.link(paper, "P50", lead)
    mates = [*m.draft.get(lead, "P184"), *m.draft.subjects(lead, "P184"), *m.draft.get(lead, "P26")]
    for _ in range(m.rng.choice((0, 1, 1, 2, 2, 3))):
        author = m.rng.choice(mates) if mates and m.maybe(0.6) else m.rng.choice(people)
        if alive_at(m.node(author), year, 24, 80):
            m.draft.link(paper, "P50", author)
    at_work = [u for u in m.draft.get(lead, "P108") if m.node(u).type in ("university", "company")]
    m.try_link(paper, "P1433", lambda: m.rng.choice(at_work if at_work and m.maybe(0.6) else issuers))
    own = [e for e in earlier if set(m.draft.get(e, "P50")) & set(m.draft.get(paper, "P50"))]
    for _ in range(m.rng.choice((1, 2, 2, 3, 4))):
        pool = own if own and m.maybe(0.55) else earlier
        m.draft.link(paper, "P2860", m.rng.choice(pool) if pool and m.maybe(0.85) else m.popular("paper"))
    return paper
