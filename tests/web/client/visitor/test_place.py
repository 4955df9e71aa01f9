"""Where a visitor may go, URL by URL."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.errors import ToolError
from redsearcher.web.client.visitor.place import is_public, next_target, read_target

NASTY = [
    # other schemes
    "file:///etc/passwd", "gopher://good.example/_GET", "ftp://good.example/", "data:text/html,x",
    "javascript:alert(1)",
    "dict://good.example:11211/stat", "ldap://good.example/", "jar:http://good.example!/", "//good.example/",
    "good.example",
    "", "http:", "http://", "http:///etc/passwd", "unix:///var/run/docker.sock", "ws://good.example/",
    # this machine and its network
    "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/",
    "http://0177.0.0.1/", "http://017700000001/", "http://127.0.0.1./", "http://127.000.000.001/", "http://0/", "http://0.0.0.0/",
    "http://localhost/", "http://LOCALHOST./", "http://a.localhost/", "http://printer.local/", "http://router/", "http://10.0.0.1/",
    "http://192.168.1.1/", "http://172.16.0.1/", "http://172.31.255.255/", "http://100.64.0.1/", "http://169.254.169.254/latest/",
    "http://169.254.1.1/", "http://224.0.0.1/", "http://239.255.255.250/", "http://240.0.0.1/", "http://255.255.255.255/",
    "http://192.0.2.1/", "http://198.18.0.1/", "http://198.51.100.1/", "http://203.0.113.1/", "http://192.88.99.1/",
    # clouds
    "http://metadata.google.internal/computeMetadata/v1/", "http://metadata/", "http://100.100.100.200/latest/",
    "http://192.0.0.192/latest/", "http://168.63.129.16/", "http://[fd00:ec2::254]/latest/", "http://2852039166/",
    # IPv6 and IPv4 within it
    "http://[::1]/", "http://[::]/", "http://[::ffff:10.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::ffff:8.8.8.8]/",
    "http://[::127.0.0.1]/", "http://[64:ff9b::10.0.0.1]/", "http://[64:ff9b:1::a00:1]/", "http://[2002:a00:1::]/",
    "http://[2002:7f00:1::1]/", "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/", "http://[fd12:3456::1]/", "http://[fec0::1]/", "http://[ff02::1]/", "http://[2001:db8::1]/",
    "http://[2600:1f18::5efe:a00:1]/", "http://[::1", "http://[v1.x]/", "http://[0:0:0:0:0:0:0:1]/",
    # spelled to be read in two ways
    "http://user@good.example/", "http://user:pw@127.0.0.1/", "http://good.example@127.0.0.1/", "http://127.0.0.1#@good.example/",
    "http://127.0.0.1\\@good.example/", "http://good.example\\.evil.example/", "http://good.exa mple/", "http://good\t.example/",
    "http://good.example/\r\nHost: x", "http://%31%32%37.0.0.1/", "http://１２７.0.0.1/", "http://127。0。0。1/", "http://①②⑦.⓪.⓪.①/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://good..example/", "http://.example/", "http://-a.example/", "http://a_.例え。１", "http://1.2.3.4.5/",
    "http://good.example.0x7f/", "http://1.2.3/", "http://0xa9.0xfe.0xa9.0xfe/", "http://\x00good.example/",
    # ports
    "http://good.example:22/", "http://good.example:6379/", "https://good.example:8443/", "http://good.example:0/",
    "http://good.example:99999/", "http://good.example:-1/", "http://good.example:8o/", "http://93.184.215.14:25/",
    "http://good.example/" + "a" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("url", NASTY)
def test_no_visitor_goes_there(url: str) -> None:
    with pytest.raises(ToolError) as refused:
        read_target(url)
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize(
    ("url", "host", "port", "again"),
    [
        ("http://good.example", "good.example", 80, "http://good.example/"),
        ("HTTPS://Good.Example./a b".replace(" ", "%20"), "good.example", 443, "https://good.example/a%20b"),
        ("http://good.example:80/?q=1&r=ü#top", "good.example", 80, "http://good.example/?q=1&r=%C3%BC"),
        ("http://good.example:443/", "good.example", 443, "http://good.example:443/"),
        (
            "https://bücher.example/Żór_(x)",
            "xn--bcher-kva.example",
            443,
            "https://xn--bcher-kva.example/%C5%BB%C3%B3r_(x)",
        ),
        ("https://8.8.8.8/", "8.8.8.8", 443, "https://8.8.8.8/"),
        ("https://[2606:4700::6810:84E5]/x", "2606:4700::6810:84e5", 443, "https://[2606:4700::6810:84e5]/x"),
        ("http://a_b.good.example:/", "a_b.good.example", 80, "http://a_b.good.example/"),
        (" http://good.example/ ", "good.example", 80, "http://good.example/"),
    ],
)
def test_public_places_are_read_once_and_for_all(url: str, host: str, port: int, again: str) -> None:
    target = read_target(url)
    assert (target.host, target.port, target.url) == (host, port, again)
    assert read_target(target.url) == target


def test_redirects_are_read_like_other_urls() -> None:
    start = read_target("https://good.example/a/b?c")
    assert next_target(start, "../d", (80, 443)).url == "https://good.example/d"
    assert next_target(start, "//other.example/x", (80, 443)).url == "https://other.example/x"
    for location in (
        "http://169.254.169.254/",
        "//127.1/",
        "file:///etc/passwd",
        "http://[::1]/",
        "https://x@good.example",
    ):
        with pytest.raises(ToolError):
            next_target(start, location, (80, 443))


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_public_means_global_and_no_address_within_another(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if not is_public(address):
        return
    assert address.is_global and not (address.is_private or address.is_loopback or address.is_link_local)
    assert not (address.is_multicast or address.is_reserved or address.is_unspecified)
    if isinstance(address, ipaddress.IPv6Address):
        assert address.ipv4_mapped is None and address.sixtofour is None and address.teredo is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.text(max_size=10))
def test_any_text_is_read_or_refused(host: str, path: str) -> None:
    for url in (host, f"http://{host}/{path}", f"https://good.example/{path}?{host}#{path}"):
        try:
            target = read_target(url)
        except ToolError:
            continue
        assert target.url.isascii() and read_target(target.url) == target
        assert target.address is None or is_public(target.address)
