"""The engines that `web.py` compares, behind one form: `build(folder, pages)`, `open(folder)`, and a search of tokens.

All get the same tokens: the words of our analysis, queries without its stop words, each word once.
"""

import itertools
import json
import sqlite3
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import tantivy

from redsearcher.records.world import Document
from redsearcher.web.analysis import Analysis, word_analyzer
from redsearcher.web.builder import build_source
from redsearcher.web.config import TITLE_WEIGHT, WebConfig
from redsearcher.web.engine import Web
from redsearcher.web.index import INDEX_FOLDER
from zipf import Pages

K = 10
WRITER_THREADS = 1
K1, B = 1.2, 0.75
Search = Callable[[str], object]
ANALYSIS = Analysis(stem=False)


class Engine(Protocol):
    """One engine in a folder of its own; `searches` are the ways to ask what was built, by name."""

    def build(self, folder: Path, pages: Pages) -> None: ...

    def searches(self, folder: Path) -> dict[str, Search]: ...


def terms(query: str) -> list[str]:
    """What every engine is asked."""
    return [term.indexed for term in ANALYSIS.query_terms(query, 64)]


def _any(schema: tantivy.Schema, query: str, fields: dict[str, float]) -> tantivy.Query:
    clauses = []
    for term in terms(query):
        for field, weight in fields.items():
            clause = tantivy.Query.term_query(schema, field, term)
            clauses.append(clause if weight == 1 else tantivy.Query.boost_query(clause, weight))
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, clause) for clause in clauses])


def _opened(folder: Path) -> tuple[tantivy.Schema, tantivy.Searcher]:
    index = tantivy.Index.open(str(folder))
    index.config_reader(reload_policy="manual")
    index.register_tokenizer("rs_words", word_analyzer(stem=False))
    return index.schema, index.searcher()


class Ours:
    """The web, everything on; then the engine under it asked over the same field, without and with the stored page."""

    def build(self, folder: Path, pages: Pages) -> None:
        build_source(folder / "web", pages, WebConfig(writer_threads=WRITER_THREADS), world_id="bench", lang="en")

    def searches(self, folder: Path) -> dict[str, Search]:
        web = Web.open(folder / "web")
        schema, searcher = _opened(folder / "web" / INDEX_FOLDER)

        def raw(query: str) -> list[Any]:
            return list(searcher.search(_any(schema, query, {"words": 1}), K, count=False).hits)

        def raw_with_pages(query: str) -> list[Any]:
            return [searcher.doc(address)["record"][0] for _, address in raw(query)]

        return {"ours": lambda query: web.search(query, K), "engine": raw, "engine+pages": raw_with_pages}


class Raw:
    """tantivy as most lay it out: title and text as two stored fields; then with its own snippets."""

    def build(self, folder: Path, pages: Pages) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("url", tokenizer_name="raw", stored=True)
        for name in ("title", "text"):
            builder.add_text_field(name, tokenizer_name="rs_words", stored=True)
        index = tantivy.Index(builder.build(), path=str(folder))
        index.register_tokenizer("rs_words", word_analyzer(stem=False))
        writer = index.writer(256 << 20, 1)
        for page in pages:
            writer.add_document(tantivy.Document(url=page.url, title=page.title, text=page.text))
        writer.commit()
        writer.wait_merging_threads()

    def searches(self, folder: Path) -> dict[str, Search]:
        schema, searcher = _opened(folder)
        fields = {"title": 0.5, "text": 1.0}

        def hits(query: str) -> list[Any]:
            return list(searcher.search(_any(schema, query, fields), K, count=False).hits)

        def with_snippets(query: str) -> list[tuple[str, str, str]]:
            asked = _any(schema, query, fields)
            maker = tantivy.SnippetGenerator.create(searcher, asked, schema, "text")
            maker.set_max_num_chars(320)
            pages = [searcher.doc(address) for _, address in searcher.search(asked, K, count=False).hits]
            return [(page["url"][0], page["title"][0], maker.snippet_from_doc(page).fragment()) for page in pages]

        return {"tantivy, two fields": hits, "tantivy, two fields, its snippets": with_snippets}


class Bm25s:
    """bm25s with numba over title and text as one: scores of every word and page, in memory."""

    def build(self, folder: Path, pages: Pages) -> None:
        import bm25s

        numbers: dict[str, int] = {}
        model = bm25s.BM25(k1=K1, b=B, backend="numba")
        found = [_numbered(page, numbers) for page in pages]
        model.index((found, numbers), show_progress=False)
        model.save(str(folder))

    def searches(self, folder: Path) -> dict[str, Search]:
        import bm25s

        model = bm25s.BM25.load(str(folder), mmap=False)
        model.backend = "numba"
        model.activate_numba_scorer()
        model.retrieve([list(itertools.islice(model.vocab_dict, 3))], k=K, show_progress=False)  # compiles

        def search(query: str) -> object:
            asked = [term for term in terms(query) if term in model.vocab_dict]
            return model.retrieve([asked], k=K, show_progress=False, n_threads=0) if asked else None

        return {"bm25s": search}


def _numbered(page: Document, numbers: dict[str, int]) -> Sequence[int]:
    words = ANALYSIS.phrase_words(f"{page.title} {page.text}")
    return array("i", [numbers.setdefault(word, len(numbers)) for word in words])


class Fts5:
    """SQLite's full-text index over title and text, pages not stored in it."""

    def build(self, folder: Path, pages: Pages) -> None:
        with sqlite3.connect(folder / "fts5.db") as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(
                "CREATE VIRTUAL TABLE page USING fts5"
                "(title, text, content='', tokenize='unicode61 remove_diacritics 0')"
            )
            rows = ((_joined(page.title), _joined(page.text)) for page in pages)
            connection.executemany("INSERT INTO page (title, text) VALUES (?, ?)", rows)
            connection.execute("INSERT INTO page (page) VALUES ('optimize')")
        connection.close()

    def searches(self, folder: Path) -> dict[str, Search]:
        connection = sqlite3.connect(f"file:{folder / 'fts5.db'}?mode=ro", uri=True, check_same_thread=False)

        def search(query: str) -> object:
            asked = " OR ".join(f'"{term}"' for term in terms(query))
            found = f"SELECT rowid FROM page WHERE page MATCH ? ORDER BY bm25(page, {TITLE_WEIGHT}, 1) LIMIT {K}"
            return connection.execute(found, (asked,)).fetchall() if asked else None

        return {"SQLite FTS5": search}


def _joined(text: str) -> str:
    return " ".join(ANALYSIS.phrase_words(text))


ENGINES: dict[str, Engine] = {"ours": Ours(), "tantivy": Raw(), "bm25s": Bm25s(), "fts5": Fts5()}


def texts_of(folder: Path) -> Iterator[str]:
    """Real texts whose words the invented pages are made of."""
    for name in sorted((folder / "multihop-small").glob("*corpus.json")):
        found = json.loads(name.read_text(encoding="utf-8"))
        for page in found if isinstance(found, list) else ({"title": k, "text": " ".join(v)} for k, v in found.items()):
            yield f"{page['title']} {page['text']}"
    for query, text in json.loads((folder / "search-cache" / "arpo_search_cache.json").read_text("utf-8")).items():
        yield f"{query} {text}"
