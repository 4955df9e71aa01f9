"""Pages of a fictional world: spans, coverage, dispersion, links, determinism; both languages."""

import re
from collections import Counter, defaultdict
from functools import cache
from itertools import islice

import pytest

from redsearcher.records.world import Document, Fact, Statement, Strength
from redsearcher.world.fiction.config import FictionConfig
from redsearcher.world.fiction.generate import Fiction, generate
from redsearcher.world.property import properties
from redsearcher.world.prose.config import ProseConfig
from redsearcher.world.prose.value import say
from redsearcher.world.prose.write import write_pages

N_ENTITIES = 700
REGISTER_ONLY = {"P21", "P625"}
both = pytest.mark.parametrize("lang", ["en", "zh"])


@cache
def fiction(lang: str) -> Fiction:
    return generate(FictionConfig(lang=lang, n_entities=N_ENTITIES, seed=5))  # type: ignore[arg-type]


@cache
def pages(lang: str) -> list[tuple[Document, list[Statement]]]:
    made = fiction(lang)
    return list(write_pages(made.entities, made.facts, lang, ProseConfig(seed=5)))


def facts(lang: str) -> dict[str, Fact]:
    return {fact.id: fact for fact in fiction(lang).facts}


@both
def test_spans_are_whole_sentences(lang: str) -> None:
    for document, statements in pages(lang):
        for statement in statements:
            assert statement.document == document.id
            assert statement.strength is Strength.STRICT
            assert 0 <= statement.start < statement.end <= len(document.text)
            before = document.text[: statement.start]
            after = document.text[statement.end :]
            assert not before or before.endswith(("\n\n", ". ", "。", "! ", "? "))
            assert not after or after.startswith("\n\n") or document.text[statement.end - 1] in ".。!?"
            assert "\n" not in document.text[statement.start : statement.end]


@both
def test_a_span_names_the_end_that_is_not_the_topic(lang: str) -> None:
    known = facts(lang)
    names = {entity.id: entity.names for entity in fiction(lang).entities}
    for document, statements in pages(lang):
        for statement in statements:
            fact, sentence = known[statement.fact], document.text[statement.start : statement.end]
            if fact.value is not None:
                styles = {say(fact.value, fact.property, lang, style).bare for style in range(3)}
                assert document.about[0] == fact.subject
                assert any(text in sentence for text in styles), sentence
            else:
                assert fact.object is not None
                assert document.about[0] in (fact.subject, fact.object)
                other = fact.object if document.about[0] == fact.subject else fact.subject
                assert any(name in sentence for name in names[other]), sentence


@both
def test_same_seed_same_pages(lang: str) -> None:
    made = fiction(lang)
    again = write_pages(made.entities, made.facts, lang, ProseConfig(seed=5))
    assert all(old == new for old, new in zip(islice(pages(lang), 300), again, strict=False))
    other = next(write_pages(made.entities, made.facts, lang, ProseConfig(seed=6)))
    assert other[0].text != pages(lang)[0][0].text


@both
def test_most_facts_are_stated_once_or_twice(lang: str) -> None:
    times = Counter(statement.fact for _, statements in pages(lang) for statement in statements)
    wanted = [fact for fact in fiction(lang).facts if fact.property not in REGISTER_ONLY]
    stated = [times[fact.id] for fact in wanted if times[fact.id]]
    assert 0.93 <= len(stated) / len(wanted) <= 0.97
    assert sum(n <= 2 for n in stated) / len(stated) > 0.98
    properties_seen = {facts(lang)[fact].property for fact in times}
    assert len(properties_seen) >= 45


@both
def test_symmetric_facts_are_stated_in_both_directions(lang: str) -> None:
    known = facts(lang)
    for _, statements in pages(lang):
        spans = {(s.start, known[s.fact].subject, known[s.fact].property, known[s.fact].object) for s in statements}
        for start, subject, property_, object_ in spans:
            if properties()[property_].symmetric:
                assert (start, object_, property_, subject) in spans


