"""Earlier turns of a conversation as JSON, for `ask` and `evaluate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from apps.chat.answering.follow_ups import Turn, settled

MOST_TURNS = 100


class KnownTurn(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    question: str
    quotes: tuple[str, ...] = ()


def _with_keys(row: Any) -> Any:
    """A string is a question; a quote may be an object with `text`."""
    if isinstance(row, str):
        return {"question": row}
    if isinstance(row, dict) and isinstance(row.get("quotes"), list):
        quotes = [quote.get("text", "") if isinstance(quote, dict) else quote for quote in row["quotes"]]
        return row | {"quotes": quotes}
    return row


History = Annotated[
    tuple[Annotated[KnownTurn, BeforeValidator(_with_keys)], ...], Field(max_length=MOST_TURNS)
]


def turns_of(history: Sequence[KnownTurn], limit: int) -> tuple[Turn, ...]:
    """The last turns; each question is completed from those before it, as far as its words allow."""
    return (
        settled([Turn(row.question, row.quotes, as_typed=True) for row in history])[-limit:] if limit else ()
    )
