"""Documents and what is built from them. Every tenant row carries its workspace."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User, Workspace
from apps.common.models import PublicModel
from apps.common.names import clean_name


class StoreState(models.Model):
    """Counts the changes of a workspace's live passages; bumped in the transaction that makes one.

    `ingest_turn` orders workspaces by when their files were last worked on.
    """

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="store_state")
    version = models.PositiveBigIntegerField(default=0)
    ingest_turn = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"version {self.version}"


class Collection(PublicModel):
    """What a question is asked of. `encoder` names an entry of quoth.yaml; the digest is that of its weights.

    `faq_version` counts the changes of its FAQ: 0 if it never had an entry. One with `deleted_at` is shown to nobody;
    it may be restored until it is erased, and from `erased_at` on it no longer can.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="collections")
    slug = models.SlugField(max_length=63)
    name = models.CharField(_("name"), max_length=150)
    description = models.CharField(_("description"), max_length=500, blank=True, default="", db_default="")
    is_public = models.BooleanField(_("everyone on this site may ask it"), default=False)
    encoder = models.CharField(max_length=63)
    encoder_digest = models.CharField(max_length=64)
    faq_version = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "slug"],
                condition=Q(deleted_at__isnull=True),
                name="collection_slug_in_workspace",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = clean_name(self.name)


LISTED = Q(deleted_at__isnull=True, published_at__isnull=False)


class Document(PublicModel):
    """A file of a collection, known by its path in it. Deleting sets a tombstone that every reader checks.

    A file that is uploaded again is a new document, so that what was deleted stays deleted. A deleted one may be
    restored until it is erased. From `erased_at` on it no longer can; when nothing of it is left, its `path` is "", and
    the tombstone stays for what refers to it.

    The fields from `title` to `sort_key` repeat what lists show of the published version, because the version's own
    row may hold 20 million characters. `published_at` is null while no version is published.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="documents")
    path = models.CharField(max_length=1000)
    deleted_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    title = models.CharField(max_length=500, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    original_bytes = models.PositiveBigIntegerField(default=0)
    page_count = models.PositiveIntegerField(default=0)
    passage_count = models.PositiveIntegerField(default=0)
    version_number = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    search_text = models.TextField(blank=True, help_text="apps.knowledge.index.list_keys")
    sort_key = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collection", "path"],
                condition=Q(deleted_at__isnull=True),
                name="document_path_in_collection",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["collection", "sort_key"], condition=LISTED, name="documents_by_name"),
            models.Index(fields=["collection", "published_at"], condition=LISTED, name="documents_by_date"),
            models.Index(
                fields=["collection", "passage_count"], condition=LISTED, name="documents_by_passages"
            ),
            models.Index(
                fields=["collection", "deleted_at"],
                condition=Q(deleted_at__isnull=False) & ~Q(path=""),
                name="documents_deleted",
            ),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def name(self) -> str:
        return self.title or self.path


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Being built")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Replaced")


class DocumentVersion(PublicModel):
    """Immutable once published. `text` is NFC with LF line ends; all offsets count its code points.

    Live for store versions live_from <= v < live_until (null: still live). `passage_count`, `length` (the sum of its
    passages' lengths) and `term_count` (different stems) are what its rows add up to; `terms_counted` of its stems, in
    alphabetical order, are part of the collection's term statistics.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    title = models.CharField(max_length=500)
    media_type = models.CharField(max_length=100)
    language = models.CharField(max_length=35, blank=True)
    original = models.CharField(max_length=200, help_text="name of the original in file storage")
    original_sha256 = models.CharField(max_length=64)
    original_bytes = models.PositiveBigIntegerField()
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    layout = models.JSONField(
        default=dict, help_text="blocks, pages and links: apps.knowledge.documents.layout"
    )
    metadata = models.JSONField(default=dict)
    passages_digest = models.CharField(
        max_length=64, help_text="of the rules that cut the passages, and the encoder"
    )
    passage_count = models.PositiveIntegerField(default=0)
    length = models.PositiveBigIntegerField(default=0)
    term_count = models.PositiveIntegerField(default=0)
    terms_counted = models.PositiveIntegerField(default=0)
    live_from = models.PositiveBigIntegerField(null=True, blank=True)
    live_until = models.PositiveBigIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("document version")
        verbose_name_plural = _("document versions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="version_number_in_document"),
            models.UniqueConstraint(
                fields=["document"], condition=Q(state="published"), name="one_published_version"
            ),
            models.CheckConstraint(
                condition=Q(live_until__isnull=True) | Q(live_until__gt=F("live_from")),
                name="live_range_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", live_from__isnull=True)
                | Q(state="published", live_from__isnull=False, live_until__isnull=True)
                | Q(state="retired", live_from__isnull=False, live_until__isnull=False),
                name="live_range_fits_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class DocumentPart(models.Model):
    """A run of blocks that a page shows at once, with its text: version.text[start:end].

    `layout` holds blocks and links, with offsets in the version's text (apps.knowledge.documents.layout); the first
    block is number `first_block` of the version. `lines` are those of a PDF's pages, with their places
    (apps.knowledge.documents.parsed_document.PlacedLine).
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    first_block = models.PositiveIntegerField()
    text = models.TextField()
    layout = models.JSONField(default=dict)
    lines = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "number"], name="part_number_in_version"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of {self.version}"


class DocumentLink(models.Model):
    """A hyperlink from a passage's text to another path of the same collection."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="links")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    target_path = models.CharField(max_length=1000, db_index=True)

    def __str__(self) -> str:
        return f"link of {self.version}"


class DocumentPicture(models.Model):
    """A picture in a file of its own that a version shows, by its path in the collection.

    `original` is its name in file storage, "" until the file is loaded; `fault` is a PictureFault if it was left out.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="pictures")
    path = models.CharField(max_length=1000)
    original = models.CharField(max_length=200, blank=True)
    original_sha256 = models.CharField(max_length=64, blank=True)
    original_bytes = models.PositiveBigIntegerField(default=0)
    fault = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "path"], name="picture_path_in_version")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "original"], name="picture_by_original")]

    def __str__(self) -> str:
        return self.path


class Passage(PublicModel):
    """version.text[start:end]. What is embedded and indexed is context + text: a title helps, and is no quote.

    `terms` maps each stem of context + text to its count; `length` is their sum.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="passages")
    position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    page = models.PositiveIntegerField(null=True, blank=True)
    heading_path = models.JSONField(default=list)
    context = models.TextField()
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    terms = models.JSONField(default=dict)
    term_text = models.TextField(help_text="the stems, space separated: what the full-text index reads")
    length = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "position"], name="passage_position_in_version"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="passage_span_in_order"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "collection"], name="passage_by_collection"),
            models.Index(fields=["text_hash", "workspace"], name="passage_by_text_hash"),
        ]

    def __str__(self) -> str:
        return f"passage {self.uid}"


