"""Access-checked selectors of conversations: only their owner finds them, while they may ask the collection."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Now, Substr

from apps.accounts.api_keys import is_key_owner, viewer_of_key
from apps.accounts.viewer import NOBODY, Viewer
from apps.chat.config import chat_config
from apps.chat.models import (
    Answer,
    AnswerState,
    AnswerStatus,
    Asks,
    Conversation,
    Message,
    Quote,
    ShareLink,
    SuggestedQuestion,
)
from apps.common.errors import NotFound
from apps.knowledge.documents.stored_spans import span_words
from apps.knowledge.models import Collection
from apps.knowledge.selectors import collections_at_hand, collections_for, may_ask

CHUNK = 100  # questions read at once for an export


class StoredQuote(NamedTuple):
    """A stored quote with its words; `removed` when its document was deleted, and then without words and headings."""

    removed: bool
    kind: str
    text: str
    columns: str
    code: Sequence[Sequence[int]]
    marked: Sequence[Sequence[int]]
    title: str
    heading_path: tuple[str, ...]
    page: int | None
    page_label: str
    document_uid: uuid.UUID
    document_path: str
    version_uid: uuid.UUID
    version_number: int
    start: int
    end: int
    more: int
    unreliable: bool


def conversations_for(viewer: Viewer) -> QuerySet[Conversation]:
    """The viewer's own, newest first, without those that they have deleted."""
    return _own(viewer).filter(deleted_at=None).order_by("-created_at", "-pk")


def owner_word(user_id: int | None, visitor_key: str) -> str:
    """What stands for the owner of a conversation in the index of the search. No stem has a colon."""
    return f"visitor:{visitor_key}" if user_id is None else f"user:{user_id}"


def deleted_conversations_for(viewer: Viewer) -> QuerySet[Conversation]:
    """Those that the viewer may still restore, the last deleted one first."""
    return _own(viewer).filter(deleted_at__gt=Now() - grace_period()).order_by("-deleted_at", "-pk")


def grace_period() -> timedelta:
    """How long a deleted conversation can be restored."""
    return timedelta(days=chat_config().deleted_days)


def owner_of_conversation(conversation: Conversation) -> Viewer:
    """As they may act now: an API key that has ended reaches nothing."""
    if is_key_owner(conversation.visitor_key):
        return viewer_of_key(conversation.visitor_key)
    return Viewer(user=conversation.user, visitor_key=conversation.visitor_key)


def _own(viewer: Viewer) -> QuerySet[Conversation]:
    """The viewer's own about collections that they may ask, deleted or not."""
    if viewer == NOBODY:
        return Conversation.objects.none()
    mine = Q(user=viewer.user) if viewer.user else Q(user__isnull=True, visitor_key=viewer.visitor_key)
    allowed = collections_for(viewer).values("pk")
    hidden = Conversation.further.through.objects.filter(conversation=OuterRef("pk")).exclude(
        collection__in=allowed
    )
    return Conversation.objects.filter(mine, ~Exists(hidden), collection__in=allowed)


def conversation_for(viewer: Viewer, uid: uuid.UUID) -> Conversation:
    """With its collection and user. Raises NotFound for a stranger as for a missing one."""
    try:
        conversation = Conversation.objects.select_related("collection__workspace").get(uid=uid)
    except Conversation.DoesNotExist as error:
        raise NotFound from error
    if not _is_open(viewer, conversation):
        raise NotFound
    conversation.user = viewer.user  # as the viewer has it at hand
    return conversation


def _is_open(viewer: Viewer, conversation: Conversation) -> bool:
    """The rule of `conversations_for`, for one that is at hand with its collection and workspace."""
    if conversation.deleted_at is not None:
        return False
    owner = conversation.user_id, conversation.visitor_key
    mine = owner == (viewer.user and viewer.user.pk, viewer.visitor_key)
    return mine and may_ask(viewer, conversation.collection) and _may_ask_further(viewer, conversation)


def _may_ask_further(viewer: Viewer, conversation: Conversation) -> bool:
    """What is quoted in a conversation is shown only to those who may ask all of its collections."""
    if conversation.asks == Asks.ONE:
        return True
    return not conversation.further.exclude(pk__in=collections_for(viewer).values("pk")).exists()


def asked_by(conversation: Conversation) -> list[Collection]:
    """All collections that a conversation from a selector asks; a query unless it is one."""
    if conversation.asks == Asks.ONE:
        return [conversation.collection]
    return [conversation.collection, *conversation.further.order_by("pk").select_related("workspace")]


