"""Denies the reading process access to the network and to all files except those of the program.

On Linux it uses Landlock (https://docs.kernel.org/userspace-api/landlock.html), called through ctypes. Without Landlock
in the kernel, a process that runs as root becomes the user `nobody`. In all other cases nothing is denied. `manage.py
doctor` reports that: it runs `python -m apps.knowledge.parsing.sandbox FILE FOLDER...`, which prints whether FILE can
be opened.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # system calls, the same on every architecture
_VERSION_FLAG = 1
_PATH_BENEATH = 1  # the kind of rule
_NO_NEW_PRIVILEGES = 38  # of prctl
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {
    1: (1 << 13) - 1,
    2: (1 << 14) - 1,
    3: (1 << 15) - 1,
    5: (1 << 16) - 1,
}  # by version of the interface
_NETWORK_SINCE, _NETWORK_RIGHTS = 4, 0b11  # bind and connect
_SCOPES_SINCE, _SCOPES = 6, 0b11  # abstract sockets and signals of other processes
_SYSTEM_FOLDERS = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache")
NOBODY = 65534


def enter_sandbox(folders: Iterable[Path]) -> bool:
    """From now on this process can open only files below these folders and the libraries of the system.

    Returns False if the system has no way to enforce it.
    """
    if sys.platform == "linux" and (version := _landlock_version()):
        _restrict(version, [*folders, *map(Path, _SYSTEM_FOLDERS)])
        return True
    if sys.platform != "win32" and os.geteuid() == 0:
        _become_nobody()
        return True
    return False


def program_folders() -> list[Path]:
    """The folders with the code of Python, its packages and this project, as the parent process knows them."""
    code = Path(__file__).resolve().parents[2]
    installed = [Path(folder) for folder in (sys.prefix, sys.base_prefix, *sys.path) if _is_of_python(folder)]
    return [code, *dict.fromkeys(path.resolve() for path in installed)]


def _is_of_python(folder: str) -> bool:
    return bool(folder) and ("site-packages" in folder or folder in (sys.prefix, sys.base_prefix))


def _landlock_version() -> int:
    """The version of Landlock; 0 if the kernel does not have it or it is disabled."""
    return max(0, int(_libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG)))


def _restrict(version: int, allowed: Sequence[Path]) -> None:
    libc = _libc()
    rights = _FILE_RIGHTS[max(known for known in _FILE_RIGHTS if known <= version)]
    network = _NETWORK_RIGHTS if version >= _NETWORK_SINCE else 0
    scopes = _SCOPES if version >= _SCOPES_SINCE else 0
    attributes = struct.pack("=QQQ", rights, network, scopes)
    ruleset = _checked(libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    for path in allowed:
        _allow(ruleset, path)
    _forbid_new_privileges()
    _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _allow(ruleset: int, path: Path) -> None:
    """Allow reading a file, or everything below a folder. A path that does not exist needs no rule."""
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rights = _READ_FILE | _READ_DIR if path.is_dir() else _READ_FILE
            rule = struct.pack("=Qi", rights, descriptor)
            _checked(_libc().syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
        finally:
            os.close(descriptor)


def _become_nobody() -> None:
    """Import everything that cannot be imported afterwards, then change the user."""
    from apps.knowledge.parsing import (  # noqa: F401
        charset,
        docx,
        figure_picture,
        html,
        markdown,
        pdf,
        pdf_picture,
        plain,
    )

    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    if sys.platform == "linux":
        _forbid_new_privileges()


def _forbid_new_privileges() -> None:
    """No program that is started from here gains rights, whatever its owner and mode."""
    _checked(_libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _main(file: str, folders: Sequence[str]) -> None:
    enter_sandbox([Path(folder) for folder in folders])
    try:
        os.close(os.open(file, os.O_RDONLY))
    except OSError:
        sys.stdout.write("closed\n")
    else:
        sys.stdout.write("open\n")


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2:])
