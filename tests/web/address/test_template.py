"""Forms of paths: every number has its own path, and nothing else reads as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redsearcher.web.address.config import AddressConfig
from redsearcher.web.address.site import Sites
from redsearcher.web.address.template import Template

LISTS = {"word": tuple(f"{a}{b}" for a in "abcdefghijklmnop" for b in "abcdefghijklmnop"), "section": ("x", "y")}
SITES = list(Sites(AddressConfig(seed=3)).by_host.values())
TEMPLATES = list({site.template.pattern: site.template for site in SITES}.values())


def test_a_path_by_hand() -> None:
    template = Template("/{section}/{year}/{month}/{Word}-{hex4}/{dig14}.html", LISTS)
    number = 1 + 2 * (16 + 22 * (11 + 12 * (17 + 256 * (0xABC + 16**4 * 5))))
    assert template.fill(number) == "/y/2019/12/Bb-cba0/10000000000005.html"
    assert template.read("/y/2019/12/Bb-cba0/10000000000005.html") == number
    for near in (
        "/z/2019/12/Bb-cba0/10000000000005.html", "/y/2025/12/Bb-cba0/10000000000005.html",
        "/y/2019/13/Bb-cba0/10000000000005.html", "/y/2019/12/Bq-cba0/10000000000005.html",
        "/y/2019/12/Bb-cba0/00000000000005.html", "/y/2019/12/Bb-cba0/10000000000005.html2",
        "/y/2019/12/Bb-cba0/99999999999999.html",
    ):  # fmt: skip
        assert template.read(near) is None, near


def test_a_form_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="holds 40 bits"):
        Template("/a/{hex10}", LISTS)


def test_every_kind_has_sites_and_several_forms() -> None:
    kinds = {site.kind for site in SITES}
    assert kinds == {"encyclopedia", "news", "forum", "shop", "government", "blog", "archive"}
    assert len(SITES) == len({site.host for site in SITES}) == 7 * 60
    for kind in kinds:
        assert len({site.template.pattern for site in SITES if site.kind == kind}) >= 4


@given(st.sampled_from(TEMPLATES), st.integers(0, 2**64 - 1))
def test_paths_read_back(template: Template, number: int) -> None:
    for each in (number, 0, 2**64 - 1):
        assert template.read(template.fill(each)) == each


@given(st.sampled_from(TEMPLATES), st.text("abAB01-_/.?=&{}", max_size=40))
def test_what_reads_is_what_was_filled(template: Template, path: str) -> None:
    number = template.read(path)
    assert number is None or template.fill(number) == path
