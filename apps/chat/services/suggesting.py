"""Three questions that a collection really answers: found among its headings, kept if asking them worked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import Coalesce

from apps.chat.answering.drafts import AnswerDraft, Question, Status
from apps.chat.answering.pipeline import answer_batch, configured_rules
from apps.chat.config import chat_config
from apps.chat.models import SuggestedQuestion, SuggestionState
from apps.common.precedence import is_asked_lately, wait_for_questions
from apps.common.queue import enqueue
from apps.knowledge.index.live_passages import store_version
from apps.knowledge.index.stores.protocol import StoreUnavailable
from apps.knowledge.models import OPEN_STATES, Collection, DocumentVersion, Ingestion, VersionState
from apps.knowledge.search.retrieval import retrieve
from apps.knowledge.selectors import scope_of
from apps.models.inference.weights import EncoderUnavailable

HOW_TO = "how to "
LONGEST = 120  # characters
SHOWN = 3
BATCH = 16
MOST_ASKED = 320  # headings tried: a collection that answers none of them must not keep files waiting
EXPIRES = 600  # seconds
MARKUP = re.compile(r"[{}<>]|\$[A-Za-z_]|%\(")  # template tags, placeholders and elements


def refresh_suggestions(collection: Collection) -> int:
    """Replace the collection's suggestions by asking; returns how many were found."""
    version = store_version(collection.workspace_id)
    try:
        found = _answered(collection, _candidates(collection))
    except (EncoderUnavailable, StoreUnavailable):
        raise  # worth another try in a minute
    except Exception:
        _note_looked_for(collection, version)  # the error would occur again every minute
        raise
    with transaction.atomic():
        _note_looked_for(collection, version)
        SuggestedQuestion.objects.filter(collection=collection).delete()
        SuggestedQuestion.objects.bulk_create(
            SuggestedQuestion(
                workspace_id=collection.workspace_id, collection=collection, position=place, text=text
            )
            for place, text in enumerate(found)
        )
    return len(found)


def _note_looked_for(collection: Collection, version: int) -> None:
    SuggestionState.objects.update_or_create(
        collection=collection, defaults={"store_version": version, "workspace_id": collection.workspace_id}
    )


def request_suggestions() -> int:
    """Send every collection whose passages changed since it was last looked at; returns how many."""
    still_loading = Ingestion.objects.filter(state__in=OPEN_STATES).values("collection")
    changed = list(
        collections_with_old_suggestions().exclude(pk__in=still_loading).values_list("pk", flat=True)
    )
    for pk in changed:
        request_suggestions_of(pk)
    return len(changed)


def request_suggestions_of(collection_id: int) -> None:
    enqueue("apps.chat.tasks.suggest_questions", collection_id, expires=EXPIRES)


def collections_with_old_suggestions() -> QuerySet[Collection]:
    """Their workspace's passages changed since questions were last looked for."""
    collections = Collection.objects.alias(looked_for_at=Coalesce("suggestion_state__store_version", 0))
    return collections.filter(workspace__store_state__version__gt=F("looked_for_at"), deleted_at=None)


def as_question(heading: str) -> str:
    """The question that a heading asks, or ""."""
    words = " ".join(heading.split())
    if len(words) > LONGEST or MARKUP.search(words):
        return ""
    if words.endswith("?"):
        return words
    return f"How do I {words[len(HOW_TO) :].rstrip('.:')}?" if words.lower().startswith(HOW_TO) else ""


def _candidates(collection: Collection) -> dict[str, str]:
    """{question: uid of the document whose heading it is}, in the order in which they are tried."""
    rows = (
        DocumentVersion.objects.filter(
            document__collection=collection, document__deleted_at=None, state=VersionState.PUBLISHED
        )
        .order_by(*_preferred_folders_first(), "document__path", "passages__position")
        .values_list("document__uid", "title", "passages__heading_path")
    )
    return {
        question: str(document)
        for document, title, path in rows.iterator()
        if (question := next(filter(None, map(as_question, [*reversed(path or ()), title])), ""))
    }


def _preferred_folders_first() -> list[Case]:
    """What to order by first. Without folders nothing: PostgreSQL would take a constant for a column's number."""
    folders = chat_config().suggest_from_first
    found = [When(document__path__startswith=folder, then=place) for place, folder in enumerate(folders)]
    return [Case(*found, default=len(folders))] if found else []


def _answered(collection: Collection, candidates: dict[str, str]) -> list[str]:
    """One of a document as long as there are others, so that they show different sides of the collection."""
    found: dict[str, str] = {}
    others: list[str] = []
    for batch in _batches(list(candidates)[:MOST_ASKED]):
        for question, draft in zip(batch, _ask(collection, batch), strict=True):
            document = candidates[question]
            if not _comes_from(draft, document):
                continue
            if document in found:
                others.append(question)
            else:
                found[document] = question
        if len(found) >= SHOWN:
            break
    return [*found.values(), *others][:SHOWN]


def _ask(collection: Collection, questions: Sequence[str]) -> list[AnswerDraft]:
    scope = scope_of(collection)
    return answer_batch([Question(text, scope) for text in questions], retrieve, configured_rules())


def _comes_from(draft: AnswerDraft, document: str) -> bool:
    is_match = draft.status in (Status.ANSWERED, Status.PARTIAL) and not draft.weak
    return is_match and draft.quotes[0].document_uid == document


def _batches(questions: Sequence[str]) -> Iterator[Sequence[str]]:
    """One by one while people ask, who are served between them."""
    start = 0
    while start < len(questions):
        end = start + (1 if is_asked_lately() else BATCH)
        wait_for_questions()
        yield questions[start:end]
        start = end
