"""Writes uploaded files to the folder for uploads, and keeps a reserve of free disk space."""

from __future__ import annotations

from contextlib import suppress

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest

from apps.common.disk_space import check_reserve, disk_full_as_app_error


class DiskUploadHandler(TemporaryFileUploadHandler):
    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Raises AppError if there is not enough space."""
        with disk_full_as_app_error():
            check_reserve(len(raw_data))
            super().receive_data_chunk(raw_data, start)


def close_uploaded_files(request: HttpRequest) -> None:
    """Close all files, including incomplete ones, which Django does not close. Closing removes files that were not
    moved.
    """
    for handler in request.upload_handlers:
        with suppress(OSError):  # buffered data cannot be written, but the file is removed
            if file := getattr(handler, "file", None):
                file.close()
