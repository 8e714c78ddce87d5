"""Questions, answers and conversations: the values of apps.chat.presentation."""

from __future__ import annotations

from rest_framework import serializers

from apps.api.pagination import PageQuery
from apps.api.serializers.strict import Moment, Ranges, Strict
from apps.chat.models import AnswerState, AnswerStatus

LONGEST_WAIT = 20
STATUSES = [("", "not answered yet"), *AnswerStatus.choices]


class QuestionIn(Strict):
    """Exactly one of `collection_id` (begin a conversation) and `conversation_id` (go on)."""

    text = serializers.CharField(trim_whitespace=False, max_length=100_000)
    collection_id = serializers.UUIDField(required=False)
    conversation_id = serializers.UUIDField(required=False)
    wait = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=LONGEST_WAIT, help_text="seconds, for the answer"
    )


class QuoteOut(serializers.Serializer):
    """`text` is the document's, word for word; "" with `removed`, when the document was deleted."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    document = serializers.CharField(help_text="title")
    document_id = serializers.UUIDField()
    version = serializers.IntegerField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    heading = serializers.ListField(child=serializers.CharField())
    columns = serializers.CharField()
    page = serializers.IntegerField(allow_null=True)
    page_label = serializers.CharField()
    code = Ranges()
    marked = Ranges(help_text="ranges of `text` that certainly answer")
    more = serializers.IntegerField(help_text="items of the list that are not in the quote")
    unreliable = serializers.BooleanField()
    removed = serializers.BooleanField()


class MissingWordOut(serializers.Serializer):
    word = serializers.CharField()
    meant = serializers.CharField()


class ApprovedOut(serializers.Serializer):
    """What an editor has written; it is no quote."""

    text = serializers.CharField()
    role = serializers.CharField()
    approved_at = Moment()
    withdrawn = serializers.BooleanField()


class PartOut(serializers.Serializer):
    """One question of a text that asks several. `quotes` and `nearest` are numbers of the answer's."""

    question = serializers.CharField()
    status = serializers.ChoiceField(AnswerStatus.choices)
    strength = serializers.IntegerField()
    right_of_100 = serializers.IntegerField(allow_null=True)
    searched = serializers.CharField()
    quotes = serializers.ListField(child=serializers.IntegerField())
    nearest = serializers.ListField(child=serializers.IntegerField())
    missing = MissingWordOut(many=True)
    language = serializers.CharField()
    named_place = serializers.CharField()
    unresolved = serializers.BooleanField()
    is_approved = serializers.BooleanField()


class AnswerOut(serializers.Serializer):
    """`state` is pending, running, done or dead. The other fields mean something once it is done."""

    id = serializers.UUIDField()
    message_id = serializers.UUIDField(source="message")
    state = serializers.ChoiceField(AnswerState.choices)
    status = serializers.ChoiceField(STATUSES)
    outage = serializers.CharField()
    strength = serializers.IntegerField(help_text="3 strong, 2 partial, 1 weak, 0 none")
    right_of_100 = serializers.IntegerField(allow_null=True)
    searched = serializers.CharField(help_text='"" if that is the question as written')
    collection = serializers.CharField(help_text="name")
    quotes = QuoteOut(many=True)
    nearest = QuoteOut(many=True, help_text="passages that are close to a question that is not answered")
    missing = MissingWordOut(many=True)
    language = serializers.CharField()
    reply = serializers.CharField(help_text="to what is not a question")
    named_place = serializers.CharField()
    unresolved = serializers.BooleanField()
    approved = ApprovedOut(allow_null=True)
    parts = PartOut(many=True)


class MessageOut(serializers.Serializer):
    id = serializers.UUIDField()
    seq = serializers.IntegerField()
    text = serializers.CharField()
    created_at = Moment()


class TurnOut(serializers.Serializer):
    message = MessageOut()
    answer = AnswerOut()


class AskedOut(serializers.Serializer):
    """A question with its answer, which is `pending` until it is there: then ask for it at `answer_url`."""

    conversation_id = serializers.UUIDField()
    message = MessageOut()
    answer = AnswerOut()
    answer_url = serializers.CharField()


class ConversationOut(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    title = serializers.CharField()
    collection_id = serializers.UUIDField(source="collection.uid")
    collection = serializers.CharField(source="collection.name", help_text="name")
    last_seq = serializers.IntegerField()
    pinned_at = Moment(allow_null=True)
    deleted_at = Moment(allow_null=True)
    created_at = Moment()


class ConversationsQuery(PageQuery):
    deleted = serializers.BooleanField(
        required=False, default=False, help_text="those that can still be restored instead of the others"
    )


class ConversationIn(Strict):
    title = serializers.CharField(required=False, max_length=10_000)
    pinned = serializers.BooleanField(required=False)


class SourceOut(serializers.Serializer):
    """A quote where it stands. `before`, `text` and `after` follow each other in the text of the version."""

    number = serializers.IntegerField()
    document = serializers.CharField(help_text="title")
    document_id = serializers.UUIDField()
    version = serializers.IntegerField()
    path = serializers.CharField()
    heading = serializers.ListField(child=serializers.CharField())
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    before = serializers.CharField()
    text = serializers.CharField()
    after = serializers.CharField()
    unreliable = serializers.BooleanField()


class SourceQuery(Strict):
    before = serializers.IntegerField(required=False, default=1000, min_value=0, max_value=5000)
    after = serializers.IntegerField(required=False, default=1000, min_value=0, max_value=5000)


class QuoteProofOut(serializers.Serializer):
    """Digests of the words, of the text they are from, and of the original file; problems are sentences."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    document = serializers.CharField(source="title")
    version = serializers.IntegerField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    sha256 = serializers.CharField()
    text_sha256 = serializers.CharField()
    original_sha256 = serializers.CharField()
    removed = serializers.BooleanField()
    unreliable = serializers.BooleanField()
    problems = serializers.ListField(child=serializers.CharField())


class ProofOut(serializers.Serializer):
    """What a check of the answer finds now, in the original files."""

    verified = serializers.BooleanField()
    checked_at = Moment()
    manifest_sha256 = serializers.CharField()
    problems = serializers.ListField(child=serializers.CharField())
    quotes = QuoteProofOut(many=True)


class SearchQuery(Strict):
    q = serializers.CharField(max_length=200, help_text="words that must all be there")
    cursor = serializers.CharField(required=False, max_length=2000)


class FoundPartOut(serializers.Serializer):
    text = serializers.CharField()
    is_found = serializers.BooleanField()


class FoundQuoteOut(serializers.Serializer):
    number = serializers.IntegerField()
    document = serializers.CharField(help_text="title")
    parts = FoundPartOut(many=True)


class FoundTurnOut(serializers.Serializer):
    conversation_id = serializers.UUIDField(source="message.conversation.uid")
    conversation_title = serializers.CharField(source="message.conversation.title")
    message_id = serializers.UUIDField(source="message.uid")
    answer_id = serializers.UUIDField(source="message.answer.uid")
    question = FoundPartOut(many=True)
    quotes = FoundQuoteOut(many=True)


class ExportQuery(Strict):
    format = serializers.ChoiceField(["json", "markdown"], required=False, default="json")
