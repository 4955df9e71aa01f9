"""Run as a program: builds, or adds to, a web again and again, killed at each of the pages named.

python killed.py build|append WEB KILL...
"""

import os
import sys
from pathlib import Path

from redsearcher.web.build.edit import append_pages
from redsearcher.web.builder import build_source
from redsearcher.web.config import WebConfig
from redsearcher.web.source.base import Tally
from tests.web.build.sources import Listed, Watch
from tests.web.pages import random_pages

CONFIG = WebConfig(writer_threads=1, writer_heap_mb=16, commit_pages=150)
PAGES = random_pages(600)
MORE = random_pages(900)[600:]


def work(verb: str, web: Path, deadly: int | None) -> Listed:
    """The work of a verb, on pages that kill."""
    source = Listed(MORE if verb == "append" else PAGES, deadly)
    if verb == "append":
        append_pages(web, source, watch=Watch(), say=print, tally=Tally())
    else:
        build_source(web, source, CONFIG, world_id="", lang="en", say=print)
    return source


def main() -> None:
    verb, web, *kills = sys.argv[1:]
    for kill in kills:
        child = os.fork()
        if child == 0:
            work(verb, Path(web), int(kill))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), f"it was not killed at page {kill}"


if __name__ == "__main__":
    main()
