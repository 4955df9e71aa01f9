"""Which slot a prompt goes to: longest common prefix, then free slots, then the least recently used one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

ID_BYTES = 4
_WORTH_COPYING = 16


def pack(token_ids: Iterable[int]) -> bytes:
    """Ids as fixed-width bytes: prefixes are compared by memcmp."""
    return b"".join(token.to_bytes(ID_BYTES, "little") for token in token_ids)


@dataclass(slots=True)
class Slot:
    """One row of the cache. `n_valid` of `key`'s tokens have their keys and values there."""

    index: int
    key: bytes = b""
    n_valid: int = 0
    busy: bool = False
    used_at: float = -float("inf")


class Placement(NamedTuple):
    """A slot for a prompt, whose first `n_reused` tokens are there, after a copy where `copy_from` names a slot."""

    slot: int
    n_reused: int
    copy_from: int | None


class SlotTable:
    """Slots and what they keep. Times are monotonic seconds, passed in."""

    def __init__(self, n_slots: int, hold_s: float) -> None:
        self._slots = [Slot(index) for index in range(n_slots)]
        self._hold_s = hold_s

    @property
    def is_full(self) -> bool:
        """Whether every slot is running."""
        return all(slot.busy for slot in self._slots)

    def place(self, prompt: bytes, now: float, *, alone: bool) -> Placement | None:
        """A slot for a packed prompt, or None: it should wait for a running sequence or for a prefix in the making.

        At least one token is left to compute. `alone` says that nothing runs, so a slot on hold may be taken.
        """
        n_most = len(prompt) // ID_BYTES - 1
        source, n_shared = self._longest(prompt, n_most)
        if self._coming(prompt, n_shared, n_most):
            return None
        whole = source is not None and not source.busy and n_shared == source.n_valid
        if source is not None and whole:
            return self._take(source, prompt, n_shared, None)
        target = self._free(now, alone)
        if target is None and source is not None and not source.busy and 2 * n_shared >= source.n_valid:
            target = source
        if target is None:
            return None
        if source is None or n_shared < _WORTH_COPYING:
            return self._take(target, prompt, 0, None)
        return self._take(target, prompt, n_shared, None if target is source else source.index)

    def advance(self, index: int, n_valid: int) -> None:
        """So many tokens of the slot's prompt are computed."""
        self._slots[index].n_valid = n_valid

    def release(self, index: int, sampled: bytes, now: float) -> None:
        """The sequence stopped; its prompt and all sampled tokens but the last, never fed, stay for its next prompt."""
        slot = self._slots[index]
        slot.key += sampled[:-ID_BYTES]
        slot.n_valid = len(slot.key) // ID_BYTES
        slot.busy, slot.used_at = False, now

    def abandon(self, index: int, now: float) -> None:
        """The sequence was called off; what is computed of its prompt stays."""
        slot = self._slots[index]
        slot.key = slot.key[: slot.n_valid * ID_BYTES]
        slot.busy, slot.used_at = False, now

    def clear(self) -> None:
        """Forget everything: after an error the cache's contents are unknown."""
        self._slots = [Slot(slot.index) for slot in self._slots]

    def _take(self, slot: Slot, prompt: bytes, n_reused: int, copy_from: int | None) -> Placement:
        slot.key, slot.n_valid, slot.busy = prompt, n_reused, True
        return Placement(slot.index, n_reused, copy_from)

    def _longest(self, prompt: bytes, n_most: int) -> tuple[Slot | None, int]:
        best, n_best = None, 0
        for slot in self._slots:
            n_limit = min(slot.n_valid, n_most)
            if n_limit < n_best or (n_limit == n_best and (best is None or slot.busy)):
                continue
            # One memcmp rules out most slots.
            if n_best and not slot.key.startswith(prompt[: n_best * ID_BYTES]):
                continue
            n_shared = common_prefix(slot.key, prompt, n_limit)
            if n_shared > n_best or (n_shared == n_best and best is not None and best.busy and n_shared):
                best, n_best = slot, n_shared
        return best, n_best

    def _coming(self, prompt: bytes, n_shared: int, n_most: int) -> bool:
        """Whether a prompt being computed will soon share clearly more: then copying beats computing it twice."""
        n_wanted = n_shared + _WORTH_COPYING
        if n_wanted > n_most:
            return False
        head = prompt[: n_wanted * ID_BYTES]
        return any(
            slot.busy and slot.n_valid * ID_BYTES < len(slot.key) and slot.key.startswith(head) for slot in self._slots
        )

    def _free(self, now: float, alone: bool) -> Slot | None:
        idle = [slot for slot in self._slots if not slot.busy]
        if not idle:
            return None
        oldest = min(idle, key=lambda slot: slot.used_at)
        return oldest if alone or now - oldest.used_at >= self._hold_s else None


def common_prefix(first: bytes, second: bytes, n_limit: int) -> int:
    """How many leading tokens two packed sequences share, at most `n_limit`."""
    low, high = 0, n_limit
    if first[: high * ID_BYTES] == second[: high * ID_BYTES]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if first[low * ID_BYTES : middle * ID_BYTES] == second[low * ID_BYTES : middle * ID_BYTES]:
            low = middle
        else:
            high = middle
    return low