@both
def test_pages_disperse_relations(lang: str) -> None:
    known = facts(lang)
    relations: dict[str, set[frozenset[str | None] | str]] = defaultdict(set)
    for fact in known.values():
        if fact.object is not None:
            unit = f"{fact.property}{sorted((fact.subject, fact.object))}"
            relations[fact.subject].add(unit)
            relations[fact.object].add(unit)
    shares = []
    for document, statements in pages(lang):
        topic = document.about[0]
        said = {
            f"{fact.property}{sorted((fact.subject, fact.object))}"
            for fact in (known[s.fact] for s in statements)
            if fact.object is not None
        }
        if len(relations[topic]) >= 5:
            shares.append(len(said & relations[topic]) / len(relations[topic]))
    assert sum(share > 0.9 for share in shares) / len(shares) < 0.04
    assert max(shares) > 0.6


@both
def test_links_lead_to_pages_of_the_named_entity(lang: str) -> None:
    names = {entity.id: entity.names for entity in fiction(lang).entities}
    about = {document.url: document.about[0] for document, _ in pages(lang)}
    n_links = 0
    for document, _ in pages(lang):
        starts = [link.start for link in document.links]
        assert starts == sorted(starts)
        for link in document.links:
            n_links += 1
            assert document.text[link.start : link.end] in names[about[link.url]]
    assert n_links > 2 * N_ENTITIES


@both
def test_pages_have_addresses_sizes_and_shares(lang: str) -> None:
    made = pages(lang)
    assert len({document.url for document, _ in made}) == len(made)
    assert all(document.url.startswith("https://") and document.site in document.url for document, _ in made)
    assert 1.5 * N_ENTITIES < len(made) < 2.2 * N_ENTITIES
    assert 0.06 < sum(not statements for _, statements in made) / len(made) < 0.16
    assert {topic for document, _ in made for topic in document.about} == {e.id for e in fiction(lang).entities}
    size = sum(len(d.text.split()) if lang == "en" else len(d.text) for d, _ in made) / len(made)
    assert 110 < size < 260
    assert len({document.kind for document, _ in made}) >= 20
    news = [document for document, _ in made if document.date]
    assert news
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", document.date) for document in news)


@both
def test_namesakes_are_told_apart(lang: str) -> None:
    labels = Counter(entity.label for entity in fiction(lang).entities)
    label = {entity.id: entity.label for entity in fiction(lang).entities}
    doubles = [document for document, _ in pages(lang) if labels[label[document.about[0]]] > 1]
    assert doubles
    assert all("(" in document.title or "（" in document.title for document in doubles)


@both
def test_sentences_vary(lang: str) -> None:
    known = facts(lang)
    names = {entity.id: entity.names for entity in fiction(lang).entities}
    skeletons: dict[str, set[str]] = defaultdict(set)
    seen: Counter[str] = Counter()
    for document, statements in pages(lang):
        for statement in statements:
            fact = known[statement.fact]
            text = document.text[statement.start : statement.end]
            for name in sorted((*names[fact.subject], *names.get(fact.object or "", ())), key=len, reverse=True):
                text = text.replace(name, "_")
            seen[fact.property] += 1
            skeletons[fact.property].add(re.sub(r"\d[\d,.]*", "#", text))
    frequent = [property_ for property_, n in seen.items() if n >= 60 and property_ not in REGISTER_ONLY]
    assert len(frequent) >= 20
    assert {p: len(skeletons[p]) for p in frequent if len(skeletons[p]) < 12} == {}


def test_english_is_tidy() -> None:
    for document, _ in pages("en"):
        text = document.text
        assert not re.search(r"\b(\w+) \1\b", text), re.search(r".{30}\b(\w+) \1\b.{20}", text)
        assert not re.search(r"\ba [aeio]\w", text), re.search(r".{20}\ba [aeio]\w.{20}", text)
        assert not re.search(r"\ban [bcdfgjklmnpqrstvwz]\w", text)
        assert "  " not in text and " ," not in text and ".." not in text and "the the" not in text.lower()
        assert all(part[:1].isupper() or part[:1] in "“0123456789" for part in text.split("\n\n")), text


def test_chinese_is_tidy() -> None:
    for document, _ in pages("zh"):
        text = document.text
        assert not re.search("的的|，，|。。|，。|、、|他他|她她|它它|一一", text), text
        assert " " not in text.replace(", ", ",") or re.search("[A-Za-z]", text), text
