"""The data folder's free space. Uploads and work on files leave a reserve, so that the database and the logs never
find a full disk.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from apps.common.config import Section, section
from apps.common.errors import AppError, Code

MIB = 1 << 20
NEEDED = 64 * MIB  # below this, or below the reserve if that is smaller, questions may soon not be stored
NO_ROOM = _("This site has no space left for files. Try again later, or tell your administrator.")


class StorageConfig(Section):
    reserve_mb: int = Field(ge=0, description="free space in the data folder that uploads leave, in MiB")


storage_config = section("storage", StorageConfig)


def check_reserve(size: int = 0) -> None:
    """Raises AppError if writing so many bytes would touch the reserve."""
    if free_bytes() - size < reserve_bytes():
        raise AppError(Code.STORAGE_FULL, NO_ROOM)


def has_reserve() -> bool:
    """Whether work on files may go on."""
    return free_bytes() >= reserve_bytes()


def has_room() -> bool:
    """Whether questions can still be stored."""
    return free_bytes() >= min(NEEDED, reserve_bytes())


def free_bytes() -> int:
    return shutil.disk_usage(settings.QUOTH_DATA_DIR).free


def reserve_bytes() -> int:
    return storage_config().reserve_mb * MIB


@contextmanager
def disk_full_as_app_error() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise AppError(Code.STORAGE_FULL, NO_ROOM) from error
