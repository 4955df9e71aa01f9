import pytest

from redsearcher.errors import DataError
from redsearcher.records.world import Document, Entity, Fact, Statement, Strength, Value
from redsearcher.world.build import build_world
from redsearcher.world.number import number_key, numbers_in
from redsearcher.world.store import World

ENTITIES = [
    Entity(id="anna", label="Anna Berg", type="person"),
    Entity(id="berg2", label="Bo Berg", type="person", aliases=("Anna Berg",)),
    Entity(id="oslo", label="Oslo", type="city"),
]
BORN = Fact(subject="anna", property="P19", object="oslo")
BORN_2 = Fact(subject="berg2", property="P19", object="oslo")
WHEN = Fact(subject="anna", property="P569", value=Value(datatype="time", text="1956-03-12", precision="day"))
SIZE = Fact(subject="oslo", property="P1082", value=Value(datatype="quantity", text="709037"))
FACTS = [BORN, BORN_2, WHEN, SIZE]


def page(text: str, about: tuple[str, ...] = (), title: str = "A page") -> Document:
    return Document(url=f"https://x.test/{len(text)}", site="x.test", kind="news", title=title, text=text, about=about)


def build(path, pages):
    return build_world(
        path, name="t", lang="en", kind="closed", source="test", seed=1, config_hash="c",
        entities=ENTITIES, facts=FACTS, pages=pages,
    )  # fmt: skip


def stated(path) -> set[tuple[str, str, str]]:
    world = World(path)
    texts = {d.id: d.text for d in world.documents()}
    return {
        (s.fact, s.strength.value, texts[s.document][s.start : s.end])
        for statements in world.statements.values()
        for s in statements
    }


def test_loose_statements_count_ambiguous_names_for_all_bearers(tmp_path):
    info = build(tmp_path / "w", [(page("Anna Berg saw Oslo in 1956."), ())])
    assert (info.n_facts, info.n_documents, info.n_statements) == (4, 1, 3)
    assert stated(tmp_path / "w") == {
        (BORN.id, "loose", "Oslo"),
        (BORN_2.id, "loose", "Oslo"),
        (WHEN.id, "loose", "1956"),
    }


def test_given_strict_statement_replaces_the_loose_one(tmp_path):
    document = page("She was born in Oslo, home to 709,037 people.", about=("anna",))
    strict = Statement(fact=BORN.id, document=document.id, start=0, end=21, strength=Strength.STRICT)
    build(tmp_path / "w", [(document, (strict,))])
    assert stated(tmp_path / "w") == {
        (BORN.id, "strict", "She was born in Oslo,"),
        (SIZE.id, "loose", "709,037"),
    }


def test_title_counts_as_a_mention(tmp_path):
    build(tmp_path / "w", [(page("He moved to Oslo.", title="Bo Berg"), ())])
    assert stated(tmp_path / "w") == {(BORN_2.id, "loose", "Oslo")}


def test_same_input_gives_the_same_world_and_files(tmp_path):
    pages = [(page(f"Anna Berg and Bo Berg left Oslo in 1956 {'!' * n}"), ()) for n in range(20)]
    first, second = build(tmp_path / "a", pages), build(tmp_path / "b", iter(pages))
    assert first == second
    for file in sorted((tmp_path / "a").iterdir()):
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_page_twice_or_foreign_statement_is_refused(tmp_path):
    document = page("Oslo")
    with pytest.raises(DataError, match="comes twice"):
        build(tmp_path / "w", [(document, ()), (document, ())])
    stray = Statement(fact="nope", document=document.id, start=0, end=1, strength=Strength.STRICT)
    with pytest.raises(DataError, match="unknown fact"):
        build(tmp_path / "w", [(document, (stray,))])
    assert not (tmp_path / "w").exists()


def test_numbers_with_separators_and_scales():
    found = numbers_in("It has 1,234,567 people, 1 234 cats, 2.5 million trees, 3万 dogs and 0.50 l.")
    assert {"1234567", "1234", "1", "234", "2500000", "2.5", "30000", "3", "0.5"} == set(found)
    assert number_key(Value(datatype="quantity", text="2500000.0")) == "2500000"
    assert number_key(Value(datatype="time", text="-0044-03-15")) == "44"
