from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.django_db
def test_pages_that_depend_on_the_reader_are_kept_by_nobody() -> None:
    control = Client().get("/accounts/login/")["Cache-Control"]
    assert "private" in control
    assert "no-cache" in control or "no-store" in control


@pytest.mark.django_db
def test_what_is_the_same_for_all_may_be_kept() -> None:
    assert "private" not in Client().get("/readyz").get("Cache-Control", "")
