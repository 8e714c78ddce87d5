from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User, Workspace
from apps.accounts.services import register
from apps.knowledge.ingestion.pipeline import ingest_many
from apps.knowledge.models import LISTED, Collection, Document, Ingestion
from apps.knowledge.services import request_ingest
from apps.knowledge.tests.files import LEAVE, TRAVEL, bring, collection_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


@dataclass(frozen=True)
class Done:
    rows: list[dict[str, str]]
    progress: str
    exit_code: int

    @property
    def states(self) -> dict[str, str]:
        return {row["path"]: row["state"] for row in self.rows}


def ingest(folder: Path, *options: str) -> Done:
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("ingest", str(folder), "--json", *options, stdout=out, stderr=err)
    except SystemExit as ended:
        code = int(str(ended.code))
    return Done(json.loads(out.getvalue()), err.getvalue(), code)


def live() -> set[str]:
    return set(Document.objects.filter(LISTED).values_list("path", flat=True))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "handbook"
    (folder / "guide").mkdir(parents=True)
    (folder / "guide/travel.md").write_bytes(TRAVEL)
    (folder / "leave.md").write_bytes(LEAVE)
    (folder / "photo.png").write_bytes(b"\x89PNG")
    ingest(folder)
    return folder


@pytest.fixture
def alice(db: None) -> User:
    return register("alice@example.org", password="correct horse battery")


def upload(path: str, person: User) -> None:
    collection = collection_in("demo")
    ingestion = request_ingest(
        collection, path=path, file=io.BytesIO(LEAVE), uploaded_by=person, enqueue=False
    )
    ingest_many([ingestion.pk])


def test_deleted_and_renamed_files_are_retired_and_listed_before(folder: Path) -> None:
    (folder / "guide").rename(folder / "rules")
    (folder / "leave.md").unlink()
    done = ingest(folder, "--mirror")
    assert live() == {"rules/travel.md"}
    assert done.states == {
        "rules/travel.md": "ready",
        "guide/travel.md": "retired",
        "leave.md": "retired",
        "photo.png": "skipped",
    }
    assert done.exit_code == 0
    assert done.progress.splitlines()[:2] == ["retire  guide/travel.md", "retire  leave.md"]


def test_without_mirror_nothing_is_retired(folder: Path) -> None:
    (folder / "leave.md").unlink()
    assert "leave.md" not in ingest(folder).states
    assert live() == {"guide/travel.md", "leave.md"}


def test_a_dry_run_shows_the_plan_and_changes_nothing(folder: Path) -> None:
    (folder / "leave.md").unlink()
    (folder / "new.md").write_bytes(LEAVE)
    (folder / "guide/travel.md").write_bytes(TRAVEL + b"More.\n")
    (folder / "table.csv").write_bytes(b"a,b")
    before = live(), Ingestion.objects.count()
    done = ingest(folder, "--mirror", "--dry-run")
    assert done.states == {
        "guide/travel.md": "changed",
        "new.md": "new",
        "table.csv": "failed",
        "leave.md": "retire",
        "photo.png": "skipped",
    }
    assert done.exit_code == 1
    assert (live(), Ingestion.objects.count()) == before


def test_a_dry_run_creates_no_collection_and_knows_unchanged_files(folder: Path) -> None:
    assert set(ingest(folder, "--dry-run").states.values()) == {"unchanged", "skipped"}
    assert set(ingest(folder, "--dry-run", "--workspace", "new").states.values()) == {"new", "skipped"}
    assert not Workspace.objects.filter(slug="new").exists()
    assert Collection.objects.count() == 1


def test_what_people_uploaded_stays_and_is_named(folder: Path, alice: User) -> None:
    upload("alice.md", alice)
    done = ingest(folder, "--mirror")
    assert live() == {"alice.md", "guide/travel.md", "leave.md"}
    assert done.states["alice.md"] == "kept"
    assert done.exit_code == 0


def test_an_upload_that_the_folder_has_replaced_is_the_folders(folder: Path, alice: User) -> None:
    upload("leave.md", alice)
    ingest(folder, "--mirror")
    (folder / "leave.md").unlink()
    ingest(folder, "--mirror")
    assert live() == {"guide/travel.md"}


