"""Keys and their quotas, and the sign of life that a worker gives."""

import asyncio
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from redsearcher.errors import InputError
from redsearcher.web.engine import Web
from tests.web.serving import ServedHere

assert ServedHere  # skips where the server's packages are not there
from redsearcher.web.server.failure import ApiError
from redsearcher.web.server.gate import KeysConfig, make_gate
from redsearcher.web.server.pulse import beat
from redsearcher.web.server.quota import Buckets, Rate


def sha(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


KEYS = {
    "keys": [
        {"name": "a", "sha256": sha("ka"), "per_minute": 600, "burst": 3},
        {"name": "b", "sha256": sha("kb"), "per_day": 2},
        {"name": "c", "sha256": sha("kc")},
    ]
}


def shown(key: str) -> dict[bytes, bytes]:
    return {b"x-api-key": key.encode()}


def test_each_key_has_its_own_quota(tmp_path: Path) -> None:
    gate = make_gate("boss", KeysConfig.parse(KEYS, ""), tmp_path / "counts")
    seen: list[tuple[str, str]] = []
    gate.told = lambda name, outcome: seen.append((name, outcome))
    for key, n_good in (("kb", 2), ("kc", 50), ("boss", 50)):
        for _ in range(n_good):
            gate.admit(shown(key))
    with pytest.raises(ApiError) as refused:
        gate.admit({b"authorization": b"Bearer kb"})
    assert refused.value.status == 429 and 43_000 < (refused.value.retry_after_s or 0) <= 43_200
    gate.admit(shown("kb"), counted=False)
    for headers in ({}, shown("kx"), {b"authorization": b"Basic kc"}):
        with pytest.raises(ApiError) as unknown:
            gate.admit(headers)
        assert unknown.value.status == 401
    assert seen.count(("b", "over_quota")) == 1 and seen.count(("c", "admitted")) == 50
    gate.close()


def test_counts_outlive_the_server_and_refill(tmp_path: Path) -> None:
    rates = [Rate(per_minute=60_000, burst=2), Rate(per_day=1)]
    first = Buckets(tmp_path / "counts", rates)
    assert first.take(1) == 0
    first.close()
    again = Buckets(tmp_path / "counts", rates)
    assert 86_000 < again.take(1) <= 86_400
    for _ in range(20):  # a thousand tokens a second come back
        while again.take(0):
            pass
    again.close()
    other = Buckets(tmp_path / "counts", rates[:1])
    assert other.take(0) == 0
    other.close()


def _take_all(path: str, n: int) -> int:
    buckets = Buckets(Path(path), [Rate(per_day=100)])
    granted = sum(buckets.take(0) == 0 for _ in range(n))
    buckets.close()
    return granted


def test_processes_share_one_bucket(tmp_path: Path) -> None:
    with get_context("fork").Pool(3) as pool:
        granted = pool.starmap(_take_all, [(str(tmp_path / "counts"), 90)] * 3)
    assert sum(granted) == 100


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ([], "at least 1"),
        ([{"name": "a"}], "needs key_env or sha256"),
        ([{"name": "a", "sha256": "x"}], "sha256"),
        ([{"name": "a", "sha256": sha("k")}, {"name": "a", "sha256": sha("l")}], "two keys have one name"),
        ([{"name": "a", "sha256": sha("k"), "per_min": 3}], "keys.0.per_min"),
    ],
)
def test_mistakes_in_a_file_of_keys(keys: list[dict[str, object]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        KeysConfig.parse({"keys": keys}, "keys.toml")


def test_keys_that_cannot_be_had(tmp_path: Path) -> None:
    for keys, says in (
        ([{"name": "a", "key_env": "NO_SUCH_VARIABLE"}], "NO_SUCH_VARIABLE holds nothing"),
        ([{"name": "a", "sha256": sha("k")}, {"name": "b", "sha256": sha("k")}], "is the same as another"),
    ):
        with pytest.raises(InputError, match=says):
            make_gate(None, KeysConfig.parse({"keys": keys}, "keys.toml"), tmp_path / "counts")


def test_a_used_up_quota_is_429_with_retry_after(web: Web, tmp_path: Path) -> None:
    gate = make_gate(None, KeysConfig.parse(KEYS, ""), tmp_path / "counts")
    with ServedHere(web, gate=gate) as server:
        ask = [server.client.post("/search", json={"q": "velm"}, headers={"X-API-KEY": "kb"}) for _ in range(3)]
        assert [reply.status_code for reply in ask] == [200, 200, 429]
        assert int(ask[2].headers["retry-after"]) > 40_000 and "quota of b" in ask[2].json()["message"]
        told = server.client.get("/metrics", headers={"X-API-KEY": "kc"}).text
        assert 'key_requests_total{key="b",outcome="over_quota"} 1.0' in told
    gate.close()


def test_no_sign_of_life_while_threads_stand_still() -> None:
    signs: list[int] = []

    async def run() -> tuple[int, int, int]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
        seen, stuck = asyncio.Event(), threading.Event()

        def sign() -> None:
            signs.append(1)
            seen.set()

        pulse = asyncio.create_task(beat(sign, 0.05))
        await seen.wait()
        held = [asyncio.create_task(asyncio.to_thread(stuck.wait)) for _ in range(2)]
        await asyncio.sleep(0.05)
        before = len(signs)
        await asyncio.sleep(0.2)
        during = len(signs)
        seen.clear()
        stuck.set()
        await asyncio.gather(*held)
        await seen.wait()
        pulse.cancel()
        return before, during, len(signs)

    before, during, after = asyncio.run(run())
    assert during - before <= 1 and after > during
