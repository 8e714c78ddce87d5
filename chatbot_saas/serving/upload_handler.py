"""Writes uploaded files to the folder of what is being uploaded, and leaves the disk its reserve."""

from __future__ import annotations

from contextlib import suppress

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest

from apps.common.disk_space import check_reserve, disk_full_as_app_error


class DiskUploadHandler(TemporaryFileUploadHandler):
    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Raises AppError when there is no room."""
        with disk_full_as_app_error():
            check_reserve(len(raw_data))
            super().receive_data_chunk(raw_data, start)


def close_uploaded_files(request: HttpRequest) -> None:
    """Those too whose end never came, which Django forgets. Closing removes what was not moved elsewhere."""
    for handler in request.upload_handlers:
        with suppress(OSError):  # what is buffered cannot be written; the file is removed all the same
            if file := getattr(handler, "file", None):
                file.close()
