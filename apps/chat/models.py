"""Conversations. The database is the queue of record: an answer waits here, not in the broker."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User, Workspace
from apps.common.models import PublicModel
from apps.knowledge.models import Collection, DocumentVersion, FaqEntry


class Asks(models.TextChoices):
    ONE = "one", _("One collection")
    SEVERAL = "several", _("Several collections")
    ALL = "all", _("All collections of the workspace")


class Conversation(PublicModel):
    """Belongs to a user, or to a visitor's browser (`visitor_key`: sha256 of a secret in the session).

    `client_id` is that of the first message: sending it twice begins one conversation. One with `deleted_at` is shown
    to nobody: its owner may restore it until it is erased.

    `further` are the other collections of the same workspace that it asks, none with `asks` one. `names` is what all of
    them were called when it last asked them, "" with `asks` one.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    asks = models.CharField(max_length=10, choices=Asks.choices, default=Asks.ONE, db_default=Asks.ONE)
    further = models.ManyToManyField(Collection, related_name="+", blank=True)
    names = models.CharField(max_length=300, blank=True, db_default="")
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="conversations"
    )
    visitor_key = models.CharField(max_length=64, blank=True)
    client_id = models.UUIDField()
    title = models.CharField(max_length=200)
    last_seq = models.PositiveBigIntegerField(default=0)
    pinned_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, visitor_key="") | (Q(user__isnull=True) & ~Q(visitor_key="")),
                name="conversation_has_one_owner",
            ),
            models.UniqueConstraint(fields=["user", "client_id"], name="conversation_once_per_user"),
            models.UniqueConstraint(
                fields=["visitor_key", "client_id"],
                condition=Q(user__isnull=True),
                name="conversation_once_per_visitor",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-created_at"], name="conversation_by_user"),
            models.Index(fields=["visitor_key", "-created_at"], name="conversation_by_visitor"),
            models.Index(
                fields=["user", "visitor_key"],
                condition=Q(pinned_at__isnull=False),
                name="conversation_pinned",
            ),
            models.Index(
                fields=["deleted_at"], condition=Q(deleted_at__isnull=False), name="conversation_deleted"
            ),
        ]

    def __str__(self) -> str:
        return f"conversation of {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def asked_name(self) -> str:
        """What it asks, by name. The collection must be loaded."""
        return self.names or self.collection.name


class Message(PublicModel):
    """A question. `client_id` is made by the asker: sending it twice stores it once."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    client_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "client_id"], name="message_once_per_client_id"),
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq_in_conversation"),
        ]

    def __str__(self) -> str:
        return f"message {self.uid}"


class AnswerState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    RUNNING = "running", _("Searching")
    DONE = "done", _("Done")
    DEAD = "dead", _("Not answered")


class AnswerStatus(models.TextChoices):
    ANSWERED = "answered", _("Strong match")
    PARTIAL = "partial", _("Partial match")
    REFUSED = "refused", _("Not found")
    SMALL_TALK = "smalltalk", _("Small talk")
    APPROVED = "approved", _("Approved answer")


class Outage(models.TextChoices):
    """What did not respond until the question was given up."""

    STORE = "store", _("Knowledge store")
    ENCODER = "encoder", _("Encoder")


class Answer(PublicModel):
    """One per message. `seq` is taken from the conversation when the answer is final, null before.

    `faq_entry` is that of an approved answer, null once the entry was deleted; its text is in the manifest. `meant` are
    the words of documents that resemble words of the question which no document has: they stand in no manifest.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="answers")
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="answer")
    seq = models.PositiveBigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=AnswerState.choices, default=AnswerState.PENDING)
    attempt = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=AnswerStatus.choices, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    model_version = models.CharField(max_length=64, blank=True)
    outage = models.CharField(max_length=10, choices=Outage.choices, blank=True)
    faq_entry = models.ForeignKey(
        FaqEntry, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    manifest = models.JSONField(null=True, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    timings_ms = models.JSONField(default=dict)
    meant = models.JSONField(
        null=True, blank=True, help_text="{word of the question: similar word of the documents}"
    )
    trace = models.JSONField(null=True, blank=True, help_text="how it came about: candidates, scores, times")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="answer_seq_in_conversation"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "running"], seq__isnull=True)
                | Q(state__in=["done", "dead"], seq__isnull=False),
                name="final_answer_has_seq",
            ),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(status=""), name="done_answer_has_status"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "lease_until"], name="answer_by_lease"),
            models.Index(fields=["conversation"], condition=Q(meant__isnull=False), name="answer_with_meant"),
        ]

    def __str__(self) -> str:
        return f"answer of {self.created_at:%Y-%m-%d %H:%M}"


class Quote(models.Model):
    """version.text[start:end], word for word; sha256 is of that span."""

    class Kind(models.TextChoices):
        QUOTE = "quote", _("Quote")
        NEAREST = "nearest", _("Closest passage")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="quotes")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.QUOTE)
    position = models.PositiveIntegerField()
    version = models.ForeignKey(DocumentVersion, on_delete=models.RESTRICT, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    heading_path = models.JSONField(default=list)
    page = models.PositiveIntegerField(null=True, blank=True)
    page_label = models.CharField(
        max_length=16, blank=True, default="", db_default="", help_text="what the document prints on the page"
    )
    columns = models.TextField(
        blank=True, default="", db_default="", help_text="names of the columns of a table row"
    )
    code = models.JSONField(null=True, blank=True, help_text="ranges of the quote that are code")
    more = models.PositiveIntegerField(
        default=0, db_default=0, help_text="items of its list that are not in it"
    )

    marked = models.JSONField(null=True, blank=True, help_text="ranges of the quote that answer the question")
    unreliable = models.BooleanField(
        default=False, db_default=False, help_text="the text may differ from what a reader sees in the file"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["answer", "kind", "position"], name="quote_position_in_answer"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="quote_span_in_order"),
        ]

    def __str__(self) -> str:
        return f"quote {self.pk}"


class ShareLink(PublicModel):
    """Whoever has the token may read the conversation up to the number `last_seq`, until it expires or is revoked."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    last_seq = models.PositiveBigIntegerField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link {self.uid}"


class SearchEntry(models.Model):
    """What a question is found by: the stems of its words, and with `quote` also those of that quote.

    `id` is the message's id times ENTRIES_OF_A_MESSAGE, plus the place of the quote counted from 1: the entries of one
    message stand together, newest message last. `owner` is that of the conversation, in one word (see `owner_word`).
    """

    ENTRIES_OF_A_MESSAGE: ClassVar = 1024

    id = models.BigIntegerField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, null=True, related_name="+")
    owner = models.CharField(max_length=80)
    terms = models.TextField()

    def __str__(self) -> str:
        return f"search entry {self.pk}"


class SuggestionState(models.Model):
    """`store_version` is that of the workspace's passages when questions to suggest were last looked for."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    collection = models.OneToOneField(Collection, on_delete=models.CASCADE, related_name="suggestion_state")
    store_version = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"suggestions of version {self.store_version}"


class SuggestedQuestion(models.Model):
    """A question that the collection was seen to answer: found in its headings, checked by asking."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="suggested_questions")
    position = models.PositiveIntegerField()
    text = models.CharField(max_length=300)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collection", "position"], name="suggestion_position_in_collection"
            )
        ]

    def __str__(self) -> str:
        return f"suggestion {self.pk}"
