"""An approved answer as it is given to a question: plain values without the ORM."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.knowledge.index.scope import Scope
from apps.knowledge.search.results import RankedPassage


@dataclass(frozen=True)
class ApprovedAnswer:
    """`approved_at` is an ISO date and time. The quote is version.text[start:end] inside of `source`, which is None for
    an answer without one.
    """

    entry_id: int
    entry_uid: str
    text: str
    role: str
    approved_at: str
    source: RankedPassage | None = None
    start: int = 0
    end: int = 0


Approve = Callable[[Scope, Sequence[str]], Sequence[ApprovedAnswer | None]]


def nothing_approved(_: Scope, texts: Sequence[str]) -> list[ApprovedAnswer | None]:
    """For callers that ask the documents only."""
    return [None] * len(texts)
