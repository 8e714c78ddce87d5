"""Every quote of real answers is found in a rendering of the original by other means. Real documents, real weights."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from apps.accounts.services import ensure_workspace
from apps.chat.answering.verification import verify_answer
from apps.chat.models import Quote
from apps.chat.services import ask_now
from apps.chat.tests.test_handbook_questions import Question, read_questions
from apps.knowledge.ingestion.pipeline import ingest_many
from apps.knowledge.models import Collection, Ingestion
from apps.knowledge.services import ensure_collection, request_ingest
from apps.knowledge.tests.other_renderer import flat, words_of_markdown

QUESTIONS = 25

# Which words are quoted does not depend on the database.
pytestmark = [pytest.mark.shared_data, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pages(shared_data: Path) -> Path:
    return shared_data / "kb-18f-handbook" / "pages"


@pytest.fixture
def questions(pages: Path) -> list[Question]:
    """Those that the shortest pages answer."""

    def length(question: Question) -> int:
        return sum((pages / page).stat().st_size for page in question.documents)

    return sorted((row for row in read_questions() if row.answerable and row.documents), key=length)[
        :QUESTIONS
    ]


@pytest.fixture
def handbook(pages: Path, questions: list[Question]) -> Collection:
    collection = ensure_collection(ensure_workspace("handbook"), "handbook")
    asked = []
    for page in sorted({page for question in questions for page in question.documents}):
        file = io.BytesIO((pages / page).read_bytes())
        asked.append(request_ingest(collection, path=page, file=file, enqueue=False).pk)
    ingest_many(asked)
    assert set(Ingestion.objects.values_list("state", flat=True)) == {"ready"}
    return collection


def test_every_quote_stands_in_another_rendering_of_its_original(
    handbook: Collection, questions: list[Question]
) -> None:
    answers = [ask_now(handbook, question.question) for question in questions]
    assert all(verify_answer(answer).verified for answer in answers)
    quotes = Quote.objects.filter(answer__in=answers, kind=Quote.Kind.QUOTE).select_related("version")
    missing = [quote.pk for quote in quotes if not is_in_other_rendering(quote)]
    assert missing == []
    assert quotes.count() >= QUESTIONS


def is_in_other_rendering(quote: Quote) -> bool:
    """A table row's cells are separated by tabs, and stand one by one in the rendering."""
    with default_storage.open(quote.version.original, "rb") as file:
        words = words_of_markdown(file.read().decode())
    quoted = quote.version.text[quote.start : quote.end]
    return all(flat(part) in words for part in quoted.split("\t"))
