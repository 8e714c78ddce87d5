"""Makes another process try to open a path, whatever keeps it from doing so: a user, Landlock or seccomp.

Landlock leaves no trace that could be read from outside, so the process itself is stopped, made to ask the system, and
let go on. Linux on x86-64, as root or as the process's own user.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from pathlib import Path

ATTACH, DETACH, GET_REGISTERS, SET_REGISTERS, SINGLE_STEP = 16, 17, 12, 13, 9
WAIT_ALL = 0x40000000
OPENAT, CLOSE = 257, 3
CURRENT_FOLDER = 2**64 - 100
MOST_STEPS = 5  # a signal that waits for the process is reported first, and nothing is done in that step
SYSCALL = b"\x0f\x05"
BELOW_STACK = 4096  # far under what the process itself has on its stack
NAMES = (  # of struct user_regs_struct, in its order
    "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax "
    "rip cs eflags rsp ss fs_base gs_base ds es fs gs"
).split()


class Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in NAMES]


class ProcessEnded(Exception):
    """It was killed for asking."""


def can_open(pid: int, path: Path, flags: int = os.O_RDONLY) -> bool:
    """Whether the process itself can open the path now. Raises AssertionError where this cannot be found out."""
    assert sys.platform == "linux", "needs Linux"
    assert platform.machine() == "x86_64", "needs an x86-64 processor"
    try:
        with Stopped(pid) as process:
            found = process.open(path, flags)
    except ProcessEnded:
        return False
    return found >= 0


class Stopped:
    """The process stands still inside the block."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        self._libc.ptrace.restype = ctypes.c_long

    def __enter__(self) -> Stopped:
        self._ptrace(ATTACH)
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._libc.ptrace(DETACH, self._pid, None, None)

    def open(self, path: Path, flags: int) -> int:
        """A descriptor, closed again, or a negative error number."""
        before = self._registers()
        where = before.rsp - BELOW_STACK
        with open(f"/proc/{self._pid}/mem", "r+b", buffering=0) as memory:
            memory.seek(where)
            memory.write(os.fsencode(path) + b"\0")
        found = self._call(before, OPENAT, CURRENT_FOLDER, where, flags, 0o600)
        if found >= 0:
            self._call(before, CLOSE, found)
        self._ptrace(SET_REGISTERS, before)
        return found

    def _call(self, before: Registers, number: int, *arguments: int) -> int:
        """One system call in the process."""
        changed = Registers.from_buffer_copy(before)
        changed.rip = self._instruction()
        changed.rax, changed.orig_rax = number, 2**64 - 1  # no call of its own is to be repeated
        for name, value in zip(("rdi", "rsi", "rdx", "r10"), arguments, strict=False):
            setattr(changed, name, value)
        self._ptrace(SET_REGISTERS, changed)
        for _ in range(MOST_STEPS):
            self._ptrace(SINGLE_STEP)
            self._wait()
            after = self._registers()
            if after.rip != changed.rip:
                return ctypes.c_longlong(after.rax).value
        raise AssertionError("the process did not make the call")

    def _instruction(self) -> int:
        """Where the process's own code makes a system call."""
        for line in Path(f"/proc/{self._pid}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            if rights != "r-xp" or "libc" not in line:
                continue
            first, last = (int(edge, 16) for edge in span.split("-"))
            with open(f"/proc/{self._pid}/mem", "rb") as memory:
                memory.seek(first)
                place = memory.read(last - first).find(SYSCALL)
            if place >= 0:
                return first + place
        raise AssertionError("the process has no code that could be used")

    def _registers(self) -> Registers:
        registers = Registers()
        self._ptrace(GET_REGISTERS, registers)
        return registers

    def _ptrace(self, request: int, data: Registers | None = None) -> None:
        pointer = None if data is None else ctypes.addressof(data)
        failed = self._libc.ptrace(request, self._pid, None, pointer) < 0
        assert not failed, f"the process cannot be traced: {os.strerror(ctypes.get_errno())}"

    def _wait(self) -> None:
        _, status = os.waitpid(self._pid, WAIT_ALL)
        if not os.WIFSTOPPED(status):
            raise ProcessEnded
