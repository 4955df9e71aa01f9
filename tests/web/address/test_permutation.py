"""A permutation of 64-bit numbers leads back, and tells nothing without its key."""

from hypothesis import given
from hypothesis import strategies as st

from redsearcher.web.address.permutation import Permutation

NUMBERS = st.integers(0, 2**64 - 1)


@given(NUMBERS, st.binary(min_size=1, max_size=32))
def test_it_leads_back(number: int, key: bytes) -> None:
    permutation = Permutation(key)
    image = permutation.forward(number)
    assert 0 <= image < 2**64
    assert permutation.back(image) == number == permutation.forward(permutation.back(number))


def test_neighbours_land_far_apart_and_keys_differ() -> None:
    """One bit of the number, or another key, changes half of the bits: 32 on average, give or take 4 each."""
    one, other = Permutation(b"one"), Permutation(b"other")
    changed = [(one.forward(number) ^ one.forward(number ^ 1 << number % 64)).bit_count() for number in range(2_000)]
    rekeyed = [(one.forward(number) ^ other.forward(number)).bit_count() for number in range(2_000)]
    for counts in (changed, rekeyed):
        assert abs(sum(counts) / len(counts) - 32) < 0.5
        assert min(counts) > 10 and max(counts) < 54
