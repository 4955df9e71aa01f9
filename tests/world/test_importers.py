import json

import pytest
import zstandard

from redsearcher.core.paths import data_dir, need_data
from redsearcher.errors import DataError, InputError
from redsearcher.records.world import Entity, Fact
from redsearcher.world.importers import ottqa
from redsearcher.world.importers.codex import CodexConfig, extract_text, import_codex, read_facts, type_violations
from redsearcher.world.importers.redocred import import_redocred, read_redocred
from redsearcher.world.importers.tokens import detokenise, join_tokens
from redsearcher.world.store import World

REAL = data_dir()
needs_codex = pytest.mark.skipif(
    REAL is None or not (REAL / "codex-s-text").is_dir(), reason="REDSEARCHER_DATA names no folder with codex-s-text"
)
needs_redocred = pytest.mark.skipif(
    REAL is None or not (REAL / "redocred").is_dir(), reason="REDSEARCHER_DATA names no folder with redocred"
)


def test_tokens_join_as_a_writer_would():
    text = "He said : \" Go , now ! \" ( in 1944 - 45 ) at the writers ' club , John 's , for $ 5 ."
    assert detokenise(text) == "He said: \"Go, now!\" (in 1944-45) at the writers' club, John's, for $5."


def test_token_spans_are_the_tokens():
    tokens = ["A", "\xa0", "non", "-", "profit", "(", "x", ")", "."]
    joined = join_tokens(tokens)
    assert joined.text == "A non-profit (x)."
    assert [joined.text[start:end] for start, end in joined.spans] == [token.strip() for token in tokens]


def write_zst(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zstandard.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))


@pytest.fixture
def tiny(tmp_path):
    """A folder of real-data shape with made-up content: two people, a town, their pages and a linked table."""
    codex = tmp_path / "codex" / "data"
    for folder in ("triples/codex-s", "triples/codex-m", "types/en", "types/zh"):
        (codex / folder).mkdir(parents=True)
    (codex / "triples/codex-s/train.txt").write_text("Q1\tP19\tQ3\nQ2\tP26\tQ1\n")
    (codex / "triples/codex-m/train.txt").write_text("Q2\tP19\tQ3\nQ2\tP19\tQ99\nQ1\tP19\tQ3\nQ1\tP00\tQ3\n")
    (codex / "types/entity2types.json").write_text(json.dumps({"Q1": ["Q5"], "Q2": ["Q5"]}))
    (codex / "types/en/types.json").write_text(json.dumps({"Q5": {"label": "human"}}))
    (codex / "types/zh/types.json").write_text(json.dumps({"Q3": {"label": "托镇"}}))
    text = tmp_path / "codex-s-text"
    text.mkdir()
    (text / "entity2name.txt").write_text("Q1\tAda Kern\nQ2\tBo Lind\nQ3\tTor Harbour\n")
    (text / "entity2des.txt").write_text(
        "Q1\tAda Kern was a singer.She was born in Tor Harbour.\nQ2\tBo Lind sang.\nQ3\tTor Harbour is a town.\n"
    )
    write_zst(
        tmp_path / "ottqa-web" / "passages.jsonl.zst",
        [
            {"url": "/wiki/Tor_Harbour", "title": "Tor Harbour", "text": "Tor Harbour is old ."},
            {"url": "/wiki/Fair", "title": "Fair", "text": "Bo Lind married Ada Kern at the fair ( 1970 ) ."},
            {"url": "/wiki/Empty", "title": "Empty", "text": " "},
        ],
    )
    write_zst(
        tmp_path / "ottqa-web" / "tables.jsonl.zst",
        [
            {
                "url": "https://en.wikipedia.org/wiki/Fair", "title": "Fair", "uid": "Fair_0", "intro": "An event.",
                "section_title": "Winners", "section_text": "", "header": [["Year", []], ["Winner", []]],
                "data": [[["1970", []], ["Of Tor Harbour", ["/wiki/Tor_Harbour"]]], [["", []], ["X", ["/wiki/Gone"]]]],
            }
        ],
    )  # fmt: skip
    return tmp_path


def test_codex_world_of_a_tiny_folder(tiny, tmp_path):
    info = import_codex(tmp_path / "w", tiny, CodexConfig())
    world = World(tmp_path / "w")
    assert (info.kind, info.n_entities, info.n_facts, info.n_documents) == ("open", 3, 3, 5)
    assert "CC BY-SA" in info.source
    assert world.entities["Q3"].type == "place" and world.entities["Q3"].labels == {"zh": "托镇"}
    documents = {document.url: document for document in world.documents()}
    assert documents["https://en.wikipedia.org/wiki/Tor_Harbour"].about == ("Q3",)
    table = documents["https://en.wikipedia.org/wiki/Fair?table=0"]
    assert table.text == "An event.\n\nYear: 1970 | Winner: Of Tor Harbour\nWinner: X\n"
    assert [(table.text[link.start : link.end], link.url) for link in table.links] == [
        ("Of Tor Harbour", "https://en.wikipedia.org/wiki/Tor_Harbour")
    ]
    born, married = Fact(subject="Q1", property="P19", object="Q3"), Fact(subject="Q2", property="P26", object="Q1")
    assert world.is_stated(born.id) and world.is_stated(married.id)


