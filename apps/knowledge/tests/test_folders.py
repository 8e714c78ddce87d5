from __future__ import annotations

import os
from pathlib import Path

import pytest

from apps.knowledge.ingestion.file_kinds import Kind, kind_of_file, kind_of_folder
from apps.knowledge.ingestion.folders import NoSuchPath, find_files
from apps.knowledge.ingestion.ignore_rules import BadIgnoreFile


def write(folder: Path, *paths: str, content: str = "text") -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)


def found_in(folder: Path) -> list[str]:
    return [source.path for source in find_files([str(folder)]).files]


def skipped_in(folder: Path) -> dict[str, Kind]:
    return {skipped.path: skipped.kind for skipped in find_files([str(folder)]).skipped}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("guide.md", None),
        ("GUIDE.MD", None),
        ("README", None),
        ("Licence", None),
        ("minutes.doc", None),
        ("prices.CSV", None),
        ("~$guide.docx", Kind.LOCK),
        (".~lock.guide.odt#", Kind.LOCK),
        (".#guide.md", Kind.LOCK),
        ("#guide.md#", Kind.LOCK),
        ("guide.md~", Kind.LOCK),
        ("~WRL0001.tmp", Kind.LOCK),
        ("Thumbs.db", Kind.SYSTEM),
        (".DS_Store", Kind.SYSTEM),
        ("._guide.md", Kind.SYSTEM),
        ("desktop.ini", Kind.SYSTEM),
        (".env.md", Kind.HIDDEN),
        ("Photo.JPG", Kind.IMAGE),
        ("talk.mp4", Kind.MEDIA),
        ("old.tar.gz", Kind.ARCHIVE),
        ("site.css", Kind.CODE),
        ("Makefile", Kind.OTHER),
        ("data.xyz", Kind.OTHER),
    ],
)
def test_what_a_file_is(name: str, kind: Kind | None) -> None:
    assert kind_of_file(name) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [("guide", None), (".git", Kind.HIDDEN), ("__MACOSX", Kind.SYSTEM), ("@eaDir", Kind.SYSTEM)],
)
def test_what_a_folder_is(name: str, kind: Kind | None) -> None:
    assert kind_of_folder(name) == kind


def test_what_is_no_document_is_skipped_and_a_skipped_folder_is_not_entered(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "img/x.png", "__MACOSX/a.md", ".git/a.md", "sub/README", "sub/~$a.docx", "b.odt")
    assert found_in(tmp_path) == ["a.md", "b.odt", "sub/README"]
    assert skipped_in(tmp_path) == {
        "img/x.png": Kind.IMAGE,
        "__MACOSX/": Kind.SYSTEM,
        ".git/": Kind.HIDDEN,
        "sub/~$a.docx": Kind.LOCK,
    }


def test_a_named_file_is_never_skipped(tmp_path: Path) -> None:
    write(tmp_path, "x.png", ".quothignore", content="*")
    assert find_files([str(tmp_path / "x.png")]).files[0].path == "x.png"


def test_a_folder_without_a_document_is_an_error_unless_it_may_be_empty(tmp_path: Path) -> None:
    write(tmp_path, "x.png")
    with pytest.raises(NoSuchPath, match=r"no file in .* that may be a document"):
        find_files([str(tmp_path)])
    assert not find_files([str(tmp_path)], may_be_empty=True).files
    with pytest.raises(NoSuchPath, match="no file or folder"):
        find_files([str(tmp_path / "missing")], may_be_empty=True)


def test_ignore_files_are_nested_and_the_deepest_decides(tmp_path: Path) -> None:
    write(
        tmp_path, "a.md", "draft-a.md", "old/a.md", "sub/draft-b.md", "sub/old/c.md", "sub/top.md", "top.md"
    )
    write(tmp_path, ".quothignore", content="# drafts\ndraft-*\n/top.md\n/old/\n")
    write(tmp_path, "sub/.quothignore", content="!draft-b.md\nold\n")
    assert found_in(tmp_path) == ["a.md", "sub/draft-b.md", "sub/top.md"]
    assert skipped_in(tmp_path) == {
        "draft-a.md": Kind.IGNORED,
        "old/": Kind.IGNORED,
        "sub/old/": Kind.IGNORED,
        "top.md": Kind.IGNORED,
    }


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_a_pattern(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "b.md", "c.md")
    (tmp_path / ".quothignore").write_bytes(b"\xef\xbb\xbfa.md\r\nb.md\r\n")
    assert found_in(tmp_path) == ["c.md"]


@pytest.mark.parametrize(
    ("content", "message"), [(b"\xff\xfe\x00", "is not UTF-8 text"), (b"good\n!\n", "no valid pattern")]
)
def test_a_wrong_ignore_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    write(tmp_path, "a.md")
    (tmp_path / ".quothignore").write_bytes(content)
    with pytest.raises(BadIgnoreFile, match=message) as caught:
        find_files([str(tmp_path)])
    assert str(tmp_path / ".quothignore") in str(caught.value)


def test_links_are_not_followed_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    write(tmp_path, "docs/a.md", "secret/s.md")
    (folder / "inside.md").symlink_to("a.md")
    (folder / "outside.md").symlink_to(tmp_path / "secret/s.md")
    (folder / "broken.md").symlink_to("nothing.md")
    (folder / "loop.md").symlink_to("loop.md")
    (folder / "linked").symlink_to(tmp_path / "secret")
    assert found_in(folder) == ["a.md", "inside.md"]
    assert set(skipped_in(folder)) == {"outside.md", "broken.md", "loop.md", "linked/"}
    assert set(skipped_in(folder).values()) == {Kind.LINK}


def test_a_link_that_is_named_is_followed(tmp_path: Path) -> None:
    write(tmp_path, "docs/a.md")
    (tmp_path / "current").symlink_to(tmp_path / "docs")
    assert found_in(tmp_path / "current") == ["a.md"]


def test_a_pipe_with_the_name_of_a_document_is_skipped(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    os.mkfifo(tmp_path / "pipe.md")
    assert skipped_in(tmp_path) == {"pipe.md": Kind.OTHER}
