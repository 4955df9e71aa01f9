"""Where pages stand once their own addresses are hidden: URL -> invented address, and back for who has the seed.

An address is drawn from the page's URL under a key, from nothing else: a page and the links that lead to it agree
without a list of pages, a page that is written anew keeps its address, and neither host nor path tells what the page
says, where it comes from or whether it is noise. The URL's 64-bit hash, permuted under the key, fills the path; a host
keeps to one form of paths, so an address reads back as one number and two numbers never share an address.
"""

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b

from redsearcher.records.world import Document, Link
from redsearcher.web.address.config import AddressConfig
from redsearcher.web.address.permutation import Permutation
from redsearcher.web.address.site import Site, Sites
from redsearcher.web.source.base import Mapped, Source

_LINKS_KEPT = 1 << 16


class AddressBook:
    """The addresses of one seed."""

    def __init__(self, config: AddressConfig) -> None:
        key = blake2b(str(config.seed).encode(), digest_size=32, person=b"addresses").digest()
        self._permutation = Permutation(key)
        self._key = key
        self._sites = Sites(config)
        self._linked = lru_cache(maxsize=_LINKS_KEPT)(self.address)

    def address(self, url: str) -> str:
        """Where the page of `url` stands; a URL that no page has gets an address too, which then is dead."""
        return self.place(page_number(url))

    def place(self, number: int) -> str:
        """The address of a page number."""
        site = self._site(number)
        return f"https://{site.host}{site.template.fill(self._permutation.forward(number))}"

    def number(self, address: str) -> int | None:
        """The page number that an address was made of; None for an address that is not of this book."""
        host, slash, path = address.removeprefix("https://").partition("/")
        site = self._sites.by_host.get(host)
        filled = site.template.read(slash + path) if site is not None else None
        if site is None or filled is None:
            return None
        number = self._permutation.back(filled)
        return number if self._site(number) is site else None

    def kind(self, address: str) -> str | None:
        """The kind of site that an address is on: encyclopedia, news, forum, shop, government, blog or archive."""
        site = self._sites.by_host.get(address.removeprefix("https://").partition("/")[0])
        return site.kind if site is not None else None

    def moved(self, document: Document) -> Document:
        """The page at its address, its links leading to addresses; its `origin` is where it stood, its id unchanged."""
        url = self.address(document.url)
        links = tuple(
            Link.model_construct(start=link.start, end=link.end, url=self._linked(link.url.partition("#")[0]))
            for link in document.links
        )
        site = url.removeprefix("https://").partition("/")[0]
        return document.model_copy(update={"url": url, "site": site, "links": links, "origin": document.url})

    def _site(self, number: int) -> Site:
        drawn = blake2b(self._key + number.to_bytes(8, "big"), digest_size=8).digest()
        return self._sites.pick(int.from_bytes(drawn, "big"))


def page_number(url: str) -> int:
    """64 bits that stand for a URL, the same for every seed."""
    return int.from_bytes(blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def addressed(source: Source, config: AddressConfig | None) -> Source:
    """The pages as a web shows them: at their addresses, or where they are if there are no settings."""
    return source if config is None else Mapped(source, AddressBook(config).moved, f"addresses {config.hash}")


def shown_url(config: AddressConfig | None) -> Callable[[str], str]:
    """What a web of these settings makes of a page's own URL."""
    return (lambda url: url) if config is None else AddressBook(config).address
