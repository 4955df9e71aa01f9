"""A system call filter that lets a program have threads but start no process, so that no fork bomb can go off.

A limit on processes (RLIMIT_NPROC) counts for no one whose user on the host is root; a filter binds everybody.
"""

import errno
import platform
import struct
from typing import NamedTuple

_LOAD, _JUMP_EQUAL, _JUMP_ABOVE, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000


class _Calls(NamedTuple):
    """Numbers of an architecture: its audit code, calls that only start processes, `clone`, `clone3`."""

    code: int
    forks: tuple[int, ...]
    clone: int
    clone3: int


_CALLS = {
    "x86_64": _Calls(0xC000003E, (57, 58), 56, 435),
    "aarch64": _Calls(0xC00000B7, (), 220, 435),
}


def is_known() -> bool:
    """Whether there is a filter for this machine's architecture."""
    return platform.machine() in _CALLS


def no_new_processes() -> bytes:
    """The filter as a classic BPF program (Linux's `struct sock_filter`, little-endian).

    A wrong architecture kills; `fork`, `vfork` and every call of the x32 kind fail with EPERM, so does `clone` without
    CLONE_THREAD; `clone3`, whose flags a filter cannot see, fails with ENOSYS, upon which the C library takes `clone`.
    Raises KeyError where `is_known` is false.
    """
    calls = _CALLS[platform.machine()]
    body = [
        (_JUMP_ABOVE, _X32, "eperm"),
        (_JUMP_EQUAL, calls.clone3, "enosys"),
        *((_JUMP_EQUAL, number, "eperm") for number in calls.forks),
        (_JUMP_EQUAL, calls.clone, "clone"),
    ]
    program: list[tuple[int, int, int, int]] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, calls.code),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    at = {"allow": 0, "eperm": 3, "enosys": 4, "clone": 1}  # places of the tail below
    for place, (code, number, target) in enumerate(body):
        program.append((code, len(body) - 1 - place + at[target], 0, number))
    program += [
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_JUMP_SET, 2, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("<HBBI", code, yes, no, value) for code, yes, no, value in program)
