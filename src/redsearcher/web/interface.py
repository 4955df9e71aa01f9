"""The fingerprint of what a policy sees: tool schemas and the text of observations."""

from redsearcher.records.tool import Hit, Page, PageLink, interface_hash
from redsearcher.web.render import (
    BETWEEN_PAGES,
    BETWEEN_QUERIES,
    render_error,
    render_missing,
    render_page,
    render_results,
)

_LINK = PageLink(text="River Osk", url="https://atlas.example/osk_(river)")
_HIT = Hit(
    rank=1,
    url="https://atlas.example/velm_(town)",
    title="Velm",
    snippet="Velm lies on the River Osk ...",
    site="atlas.example",
)
_PAGE = Page(
    url="https://atlas.example/velm_(town)",
    title="Velm",
    text="Velm lies on the [River Osk](https://atlas.example/osk_%28river%29).\n\n[...]\n\nIt has a mill.",
    links=(_LINK,),
    n_chars=1234,
    n_shown=43,
    truncated=True,
)
SAMPLES = (
    BETWEEN_QUERIES.join(
        [
            render_results("mills on the Osk", [_HIT, _HIT.model_copy(update={"rank": 2, "date": "1987-03-02"})]),
            render_results("nothing", []),
        ]
    ),
    BETWEEN_PAGES.join(
        [
            render_page(_PAGE),
            render_page(_PAGE.model_copy(update={"truncated": False})),
            render_missing("https://atlas.example/gone", "no page"),
        ]
    ),
    render_error("query is empty"),
)
INTERFACE_HASH = interface_hash(*SAMPLES)
