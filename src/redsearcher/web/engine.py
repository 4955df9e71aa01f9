"""A web to search and open: BM25 over title and text, pages by URL."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import tantivy
from pydantic_core import from_json

from redsearcher.core.hashing import content_hash
from redsearcher.errors import DataError, ToolError, boundary
from redsearcher.records.tool import Hit, Page, PageLink
from redsearcher.records.world import Document
from redsearcher.web.analysis import Analysis, Term
from redsearcher.web.build.segments import segments
from redsearcher.web.dense.fusion import fused
from redsearcher.web.dense.store import DenseIndex
from redsearcher.web.extract import extract, plain_url
from redsearcher.web.index import INDEX_FOLDER, WebInfo, read_info, register_analyzers
from redsearcher.web.passage import unpacked
from redsearcher.web.query import MAX_TERMS, ParsedQuery, QueryCompiler, field_of, parse
from redsearcher.web.snippet import SnippetMaker

_TIE = 1e-5  # scores closer than this share of their size are equal: 32-bit sums differ with the order of adding
Scored = tuple[float, tantivy.DocAddress]
_SPARE = 3  # results fetched beyond those asked for, so that ties at the cut are seen; if they are not, more are


class Ranked(NamedTuple):
    """A result with what it scored (BM25; 0 where no words were asked) and the id of its document."""

    hit: Hit
    score: float
    document: str


class Web:
    """A built web. Thread-safe; holds memory maps only."""

    def __init__(self, info: WebInfo, index: tantivy.Index, dense: DenseIndex | None = None) -> None:
        self.info, self._dense = info, dense
        self._searcher = index.searcher()
        self._schema = index.schema
        self._analysis = Analysis(stem=info.config.stem)
        self._compiler = QueryCompiler(self._schema, self._analysis)

    @classmethod
    def open(cls, path: Path) -> "Web":
        """Open a folder that `build_web` made. Raises InputError if it is none, DataError if it cannot be read."""
        info = read_info(path)
        with boundary(f"opening the index of {path}", raises=DataError):
            index = tantivy.Index.open(str(path / INDEX_FOLDER))
            index.config_reader(reload_policy="manual")
            register_analyzers(index, info.config)
        config = info.config.dense
        return cls(info, index, DenseIndex.open(path, config, segments(path / INDEX_FOLDER)) if config else None)

    def search(self, query: str, k: int, snippet_chars: int | None = None) -> list[Hit]:
        """The best `k` pages for a query, best first; equal scores in the order of document ids.

        `"a phrase"` must occur, `site:host` keeps one site; any text is a query, and one without words finds nothing.
        With a dense index (config `dense`), queries of words alone rank by both, fused; texts are compared by meaning.
        Where fewer than `k` pages hold the phrases of a query that has other words too, pages with their words follow.
        Lengths are in characters, by default those of the web's config.
        """
        return [hit for hit, _, _ in self._hits(query, k, snippet_chars)]

    def ranked(self, query: str, k: int, snippet_chars: int | None = None) -> list[Ranked]:
        """What `search` finds, with scores and document ids."""
        return [
            Ranked(hit, score, content_hash(page["origin"] or page["url"], page["text"]))
            for hit, score, page in self._hits(query, k, snippet_chars)
        ]

    def find(self, query: str, k: int) -> list[Document]:
        """What `search` finds, as whole documents: for those who audit the web rather than search it."""
        return [Document.model_validate_json(self._record(address)) for _, address in self._find(parse(query), k)]

    def _hits(self, query: str, k: int, snippet_chars: int | None) -> Iterator[tuple[Hit, float, dict[str, Any]]]:
        parsed = parse(query)
        found = self._find(parsed, k)
        idf = self._idf(self._compiler.terms(parsed)) if found else {}
        maker = SnippetMaker(self._analysis, idf, snippet_chars or self.info.config.snippet_chars)
        for rank, (score, address) in enumerate(found, 1):
            stored = self._searcher.doc(address)
            page: dict[str, Any] = from_json(stored["record"][0], cache_strings=False)
            spans = unpacked(data) if (data := stored["sentences"][0]) else None
            hit = Hit(
                rank=rank,
                url=page["url"],
                title=page["title"],
                snippet=maker.make(page["text"], page["title"], spans),
                site=page["site"],
                date=page["date"] or None,
            )
            yield hit, score, page

    def visit(self, url: str, goal: str, max_chars: int | None = None) -> Page:
        """The page at `url`, cut to what serves `goal`. Raises ToolError with advice if no page has that URL."""
        document = self._at(url)
        idf = self._idf(self._analysis.query_terms(goal, MAX_TERMS))
        shown = extract(document, idf, self._analysis, max_chars or self.info.config.visit_chars)
        return Page(
            url=document.url,
            title=document.title,
            text=shown.text,
            links=tuple(PageLink(text=document.text[li.start : li.end], url=li.url) for li in shown.links),
            n_chars=len(document.text),
            n_shown=shown.n_shown,
            truncated=shown.n_shown < len(document.text),
        )

    def resolve(self, url: str) -> str:
        """Id of the document at `url`. Raises ToolError if no page has that URL."""
        return self._at(url).id

    def document(self, document_id: str) -> Document:
        """The document of that id. Raises DataError if this web has none."""
        found = self._exact("id", document_id)
        if found is None:
            raise DataError(f"web {self.info.id} has no document {document_id!r}")
        return found

    def _at(self, url: str) -> Document:
        for candidate in _spellings(url):
            if (found := self._exact("url", candidate)) is not None:
                return found
        raise ToolError(
            f"no page at {_clean(url)[:300]!r}. Open a URL exactly as a search result or a link on a page gives it."
        )

    def _exact(self, field: str, value: str) -> Document | None:
        hits = self._run(tantivy.Query.term_query(self._schema, field, value), 1)
        return Document.model_validate_json(self._record(hits[0][1])) if hits else None

    def _record(self, address: tantivy.DocAddress) -> bytes:
        record: bytes = self._searcher.doc(address)["record"][0]
        return record

    def _find(self, parsed: ParsedQuery, k: int) -> list[Scored]:
        # Quotes and sites say which pages are wanted, which only words can tell.
        if self._dense is not None and k > 0 and parsed.words and not parsed.phrases and not parsed.sites:
            by_words = self._matching(parsed, max(k, self._dense.depth))
            return self._fused(parsed.words, by_words, self._dense)[:k]
        found = self._matching(parsed, k)
        if len(found) < k and parsed.unquoted is not None:
            there = {_place(address) for _, address in found}
            others = self._matching(parsed.unquoted, k + len(found))
            highest = found[-1][0] if found else math.inf
            found += [(min(score, highest), at) for score, at in others if _place(at) not in there][: k - len(found)]
        return found

    def _fused(self, words: str, by_words: list[Scored], dense: DenseIndex) -> list[Scored]:
        """Both rankings as one, then what else holds the words."""
        near = dense.nearest(words)
        addresses = {_place(address): address for _, address in [*by_words, *near]}
        found_keys = self._searcher.fast_field_values("key", list(addresses.values()))
        keys = {place: int(key or 0) for place, key in zip(addresses, found_keys, strict=True)}
        words_first, meaning = ([_place(at) for _, at in ranking] for ranking in (by_words[: dense.depth], near))
        both = fused([(1.0, words_first), (dense.weight, meaning)], keys.__getitem__)
        found = [(score, addresses[place]) for score, place in both]
        there = set(meaning)
        return found + [(0.0, at) for _, at in by_words[dense.depth :] if _place(at) not in there]

    def _matching(self, parsed: ParsedQuery, k: int) -> list[Scored]:
        compiled = self._compiler.compile(parsed)
        if compiled is None or k < 1:
            return []
        return self._best(compiled.query, k) if compiled.has_words else self._first(compiled.query, k)

    def _first(self, query: tantivy.Query, k: int) -> list[Scored]:
        hits = self._searcher.search(query, k, count=False, order_by_field="key", order=tantivy.Order.Asc).hits
        return [(0.0, address) for _, address in hits]

    def _best(self, query: tantivy.Query, k: int) -> list[Scored]:
        limit = k + _SPARE
        while True:
            hits = self._run(query, limit)
            cut = len(hits) if len(hits) < limit else _last_gap(hits)
            if cut >= k or len(hits) < limit:
                break
            limit *= 4
        hits = hits[:cut]
        keys = self._searcher.fast_field_values("key", [address for _, address in hits])
        order, rank = [], 0
        for number, (score, address) in enumerate(hits):
            rank += number > 0 and _apart(hits[number - 1][0], score)
            order.append((rank, keys[number], (score, address)))
        return [scored for _, _, scored in sorted(order, key=lambda item: item[:2])][:k]

    def _run(self, query: tantivy.Query, limit: int) -> list[tuple[float, Any]]:
        hits: list[tuple[float, Any]] = self._searcher.search(query, limit, count=False).hits
        return hits

    def _idf(self, terms: Sequence[Term]) -> dict[str, float]:
        """BM25's idf in page texts, by the form that reading compares; the lowest of the words that share a stem."""
        n = self._searcher.num_docs
        idf: dict[str, float] = {}
        for term in terms:
            n_with = self._searcher.doc_freq(field_of(term.indexed), term.indexed)
            value = math.log(1 + (n - n_with + 0.5) / (n_with + 0.5))
            idf[term.read] = min(value, idf.get(term.read, value))
        return idf


