"""Passages in the shape of Search-R1's retrieval server."""

from typing import Any

from redsearcher.core.hashing import content_hash
from redsearcher.web.engine import Ranked
from redsearcher.web.server.ask import RetrieveAsk
from redsearcher.web.server.served import Pages

Json = dict[str, Any]


def retrieve_reply(web: Pages, ask: RetrieveAsk) -> Json:
    """For each query its best passages: the title in quotes on a line of its own, then what the page says to it.

    A passage's `id` is a hash of its page's URL: the documents' own ids are the operator's.
    """
    topk = ask.topk or web.info.config.n_results
    rows = [web.ranked(query, topk, ask.passage_chars) for query in ask.queries]
    return {"result": [[_row(found, ask.return_scores) for found in row] for row in rows]}


def _row(found: Ranked, scored: bool) -> Json:
    document = {
        "id": content_hash(found.hit.url),
        "contents": f'"{found.hit.title}"\n{found.hit.snippet}',
        "url": found.hit.url,
    }
    return {"document": document, "score": found.score} if scored else document
