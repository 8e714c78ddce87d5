"""Files that are sent in parts."""

from __future__ import annotations

import uuid
from typing import IO, Any

from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import partial_uploads
from apps.api.models import PartialUpload
from apps.api.operations import Access, operation
from apps.api.serializers.knowledge import PartQuery, UploadIn, UploadOut
from apps.api.views.base import ApiView, shown
from apps.api.views.files import take_file
from apps.api.views.once import OnceView
from apps.knowledge.selectors import collection_for


class RawParser(BaseParser):
    """The bytes of the body as they are."""

    media_type = "application/octet-stream"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> bytes:
        content: bytes = stream.read()
        return content


class UploadsView(OnceView):
    @operation("begin_upload", Access.WRITE, body=UploadIn, status=201, returns=UploadOut, once=True)
    def post(self, request: Request, collection_id: uuid.UUID) -> Response:
        """For a file that is sent in parts of at most 1,048,576 bytes, within 24 hours."""
        home = collection_for(self.viewer, collection_id, editing=True)
        wanted = self.body(UploadIn)
        made = self.once(
            lambda: partial_uploads.begin_upload(self.viewer, home, wanted["path"], wanted["size"]).uid
        )
        return shown(UploadOut, partial_uploads.upload_for(self.viewer, made), 201)


class UploadView(ApiView):
    parser_classes = (RawParser,)

    @operation("get_upload", Access.WRITE, returns=UploadOut)
    def get(self, request: Request, upload_id: uuid.UUID) -> Response:
        return shown(UploadOut, partial_uploads.upload_for(self.viewer, upload_id))

    @operation(
        "send_part",
        Access.WRITE,
        query=PartQuery,
        body={"application/octet-stream": OpenApiTypes.BINARY},
        returns=UploadOut,
    )
    def patch(self, request: Request, upload_id: uuid.UUID) -> Response:
        """The next bytes of the file. After the last ones, `ingestion_id` names the file on its way. If the response is
        lost, ask for the upload, and go on at its offset.
        """
        upload = partial_uploads.upload_for(self.viewer, upload_id)
        if upload.ingestion is None and upload.offset < upload.size:
            upload = partial_uploads.add_part(upload, self.asked["offset"], request.data)
        if upload.ingestion is None and upload.offset == upload.size:
            upload = partial_uploads.complete(upload, lambda file: _taken(upload, file))
        return shown(UploadOut, upload)

    @operation("cancel_upload", Access.WRITE, status=204)
    def delete(self, request: Request, upload_id: uuid.UUID) -> Response:
        """What was sent is erased, unless the file is complete and on its way."""
        partial_uploads.cancel_upload(partial_uploads.upload_for(self.viewer, upload_id))
        return Response(status=204)


def _taken(upload: PartialUpload, file: IO[bytes]) -> uuid.UUID:
    return take_file(upload.collection, upload.path, file, upload.uploaded_by)
