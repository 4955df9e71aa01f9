"""What the property table must keep for questions to be read back: no phrase and no noun means two things."""

from collections import defaultdict
from collections.abc import Iterable

import pytest

from redsearcher.world.property import Lang, properties
from redsearcher.world.wording import reduced, role_nouns, type_nouns

LANGS: tuple[Lang, ...] = ("en", "zh")


def clashes(pairs: Iterable[tuple[str, object]]) -> dict[str, set[object]]:
    found = defaultdict(set)
    for words, meaning in pairs:
        found[words].add(meaning)
    return {words: meanings for words, meanings in found.items() if len(meanings) > 1}


def facts(lang: Lang) -> list[tuple[str, object]]:
    """Phrases and their meanings; a literal's phrase may be a fact's too, since a range is no name."""
    pairs: list[tuple[str, object]] = []
    for property_ in properties().values():
        phrases = property_.phrases(lang)
        lead = "literal " if property_.is_literal else ""
        pairs += [(lead + text, (property_.id, True)) for text in phrases.forward]
        pairs += [(text, (property_.id, property_.symmetric)) for text in phrases.backward]
        pairs += [(text, (property_.id, "less")) for text in phrases.less]
        pairs += [(text, (property_.id, "more")) for text in phrases.more]
    return pairs


@pytest.mark.parametrize("lang", LANGS)
def test_no_phrase_says_two_things(lang: Lang) -> None:
    assert clashes(facts(lang)) == {}
    assert clashes((text.removeprefix("的"), meaning) for text, meaning in facts(lang)) == {}


def test_no_shortened_phrase_says_two_things() -> None:
    assert clashes((short, meaning) for text, meaning in facts("en") if (short := reduced(text))) == {}


@pytest.mark.parametrize("lang", LANGS)
def test_no_role_noun_means_two_things(lang: Lang) -> None:
    assert clashes((role.noun, (role.property, role.end)) for role in role_nouns(lang)) == {}
    assert {role.noun for role in role_nouns(lang)} & set(type_nouns(lang)) == set()


@pytest.mark.parametrize("lang", LANGS)
def test_every_askable_property_has_its_phrases(lang: Lang) -> None:
    for property_ in properties().values():
        phrases = property_.phrases(lang)
        if not property_.sample:
            continue
        assert all(
            text.count("{}") == 1 for text in (*phrases.forward, *phrases.backward, *phrases.less, *phrases.more)
        )
        assert phrases.forward, property_.id
        if property_.is_literal:
            assert phrases.less and phrases.more, property_.id
        else:
            assert phrases.backward, property_.id
            if lang == "en":  # a clause after the other end must not swallow the rest of the phrase
                assert any(text.endswith("{}") for text in phrases.forward), property_.id
                assert any(text.endswith("{}") for text in phrases.backward), property_.id
