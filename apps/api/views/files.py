"""Files on their way into a collection: sent in one request, and their progress."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import IO, Any, cast

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.operations import Access, operation
from apps.api.pagination import PageQuery, page_by, page_of
from apps.api.presenting import ingestion_view
from apps.api.serializers.knowledge import FileIn, IngestionOut
from apps.api.serializers.strict import checked
from apps.api.views.base import ApiView, shown
from apps.api.views.once import OnceView
from apps.common.errors import AppError
from apps.knowledge import services
from apps.knowledge.documents.originals import digest_of
from apps.knowledge.models import Collection, Ingestion
from apps.knowledge.selectors import collection_for, ingestion_for


class FilesView(OnceView):
    """Its route is one of the two that take large bodies (chatbot_saas.serving.upload_check)."""

    parser_classes = (MultiPartParser,)

    @operation("list_ingestions", Access.WRITE, query=PageQuery, returns=page_of(IngestionOut))
    def get(self, request: Request, collection_id: uuid.UUID) -> Response:
        """The newest first."""
        home = collection_for(self.viewer, collection_id, editing=True)
        rows = Ingestion.objects.filter(collection=home)
        page = page_by(
            rows, ("-created_at", "-uid"), self.asked, lambda found: [ingestion_view(row) for row in found]
        )
        return shown(page_of(IngestionOut), page)

    @operation("upload_file", Access.WRITE, body=FileIn, status=201, returns=IngestionOut, once=True)
    def post(self, request: Request, collection_id: uuid.UUID) -> Response:
        """A new document, or a new version of the one at the same path. It is read after the response: ask for its
        progress at `/ingestions/{ingestion_id}`.
        """
        home = collection_for(self.viewer, collection_id, editing=True)
        sent: Mapping[str, Any] = checked(FileIn, request.data)
        file = cast("IO[bytes]", sent["file"])
        path = sent.get("path") or sent["file"].name
        made = self.once(lambda: self._taken(home, path, file), path, digest_of(file)[0])
        return shown(IngestionOut, ingestion_view(ingestion_for(self.viewer, made)), 201)

    def _taken(self, home: Collection, path: str, file: IO[bytes]) -> uuid.UUID:
        return take_file(home, path, file, self.caller.user)


class IngestionView(ApiView):
    @operation("get_ingestion", Access.WRITE, returns=IngestionOut)
    def get(self, request: Request, ingestion_id: uuid.UUID) -> Response:
        return shown(IngestionOut, ingestion_view(ingestion_for(self.viewer, ingestion_id)))

    @operation("cancel_ingestion", Access.WRITE, status=204)
    def delete(self, request: Request, ingestion_id: uuid.UUID) -> Response:
        """A file that is still being worked on is given up; one that has ended stays as it is."""
        services.cancel_ingestion(ingestion_for(self.viewer, ingestion_id))
        return Response(status=204)


class RetryView(ApiView):
    @operation("retry_ingestion", Access.WRITE, status=201, returns=IngestionOut)
    def post(self, request: Request, ingestion_id: uuid.UUID) -> Response:
        """A new attempt at a file that has failed, from what is stored of it."""
        again = services.retry_ingestion(ingestion_for(self.viewer, ingestion_id))
        return shown(IngestionOut, ingestion_view(again), 201)


def take_file(home: Collection, path: str, file: IO[bytes], person: Any) -> uuid.UUID:
    """The uid of the ingestion. A file that is refused is an error; its failed row stays in the list of files."""
    upload = services.upload_file(home, path=path, file=file, uploaded_by=person)
    if isinstance(upload.refusal, AppError):
        raise upload.refusal
    return upload.ingestion.uid
