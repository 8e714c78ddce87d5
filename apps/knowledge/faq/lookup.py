"""Looks up the approved answers of questions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from apps.knowledge.config import faq_config
from apps.knowledge.faq.approved import ApprovedAnswer
from apps.knowledge.faq.matching import Match, is_same_question, matches
from apps.knowledge.faq.sources import ANSWERS
from apps.knowledge.index.scope import Scope
from apps.knowledge.models import FaqEntry
from apps.knowledge.search.known_passages import passage_around


def approved_answers(scope: Scope, texts: Sequence[str]) -> list[ApprovedAnswer | None]:
    """One for each text, None for those that are to be searched for. Raises EncoderUnavailable.

    The database is asked for an entry only once a wording of it matches.
    """
    found = matches(scope, texts)
    wanted = {match.entry_id for match in found if match}
    entries = _entries(scope, wanted) if wanted else {}
    return [
        _answer(scope, text, match, entries.get(match.entry_id)) if match else None
        for text, match in zip(texts, found, strict=True)
    ]


def held_entries(entry_ids: Collection[int]) -> set[int]:
    """Those that still answer. They are locked, so that none is deleted or turned off before the transaction ends."""
    if not entry_ids:
        return set()
    held = FaqEntry.objects.select_for_update(of=("self",)).filter(ANSWERS, pk__in=entry_ids, is_active=True)
    return set(held.order_by("pk").values_list("pk", flat=True))


def _entries(scope: Scope, entry_ids: set[int]) -> dict[int, FaqEntry]:
    """Those that may answer now: an entry whose quote is no longer in its document may not."""
    rows = FaqEntry.objects.filter(
        ANSWERS,
        pk__in=entry_ids,
        is_active=True,
        workspace=scope.workspace_id,
        collection__in=scope.collection_ids,
    )
    return {entry.pk: entry for entry in rows.prefetch_related("wordings")}


def _answer(scope: Scope, text: str, match: Match, entry: FaqEntry | None) -> ApprovedAnswer | None:
    if entry is None or match.wording not in {row.text for row in entry.wordings.all()}:
        return None
    if not is_same_question(text, match.wording, match.cosine, faq_config().of(scope.encoder)):
        return None
    source = None
    if entry.source_version_id is not None:
        source = passage_around(scope, entry.source_version_id, entry.source_start, entry.source_end)
        if source is None:
            return None
    return ApprovedAnswer(
        entry.pk,
        str(entry.uid),
        entry.answer,
        entry.approved_role,
        entry.approved_at.isoformat(),
        source,
        entry.source_start,
        entry.source_end,
    )
