"""Where prompts go: the longest kept prefix wins, running sequences are left alone, the oldest goes first."""

from hypothesis import given
from hypothesis import strategies as st

from redsearcher.llm.local.slots import SlotTable, common_prefix, pack

IDS = st.lists(st.integers(0, 3), max_size=40)


def _table(n_slots: int, hold_s: float = 0.0) -> SlotTable:
    return SlotTable(n_slots, hold_s)


@given(IDS, IDS)
def test_common_prefix_is_what_counting_says(first: list[int], second: list[int]) -> None:
    n = 0
    while n < min(len(first), len(second)) and first[n] == second[n]:
        n += 1
    limit = min(len(first), len(second))
    assert common_prefix(pack(first), pack(second), limit) == n


def _finish(table: SlotTable, prompt: list[int], sampled: list[int], now: float) -> int:
    placed = table.place(pack(prompt), now, alone=True)
    assert placed is not None
    table.advance(placed.slot, len(prompt))
    table.release(placed.slot, pack(sampled), now)
    return placed.slot


def test_the_next_turn_goes_on_in_its_own_slot() -> None:
    table = _table(3)
    _finish(table, [1, 2, 3], [9, 9], 1.0)
    slot = _finish(table, [4, 5, 6], [7, 8], 2.0)
    placed = table.place(pack([4, 5, 6, 7, 8, 1]), 3.0, alone=True)
    assert placed is not None
    # The last sampled token was never fed, so four of five are kept.
    assert (placed.slot, placed.n_reused, placed.copy_from) == (slot, 4, None)


def test_a_shared_beginning_is_copied_and_its_owner_stays() -> None:
    table = _table(3)
    shared = list(range(100, 140))
    owner = _finish(table, [*shared, 1], [2, 3], 1.0)
    placed = table.place(pack([*shared, 5, 6]), 2.0, alone=True)
    assert placed is not None
    assert placed.slot != owner
    assert (placed.n_reused, placed.copy_from) == (40, owner)
    again = table.place(pack([*shared, 1, 2, 7]), 2.0, alone=True)
    assert again is not None
    assert (again.slot, again.n_reused, again.copy_from) == (owner, 42, None)


def test_twins_wait_for_the_first_to_compute_what_they_share() -> None:
    table = _table(4)
    prompt = pack(list(range(50)))
    first = table.place(prompt, 0.0, alone=True)
    assert first is not None
    assert table.place(prompt, 0.0, alone=False) is None
    table.advance(first.slot, 50)
    twin = table.place(prompt, 0.0, alone=False)
    assert twin is not None
    assert (twin.n_reused, twin.copy_from) == (49, first.slot)


def test_the_least_recently_used_slot_goes_first_and_not_before_its_hold_ends() -> None:
    table = _table(2, hold_s=1.0)
    old = _finish(table, [1, 1], [1, 1], 10.0)
    _finish(table, [2, 2], [2, 2], 10.4)
    assert table.place(pack([3, 3]), 10.5, alone=False) is None
    placed = table.place(pack([3, 3]), 11.1, alone=False)
    assert placed is not None
    assert (placed.slot, placed.n_reused) == (old, 0)


def test_a_full_table_lets_nobody_in() -> None:
    table = _table(1)
    assert table.place(pack([1, 2]), 0.0, alone=True) is not None
    assert table.place(pack([5, 6]), 9.0, alone=False) is None


def test_what_is_computed_of_an_abandoned_prompt_stays() -> None:
    table = _table(1)
    prompt = list(range(30))
    placed = table.place(pack(prompt), 0.0, alone=True)
    assert placed is not None
    table.advance(placed.slot, 20)
    table.abandon(placed.slot, 1.0)
    again = table.place(pack(prompt), 2.0, alone=True)
    assert again is not None
    assert again.n_reused == 20
