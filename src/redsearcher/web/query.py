"""Reading a query as people type it: words, "quoted phrases", site: filters; no text is a syntax error."""

import re
from typing import NamedTuple

import tantivy

from redsearcher.web.analysis import Analysis, Term, is_han, phrase_grams

WORDS, GRAMS = "words", "grams"
MAX_QUERY_CHARS = 2_000
MAX_TERMS = 64
_SITE = re.compile(r"(?<!\S)site:\s?(\S+)", re.IGNORECASE)
_PHRASE = re.compile(r'"([^"]*)"|“([^”]*)”')
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://")


class ParsedQuery(NamedTuple):
    """`words` ranks, every one of `phrases` must occur, the site must be one of `sites` if there are any."""

    words: str
    phrases: tuple[str, ...]
    sites: tuple[str, ...]

    @property
    def unquoted(self) -> "ParsedQuery | None":
        """What to fill up with where few pages hold the phrases: their words among the others; None without others."""
        if not self.phrases or not self.words:
            return None
        return ParsedQuery(" ".join([self.words, *self.phrases]), (), self.sites)


def parse(query: str) -> ParsedQuery:
    """Take a query apart. An unclosed quote and an empty `site:` count as plain text."""
    text = query[:MAX_QUERY_CHARS].encode("utf-8", "ignore").decode("utf-8").replace("\0", " ")
    phrases: list[str] = []

    def take(found: re.Match[str]) -> str:
        phrases.append(found[1] or found[2] or "")
        return " "

    text = _PHRASE.sub(take, text)
    sites = [site_name(site) for site in _SITE.findall(text)]
    return ParsedQuery(
        words=_SITE.sub(" ", text).strip(),
        phrases=tuple(phrase for phrase in phrases if phrase.strip()),
        sites=tuple(site for site in sites if site),
    )


def site_name(site: str) -> str:
    """Host of a site as typed: lower case, without scheme, path, and `www.`."""
    host = _SCHEME.sub("", site.strip().strip("\"'").lower()).split("/")[0]
    return host.removeprefix("www.").strip(".")


def site_terms(site: str) -> list[str]:
    """A site and the domains above it, so that `site:example` also finds `news.example`."""
    labels = site_name(site).split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]


class Compiled(NamedTuple):
    """An index query; without words in it, every page it finds scores alike."""

    query: tantivy.Query
    has_words: bool


class QueryCompiler:
    """Makes index queries over the fields words and grams (Chinese)."""

    def __init__(self, schema: tantivy.Schema, analysis: Analysis) -> None:
        self._schema, self._analysis = schema, analysis

    def terms(self, parsed: ParsedQuery) -> list[Term]:
        """Terms that rank, those of the phrases included: what snippets look for."""
        return self._analysis.query_terms(" ".join([parsed.words, *parsed.phrases]), MAX_TERMS)

    def compile(self, parsed: ParsedQuery) -> Compiled | None:
        """The query to run, or None where nothing in it can be searched."""
        required = [query for phrase in parsed.phrases for query in self._phrase(phrase)]
        optional: list[tantivy.Query] = []
        terms = self._analysis.query_terms(parsed.words, MAX_TERMS)
        if terms:
            ranking = self._any([self._exact(field_of(term.indexed), term.indexed) for term in terms])
            # Beside a phrase, which must occur, the other words only rank.
            (optional if required else required).append(ranking)
        has_words = bool(required)
        if parsed.sites:
            filters = self._any([self._exact("site", site) for site in parsed.sites])
            required.append(tantivy.Query.const_score_query(filters, 0.0))
        if not required:
            return None
        if len(required) == 1 and not optional:
            return Compiled(required[0], has_words)
        must, should = tantivy.Occur.Must, tantivy.Occur.Should
        clauses = [(must, query) for query in required] + [(should, query) for query in optional]
        return Compiled(tantivy.Query.boolean_query(clauses), has_words)

    def _phrase(self, phrase: str) -> list[tantivy.Query]:
        parts = [self._analysis.phrase_words(phrase)]
        parts += [phrase_grams(run) for run in self._analysis.runs(phrase)]
        return [self._in_order(part[:MAX_TERMS]) for part in parts if part]

    def _in_order(self, terms: list[str]) -> tantivy.Query:
        field = field_of(terms[0])
        if len(terms) == 1:
            return self._exact(field, terms[0])
        return tantivy.Query.phrase_query(self._schema, field, list(terms))

    def _any(self, clauses: list[tantivy.Query]) -> tantivy.Query:
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, clause) for clause in clauses])

    def _exact(self, field: str, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, term)


def field_of(term: str) -> str:
    """The field that holds a term."""
    return GRAMS if is_han(term) else WORDS
