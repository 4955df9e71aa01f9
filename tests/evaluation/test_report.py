"""The report says what the run says, escapes what it quotes, and needs no network."""

import re

from redsearcher.evaluation.report.page import render
from redsearcher.evaluation.report.picture import COLOURS, draw
from redsearcher.records.query import Role
from tests.evaluation.toy import LABELS, QUERY, report_input


def test_report_holds_the_figures() -> None:
    page = render(report_input())
    assert "Salt &amp; Silence" in page
    assert "&lt;1&gt;" in page
    assert "no clique is stated by two pages" in page
    assert "not unique: 1" in page
    assert "Solved" in page
    assert "Wrong answer" in page
    assert "No answer" in page
    body = page[page.index("<body>") :]
    assert "<1>" not in body
    assert not re.search(r'(?:src|href)="https?:', body)


def test_report_is_deterministic() -> None:
    assert render(report_input()) == render(report_input())


def test_picture_colours_roles_and_names_all_nodes() -> None:
    picture = draw(QUERY, LABELS, {"P57": "director"})
    for role in Role:
        assert COLOURS[role] in picture
    for name in ("Mira Tolen", "Karsholm", "Salt &amp; Silence", "director", "1950 – 1959"):
        assert name in picture
