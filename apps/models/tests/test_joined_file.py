import io
from pathlib import Path

import pytest

from apps.models.inference.joined_file import joined


@pytest.fixture
def file(tmp_path: Path) -> io.BufferedReader:
    parts = [tmp_path / str(number) for number in range(4)]
    for part, content in zip(parts, (b"abc", b"", b"defgh", b"i"), strict=True):
        part.write_bytes(content)
    return joined(parts)


def test_parts_read_like_one_file(file: io.BufferedReader) -> None:
    assert file.read() == b"abcdefghi"
    assert file.read() == b""


@pytest.mark.parametrize(
    ("offset", "whence", "count", "read"),
    [
        (2, io.SEEK_SET, 3, b"cde"),
        (-2, io.SEEK_END, 5, b"hi"),
        (8, io.SEEK_SET, 1, b"i"),
        (20, io.SEEK_SET, 1, b""),
    ],
)
def test_any_place_can_be_read(
    file: io.BufferedReader, offset: int, whence: int, count: int, read: bytes
) -> None:
    file.seek(offset, whence)
    assert file.read(count) == read


def test_a_missing_part_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        joined([tmp_path / "nowhere"])
