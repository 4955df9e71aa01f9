"""Retrieval quality on real questions: our web beside bm25s and tantivy with the same analysis, and with a dense index.

    python benchmarks/retrieval.py [--quick] [--ottqa] [--encoder lsa|FOLDER|URL]

Corpora under REDSEARCHER_DATA: 2Wiki, HotpotQA and MuSiQue (a question's gold are the titles it needs; recall@k is the
mean share of them among the first k pages), with --ottqa 170,000 encyclopedia pages too (gold: any page that holds the
answer). `title` is the share of pages found first by their exact title. Questions are asked as they are, quotes
included. bm25s has its defaults, k1 1.5 and b 0.75, over title and text as one, with our words less our stop words;
tantivy has k1 1.2 and b 0.75 over title and text as two fields. `+ lsa` fuses our search with a dense index whose
encoder is fitted on the corpus itself, its ranking times a weight. Prints a table and, last, one JSON line.
"""

import argparse
import io
import json
import os
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import tantivy
from rich.console import Console
from rich.table import Table

from redsearcher.records.world import Document
from redsearcher.web.analysis import STOP_WORDS, Analysis, word_analyzer
from redsearcher.web.builder import build_web
from redsearcher.web.config import WebConfig
from redsearcher.web.dense.config import DenseConfig
from redsearcher.web.dense.embed import embed_web
from redsearcher.web.engine import Web

KS = (2, 5, 10)
N_TITLES = 1_000
ANALYSIS = Analysis(stem=False)
Find = Callable[[str], list[int]]


class Question(NamedTuple):
    """A question and, for each thing it needs, the pages that would do."""

    text: str
    gold: list[set[int]]


class Corpus(NamedTuple):
    """Titles and texts by number, and questions over them."""

    name: str
    pages: list[tuple[str, str]]
    questions: list[Question]


def corpora(data: Path, with_ottqa: bool) -> Iterator[Corpus]:
    """Those that are there."""
    small = data / "multihop-small"
    pages = [(page["title"], page["text"]) for page in _json(small / "2wikimultihopqa_corpus.json")]
    asked = [(q["question"], q["ground_truth"]) for q in _json(small / "2wiki_101_questions_gold_titles.json")]
    yield _by_title("2Wiki", pages, asked)
    pages = [(title, "".join(text)) for title, text in _json(small / "hotpotqa_train_corpus.json").items()]
    asked = [
        (q["question"], [title for title, _ in q["supporting_facts"]]) for q in _json(small / "hotpotqa_train.json")
    ]
    yield _by_title("HotpotQA", pages, asked)
    pages = [(page["title"], page["text"]) for page in _json(small / "musique_train_corpus.json")]
    asked = [
        (q["question"], [paragraph["title"] for paragraph in q["paragraphs"] if paragraph["is_supporting"]])
        for q in _json(small / "musique_train.json")
    ]
    yield _by_title("MuSiQue", pages, asked)
    if with_ottqa:
        yield _ottqa(data / "ottqa-web")


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _by_title(name: str, pages: list[tuple[str, str]], asked: list[tuple[str, list[str]]]) -> Corpus:
    numbers: dict[str, set[int]] = {}
    for number, (title, _) in enumerate(pages):
        numbers.setdefault(title, set()).add(number)
    questions = [Question(text, [numbers[title] for title in dict.fromkeys(titles)]) for text, titles in asked]
    return Corpus(name, pages, questions)


def _ottqa(folder: Path) -> Corpus:
    import zstandard

    with (folder / "passages.jsonl.zst").open("rb") as file:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8")
        passages = [json.loads(line) for line in lines]
    numbers = {passage["url"]: number for number, passage in enumerate(passages)}
    questions = []
    for line in (folder / "dev_questions_quarter.jsonl").read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        gold = {numbers[node[2]] for node in question["answer-node"] if node[2] in numbers}
        questions += [Question(question["question"], [gold])] if gold else []
    return Corpus("OTT-QA", [(passage["title"], passage["text"]) for passage in passages], questions)


def our_web(corpus: Corpus, folder: Path) -> Web:
    """A web of the corpus with the default settings; a page's number is its path."""
    pages = (
        Document(url=f"https://corpus.example/{number}", site="corpus.example", kind="page", title=title, text=text)
        for number, (title, text) in enumerate(corpus.pages)
    )
    build_web(folder, pages, WebConfig(writer_threads=1), world_id=corpus.name, lang="en")
    return Web.open(folder)


def embedded(folder: Path, config: DenseConfig) -> Web:
    """The same web with a dense index."""
    embed_web(folder, config, _Silent())
    return Web.open(folder)


class _Silent:
    def advance(self, n: int = 1, note: str = "") -> None: ...

    def skip(self, n: int, note: str = "") -> None: ...


def by_web(web: Web) -> Find:
    """Our search, snippets and all."""
    return lambda query: [int(hit.url.rsplit("/", 1)[1]) for hit in web.search(query, max(KS))]


