"""Collections, documents and files on their way."""

from __future__ import annotations

from rest_framework import serializers

from apps.api.pagination import PageQuery
from apps.api.serializers.strict import Moment, Strict
from apps.knowledge.models import IngestionState


class CollectionOut(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    workspace_id = serializers.UUIDField()
    is_public = serializers.BooleanField(help_text="everyone on this site may ask it")
    may_edit = serializers.BooleanField()
    documents = serializers.IntegerField()
    passages = serializers.IntegerField()
    changed_at = Moment(allow_null=True)
    created_at = Moment()


class CollectionIn(Strict):
    name = serializers.CharField(max_length=60)
    workspace_id = serializers.UUIDField(
        required=False, help_text="Left out: the key's workspace, or the person's own."
    )
    is_public = serializers.BooleanField(required=False, default=False)


class CollectionsQuery(PageQuery):
    workspace = serializers.UUIDField(required=False, help_text="id of a workspace")


class DocumentsQuery(PageQuery):
    q = serializers.CharField(required=False, max_length=200, help_text="words of titles and paths")


class DocumentOut(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    collection_id = serializers.UUIDField(source="collection.uid")
    path = serializers.CharField()
    title = serializers.CharField()
    media_type = serializers.CharField()
    version = serializers.IntegerField(source="version_number")
    bytes = serializers.IntegerField(source="original_bytes")
    pages = serializers.IntegerField(source="page_count")
    passages = serializers.IntegerField(source="passage_count")
    published_at = Moment()


class VersionOut(serializers.Serializer):
    number = serializers.IntegerField()
    title = serializers.CharField()
    media_type = serializers.CharField()
    language = serializers.CharField(help_text='"" if it is not known')
    bytes = serializers.IntegerField(source="original_bytes")
    passages = serializers.IntegerField(source="passage_count")
    sha256 = serializers.CharField(source="original_sha256", help_text="of the original file")
    text_sha256 = serializers.CharField()
    is_current = serializers.BooleanField()
    published_at = Moment()


class VersionListOut(serializers.Serializer):
    """All versions, the newest first."""

    items = VersionOut(many=True)


class BlockOut(serializers.Serializer):
    kind = serializers.CharField()
    level = serializers.IntegerField(help_text="of a heading, 0 for others")
    start = serializers.IntegerField()
    end = serializers.IntegerField()


class HeadingOut(serializers.Serializer):
    text = serializers.CharField()
    level = serializers.IntegerField()
    section = serializers.IntegerField()


class SectionsOut(serializers.Serializer):
    """The headings of a document, with the numbers of the sections that they stand in."""

    document_id = serializers.UUIDField()
    version = serializers.IntegerField()
    sections = serializers.IntegerField(help_text="how many there are")
    headings = HeadingOut(many=True)


class SectionOut(serializers.Serializer):
    """A part of the text, word for word. Offsets count code points in the text of the version."""

    document_id = serializers.UUIDField()
    version = serializers.IntegerField()
    number = serializers.IntegerField()
    start = serializers.IntegerField()
    text = serializers.CharField()
    blocks = BlockOut(many=True)


class FileIn(Strict):
    file = serializers.FileField(allow_empty_file=True, max_length=1000)
    path = serializers.CharField(
        required=False, max_length=1000, help_text="in the collection; left out: the name of the file"
    )


class IngestionOut(serializers.Serializer):
    """A file on its way into a collection. `progress` of `total` are pages while reading, then texts."""

    id = serializers.UUIDField(source="uid")
    collection_id = serializers.UUIDField(source="collection.uid")
    path = serializers.CharField()
    state = serializers.ChoiceField(IngestionState.choices)
    progress = serializers.IntegerField()
    total = serializers.IntegerField()
    reason = serializers.CharField(help_text='a stable word for why it has failed, else ""')
    detail = serializers.CharField(help_text="the same as a sentence")
    document_id = serializers.UUIDField(allow_null=True, help_text="once it is ready")
    unchanged = serializers.BooleanField(help_text="the same file was published already")
    created_at = Moment()
    finished_at = Moment(allow_null=True)


class UploadIn(Strict):
    path = serializers.CharField(max_length=1000, help_text="in the collection")
    size = serializers.IntegerField(min_value=1, max_value=2**53, help_text="bytes of the whole file")


class UploadOut(serializers.Serializer):
    """A file that is sent in parts. The next part begins at `offset`."""

    id = serializers.UUIDField(source="uid")
    collection_id = serializers.UUIDField(source="collection.uid")
    path = serializers.CharField()
    size = serializers.IntegerField()
    offset = serializers.IntegerField()
    ingestion_id = serializers.UUIDField(source="ingestion", allow_null=True, help_text="once it is complete")
    expires_at = Moment()


class PartQuery(Strict):
    offset = serializers.IntegerField(min_value=0, max_value=2**53, help_text="where the part begins")
