"""The only doors to conversations: their owner, while the collection may still be asked by them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from apps.accounts.viewer import NOBODY, Viewer
from apps.chat.models import Answer, Conversation, Message, Quote, SuggestedQuestion
from apps.common.errors import NotFound
from apps.knowledge.documents.stored_spans import span_words
from apps.knowledge.models import Collection, CollectionStatistic, Document, VersionState
from apps.knowledge.selectors import collections_for, may_ask


@dataclass(frozen=True)
class StoredQuote:
    """A stored quote with its words; `removed` when its document was deleted, and then without words and headings."""

    kind: str
    position: int
    text: str
    title: str
    heading_path: tuple[str, ...]
    page: int | None
    document_uid: uuid.UUID
    version_number: int
    start: int
    end: int
    removed: bool


@dataclass(frozen=True)
class ComparedStats:
    """What a question is compared with."""

    passages: int
    documents: int


def conversations_for(viewer: Viewer) -> QuerySet[Conversation]:
    """The viewer's own, newest first."""
    if viewer == NOBODY:
        return Conversation.objects.none()
    mine = Q(user=viewer.user) if viewer.user else Q(user__isnull=True, visitor_key=viewer.visitor_key)
    open_to_them = collections_for(viewer).values("pk")
    return Conversation.objects.filter(mine, collection__in=open_to_them).order_by("-created_at", "-pk")


def conversation_for(viewer: Viewer, uid: uuid.UUID) -> Conversation:
    """With its collection and user. Raises NotFound for a stranger as for a missing one."""
    rows = Conversation.objects.select_related("collection__workspace", "user")
    conversation = rows.filter(uid=uid).first()
    if conversation is None or not _is_open(viewer, conversation):
        raise NotFound
    return conversation


def _is_open(viewer: Viewer, conversation: Conversation) -> bool:
    """The rule of `conversations_for`, for one that is at hand with its collection and workspace."""
    owner = conversation.user_id, conversation.visitor_key
    mine = owner == (viewer.user and viewer.user.pk, viewer.visitor_key)
    return mine and may_ask(viewer, conversation.collection)


def message_for(viewer: Viewer, uid: uuid.UUID) -> Message:
    """With its conversation and answer. Raises NotFound."""
    rows = Message.objects.select_related("conversation__collection__workspace", "answer")
    message = rows.filter(uid=uid).first()
    if message is None or not _is_open(viewer, message.conversation):
        raise NotFound
    return message


def answer_for(viewer: Viewer, uid: uuid.UUID) -> Answer:
    """With its message and collection. Raises NotFound."""
    rows = Answer.objects.select_related("message", "conversation__collection__workspace")
    answer = rows.filter(uid=uid).first()
    if answer is None or not _is_open(viewer, answer.conversation):
        raise NotFound
    return answer


def messages_of(conversation: Conversation) -> QuerySet[Message]:
    """Questions in order, each with its answer."""
    return conversation.messages.select_related("answer", "conversation__collection").order_by("seq")


def messages_after(conversation: Conversation, last_seq: int, upto: int) -> QuerySet[Message]:
    """Questions with a number, or an answer's, in last_seq < n <= upto; at the end, also those that wait for one."""
    news = Q(seq__gt=last_seq, seq__lte=upto) | Q(answer__seq__gt=last_seq, answer__seq__lte=upto)
    at_the_end = upto >= conversation.last_seq
    return messages_of(conversation).filter(news | Q(answer__seq=None) if at_the_end else news)


def quotes_of(answers: Iterable[Answer]) -> Mapping[int, list[StoredQuote]]:
    """Quotes by answer id, in order; one query. The words are cut out by the database."""
    rows = (
        Quote.objects.filter(answer__in=[answer.pk for answer in answers])
        .annotate(words=span_words())
        .order_by("answer_id", "position")
        .values_list(
            "answer_id", "kind", "position", "words", "version__title", "heading_path", "page",
            "version__document__uid", "version__number", "start", "end", "version__document__deleted_at",
        )
    )  # fmt: skip
    found: defaultdict[int, list[StoredQuote]] = defaultdict(list)
    for answer_id, kind, position, words, title, heading, page, document, number, start, end, deleted in rows:
        removed = deleted is not None
        text, headings = ("", ()) if removed else (words, tuple(heading))
        found[answer_id].append(
            StoredQuote(kind, position, text, title, headings, page, document, number, start, end, removed)
        )
    return found


def compared_stats(collection: Collection) -> ComparedStats:
    """How much a question to the collection is compared with."""
    passages = (
        CollectionStatistic.objects.filter(collection=collection).values_list("passages", flat=True).first()
    )
    documents = Document.objects.filter(
        collection=collection, deleted_at__isnull=True, versions__state=VersionState.PUBLISHED
    )
    return ComparedStats(passages or 0, documents.count())


def suggestions_of(collection: Collection) -> list[str]:
    """Questions that the collection was seen to answer."""
    rows = SuggestedQuestion.objects.filter(collection=collection).order_by("position")
    return list(rows.values_list("text", flat=True))
