"""What must exist before Django can read its settings: the data folder, and in it a random secret key."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent


def ensure_env_file() -> None:
    """Write `env` in the data folder unless it is there, or the environment has a key already.

    Raises ImproperlyConfigured.
    """
    folder = Path(os.environ.get("QUOTH_DATA_DIR") or ROOT / "var")
    if os.environ.get("SECRET_KEY"):
        return
    try:
        _write_key(folder)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{folder} cannot be written ({error.strerror}): set QUOTH_DATA_DIR to a folder of this user"
        ) from error


def _write_key(folder: Path) -> None:
    file, part = folder / "env", folder / "env.part"
    if file.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_private(part, f"SECRET_KEY={secrets.token_urlsafe(50)}\n")
    part.replace(file)


def write_private(file: Path, text: str) -> None:
    """Readable by the owner alone, from the first byte on."""
    file.unlink(missing_ok=True)
    with os.fdopen(
        os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as output:
        output.write(text)