def by_bm25s(corpus: Corpus) -> Find:
    """bm25s over the words of our analysis."""
    import bm25s

    def words(text: str) -> list[str]:
        return [word for word in ANALYSIS.phrase_words(text) if word not in STOP_WORDS]

    model = bm25s.BM25(k1=1.5, b=0.75)
    model.index([words(f"{title} {text}") for title, text in corpus.pages], show_progress=False)

    def find(query: str) -> list[int]:
        asked = [word for word in words(query) if word in model.vocab_dict]
        return list(map(int, model.retrieve([asked], k=max(KS), show_progress=False)[0][0])) if asked else []

    return find


def by_bm25s_alone(corpus: Corpus) -> Find:
    """bm25s as it comes, with its English stop words."""
    import bm25s

    model = bm25s.BM25(k1=1.5, b=0.75)
    pages = [f"{title} {text}" for title, text in corpus.pages]
    model.index(bm25s.tokenize(pages, stopwords="en", show_progress=False), show_progress=False)

    def find(query: str) -> list[int]:
        asked = bm25s.tokenize([query], stopwords="en", show_progress=False)
        return list(map(int, model.retrieve(asked, k=max(KS), show_progress=False)[0][0]))

    return find


def by_tantivy(corpus: Corpus) -> Find:
    """tantivy over two fields of equal weight, asked for the words that our search asks for."""
    builder = tantivy.SchemaBuilder()
    for name in ("title", "text"):
        builder.add_text_field(name, tokenizer_name="words", index_option="freq")
    builder.add_unsigned_field("number", fast=True)
    schema = builder.build()
    index = tantivy.Index(schema)
    index.register_tokenizer("words", word_analyzer(stem=False))
    writer = index.writer(128 << 20, 1)
    for number, (title, text) in enumerate(corpus.pages):
        writer.add_document(tantivy.Document.from_dict({"title": title, "text": text, "number": number}, schema))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def find(query: str) -> list[int]:
        words = [term.indexed for term in ANALYSIS.query_terms(query, 64)]
        clauses = [tantivy.Query.term_query(schema, field, word) for word in words for field in ("title", "text")]
        asked = tantivy.Query.boolean_query([(tantivy.Occur.Should, clause) for clause in clauses])
        hits = searcher.search(asked, max(KS), count=False).hits
        return [int(number or 0) for number in searcher.fast_field_values("number", [at for _, at in hits])]

    return find


def score(corpus: Corpus, find: Find) -> dict[str, float]:
    """Recall in percent at each k, and pages found first by their title."""
    shares: dict[int, list[float]] = {k: [] for k in KS}
    for question in corpus.questions:
        found = find(question.text)
        for k in KS:
            shares[k].append(sum(bool(gold & set(found[:k])) for gold in question.gold) / len(question.gold))
    asked = random.Random(1).sample(range(len(corpus.pages)), min(N_TITLES, len(corpus.pages)))
    titles = [corpus.pages[number][0] for number in asked]
    first = [bool(found := find(title)) and corpus.pages[found[0]][0] == title for title in titles]
    result = {f"recall@{k}": 100 * sum(shares[k]) / len(shares[k]) for k in KS}
    return {name: round(value, 1) for name, value in result.items()} | {
        "title": round(100 * sum(first) / len(first), 1)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the first 20 questions of each corpus, 50 titles")
    parser.add_argument("--ottqa", action="store_true", help="also 170,000 encyclopedia pages")
    parser.add_argument("--encoder", default="lsa", help="of the dense index: lsa is fitted on the corpus itself")
    parser.add_argument("--model", default="", help="name of the model, where the encoder is an API")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("REDSEARCHER_DATA", "../shared/data")))
    options = parser.parse_args()
    table = Table("corpus", "pages", "questions", "ranking", *(f"recall@{k}" for k in KS), "title first")
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for corpus in corpora(options.data, options.ottqa):
        if options.quick:
            corpus = corpus._replace(questions=corpus.questions[:20])
        with tempfile.TemporaryDirectory() as folder:
            rankings = {
                "ours": by_web(our_web(corpus, Path(folder) / "web")),
                "bm25s, our words": by_bm25s(corpus),
                "bm25s": by_bm25s_alone(corpus),
                "tantivy, two fields": by_tantivy(corpus),
            }
            figures[corpus.name] = {name: score(corpus, find) for name, find in rankings.items()}
            for weight, kept_as in ((1.0, "f16"), (1.0, "i8"), (0.1, "f16"), (0.03, "f16"), (0.01, "f16")):
                dense = DenseConfig(encoder=options.encoder, model=options.model, weight=weight, kept_as=kept_as)
                web = embedded(Path(folder) / "web", dense)
                figures[corpus.name][f"+ {options.encoder} x {weight} ({kept_as})"] = score(corpus, by_web(web))
        for name, row in figures[corpus.name].items():
            sizes = (f"{len(corpus.pages):,}", str(len(corpus.questions)))
            table.add_row(corpus.name, *sizes, name, *(f"{value:.1f}" for value in row.values()))
    Console(width=120).print(table)
    print(json.dumps({"benchmark": "retrieval", "corpora": figures}))


if __name__ == "__main__":
    main()
