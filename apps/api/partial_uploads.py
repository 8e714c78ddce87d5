"""Files that are sent in parts, so that one that was cut off goes on where it stopped, at any web process.

Parts are files of the storage, named by their offsets. The row knows how many bytes there are: a part is taken only at
that offset, so that a part that is sent twice counts once.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.accounts.viewer import Viewer
from apps.api.models import PartialUpload
from apps.common.db import lock_until_commit, transition
from apps.common.disk_space import check_reserve, disk_full_as_app_error
from apps.common.errors import AppError, Code, NotFound
from apps.knowledge.documents.quota import check_quota
from apps.knowledge.ingestion.paths import clean_path
from apps.knowledge.ingestion.refusals import reason_to_refuse
from apps.knowledge.models import Collection
from apps.knowledge.parsing.failures import sentence_for
from apps.knowledge.selectors import collections_for

PART_BYTES = 1 << 20  # the largest body that the server takes without an announced upload
MOST_OPEN = 20  # of a workspace
KEPT = timedelta(hours=24)
ERASED_AT_ONCE = 100


@transaction.atomic
def begin_upload(viewer: Viewer, home: Collection, path: str, size: int) -> PartialUpload:
    """Raises AppError for a file that would be refused, before anything of it is sent."""
    name = clean_path(path)
    if reason := reason_to_refuse(home, name, size):
        raise AppError(Code.INVALID, sentence_for(reason, name))
    lock_until_commit(f"partial uploads of workspace {home.workspace_id}")
    if _open().filter(workspace=home.workspace).count() >= MOST_OPEN:
        problem = _(
            "This workspace has %(limit)d uploads that are not complete. Finish or cancel one of them first."
        )
        raise AppError(Code.CONFLICT, str(problem) % {"limit": MOST_OPEN})
    return PartialUpload.objects.create(
        workspace=home.workspace,
        collection=home,
        uploaded_by=viewer.user,
        path=name,
        size=size,
        expires_at=Now() + KEPT,
    )


def upload_for(viewer: Viewer, uid: uuid.UUID) -> PartialUpload:
    """Raises NotFound for one into a collection that the viewer may not change, and after it has expired."""
    rows = _open().filter(uid=uid, collection__in=collections_for(viewer, editing=True))
    found = rows.select_related("collection__workspace", "uploaded_by").first()
    if found is None:
        raise NotFound
    return found


def add_part(upload: PartialUpload, offset: int, content: bytes) -> PartialUpload:
    """Raises AppError if the part does not begin where the others end."""
    if offset != upload.offset:
        raise AppError(
            Code.CONFLICT, _("This part does not begin where the upload ends. Ask for its offset.")
        )
    if not content or len(content) > PART_BYTES or offset + len(content) > upload.size:
        raise AppError(Code.INVALID, _("A part has 1 to 1,048,576 bytes, and no more than are missing."))
    check_quota(upload.workspace, len(content))
    check_reserve(len(content))
    with disk_full_as_app_error():
        stored = default_storage.save(
            f"{_folder(upload)}/{offset:015}-{uuid.uuid4().hex}", ContentFile(content)
        )
    if not _append(upload, offset, stored, len(content)):
        default_storage.delete(stored)
        raise AppError(
            Code.CONFLICT, _("This part was sent twice at once. Ask for the offset of the upload.")
        )
    upload.refresh_from_db()
    return upload


def complete(upload: PartialUpload, take: Callable[[IO[bytes]], uuid.UUID]) -> PartialUpload:
    """Joins the parts and hands the file over to `take`, which returns the uid of its ingestion. Twice is harmless."""
    with tempfile.NamedTemporaryFile(dir=settings.INCOMING) as file:
        with disk_full_as_app_error():
            check_reserve(upload.size)
            for name in upload.parts:
                with default_storage.open(name) as part:
                    file.write(part.read())
        made = take(file)
    PartialUpload.objects.filter(pk=upload.pk).update(ingestion=made)
    discard_parts(upload)
    upload.refresh_from_db()
    return upload


def cancel_upload(upload: PartialUpload) -> None:
    discard_parts(upload)
    upload.delete()


def discard_parts(upload: PartialUpload) -> None:
    for name in upload.parts:
        default_storage.delete(name)


def erase_old_uploads() -> int:
    """A bounded number of those that have expired; how many there were."""
    old = list(PartialUpload.objects.filter(expires_at__lte=Now()).order_by("pk")[:ERASED_AT_ONCE])
    for upload in old:
        cancel_upload(upload)
    return len(old)


def _append(upload: PartialUpload, offset: int, stored: str, size: int) -> bool:
    """Nobody else has added one there meanwhile."""
    rows = PartialUpload.objects.filter(pk=upload.pk, offset=offset, ingestion=None)
    return transition(rows, offset=offset + size, parts=[*upload.parts, stored])


def _open() -> QuerySet[PartialUpload]:
    return PartialUpload.objects.filter(expires_at__gt=Now())


def _folder(upload: PartialUpload) -> str:
    return f"parts/{upload.workspace.uid}/{upload.uid}"