def test_a_file_that_is_ignored_now_is_retired(folder: Path) -> None:
    (folder / ".quothignore").write_text("guide/\n")
    assert ingest(folder, "--mirror").states["guide/travel.md"] == "retired"
    assert live() == {"leave.md"}


def emptied(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "photo.png").write_bytes(b"\x89PNG")


@pytest.mark.parametrize("spoil", [emptied, shutil.rmtree])
def test_an_empty_or_missing_folder_retires_nothing(folder: Path, spoil: Callable[[Path], None]) -> None:
    spoil(folder)
    with pytest.raises(CommandError, match="There is no file"):
        call_command("ingest", str(folder), "--mirror", stdout=io.StringIO(), stderr=io.StringIO())
    assert live() == {"guide/travel.md", "leave.md"}


def test_an_empty_folder_retires_everything_when_told(folder: Path) -> None:
    emptied(folder)
    assert ingest(folder, "--mirror", "--retire-all").exit_code == 0
    assert live() == set()


def test_a_missing_folder_never_retires_everything(folder: Path) -> None:
    shutil.rmtree(folder)
    with pytest.raises(CommandError, match="no file or folder"):
        call_command("ingest", str(folder), "--mirror", "--retire-all", stderr=io.StringIO())
    assert len(live()) == 2


@pytest.mark.parametrize(("unlisted", "kept"), [("guide", {"guide/travel.md"}), ("handbook", None)])
def test_what_a_folder_that_cannot_be_listed_may_hold_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch, unlisted: str, kept: set[str] | None
) -> None:
    (folder / "leave.md").unlink()
    everything, listed = live(), os.scandir

    def scandir(place: str | Path) -> object:
        if Path(place).name == unlisted:
            raise PermissionError(13, "Permission denied", str(place))
        return listed(place)

    (folder / "other.md").write_bytes(LEAVE)
    monkeypatch.setattr(os, "scandir", scandir)
    assert ingest(folder, "--mirror").exit_code == 1
    assert live() == (everything if kept is None else {*kept, "other.md"})


def test_files_that_fail_keep_their_documents(folder: Path) -> None:
    (folder / "leave.md").write_bytes(b"")
    done = ingest(folder, "--mirror")
    assert done.states["leave.md"] == "failed"
    assert live() == {"guide/travel.md", "leave.md"}


def test_what_earlier_commands_left_for_missing_files_is_removed(folder: Path, alice: User) -> None:
    collection = collection_in("demo")
    bring(collection, "waiting.md", LEAVE)
    bring(collection, "table.csv", b"a,b")
    request_ingest(collection, path="hers.csv", file=io.BytesIO(b"a,b"), uploaded_by=alice, enqueue=False)
    ingest(folder, "--mirror")
    left = Ingestion.objects.exclude(state="ready").values_list("path", flat=True)
    assert list(left) == ["hers.csv"]


def test_other_collections_are_left_alone(folder: Path) -> None:
    ingest(folder, "--collection", "other")
    (folder / "leave.md").unlink()
    ingest(folder, "--mirror")
    other = Document.objects.filter(LISTED, collection__slug="other").values_list("path", flat=True)
    assert set(other) == {"guide/travel.md", "leave.md"}


@pytest.mark.parametrize(
    ("options", "message"),
    [(["--mirror"], "--mirror needs folders"), (["--retire-all"], "--retire-all needs --mirror")],
)
def test_wrong_options(folder: Path, options: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message) as caught:
        call_command("ingest", str(folder / "leave.md"), *options)
    assert caught.value.returncode == 2


def test_a_table_for_people(folder: Path) -> None:
    (folder / "leave.md").unlink()
    (folder / "a.gif").write_bytes(b"GIF8")
    (folder / "~$x.docx").write_bytes(b"\0")
    out = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command("ingest", str(folder), "--mirror", stdout=out, stderr=io.StringIO())
    assert out.getvalue().splitlines() == [
        "ready   guide/travel.md  Unchanged.",
        "retired leave.md  It is not in the folder.",
        "1 ready, 0 failed, 1 retired",
        "Not loaded as documents: 1 lock, backup or temporary file, 2 images",
    ]
