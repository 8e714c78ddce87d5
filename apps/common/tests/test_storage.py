from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

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
    assert not (tmp_path / "a/b").exists()


def test_a_taken_name_is_left_alone(tmp_path: Path) -> None:
    files = DurableFileStorage(location=tmp_path)
    files.save("a", ContentFile(b"first"))
    assert files.save("a", ContentFile(b"second")) != "a"
    assert (tmp_path / "a").read_bytes() == b"first"
