"""Claims made facts: the property that says each, a schema for those of the world's own, statements by page."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from redsearcher.core.text import contains_name
from redsearcher.records.world import Document, Entity, Fact, Statement, Strength
from redsearcher.world.extract.catalog import Catalog
from redsearcher.world.extract.claim import Claim
from redsearcher.world.extract.concept import concept, local_property
from redsearcher.world.extract.lead import own_types
from redsearcher.world.local import LocalSchema
from redsearcher.world.property import Property, entity_types, properties

FUNCTIONAL_SHARE = 0.98
"""A property of the world's own is functional if so many of its subjects have one object only."""
MIN_FACTS = 5
MIN_PAGES = 3
"""Relations with fewer facts, and those known by their noun alone that fewer pages have, are left out."""


class Settled(NamedTuple):
    """What a world is built of. `stated`: page URL -> facts with the code points that say them."""

    entities: list[Entity]
    facts: list[Fact]
    stated: dict[str, list[tuple[Fact, int, int]]]
    schema: LocalSchema
    about: dict[str, str]
    """Page URL -> the entity it is about, for entities of the world."""
    names: dict[str, tuple[str, ...]]
    """Entity id -> label and aliases."""


def settle(claims: Iterable[Claim], catalog: Catalog) -> Settled:
    """Facts of all claims, in their order, each once; only entities with a fact are kept."""
    typed = [claim for claim in claims if _type(catalog, claim.subject)]
    own = _own_properties(typed, catalog)
    wanted = dict.fromkeys(key for claim in typed for key in (claim.subject, claim.object) if key is not None)
    entities = catalog.entities(wanted)
    facts: dict[str, Fact] = {}
    stated: dict[str, list[tuple[Fact, int, int]]] = defaultdict(list)
    used: set[str] = set()
    for claim in typed:
        property_ = _known(claim, catalog) or own.get(claim.concept, None)
        if property_ is None:
            continue
        id_ = property_ if isinstance(property_, str) else property_.id
        object_ = None if claim.object is None else entities[claim.object].id
        fact = Fact(subject=entities[claim.subject].id, property=id_, object=object_, value=claim.value)
        fact = facts.setdefault(fact.id, fact)
        if all(known.id != fact.id for known, *_ in stated[claim.url]):
            stated[claim.url].append((fact, claim.start, claim.end))
        used.update(key for key in (claim.subject, claim.object) if key is not None)
    kept = [entities[key] for key in wanted if key in used]
    types = own_types()
    named = sorted({entity.type for entity in kept} - (entity_types().keys() - types.keys()))
    schema = LocalSchema(
        properties=tuple(own[key] for key in sorted(own)), types=tuple(types[name] for name in named if name in types)
    )
    about = {key: entities[key].id for key in wanted if key in used}
    names = {entity.id: entity.names for entity in kept}
    return Settled(kept, list(facts.values()), dict(stated), schema, about, names)


def statements(settled: Settled, document: Document) -> list[Statement]:
    """The strict statements of a page: spans that name both ends, but for what the page is about. A fact said only by a
    link behind other words ("PF" for power forward) stays known without being stated there."""
    names = settled.names
    topics = set(document.about)

    def shows(entity: str, words: str) -> bool:
        return entity in topics or any(contains_name(words, name) for name in names[entity])

    found = []
    for fact, start, end in settled.stated.get(document.url, ()):
        words = document.text[start:end]
        if shows(fact.subject, words) and (fact.object is None or shows(fact.object, words)):
            found.append(Statement(fact=fact.id, document=document.id, start=start, end=end, strength=Strength.STRICT))
    return found


def _type(catalog: Catalog, key: str) -> str:
    return catalog.type(key)


def _known(claim: Claim, catalog: Catalog) -> str | None:
    """The Wikidata property that says the claim, if one fits."""
    if claim.concept in properties():
        return claim.concept
    object_ = None if claim.object is None else catalog.type(claim.object)
    return concept(claim.concept).wikidata(catalog.type(claim.subject), object_)


def _own_properties(claims: list[Claim], catalog: Catalog) -> dict[str, Property]:
    """Concept -> the world's own property for what no known property says of it."""
    rows: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    types: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    pages: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        if _known(claim, catalog) is None:
            pages[claim.concept].add(claim.url)
            rows[claim.concept][claim.subject].add(claim.object or (claim.value.text if claim.value else ""))
            types[claim.concept][0].add(catalog.type(claim.subject))
            if claim.object is not None:
                types[claim.concept][1].add(catalog.type(claim.object) or "thing")
    found = {}
    for key, of_subject in sorted(rows.items()):
        if sum(map(len, of_subject.values())) < MIN_FACTS:
            continue
        if concept(key).is_generic and len(pages[key]) < MIN_PAGES:
            continue
        single = sum(len(objects) == 1 for objects in of_subject.values())
        subjects, objects = (tuple(sorted(names)) for names in types[key])
        found[key] = local_property(concept(key), subjects, objects, single >= FUNCTIONAL_SHARE * len(of_subject))
    return found
