"""MediaWiki dumps: which pages are articles, and what a reader sees of them."""

import bz2
from pathlib import Path

import pytest

pytest.importorskip("mwparserfromhell")

from redsearcher.errors import DataError
from redsearcher.records.world import Document
from redsearcher.web.source.base import Tally
from redsearcher.web.source.row import Defaults
from redsearcher.web.source.wiki import WikiDump
from redsearcher.web.source.wikitext import Plain, to_plain

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/" xml:lang="en"><siteinfo>
<base>https://wiki.example/wiki/Main_Page</base><namespaces><namespace key="0"/><namespace key="1">Talk</namespace>
<namespace key="14">Category</namespace></namespaces></siteinfo>"""
VELM = """{{Infobox town|name=Velm}}
'''Velm''' ({{IPA|v}}) is a [[town]] on the [[River Osk|Osk]]s.&lt;ref&gt;A book&lt;/ref&gt; It is
{{convert|5|km|mi}} long.&lt;!-- no --&gt;
[[File:Velm.png|thumb|The [[mill]]]]
== History ==
* Founded in [[1411#March|1411]]
* Burnt, [http://a.example twice]

== Empty ==
{{reflist}}
== Mills ==
{| class="wikitable"
! Mill !! Year
|-
| [[Old Mill]] || 1500
|}
[[Category:Towns]] [[de:Velm]] [[Talk:Velm|talk]]"""


def pages(*given: tuple[str, int, str]) -> str:
    return HEAD + "".join(
        f"<page><title>{title}</title><ns>{space}</ns><revision><timestamp>2020-05-06T07:08:09Z</timestamp>"
        f"<text>{text}</text></revision></page>"
        for title, space, text in given
    )


DUMP = pages(
    ("Velm", 0, VELM),
    ("Talk:Velm", 1, "Hello"),
    ("Old Velm", 0, "#REDIRECT [[Velm]]"),
    ("What?", 0, "A '''question''' of [[velm]]."),
    ("Nothing", 0, "{{delete}}"),
)


def read(file: Path, tally: Tally) -> list[Document]:
    return [placed.document for placed in WikiDump(file, Defaults("wiki", "zh"), tally).read()]


def plain(markup: str) -> Plain:
    return to_plain(markup, lambda target: f"https://w/{target}")


def test_articles_come_as_they_are_read(tmp_path: Path) -> None:
    file, tally = tmp_path / "dump.xml.bz2", Tally()
    file.write_bytes(bz2.compress((DUMP + "</mediawiki>").encode()))
    velm, what = read(file, tally)
    assert tally.dropped == {"other namespace": 1, "redirect": 1, "empty": 1}
    assert (velm.url, velm.site, velm.date, velm.lang) == (
        "https://wiki.example/wiki/Velm",
        "wiki.example",
        "2020-05-06",
        "en",
    )
    assert velm.text == (
        "Velm is a town on the Osks. It is\n5 km long.\n\nHistory\nFounded in 1411\nBurnt, twice\n\n"
        "Mills\nMill | Year\nOld Mill | 1500\n\ntalk\n"
    )
    assert [(velm.text[link.start : link.end], link.url.rsplit("/", 1)[1]) for link in velm.links] == [
        ("town", "Town"), ("Osk", "River_Osk"), ("1411", "1411"), ("Old Mill", "Old_Mill"),
    ]  # fmt: skip
    assert (what.url, what.text) == ("https://wiki.example/wiki/What%3F", "A question of velm.\n")


def test_a_dump_is_read_on_at_any_page(tmp_path: Path) -> None:
    file = tmp_path / "dump.xml"
    file.write_text(DUMP + "</mediawiki>")
    source = WikiDump(file, Defaults("wiki"), Tally())
    first, second = source.read()
    assert list(source.read(first.position)) == [second] and list(source.read(second.position)) == []


@pytest.mark.parametrize("skip_bad", [False, True])
def test_a_dump_that_is_cut_off(skip_bad: bool, tmp_path: Path) -> None:
    file, packed = tmp_path / "dump.xml", tmp_path / "dump.xml.bz2"
    file.write_text(DUMP[: DUMP.index("Nothing")])
    whole = bz2.compress(DUMP.encode())
    packed.write_bytes(whole[: len(whole) - 20])
    for each in (file, packed):
        tally = Tally(skip_bad=skip_bad)
        if skip_bad:
            read(each, tally)
            assert tally.dropped["bad"] == 1
        else:
            with pytest.raises(DataError, match=r"dump\.xml.* cannot be read behind page \d"):
                read(each, tally)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("a&nbsp;b &lt;i&gt;", "a b <i>\n"),
        ("x<br/>y", "x\ny\n"),
        ("''a'' '''b'''", "a b\n"),
        ("__TOC__ a <math>x^2</math> b", "a b\n"),
        ("{{lang|fr|eau}} and {{unknown|x}}", "eau and\n"),
        ("[[a|]] [[A (b)|b]]", "b\n"),
        ("{{broken [[link", "{{broken [[link\n"),
        ("\x02\x03\x04 marks", "marks\n"),
    ],
)
def test_markup(markup: str, expected: str) -> None:
    assert plain(markup).text == expected


def test_links_lie_in_the_text() -> None:
    text, links = plain("a  [[b]]  c [[d|  '''e'''  f ]]\n\n\n\n[[g]]")
    assert [(text[link.start : link.end], link.url) for link in links] == [
        ("b", "https://w/b"), ("e f", "https://w/d"), ("g", "https://w/g"),
    ]  # fmt: skip


def test_a_real_dump(real_data: Path) -> None:
    tally = Tally()
    file = next((real_data / "mediawiki-dump").glob("enwiki*.bz2"))
    source = WikiDump(file, Defaults("wiki"), tally)
    found = [placed.document for placed, _ in zip(source.read(), range(12), strict=False)]
    assert found[0].url == "https://en.wikipedia.org/wiki/Anarchism" and len(found) == 12
    assert found[0].text.startswith("Anarchism is a political philosophy that advocates self-governed societies")
    for page in found:
        assert "{{" not in page.text and "[[" not in page.text and len(page.links) > 20
        assert all(page.text[link.start : link.end].strip() for link in page.links)
