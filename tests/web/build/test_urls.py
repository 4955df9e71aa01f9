"""The set of URLs behaves as a set, also after a kill."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redsearcher.web.build import urls as module
from redsearcher.web.build.urls import UrlSet

BATCHES = st.lists(st.lists(st.integers(0, 60).map(lambda n: f"https://a.example/{n}"), max_size=8), max_size=6)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(BATCHES)
def test_new_is_what_was_not_seen(batches: list[list[str]]) -> None:
    found, seen = UrlSet(), set[str]()
    for batch in batches:
        expected = []
        for url in batch:
            expected.append(url not in seen)
            seen.add(url)
        assert found.add(batch).tolist() == expected
    assert len(found) == len(seen)


def test_what_was_synced_is_known_again_and_no_more(tmp_path: Path) -> None:
    file = tmp_path / "urls"
    first = UrlSet(file)
    first.add([f"https://a.example/{n % 500}" for n in range(900)])
    first.sync()
    first.add(["https://a.example/lost"])
    first.close()
    assert file.stat().st_size == 8 * 501
    second = UrlSet(file, 500)
    assert len(second) == 500
    assert second.add(["https://a.example/499", "https://a.example/lost"]).tolist() == [False, True]
    second.close()
    assert file.stat().st_size == 8 * 501


def test_runs_stay_few(tmp_path: Path) -> None:
    found = UrlSet()
    for start in range(0, 20_000, 100):
        found.add([f"https://a.example/{n}" for n in range(start, start + 100)])
    assert len(found._runs) <= 10 and sum(map(len, found._runs)) == 20_000 < module._LONGEST_RUN
