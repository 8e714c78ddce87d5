from __future__ import annotations

import pytest

from apps.common.errors import AppError, Code
from apps.knowledge.ingestion.paths import clean_path


@pytest.mark.parametrize(
    ("path", "clean"),
    [
        ("a/b.md", "a/b.md"),
        ("/etc/passwd", "etc/passwd"),
        ("../../b.md", "b.md"),
        ("a\\b.md", "a/b.md"),
        ("a//./b.md", "a/b.md"),
        ("cafe\u0301.md", "caf\u00e9.md"),
        ("a\x00\nb.md", "ab.md"),
        ("bad\udcff.md", "bad?.md"),
        ("invoice\u202efdp.exe.md", "invoicefdp.exe.md"),
        ("a\u2028b/\u2067c\u2069\ufeff.md", "ab/c.md"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.md",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.md",
        ),
    ],
)
def test_clean_path(path: str, clean: str) -> None:
    assert clean_path(path) == clean


@pytest.mark.parametrize(
    ("path", "code"),
    [("", Code.INVALID), ("..", Code.INVALID), ("x" * 1001, Code.TOO_LONG), ("日" * 667, Code.TOO_LONG)],
)
def test_refused(path: str, code: Code) -> None:
    with pytest.raises(AppError) as caught:
        clean_path(path)
    assert caught.value.code is code
