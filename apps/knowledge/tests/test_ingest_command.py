from __future__ import annotations

import contextlib
import errno
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
from django.core.management import CommandError, call_command

from apps.knowledge.models import Collection, DocumentVersion, Ingestion
from apps.knowledge.tests.files import LEAVE, TRAVEL, bring, collection_in, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
Row = dict[str, str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide/travel.md").write_bytes(TRAVEL)
    (tmp_path / "leave.md").write_bytes(LEAVE)
    return tmp_path


@pytest.fixture
def ingest() -> Callable[..., list[Row]]:
    def run(*arguments: str) -> list[Row]:
        out = io.StringIO()
        with contextlib.suppress(SystemExit):  # its status has a test of its own
            call_command("ingest", *arguments, "--json", stdout=out, stderr=io.StringIO())
        rows: list[Row] = json.loads(out.getvalue())
        return rows

    return run


def test_a_folder_goes_in_by_relative_paths(folder: Path, ingest: Callable[..., list[Row]]) -> None:
    rows = ingest(str(folder))
    assert [(row["path"], row["state"], row["reason"]) for row in rows] == [
        ("guide/travel.md", "ready", ""),
        ("leave.md", "ready", ""),
    ]
    assert str(Collection.objects.get().slug) == "docs"
    assert Collection.objects.get().workspace.slug == "demo"


def test_what_is_no_document_is_a_skipped_row(folder: Path, ingest: Callable[..., list[Row]]) -> None:
    (folder / ".git").mkdir()
    (folder / "guide/plan.png").write_bytes(b"\x89PNG")
    (folder / os.fsdecode(b"guide/\xff\x1b[31m.css")).write_bytes(b"p{}")
    skipped = {row["path"]: row["reason"] for row in ingest(str(folder)) if row["state"] == "skipped"}
    assert skipped == {".git/": "hidden", "guide/plan.png": "image", "guide/?[31m.css": "code"}


def test_a_readme_without_an_ending_is_read_as_text(folder: Path, ingest: Callable[..., list[Row]]) -> None:
    (folder / "README").write_bytes(b"# Not a heading\n\nRing the bell twice.\n")
    assert {row["path"]: row["state"] for row in ingest(str(folder))}["README"] == "ready"
    version = published(Collection.objects.get(), "README")
    assert version is not None
    assert (version.media_type, "# Not a heading" in version.text) == ("text/plain", True)


def test_a_single_file_goes_in_by_its_name(folder: Path, ingest: Callable[..., list[Row]]) -> None:
    rows = ingest(str(folder / "guide/travel.md"), "--workspace", "acme", "--collection", "handbook")
    assert [row["path"] for row in rows] == ["travel.md"]
    assert published(Collection.objects.get(slug="handbook", workspace__slug="acme"), "travel.md")


def test_a_second_run_builds_nothing(folder: Path, ingest: Callable[..., list[Row]]) -> None:
    ingest(str(folder))
    rows = ingest(str(folder))
    assert {row["sentence"] for row in rows} == {"Unchanged."}
    assert DocumentVersion.objects.count() == 2


def test_a_failed_file_is_named_and_explained(folder: Path, ingest: Callable[..., list[Row]]) -> None:
    (folder / "table.csv").write_text("a,b\n1,2\n")
    row = next(row for row in ingest(str(folder)) if row["path"] == "table.csv")
    assert (row["state"], row["reason"]) == ("failed", "unlisted_type")
    assert "This type of file isn't supported" in row["sentence"]


def test_a_failed_file_sets_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(LEAVE)
    call_command("ingest", str(tmp_path), stdout=io.StringIO())
    (tmp_path / "empty.md").write_bytes(b"")
    with pytest.raises(SystemExit) as caught:
        call_command("ingest", str(tmp_path), stdout=io.StringIO())
    assert caught.value.code == 1


def test_public_opens_the_collection_to_everyone(folder: Path, ingest: Callable[..., list[Row]]) -> None:
    ingest(str(folder))
    assert not Collection.objects.get().is_public
    ingest(str(folder), "--public")
    collection = Collection.objects.get()
    assert (collection.is_public, collection.workspace.is_operator) == (True, True)


def test_a_missing_path_is_an_error() -> None:
    with pytest.raises(CommandError, match="no file or folder"):
        call_command("ingest", "/no/such/place")
    assert not Ingestion.objects.exists()


def test_a_file_on_its_way_already_is_brought_to_its_end(
    folder: Path, ingest: Callable[..., list[Row]]
) -> None:
    waiting = bring(collection_in("demo"), "leave.md", LEAVE)
    ingest(str(folder))
    waiting.refresh_from_db()
    assert waiting.state == "ready"


def test_a_table_for_people(folder: Path) -> None:
    out = io.StringIO()
    call_command("ingest", str(folder), stdout=out)
    assert out.getvalue().splitlines() == ["ready   guide/travel.md", "ready   leave.md", "2 ready, 0 failed"]


def test_a_path_too_long_is_named_and_keeps_no_other_out(
    tmp_path: Path, ingest: Callable[..., list[Row]]
) -> None:
    deep = tmp_path.joinpath(*["日" * 80] * 9)
    deep.mkdir(parents=True)
    (deep / "a.md").write_bytes(LEAVE)
    (tmp_path / "leave.md").write_bytes(LEAVE)
    rows = {row["path"]: (row["state"], row["reason"]) for row in ingest(str(tmp_path))}
    assert rows.pop("leave.md") == ("ready", "")
    assert list(rows.values()) == [("failed", "long_name")]


class Failing(io.BytesIO):
    """A file on a disk that fails when it is read."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError(errno.EIO, "Input/output error")


def test_a_file_that_cannot_be_opened_or_read_keeps_no_other_out(
    folder: Path, ingest: Callable[..., list[Row]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(path: Path, mode: str) -> IO[bytes]:
        if path.name == "locked.md":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return Failing() if path.name == "failing.md" else open(path, mode)

    for name in ("failing.md", "locked.md"):
        (folder / name).write_bytes(LEAVE)
    monkeypatch.setattr(Path, "open", opened)
    rows = {row["path"]: (row["state"], row["reason"]) for row in ingest(str(folder))}
    assert rows == {
        "guide/travel.md": ("ready", ""),
        "leave.md": ("ready", ""),
        "failing.md": ("failed", "unreadable"),
        "locked.md": ("failed", "unreadable"),
    }


def test_a_folder_that_cannot_be_listed_is_named(
    folder: Path, ingest: Callable[..., list[Row]], monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = os.scandir

    def scandir(place: str | Path) -> object:
        if Path(place).name == "guide":
            raise PermissionError(errno.EACCES, "Permission denied", str(place))
        return listed(place)

    monkeypatch.setattr(os, "scandir", scandir)
    rows = {row["path"]: row["reason"] for row in ingest(str(folder))}
    assert rows == {"leave.md": "", "guide": "unreadable"}


def test_a_store_that_fails_is_not_the_files_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("apps.knowledge.documents.originals.default_storage.save", full)
    with pytest.raises(CommandError, match="This site has no space left"):
        call_command("ingest", str(folder), stdout=io.StringIO(), stderr=io.StringIO())


def test_two_files_for_one_place_are_both_named_and_nothing_is_loaded(folder: Path) -> None:
    (folder / "guide/leave.md").write_bytes(TRAVEL)
    first, second = folder / "leave.md", folder / "guide/leave.md"
    with pytest.raises(CommandError, match=f"{first} and {second} would both be leave.md") as caught:
        call_command("ingest", str(first), str(second))
    assert caught.value.returncode == 2
    assert not Collection.objects.exists()


def test_a_file_named_twice_is_loaded_once(folder: Path, ingest: Callable[..., list[Row]]) -> None:
    rows = ingest(str(folder), str(folder / "leave.md"))
    assert [row["path"] for row in rows] == ["guide/travel.md", "leave.md"]


@pytest.mark.parametrize("option", ["--workspace", "--collection"])
@pytest.mark.parametrize("name", ["bad name!", "x/../y", "", "é", "a\n", "a" * 64])
def test_a_name_that_no_address_takes_is_a_wrong_option(folder: Path, option: str, name: str) -> None:
    with pytest.raises(CommandError, match=f"(?s){option}: .*cannot be a short name"):
        call_command("ingest", str(folder), f"{option}={name}")
    assert not Collection.objects.exists()


def test_a_folder_without_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / ".hidden.md").write_bytes(LEAVE)
    with pytest.raises(CommandError, match=f"no file in {tmp_path}") as caught:
        call_command("ingest", str(tmp_path))
    assert caught.value.returncode == 1
    assert not Collection.objects.exists()
