"""Files that are parts of one larger file, read as if they were joined."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

BLOCK = 1 << 20  # bytes read at a time


def joined(parts: Sequence[Path]) -> io.BufferedReader:
    """Raises OSError if a part is missing."""
    return io.BufferedReader(_Joined(parts), BLOCK)


class _Joined(io.RawIOBase):
    """No part stays open between two reads, so a process holds no file, and a forked one shares none."""

    def __init__(self, parts: Sequence[Path]) -> None:
        sizes = [part.stat().st_size for part in parts]
        self._parts = list(zip(parts, accumulate([0, *sizes]), sizes, strict=False))
        self._size = sum(sizes)
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: Any, /) -> int:
        """Up to the end of the part; 0 at the end of all."""
        for path, start, size in self._parts:
            if start <= self._place < start + size:
                with path.open("rb", buffering=0) as part:
                    part.seek(self._place - start)
                    count = part.readinto(buffer)
                self._place += count
                return count
        return 0
