import re

import pytest

from redsearcher.records.world import Document, Entity, Fact, Strength
from redsearcher.world.align import Aligner, align
from redsearcher.world.mention import MentionIndex
from redsearcher.world.pattern import OBJECT, SUBJECT, compile_pattern, patterns
from redsearcher.world.property import properties
from redsearcher.world.sentence import sentences

ENTITIES = [
    Entity(id="ada", label="Ada Kern", type="person"),
    Entity(id="bo", label="Bo Lind", type="person"),
    Entity(id="cy", label="Cy Marr", type="person"),
    Entity(id="lyra", label="Lyra", type="country", aliases=("Lyran",)),
    Entity(id="tor", label="Tor Harbour", type="city"),
    Entity(id="vale", label="Vale Springs", type="city"),
    Entity(id="uni", label="University of Tor", type="university"),
    Entity(id="poet", label="poet", type="occupation"),
    Entity(id="painter", label="painter", type="occupation"),
    Entity(id="lab", label="Moss Records", type="label"),
    Entity(id="film", label="Glass Rivers", type="film"),
    Entity(id="jazz", label="jazz", type="genre"),
    Entity(id="tongue", label="Lyric", type="language"),
]
INDEX = MentionIndex((entity.id, entity.names) for entity in ENTITIES)


def stated(text: str, *triples: tuple[str, str, str], about: tuple[str, ...] = ()) -> set[tuple[str, str, str]]:
    facts = [Fact(subject=s, property=p, object=o) for s, p, o in triples]
    document = Document(url="u", site="s", kind="k", title="t", text=text, about=about)
    found = {statement.fact for statement in align(facts, ENTITIES, document, INDEX.find(text))}
    return {(f.subject, f.property, str(f.object)) for f in facts if f.id in found}


BORN, DIED = ("ada", "P19", "tor"), ("ada", "P20", "vale")


def test_each_end_goes_to_its_own_verb():
    text = "Ada Kern was born in Tor Harbour and died in Vale Springs."
    assert stated(text, BORN, DIED, ("ada", "P20", "tor"), ("ada", "P19", "vale")) == {BORN, DIED}


def test_direction_counts():
    text = "Ada Kern was the daughter of Bo Lind."
    assert stated(text, ("bo", "P40", "ada"), ("ada", "P40", "bo")) == {("bo", "P40", "ada")}


def test_symmetric_property_is_said_either_way():
    married = ("bo", "P26", "ada")
    assert stated("Ada Kern married Bo Lind.", married) == {married}


def test_another_person_between_breaks_the_link():
    assert stated("Ada Kern met Bo Lind, who was born in Tor Harbour.", BORN) == set()


@pytest.mark.parametrize("text", ["She was born in Tor Harbour.", "Born in Tor Harbour, Kern began early."])
def test_pronoun_or_short_name_stands_for_the_page_entity(text):
    assert stated(text, BORN, about=("ada",)) == {BORN}
    assert stated(text, BORN, about=("bo",)) == set()


def test_pronoun_after_another_person_is_not_taken_for_the_page_entity():
    assert stated("With Bo Lind, she was born in Tor Harbour.", BORN, about=("ada",)) == set()


def test_lists_and_adjectives():
    jobs = {("ada", "P106", "poet"), ("ada", "P106", "painter"), ("ada", "P27", "lyra")}
    assert stated("Ada Kern (born 3 May 1911) was a Lyran poet, sculptor and painter.", *jobs) == jobs
    assert stated("Ada Kern was a Lyran-born poet.", ("ada", "P27", "lyra")) == set()


def test_names_of_occupations_are_still_words_to_a_pattern():
    fact = ("ada", "P136", "jazz")
    assert stated("Ada Kern is a jazz pianist and painter.", fact, about=("ada",)) == {fact}


