"""A team of Ray actors, one per CPU of the cluster. What they open must lie at the same path on every node."""

import os
import socket
import warnings
from collections.abc import Sequence
from typing import Any, Generic

from redsearcher.core.fanout.crew import Turn
from redsearcher.core.fanout.desk import Done, make_desk, portable
from redsearcher.core.fanout.work import R, U, WaitingWork, Work, for_others
from redsearcher.errors import InputError, WorkerError, boundary

PATIENCE_S = 5.0
"""How long idle actors may take to close what they opened."""
CONNECT_S = 10.0
"""How long the head of a cluster may take to answer."""


class Actors(Generic[U, R]):
    """Actors of a cluster that is joined, or begun on this machine, when work starts; one that was joined before is
    used as it is."""

    def __init__(self, work: Work[U, R] | WaitingWork[U, R], address: str) -> None:
        try:
            with warnings.catch_warnings(action="ignore"):
                import ray
        except ModuleNotFoundError as error:
            raise InputError(
                "--workers ray needs Ray, which is not installed; pip install 'redsearcher[ray]', or give a number"
            ) from error
        self._ray: Any = ray
        self._work, self._address = work, address
        self._joined = False
        self._actors: list[Any] = []
        self._at_work: dict[Any, int] = {}

    def start(self) -> int:
        ray = self._ray
        if not ray.is_initialized():
            self._join()
        n_workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
        actor = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(_Seat)
        work = ray.put(for_others(self._work))
        self._actors = [actor.remote(work) for _ in range(n_workers)]
        return n_workers

    def _join(self) -> None:
        # Reports nothing to anyone, and leaves alone which accelerators are seen by actors that ask for none.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        # Said outright, for without an address Ray also looks for what was last begun here, alive or not.
        address = self._address or os.environ.get("RAY_ADDRESS") or "local"
        _knock(address)
        where = "starting Ray" if address == "local" else f"joining the Ray cluster at {address}"
        with boundary(where, raises=InputError):
            self._ray.init(address=address, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        self._joined = True

    def give(self, worker: int, units: Sequence[U]) -> None:
        self._at_work[self._actors[worker].turn.remote(list(units))] = worker

    def turns(self) -> list[Turn]:
        ready, _ = self._ray.wait(list(self._at_work), num_returns=1)
        return [self._turn(reference) for reference in ready]

    def _turn(self, reference: Any) -> Turn:
        worker = self._at_work.pop(reference)
        try:
            return Turn(worker, self._ray.get(reference))
        except self._ray.exceptions.RayError as error:
            raise WorkerError(
                f"{self._work.what}: Ray worker {worker + 1} of {len(self._actors)} died ({type(error).__name__}); the "
                "same command again goes on where it was, and a cluster with fewer CPUs per node needs less memory"
            ) from error

    def close(self, *, at_once: bool) -> None:
        if not at_once and self._actors:
            closing = [actor.close.remote() for actor in self._actors]
            self._ray.wait(closing, num_returns=len(closing), timeout=PATIENCE_S)
        for actor in self._actors:
            self._ray.kill(actor)
        self._actors, self._at_work = [], {}
        if self._joined:
            self._ray.shutdown()
            self._joined = False


def _knock(address: str) -> None:
    """Ray itself tries for minutes to reach a host where nobody listens. Raises InputError at once."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not (host and port.isdigit()):
        return
    try:
        socket.create_connection((host, int(port)), timeout=CONNECT_S).close()
    except (OSError, OverflowError) as error:
        raise InputError(
            f"no Ray cluster answers at {address} ({error}); expected HOST:PORT of its head, which `ray start` tells"
        ) from error


class _Seat:
    """The actor: a desk, whose errors travel as results."""

    def __init__(self, work: Work[Any, Any] | WaitingWork[Any, Any]) -> None:
        self._desk = make_desk(work, here=False)

    def turn(self, units: list[Any]) -> list[Done]:
        return [portable(done) for done in self._desk.turn(units)]

    def close(self) -> None:
        self._desk.close()
