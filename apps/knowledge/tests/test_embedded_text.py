from __future__ import annotations

import hashlib

from apps.knowledge.index.embedded_text import passage_context, passage_text, sentence_text, text_hash


def test_context_names_title_and_headings_once() -> None:
    assert passage_context("Leave", ("Leave", "Sick leave")) == "Leave. Sick leave"
    assert passage_context("", ("Sick leave",)) == "Sick leave"
    assert passage_context("", ()) == ""


def test_passage_without_context_is_its_text() -> None:
    assert passage_text("", "You get 25 days.") == "You get 25 days."
    assert passage_text("Leave", "You get 25 days.") == "Leave\nYou get 25 days."


def test_sentence_carries_title_and_row_headers() -> None:
    assert sentence_text("Pay", "Grade: 7", "7 | 40") == "Pay\nGrade: 7\n7 | 40"
    assert sentence_text("Pay", "", "Pay day is Friday.") == "Pay\nPay day is Friday."


def test_hash_is_of_the_encoded_string() -> None:
    assert text_hash("é") == hashlib.sha256("é".encode()).hexdigest()
