"""Minimum cover against enumeration, by both methods."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from redsearcher.graph import cover
from redsearcher.graph.cover import minimum_cover

documents = st.frozensets(st.sampled_from("abcdefgh"), min_size=1, max_size=4)


def brute_size(sets: list[frozenset[str]]) -> int:
    everything = sorted(frozenset().union(*sets))
    for n in range(len(everything) + 1):
        if any(all(one & set(chosen) for one in sets) for chosen in combinations(everything, n)):
            return n
    raise AssertionError("all documents together meet every set")


@settings(max_examples=300, deadline=None)
@given(st.lists(documents, max_size=9))
def test_is_a_smallest_cover(sets: list[frozenset[str]]) -> None:
    found = minimum_cover(sets)
    assert found is not None and list(found) == sorted(set(found))
    assert all(one & set(found) for one in sets)
    assert len(found) == brute_size(sets)


@settings(max_examples=50, deadline=None)
@given(st.lists(documents, max_size=9), st.randoms())
def test_does_not_depend_on_the_order_of_facts(sets: list[frozenset[str]], random: object) -> None:
    shuffled = list(sets)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert minimum_cover(shuffled) == minimum_cover(sets)


@settings(max_examples=50, deadline=None)
@given(st.lists(documents, min_size=1, max_size=9))
def test_integer_program_agrees_with_branching(sets: list[frozenset[str]]) -> None:
    columns = cover._columns(cover._minimal(sets))
    assert len(cover._by_milp(columns)) == brute_size(sets)


def test_many_facts() -> None:
    """Fact i is stated by the documents numbered i and i+1 around a ring of 61: half of them, rounded up."""
    ring = [frozenset({f"{i:02}", f"{(i + 1) % 61:02}"}) for i in range(61)]
    found = minimum_cover(ring)
    assert found is not None and len(found) == 31


def test_nothing_to_state_needs_nothing_and_the_unstated_has_no_cover() -> None:
    assert minimum_cover([]) == ()
    assert minimum_cover([frozenset("a"), frozenset()]) is None
