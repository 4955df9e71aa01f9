"""Ctrl-C while units are in flight: the first lets them finish, the second stops at once."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Drain:
    """Whether the user asked to stop."""

    def __init__(self) -> None:
        self.asked = False


@contextmanager
def draining(what: str) -> Iterator[Drain]:
    """Inside the block the first Ctrl-C only sets `asked`; the next raises KeyboardInterrupt as usual.

    Signals reach the main thread alone: in another, or where another handler is installed, `asked` stays False.
    """
    drain = Drain()
    usable = threading.current_thread() is threading.main_thread()
    if not usable or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield drain
        return

    def ask(_: int, __: object) -> None:
        drain.asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.stderr.write(f"\n{what}: finishing what is in flight; Ctrl-C again stops at once\n")

    signal.signal(signal.SIGINT, ask)
    try:
        yield drain
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
