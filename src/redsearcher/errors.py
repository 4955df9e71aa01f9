"""What can go wrong: one exception tree, and `boundary()` that names where a foreign error crossed."""

from collections.abc import Iterator
from contextlib import contextmanager


class RedsearcherError(Exception):
    """Base of every error this package raises on purpose. Its text is one clear line."""


class InputError(RedsearcherError):
    """What the user gave cannot be used. The text says what came, what was expected and what to do; exit code 2."""


class DataError(RedsearcherError):
    """A file or record is damaged or breaks its contract."""


class ToolError(RedsearcherError):
    """A tool could not do what was asked. The text goes to the model as the observation."""


class UnavailableError(ToolError):
    """What a tool asked was not there at that moment; the same call may do better later."""


class ModelError(RedsearcherError):
    """A model endpoint failed or answered with something unusable."""


class BudgetError(RedsearcherError):
    """An exact computation passed its node or time budget; no answer was given rather than a wrong one."""


class OutageError(RedsearcherError):
    """A service that the whole run lives on is gone, refuses or is used up; the run stops, and the command resumes."""


class WorkerError(RedsearcherError):
    """A worker process or actor died before its work was done. The text says how, and that the command resumes."""


class ForeignError(RedsearcherError):
    """An error of code that is not ours, named by the place where it crossed."""


@contextmanager
def boundary(what: str, *, raises: type[RedsearcherError] = ForeignError) -> Iterator[None]:
    """Turn any error of foreign code inside the block into `raises`, saying `what` was being done.

    Our own errors pass unchanged.
    """
    try:
        yield
    except RedsearcherError:
        raise
    except Exception as error:
        detail = str(error).splitlines()[0] if str(error) else "no message"
        raise raises(f"{what}: {type(error).__name__}: {detail}") from error
