from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files import locks
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test import override_settings

from apps.common import storage
from apps.common.storage import DurableFileStorage


def test_saved_whole_and_alone(tmp_path: Path) -> None:
    files = DurableFileStorage(location=tmp_path)
    assert files.save("a/b", ContentFile(b"content")) == "a/b"
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        "a/b"
    ]
    assert (tmp_path / "a/b").read_bytes() == b"content"


def test_synced_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(descriptor: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="full"):
        storage.DurableFileStorage(location=tmp_path).save("a/b", ContentFile(b"content"))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


class Breaking(ContentFile[bytes]):
    """A source that ends in the midst, as a disk that is full does."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")


def test_what_could_not_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        DurableFileStorage(location=tmp_path).save("a/b", Breaking(b""))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_uploads_temporary_file_is_moved(tmp_path: Path) -> None:
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    with override_settings(FILE_UPLOAD_TEMP_DIR=incoming):
        upload = TemporaryUploadedFile("b", "text/plain", 7, None)
    upload.write(b"content")
    upload.flush()
    inode = Path(upload.temporary_file_path()).stat().st_ino
    files = DurableFileStorage(location=tmp_path / "files", file_permissions_mode=0o644)
    files.save("a/b", upload)
    upload.close()
    stored = tmp_path / "files/a/b"
    assert (stored.read_bytes(), stored.stat().st_ino) == (b"content", inode)
    assert stored.stat().st_mode & 0o777 == 0o644
    assert list(incoming.iterdir()) == []


def test_leftovers_go_and_what_is_being_written_stays(tmp_path: Path) -> None:
    files = DurableFileStorage(location=tmp_path)
    files.save("a/whole", ContentFile(b"content"))
    (tmp_path / "a/dead.part").write_bytes(b"half")
    (tmp_path / "a/alive.part").write_bytes(b"half")
    with (tmp_path / "a/alive.part").open("rb+") as alive:
        locks.lock(alive, locks.LOCK_EX)
        assert files.remove_leftovers() == 1
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["alive.part", "whole"]


def test_a_taken_name_is_left_alone(tmp_path: Path) -> None:
    files = DurableFileStorage(location=tmp_path)
    files.save("a", ContentFile(b"first"))
    assert files.save("a", ContentFile(b"second")) != "a"
    assert (tmp_path / "a").read_bytes() == b"first"
