"""`redsearcher web build`, `import-cache`, `append`, `delete`: what pages a web has."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from redsearcher.cli import say
from redsearcher.cli.option import ConfigFile, OutPath

if TYPE_CHECKING:
    from redsearcher.core.progress import Progress
    from redsearcher.web.source.base import Source, Tally

_SOURCES = (
    "Worlds; .jsonl of Documents or {url, title, text, date?, site?}; .parquet; MediaWiki .xml (each also .zst, .gz, "
    ".bz2); folders of .parquet or of .md, .html, .txt, .jsonl."
)
Sources = Annotated[list[Path], typer.Argument(help=_SOURCES, metavar="SOURCE...")]
WebFolder = Annotated[Path, typer.Argument(help="Folder of a web.", metavar="WEB")]
Lang = Annotated[
    Literal["en", "zh"] | None, typer.Option(help="Language of pages that name none (default: the world's, else en).")
]
Site = Annotated[str, typer.Option(help="Host of pages whose address is no URL (default: the file's name).")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Count bad records and go on.")]
SameUrl_ = Annotated[
    Literal["error", "first"], typer.Option(help="Of pages with one URL: refuse them, or keep the first.")
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Begin anew, whatever is there.")]
ObfuscateSeed = Annotated[
    int | None,
    typer.Option(help="Show pages under invented addresses, drawn from this number; who searches must not know it."),
]
Noise = Annotated[Path | None, typer.Option("--noise", help="Pages to mix in beside the sources'.", metavar="SOURCE")]
NoiseRatio = Annotated[float | None, typer.Option(help="Pages of noise per page of the sources; 1 unless given.")]
NoiseSeed = Annotated[int | None, typer.Option(help="Which pages of the noise are taken; 0 unless given.")]


def build(
    sources: Sources,
    out: OutPath,
    config: ConfigFile = None,
    lang: Lang = None,
    site: Site = "",
    skip_bad: SkipBad = False,
    same_url: SameUrl_ = "error",
    fresh: Fresh = False,
    obfuscate_seed: ObfuscateSeed = None,
    noise: Noise = None,
    noise_ratio: NoiseRatio = None,
    noise_seed: NoiseSeed = None,
) -> None:
    """Index all pages of worlds, files and folders. Interrupted at any moment, the same command goes on.

    Example: redsearcher web build worlds/demo --noise other.jsonl.zst --noise-ratio 3 --out webs/demo
    """
    from redsearcher.errors import InputError
    from redsearcher.web.noise.config import NoiseConfig
    from redsearcher.web.noise.mix import noisy
    from redsearcher.web.source.base import Tally
    from redsearcher.web.source.open import open_sources

    if noise is None and (noise_ratio is not None or noise_seed is not None):
        raise InputError("--noise-ratio and --noise-seed say how much of --noise is taken; name its pages with --noise")
    tally = Tally(skip_bad=skip_bad)
    source, world, lang_found = open_sources(sources, tally, lang=lang, site=site)
    if noise is not None:
        asked = {"source": str(noise), "ratio": noise_ratio, "seed": noise_seed}
        mixed = NoiseConfig.parse({name: value for name, value in asked.items() if value is not None}, "--noise")
        source = noisy(source, open_sources([noise], tally, lang=lang_found, site=site).source, mixed, tally)
    _build(out, source, config, world, lang_found, tally, same_url, fresh, obfuscate_seed)


def import_cache(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="What `rollout --record FILE` made, or JSON (also .jsonl) from queries to results and from URLs to "
            "pages.",
            metavar="FILE...",
        ),
    ],
    out: OutPath,
    config: ConfigFile = None,
    lang: Lang = None,
    skip_bad: SkipBad = False,
    fresh: Fresh = False,
) -> None:
    """Make a web of cached search results and visits: every page that was seen, with all that was seen of it.

    Example: redsearcher web import-cache calls.jsonl --out webs/seen
    """
    from redsearcher.web.source.base import Tally
    from redsearcher.web.source.cache import CachedPages
    from redsearcher.web.source.row import Defaults

    tally = Tally(skip_bad=skip_bad)
    source = CachedPages(files, Defaults("", lang or "en"), tally)
    _build(out, source, config, "", lang or "en", tally, "error", fresh)


def append(
    web: WebFolder,
    sources: Sources,
    lang: Lang = None,
    site: Site = "",
    skip_bad: SkipBad = False,
    same_url: SameUrl_ = "error",
) -> None:
    """Add pages to a built web. Who has the old one open goes on with it; interrupted, the same command goes on.

    Example: redsearcher web append webs/demo more.jsonl
    """
    from redsearcher.web.build.edit import append_pages
    from redsearcher.web.index import read_info
    from redsearcher.web.source.base import Tally
    from redsearcher.web.source.open import open_sources

    tally = Tally(skip_bad=skip_bad)
    default = "zh" if read_info(web).lang == "zh" else "en"
    source = open_sources(sources, tally, lang=lang or default, site=site).source
    with _paced(source.n_documents) as watch:
        made = append_pages(web, source, watch=watch, say=_note, tally=tally, same_url=same_url)
    _wrote(web, made.n_documents, tally.dropped)


def delete(
    web: WebFolder,
    url: Annotated[list[str] | None, typer.Argument(help="URLs of pages.", metavar="[URL]...")] = None,
    listed: Annotated[Path | None, typer.Option("--from", help="File with a URL on each line.", metavar="FILE")] = None,
    missing_ok: Annotated[bool, typer.Option("--missing-ok", help="Leave out URLs that have no page.")] = False,
) -> None:
    """Take pages out of a built web, as if they had never been in it.

    Example: redsearcher web delete webs/demo https://site.example/page
    """
    from redsearcher.errors import InputError
    from redsearcher.web.build.edit import delete_pages

    urls = list(url or ())
    if listed is not None:
        if not listed.is_file():
            raise InputError(f"{listed} is not there; expected a file with a URL on each line")
        urls += [line.strip() for line in listed.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not urls:
        raise InputError("no URL was given; name some, or a file that lists them with --from")
    with _paced(None) as watch:
        made = delete_pages(web, urls, watch=watch, say=_note, missing_ok=missing_ok)
    _wrote(web, made.n_documents, Counter())


def _build(
    out: Path,
    source: "Source",
    config: Path | None,
    world: str,
    lang: str,
    tally: "Tally",
    same_url: Literal["error", "first"],
    fresh: bool,
    obfuscate_seed: int | None = None,
) -> None:
    from redsearcher.web.address.config import AddressConfig
    from redsearcher.web.builder import build_source
    from redsearcher.web.config import WebConfig

    settings = WebConfig.load(config) if config else WebConfig()
    if obfuscate_seed is not None:
        addresses = AddressConfig.parse({"seed": obfuscate_seed}, "--obfuscate-seed")
        settings = settings.model_copy(update={"addresses": addresses})
    with _paced(source.n_documents) as watch:
        made = build_source(
            out, source, settings, world_id=world, lang=lang, watch=watch, say=_note, tally=tally, same_url=same_url,
            fresh=fresh,
        )  # fmt: skip
    _wrote(out, made.n_documents, tally.dropped)


class _Paced:
    """Progress that also tells how many pages a second."""

    def __init__(self, bar: "Progress") -> None:
        self._bar, self._start, self._n = bar, time.monotonic(), 0

    def advance(self, n: int = 1, note: str = "") -> None:
        self._n += n
        self._bar.advance(n, f"{self._n / max(time.monotonic() - self._start, 1e-3):,.0f} pages/s")

    def skip(self, n: int, note: str = "") -> None:
        self._bar.skip(n)
        self._start = time.monotonic()


@contextmanager
def _paced(total: int | None) -> Iterator[_Paced]:
    from redsearcher.core.progress import progress

    with progress("pages", total) as bar:
        yield _Paced(bar)


def _note(text: str) -> None:
    typer.echo(f"note: {text}", err=True)


def _wrote(web: Path, n_pages: int, dropped: Counter[str]) -> None:
    left_out = ", ".join(f"{n:,} {why}" for why, n in sorted(dropped.items()))
    say.wrote(
        f"{web}: {n_pages:,} pages" + (f" (left out: {left_out})" if left_out else ""),
        f"redsearcher web search {web} 'some words'",
    )