def _place(address: tantivy.DocAddress) -> tuple[int, int]:
    return address.segment_ord, address.doc


def _apart(higher: float, lower: float) -> bool:
    return higher - lower > _TIE * abs(higher)


def _last_gap(hits: Sequence[tuple[float, Any]]) -> int:
    """How many hits come before the last clear drop in score: the group after it may go on beyond what was fetched."""
    for number in range(len(hits) - 1, 0, -1):
        if _apart(hits[number - 1][0], hits[number][0]):
            return number
    return 0


def _storable(url: str) -> str:
    return url.encode("utf-8", "ignore").decode("utf-8").replace("\0", "").strip()


def _clean(url: str) -> str:
    return _storable(url).strip("<>\"'`")


def _spellings(url: str) -> list[str]:
    """A URL as given, then the ways in which models and browsers misspell it."""
    given = _clean(url)
    bare = given.split("#")[0].rstrip(".,;")
    whole = _storable(url)
    found = [*dict.fromkeys((whole, plain_url(whole), given, bare, plain_url(given), plain_url(bare)))]
    found += [unquote(form, errors="ignore") for form in found] + [
        quote(form, safe=":/?#[]@!$&'()*+,;=%") for form in found
    ]
    found += [form.rstrip("/") if form.endswith("/") else form + "/" for form in found]
    for form in list(found):
        if form.startswith("http://"):
            found.append("https://" + form.removeprefix("http://"))
        elif form.startswith("https://"):
            found.append("http://" + form.removeprefix("https://"))
        elif "://" not in form:
            found += [f"https://{form}", f"http://{form}"]
    return list(dict.fromkeys(form for form in found if form))
