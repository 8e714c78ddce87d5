from __future__ import annotations

import sys

import pytest

from apps.knowledge.tests.files import collection_in
from apps.models.inference.engine import get_encoder
from chatbot_saas import doctor
from chatbot_saas.doctor import examine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]


def test_collections_of_an_earlier_encoder_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    collection_in()
    assert _hint("collections") == ""
    monkeypatch.setattr(get_encoder(), "digest", "f" * 64)
    assert _hint("collections").startswith("1 collection has vectors of an earlier encoder")


def test_a_reading_process_that_reaches_the_data_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _hint("reading of files") == ""
    monkeypatch.setattr(doctor, "reading_process_can_open", lambda file: file.exists())
    assert "can open" in _hint("reading of files")


def test_a_reading_process_that_does_not_start_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert "does not start (CalledProcessError)" in _hint("reading of files")


def _hint(name: str) -> str:
    return next(finding.hint for finding in examine() if finding.name == name)