class Sentence(models.Model):
    """version.text[start:end], inside its passage; `context` names a table row's headers.

    `word_offsets` are pairs (start, end) of the words whose vectors are kept, as little-endian 16-bit numbers, within
    context and text (apps.knowledge.index.embedded_text).

    version.text[unit_start:unit_end] is quoted with it: a list with the line before it, a question with its answer (0
    for itself alone). `more` items of its list are outside of the passage.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="sentences")
    position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    context = models.TextField(blank=True)
    text_hash = models.CharField(max_length=64)
    word_offsets = models.BinaryField(default=bytes)
    is_code = models.BooleanField(default=False, db_default=False, help_text="part of a code block")
    unit_start = models.PositiveIntegerField(default=0, db_default=0)
    unit_end = models.PositiveIntegerField(default=0, db_default=0)
    more = models.PositiveIntegerField(default=0, db_default=0)
    inline_code = models.JSONField(
        null=True, blank=True, help_text="start and end of each code among the words"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["passage", "position"], name="sentence_position_in_passage"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="sentence_span_in_order"),
        ]
        indexes: ClassVar = [models.Index(fields=["text_hash", "workspace"], name="sentence_by_text_hash")]

    def __str__(self) -> str:
        return f"sentence {self.pk}"


class Embedding(models.Model):
    """The vector of a text under one encoder: little-endian float32, unit length. Passages and sentences alike.

    `words` are the vectors of a sentence's words, one after the other (models.inference.interfaces.Reading); null
    where none were asked for.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    text_hash = models.CharField(max_length=64)
    encoder_digest = models.CharField(max_length=64)
    vector = models.BinaryField()
    words = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "text_hash", "encoder_digest"], name="one_embedding_of_a_text"
            )
        ]

    def __str__(self) -> str:
        return f"embedding {self.pk}"


