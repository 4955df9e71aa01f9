"""Opening pages over real connections: redirects, names that change their mind, bombs, drips, charsets."""

import gzip
import time
import zlib
from collections.abc import Iterator

import httpcore
import pytest

from redsearcher.errors import ToolError
from redsearcher.web.client.visitor.config import VisitorConfig
from redsearcher.web.client.visitor.content import to_page
from redsearcher.web.client.visitor.fetch import Fetched, Fetcher
from tests.web.client.visitor.site import (
    ARTICLE,
    HTML,
    PLAIN,
    PUBLIC,
    SECRET,
    Site,
    bomb,
    drip,
    drip_headers,
    endless,
    many_headers,
    names,
    packed,
    to,
)

ANSWERS = {
    "/fine": PLAIN + "grüße 王".encode(),
    "/article": HTML + ARTICLE.encode(),
    "/packed": packed(gzip.compress(ARTICLE[:200].encode()) + gzip.compress(ARTICLE[200:].encode())),
    "/deflated": packed(zlib.compress(ARTICLE.encode()), "deflate"),
    "/hop": to("/hop2", 301),
    "/hop2": to("http://other.example/fine", 307),
    "/loop": to("/loop"),
    "/metadata": to("http://169.254.169.254/latest/meta-data/"),
    "/metadata-name": to("http://metadata.google.internal/"),
    "/private": to("http://private.example/fine"),
    "/file": to("file:///etc/passwd"),
    "/decimal": to("http://2130706433/"),
    "/mapped": to("http://[::ffff:127.0.0.1]/"),
    "/port": to("http://good.example:6379/"),
    "/mixed": to("//mixed.example/"),
    "/bomb": bomb(),
    "/nested": packed(gzip.compress(bomb()), "gzip, gzip"),
    "/brotli": packed(b"x", "br"),
    "/lies": packed(b"not gzip at all"),
    "/cut": packed(gzip.compress(ARTICLE.encode())[:-12]),
    "/endless": endless,
    "/drip": drip,
    "/drip-headers": drip_headers,
    "/many-headers": many_headers,
    "/large": HTML.replace(b"Connection", b"Content-Length: 9999999\r\nConnection") + b"x" * 400_000,
    "/pdf": HTML.replace(b"text/html", b"application/pdf") + b"%PDF-1.7",
    "/pdf-in-disguise": HTML + b"%PDF-1.7",
    "/picture": HTML.replace(b"text/html", b"image/png") + b"\x89PNG",
    "/forbidden": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    "/odd-status": b"HTTP/1.1 799 Whatever\r\nContent-Length: 0\r\n\r\n",
    "/no-http": b"SSH-2.0-OpenSSH_9.6\r\n",
    "/silence": b"",
    "/empty": HTML + b"<html><body></body></html>",
    "/secret": PLAIN + SECRET,
}
LIMITS = VisitorConfig(timeout_s=0.6, max_bytes=300_000, max_inflated=1_000_000)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site(ANSWERS) as site:
        yield site


def fetcher(site: Site, config: VisitorConfig = LIMITS) -> Fetcher:
    resolve = names(
        good=[PUBLIC], other=["2606:4700::1"], private=["10.0.0.7"], mixed=[PUBLIC, "127.0.0.1"],
        zone=["fe80::1%eth0"], rebinding=[[PUBLIC], ["127.0.0.1"]],
    )  # fmt: skip
    return Fetcher(config, resolve, site.dial)


