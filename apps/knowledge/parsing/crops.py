"""What a document cuts off at the edges of a picture."""

from __future__ import annotations

import re
from typing import NamedTuple

_ALL = 100_000
_WRITTEN = re.compile(r"(?P<name>.*)@(?P<sides>\d+,\d+,\d+,\d+)", re.DOTALL)


class Crop(NamedTuple):
    """In thousandths of a percent of the width and the height."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    def __str__(self) -> str:
        return "@" + ",".join(map(str, self[:]))

    @property
    def is_cut(self) -> bool:
        """Whether something is cut off and something remains."""
        return any(self) and self.left + self.right < _ALL and self.top + self.bottom < _ALL

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """What remains, in pixels: left, top, right and bottom."""
        left, top = width * self.left // _ALL, height * self.top // _ALL
        right, bottom = width - width * self.right // _ALL, height - height * self.bottom // _ALL
        return left, top, max(right, left + 1), max(bottom, top + 1)


WHOLE = Crop()


def split_crop(name: str) -> tuple[str, Crop]:
    """A name without the crop that is written at its end."""
    match = _WRITTEN.fullmatch(name)
    return (match["name"], Crop(*map(int, match["sides"].split(",")))) if match else (name, WHOLE)