class TermStatistic(models.Model):
    """In how many live passages of a collection a stem occurs: BM25's document frequency."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    term = models.CharField(max_length=64)
    passages = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection", "term"], name="one_statistic_of_a_term")
        ]

    def __str__(self) -> str:
        return f"statistic {self.pk}"


class CollectionStatistic(models.Model):
    """Live documents and passages, and the sum of the passages' lengths: BM25's N and average length.

    `changed_at` is when a document was last published or deleted.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    collection = models.OneToOneField(Collection, on_delete=models.CASCADE, related_name="statistic")
    documents = models.PositiveIntegerField(default=0)
    passages = models.PositiveIntegerField(default=0)
    terms = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"statistic of {self.collection}"


class IngestionState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    READING = "reading", _("Reading")
    INDEXING = "indexing", _("Indexing")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


OPEN_STATES = (IngestionState.QUEUED, IngestionState.READING, IngestionState.INDEXING)


class Ingestion(PublicModel):
    """A file that is being ingested, or its result.

    `progress` of `total` are pages while reading and texts while indexing. `indexed_passages` of the draft's passages
    have their vectors: the work goes on from there.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="ingestions")
    uploaded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    path = models.CharField(max_length=1000)
    original = models.CharField(max_length=200)
    original_sha256 = models.CharField(max_length=64)
    original_bytes = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=IngestionState.choices, default=IngestionState.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    indexed_passages = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=30, blank=True, help_text="a FailureCode")
    version = models.ForeignKey(
        DocumentVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    unchanged = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collection", "path"],
                condition=Q(state__in=["queued", "reading", "indexing"]),
                name="one_open_ingestion_of_a_path",
            ),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(reason=""), name="failure_has_a_reason"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "lease_until"], name="ingestion_by_lease"),
            models.Index(fields=["collection", "state"], name="ingestion_by_collection"),
            models.Index(fields=["collection", "path"], name="ingestion_by_path"),
        ]

    def __str__(self) -> str:
        return self.path


class OutboxEntry(models.Model):
    """A change of the live passages that a store outside the database has yet to project."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"outbox {self.pk}"


class ApproverRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")
    OPERATOR = "operator", _("Operator")


class FaqEntry(PublicModel):
    """An approved answer, given to the questions that resemble its wordings. `revision` counts its changes.

    Its quote is source_version.text[source_start:source_end]; the words are stored nowhere else, so that they are gone
    when the document is deleted. While the document does not have the quote, nothing is answered with the entry.
    `looked_in` is the version that was searched last for a quote that is no longer in the published one.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="faq_entries")
    answer = models.TextField()
    is_active = models.BooleanField(_("active"), default=True)
    revision = models.PositiveIntegerField(default=1)
    source_version = models.ForeignKey(
        DocumentVersion, on_delete=models.RESTRICT, null=True, blank=True, related_name="+"
    )
    source_start = models.PositiveIntegerField(default=0)
    source_end = models.PositiveIntegerField(default=0)
    looked_in = models.PositiveBigIntegerField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    approved_role = models.CharField(max_length=10, choices=ApproverRole.choices)
    approved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("approved answer")
        verbose_name_plural = _("approved answers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(source_version__isnull=True) | Q(source_end__gt=F("source_start")),
                name="faq_source_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"approved answer {self.uid}"


class FaqWording(models.Model):
    """A question that an entry answers; the first one is its title. `key` is the same for texts that differ in case or
    punctuation alone. `encoder_digest` is that of the encoder whose vector of the text is stored, "" before.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(FaqEntry, on_delete=models.CASCADE, related_name="wordings")
    position = models.PositiveIntegerField()
    text = models.TextField()
    key = models.CharField(max_length=64)
    text_hash = models.CharField(max_length=64)
    encoder_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection", "key"], name="one_entry_of_a_wording"),
            models.UniqueConstraint(fields=["entry", "position"], name="wording_position_in_entry"),
        ]

    def __str__(self) -> str:
        return f"wording {self.pk}"