def links_of(conversation: Conversation) -> QuerySet[ShareLink]:
    """The open links to a conversation from a selector, newest first."""
    return conversation.links.filter(revoked_at=None, expires_at__gt=Now()).order_by("-pk")


def shared_by(token_sha256: str) -> ShareLink:
    """The open link with that token, with its conversation, for everyone who has it.

    Raises NotFound, also when the person who made it may no longer open the conversation themselves.
    """
    rows = ShareLink.objects.select_related("conversation__collection__workspace", "conversation__user")
    link = rows.filter(token_sha256=token_sha256, revoked_at=None, expires_at__gt=Now()).first()
    if link is None:
        raise NotFound
    owner = link.conversation.user
    if owner is None or not owner.is_open or not _is_open(Viewer(user=owner), link.conversation):
        raise NotFound
    return link


def shared_messages(link: ShareLink, after: int = 0) -> QuerySet[Message]:
    """Questions that the link shares, in order. An answer with a higher number is not shared."""
    return messages_of(link.conversation).filter(seq__gt=after, seq__lte=link.last_seq)


def message_for(viewer: Viewer, uid: uuid.UUID) -> Message:
    """With its conversation and answer. Raises NotFound."""
    rows = Message.objects.select_related("conversation__collection__workspace", "answer")
    message = rows.filter(uid=uid).first()
    if message is None or not _is_open(viewer, message.conversation):
        raise NotFound
    return message


def answer_for(viewer: Viewer, uid: uuid.UUID) -> Answer:
    """With its message and collection. Raises NotFound."""
    [answer] = answers_for([(viewer, uid)])
    if answer is None:
        raise NotFound
    return answer


def explained_answer_for(viewer: Viewer, uid: uuid.UUID) -> Answer:
    """As `answer_for`, for an asker who may see how answers come about. Raises NotFound, also before it is done."""
    answer = answer_for(viewer, uid)
    if answer.state != AnswerState.DONE or not may_explain(viewer, answer.conversation.collection):
        raise NotFound
    return answer


def may_explain(viewer: Viewer, collection: Collection) -> bool:
    """Whether the viewer's answers from this collection are explained to them: editors and staff."""
    is_staff = viewer.user is not None and viewer.user.is_staff
    return is_staff or may_ask(viewer, collection, editing=True)


def answers_for(wanted: Sequence[tuple[Viewer, uuid.UUID]]) -> list[Answer | None]:
    """As `answer_for`, for many viewers at once; None for one that its viewer may not see. One query for all, and one
    more for each that one must be a member to see.
    """
    rows = Answer.objects.select_related("message", "conversation__collection__workspace").defer("trace")
    found = {answer.uid: answer for answer in rows.filter(uid__in={uid for _, uid in wanted})}
    pairs = {(viewer, found[uid]) for viewer, uid in wanted if uid in found}
    visible = {
        (viewer, answer.uid): answer for viewer, answer in pairs if _is_open(viewer, answer.conversation)
    }
    return [visible.get(each) for each in wanted]


def messages_of(conversation: Conversation) -> QuerySet[Message]:
    """Questions in order, each with its answer."""
    rows = conversation.messages.select_related("answer", "conversation__collection")
    return rows.defer("answer__trace").order_by("seq")


def messages_in_chunks(conversation: Conversation) -> Iterator[list[Message]]:
    """All of `messages_of`, a bounded number at a time; one query for each chunk."""
    last = 0
    while chunk := list(messages_of(conversation).filter(seq__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1].seq


def messages_before(conversation: Conversation, seq: int | None) -> QuerySet[Message]:
    """Questions with a lower number, all of them for None; the newest first."""
    earlier = messages_of(conversation).order_by("-seq")
    return earlier if seq is None else earlier.filter(seq__lt=seq)


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
            "answer_id", "version__document__deleted_at", "kind", "words", "columns", "code", "marked",
            "version__title", "heading_path", "page", "page_label", "version__document__uid", "version__document__path",
            "version__uid", "version__number", "start", "end", "more", "unreliable",
        )
    )  # fmt: skip
    found: defaultdict[int, list[StoredQuote]] = defaultdict(list)
    for answer_id, deleted_at, *columns in rows:
        found[answer_id].append(_stored_quote(deleted_at is not None, *columns))
    return found