def test_a_page_comes_through_redirects_and_packing(site: Site) -> None:
    visitor = fetcher(site)
    site.dialled.clear()
    found = visitor.fetch("http://good.example/hop")
    assert (found.url, found.body.decode()) == ("http://other.example/fine", "grüße 王")
    assert site.dialled == [(PUBLIC, 80), (PUBLIC, 80), ("2606:4700::1", 80)]
    assert "Host: other.example\r\n" in site.asked[-1] and "cookie" not in site.asked[-1].lower()
    for path in ("/article", "/packed", "/deflated"):
        assert visitor.fetch(f"http://good.example{path}").body.decode() == ARTICLE


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/metadata", "not on the public web"), ("/metadata-name", "not on the public web"),
        ("/private", "not on the public web"), ("/file", "neither http nor https"), ("/decimal", "strange way"),
        ("/mapped", "not on the public web"), ("/port", "names port 6379"), ("/mixed", "not on the public web"),
        ("/loop", "over 5 redirects"), ("/bomb", "unpacks to over 1,000,000 bytes"), ("/nested", "not asked for"),
        ("/brotli", "not asked for"), ("/lies", "not packed as it says"), ("/cut", "not packed as it says"),
        ("/endless", "larger than 300,000 bytes"), ("/large", "larger than 300,000 bytes"),
        ("/drip", "did not answer within 0.6 s"), ("/drip-headers", "did not answer within 0.6 s"),
        ("/many-headers", "larger than|cannot be reached"), ("/forbidden", "403 Forbidden"), ("/odd-status", "799"),
        ("/no-http", "cannot be reached"), ("/silence", "cannot be reached"), ("/missing", "404 Not Found"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_said_in_time(site: Site, path: str, says: str) -> None:
    start = time.monotonic()
    with pytest.raises(ToolError, match=says):
        fetcher(site).fetch(f"http://good.example{path}")
    assert time.monotonic() - start < 30  # none goes on for ever; how fast is for benchmarks to say


@pytest.mark.parametrize("host", ["private", "mixed", "zone"])
def test_a_name_that_leads_inside_is_never_dialled(site: Site, host: str) -> None:
    site.dialled.clear()
    with pytest.raises(ToolError, match="not on the public web"):
        fetcher(site).fetch(f"http://{host}.example/secret")
    assert site.dialled == []


def test_a_name_that_changes_its_mind_leads_nowhere_else(site: Site) -> None:
    visitor = fetcher(site)
    site.dialled.clear()
    assert visitor.fetch("http://rebinding.example/fine").body  # looked up once, and that address dialled
    with pytest.raises(ToolError, match="not on the public web"):
        visitor.fetch("http://rebinding.example/secret")
    assert site.dialled == [(PUBLIC, 80)]


def test_a_name_that_takes_for_ever_to_look_up_ends_in_time(site: Site) -> None:
    def slow(_: str) -> list[str]:
        time.sleep(1.0)
        return [PUBLIC]

    with pytest.raises(ToolError, match=r"did not answer within 0\.2 s"):
        Fetcher(VisitorConfig(timeout_s=0.2), slow, site.dial).fetch("http://good.example/fine")


def test_a_second_address_is_tried_where_the_first_is_dead(site: Site) -> None:
    def dial(address: str, port: int, timeout_s: float) -> httpcore.NetworkStream:
        if address == "8.8.4.4":
            raise httpcore.ConnectError("dead")
        return site.dial(address, port, timeout_s)

    visitor = Fetcher(LIMITS, names(good=["8.8.4.4", PUBLIC]), dial)
    assert visitor.fetch("http://good.example/fine").body
    with pytest.raises(ToolError, match="cannot be reached"):
        visitor.fetch("http://nobody.example/fine")


def test_tls_is_spoken_to_the_name_and_checked(site: Site) -> None:
    with pytest.raises(ToolError, match=r"cannot be reached|did not answer"):
        fetcher(site).fetch("https://good.example/fine")  # plain HTTP behind the port


def test_html_becomes_markdown_with_whole_links() -> None:
    pytest.importorskip("trafilatura")
    page = to_page(Fetched("http://good.example/velm", "text/html", ARTICLE.encode()))
    assert page.title == "Velm & Osk"
    assert "[River Osk](http://good.example/osk_%28river%29)" in page.content and "Home" not in page.content
    long = ARTICLE.replace("</article>", "<p>one more line of it</p>" * 8_000 + "</article>")
    assert "River Osk" in to_page(Fetched("http://good.example/velm", "text/html", long.encode())).content


@pytest.mark.parametrize(
    ("kind", "body", "content"),
    [
        ("text/plain", "grüße".encode(), "grüße"),
        ("text/plain; charset=ISO-8859-1", "grüße €".encode("cp1252"), "grüße €"),
        ("text/plain; charset=gb2312", "北京大学".encode("gb18030"), "北京大学"),
        ("text/plain; charset=nonsense", "grüße".encode(), "grüße"),
        ("text/plain; charset=punycode", b"abc", "abc"),
        ("text/plain", "﻿mark".encode("utf-16"), "mark"),
        ("application/json", b'{"a":[1,"\\u00fc"]}', '{\n "a": [\n  1,\n  "ü"\n ]\n}'),
        ("application/ld+json", b"{broken", "{broken"),
        ("text/csv", b"a,b", "a,b"),
        ("", b"just text", "just text"),
    ],
)
def test_text_comes_as_it_is(kind: str, body: bytes, content: str) -> None:
    assert to_page(Fetched("http://good.example/x", kind, body)).content.lstrip("﻿") == content


@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        ("application/pdf", b"%PDF-1.7", "is a PDF"),
        ("text/html", b"%PDF-1.7", "is a PDF"),
        ("image/png", b"\x89PNG", "no text but image/png"),
        ("", b"\0\1\2", "no text but application/octet-stream"),
        ("text/html", b"<html><body></body></html>", "has no text"),
    ],
)
def test_what_is_no_text_says_so(kind: str, body: bytes, says: str) -> None:
    pytest.importorskip("trafilatura")
    with pytest.raises(ToolError, match=says):
        to_page(Fetched("http://good.example/x", kind, body))