def test_sentence_on_a_page_need_not_name_its_entity():
    fact = ("lyra", "P37", "tongue")
    assert stated("Lyric is the official language.", fact, about=("lyra",)) == {fact}
    assert stated("Lyric is the official language.", fact, about=("tor",)) == set()


def test_opening_under_an_unknown_name_is_about_the_page_entity():
    text = "Adelheid Kernova (née Kern; born 1911), known as Queen A, was a Lyran poet."
    facts = {("ada", "P106", "poet"), ("ada", "P27", "lyra")}
    assert stated(text, *facts, about=("ada",)) == facts
    assert stated("It rained. " + text.replace("Kern", "Bern"), *facts, about=("ada",)) == set()


def test_object_named_twice_and_dates_of_life_in_parentheses():
    text = "Ada Kern (3 May 1911, Tor Harbour – 4 June 1982, Tor Harbour) was a poet."
    facts = {("ada", "P19", "tor"), ("ada", "P20", "tor")}
    assert stated(text, *facts, about=("ada",)) == facts


def test_former_fact_is_not_stated():
    text = "Ada Kern is no longer a fellow of the University of Tor."
    assert stated(text, ("ada", "P463", "uni"), about=("ada",)) == set()


def test_denied_fact_is_not_stated():
    assert stated("Ada Kern never studied at the University of Tor.", ("ada", "P69", "uni")) == set()


def test_passive_with_other_names_between():
    text = "Glass Rivers was written by Bo Lind and directed by Cy Marr."
    directed = ("film", "P57", "cy")
    assert stated(text, directed, ("film", "P57", "bo")) == {directed}


def test_statement_is_the_first_sentence_that_says_it():
    text = "Ada Kern likes Moss Records. In 1970 she signed with Moss Records. Ada Kern recorded for Moss Records."
    document = Document(url="u", site="s", kind="k", title="t", text=text, about=("ada",))
    fact = Fact(subject="ada", property="P264", object="lab")
    (statement,) = Aligner([fact], ENTITIES).statements(document, INDEX.find(text))
    assert text[statement.start : statement.end] == "In 1970 she signed with Moss Records."
    assert (statement.strength, statement.document) == (Strength.STRICT, document.id)


def test_property_without_patterns_needs_a_cue_near_its_ends():
    assert "P551" in properties() and "P403" not in patterns()
    rivers = [Entity(id="a", label="Arn River", type="river"), Entity(id="b", label="Bel River", type="river")]
    fact = Fact(subject="a", property="P403", object="b")
    for text, expected in (("The Arn River flows into the Bel River.", 1), ("Arn River and Bel River are long.", 0)):
        document = Document(url="u", site="s", kind="k", title="t", text=text)
        mentions = MentionIndex((e.id, e.names) for e in rivers).find(text)
        assert len(align([fact], rivers, document, mentions)) == expected


def test_every_pattern_compiles_and_names_both_ends():
    for key, compiled in patterns().items():
        assert compiled, key
        assert all(SUBJECT in pattern.pattern and OBJECT in pattern.pattern for pattern in compiled), key


def test_pattern_syntax():
    pattern = compile_pattern("{S} BE [a|an] _ {O}")
    assert pattern.search(f"{SUBJECT} was an old {OBJECT} . ")
    assert not pattern.search(f"{SUBJECT} saw an old {OBJECT} . ")
    assert not re.search(pattern, f"{SUBJECT} was an old friend of the {OBJECT} . ")


def test_sentences_end_where_they_should():
    text = 'Dr. A. B. Lee left the U.S. in 1950. "Why?" he said.\nÉva stayed. 他走了。她来了。'
    glued = 'She called it "home".Born in Tor, she left.'
    assert [glued[start:end] for start, end in sentences(glued)] == ['She called it "home".', "Born in Tor, she left."]
    found = [text[start:end] for start, end in sentences(text)]
    assert found == [
        "Dr. A. B. Lee left the U.S. in 1950.", '"Why?" he said.', "Éva stayed.", "他走了。", "她来了。",
    ]  # fmt: skip