def _stored_quote(
    removed: bool,
    kind: str,
    words: str,
    columns: str,
    code: Sequence[Sequence[int]] | None,
    marked: Sequence[Sequence[int]] | None,
    title: str,
    headings: list[str],
    *place: Any,
) -> StoredQuote:
    if removed:
        words, columns, code, marked, headings = "", "", None, None, []
    return StoredQuote(
        removed, kind, words, columns, code or (), marked or (), title, tuple(headings), *place
    )


class EarlierTurn(NamedTuple):
    """A question as it was searched for, and the beginnings of its quotes; `as_typed` before it is answered. `base` is
    what a follow-up to it is completed from, "" if that is the question.
    """

    question: str
    quotes: tuple[str, ...]
    as_typed: bool
    base: str
    typed: str


class _Earlier(NamedTuple):
    answer_id: int
    conversation_id: int
    seq: int
    text: str
    searched: str | None
    base: str | None


def turns_before(messages: Sequence[Message], limit: int, longest: int) -> list[list[EarlierTurn]]:
    """For each message, the last turns of its conversation before it, in order; two queries for all. Each text has up
    to `longest` characters. Small talk and quotes of deleted documents are left out.
    """
    rows = _earlier_messages(messages, limit)
    quoted = _quoted([row.answer_id for row in rows], longest)
    turns = {
        row: EarlierTurn(
            (row.searched or row.text)[:longest],
            tuple(quoted[row.answer_id]),
            row.searched is None,
            (row.base or "")[:longest],
            row.text[:longest],
        )
        for row in rows
    }
    return [[turns[row] for row in _before(message, rows)][-limit:] for message in messages]


def _earlier_messages(messages: Sequence[Message], limit: int) -> list[_Earlier]:
    """The last ones before each message, in order of number."""
    if not messages:
        return []
    asked = Message.objects.exclude(answer__status=AnswerStatus.SMALL_TALK).order_by("-seq").values("pk")
    wanted = Q()
    for message in messages:
        wanted |= Q(pk__in=asked.filter(conversation=message.conversation_id, seq__lt=message.seq)[:limit])
    searched = KeyTextTransform("resolved_question", "answer__manifest")  # a question may be a number
    base = KeyTextTransform("base_question", "answer__manifest")
    rows = Message.objects.filter(wanted).annotate(searched=searched, base=base).order_by("seq")
    columns = "answer__pk", "conversation", "seq", "text", "searched", "base"
    return list(map(_Earlier._make, rows.values_list(*columns)))


def _before(message: Message, rows: Iterable[_Earlier]) -> Iterator[_Earlier]:
    return (row for row in rows if row.conversation_id == message.conversation_id and row.seq < message.seq)


def _quoted(answer_ids: Sequence[int], longest: int) -> Mapping[int, list[str]]:
    quotes = Quote.objects.filter(
        answer__in=answer_ids, kind=Quote.Kind.QUOTE, version__document__deleted_at=None
    ).annotate(words=Substr(span_words(), 1, longest))
    found: defaultdict[int, list[str]] = defaultdict(list)
    for pk, words in quotes.order_by("position").values_list("answer_id", "words"):
        found[pk].append(words)
    return found


def suggestions_of(*collections: Collection) -> list[str]:
    """Questions that the collections were seen to answer, the first of each in front."""
    rows = SuggestedQuestion.objects.filter(collection__in=collections).order_by("position", "pk")
    return list(rows.values_list("text", flat=True))


def last_conversation_of(viewer: Viewer) -> Conversation | None:
    """The newest of the viewer's conversations about collections at hand, with its collection."""
    at_hand = collections_at_hand(viewer).values("pk")
    about = conversations_for(viewer).filter(collection__in=at_hand)
    return about.select_related("collection__workspace").first()


def questions_left(viewer: Viewer) -> int | None:
    """How many questions a visitor may still ask within the hour; None for a signed-in person and for an API key."""
    if viewer.user is not None or viewer.workspace is not None:
        return None
    limit = chat_config().visitor_questions_per_hour
    if viewer == NOBODY:
        return limit
    return max(0, limit - counted_questions(viewer.visitor_key).count())


def counted_questions(visitor_key: str) -> QuerySet[Message]:
    """What counts towards a visitor's limit: questions of the last hour that were understood."""
    asked = Message.objects.filter(
        conversation__visitor_key=visitor_key,
        conversation__user=None,
        created_at__gt=Now() - timedelta(hours=1),
    )
    return understood(asked)


def understood(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Without small talk and questions that refer to something unknown."""
    unclear = Answer.objects.filter(message=OuterRef("pk"), manifest__unresolved=True)
    return messages.exclude(answer__status=AnswerStatus.SMALL_TALK).exclude(Exists(unclear))