def test_codex_keeps_fewer_pages_the_same_way(tiny, tmp_path):
    config = CodexConfig(n_passages=0, n_tables=0)
    first, second = import_codex(tmp_path / "a", tiny, config), import_codex(tmp_path / "b", tiny, config)
    assert first == second and first.n_documents == 3


def test_passage_choice_does_not_depend_on_order():
    urls = [f"u{n}" for n in range(50)]
    assert ottqa.chosen(urls, 7, 1) == ottqa.chosen(urls[::-1], 7, 1) != ottqa.chosen(urls, 7, 2)
    assert ottqa.chosen(urls, None, 1) == set(urls)


def test_missing_folder_and_bad_line_are_told(tiny, tmp_path):
    with pytest.raises(InputError, match="ottqa-web"):
        import_codex(tmp_path / "w", tmp_path / "codex", CodexConfig())
    (tiny / "codex/data/triples/codex-s/test.txt").write_text("Q1 P19 Q3\n")
    with pytest.raises(DataError, match=r"test.txt line 1"):
        read_facts(tiny)
    with pytest.raises(InputError, match="dev_revised"):
        read_redocred(tmp_path)


def test_need_data_says_what_to_set(monkeypatch, tmp_path):
    monkeypatch.delenv("REDSEARCHER_DATA", raising=False)
    assert data_dir() is None
    with pytest.raises(InputError, match="set it to the folder that holds codex"):
        need_data("codex")
    monkeypatch.setenv("REDSEARCHER_DATA", str(tmp_path))
    with pytest.raises(InputError, match="lacks codex"):
        need_data("codex")


def test_type_violations_count_by_property():
    entities = [Entity(id="a", label="A", type="person"), Entity(id="b", label="B", type="film")]
    facts = [Fact(subject="a", property="P19", object="b"), Fact(subject="b", property="P57", object="a")]
    assert type_violations(facts, entities) == {"P19": 1}


def test_glued_paragraphs_come_apart():
    assert extract_text(' It ended in 1990.Then "so it was."Born in Y.M.C.A. he left. ') == (
        'It ended in 1990.\nThen "so it was."\nBorn in Y.M.C.A. he left.'
    )


REDOCRED_ROW = {
    "title": "Ada Kern (singer)",
    "sents": [["Ada", "Kern", "was", "born", "in", "Tor", "."], ["She", "left", "Tor", "in", "1970", "."]],
    "vertexSet": [
        [{"type": "PER", "pos": [0, 2], "name": "Ada Kern", "sent_id": 0}],
        [
            {"type": "LOC", "pos": [5, 6], "name": "Tor", "sent_id": 0},
            {"type": "LOC", "pos": [2, 3], "name": "Tor", "sent_id": 1},
        ],
        [{"type": "TIME", "pos": [4, 5], "name": "1970", "sent_id": 1}],
    ],
    "labels": [{"r": "P19", "h": 0, "t": 1, "evidence": [0]}, {"r": "P570", "h": 0, "t": 2, "evidence": []}],
}


def test_redocred_mentions_and_evidence(tmp_path):
    (tmp_path / "redocred").mkdir()
    (tmp_path / "redocred" / "dev_revised.json").write_text(json.dumps([REDOCRED_ROW, REDOCRED_ROW | {"title": "Tor"}]))
    first, second = read_redocred(tmp_path)
    text = first.document.text
    assert text == "Ada Kern was born in Tor. She left Tor in 1970."
    assert [text[m.start : m.end] for m in first.mentions] == ["Ada Kern", "Tor", "Tor"]
    assert [entity.label for entity in first.entities] == ["Ada Kern", "Tor"]
    assert first.document.about == (first.entities[0].id,) and second.document.about == (first.entities[1].id,)
    assert [(row.fact.property, row.evidence) for row in first.facts] == [("P19", (0,))]
    import_redocred(tmp_path / "w", tmp_path)
    world = World(tmp_path / "w")
    (statements,) = world.statements.values()
    assert {(s.strength.value, text[s.start : s.end]) for s in statements} == {("strict", "Ada Kern was born in Tor.")}


@needs_codex
def test_real_facts_and_their_types():
    from redsearcher.world.importers.codex_entity import read_entities

    facts = read_facts(REAL)
    entities = read_entities(REAL, facts)
    assert len(facts) == 36_686 and len(entities) == 2_034
    assert sum(type_violations(facts, entities).values()) < 0.02 * len(facts)
    assert sum(entity.type == "thing" for entity in entities) == 0


@needs_redocred
def test_real_redocred_is_read_whole():
    pages = read_redocred(REAL)
    assert len(pages) == 500
    assert all(page.document.text[start:end].strip() for page in pages[:50] for start, end in page.sentences)
