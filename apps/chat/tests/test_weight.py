"""What a conversation page weighs before fonts, and what a script may weigh."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from apps.chat.tests.cast import client_of, make_cast
from apps.common.tests.html import parse

PAGE = 120_000
SCRIPT = 10_000
SCRIPTS = sorted((settings.BASE_DIR / "static/js").glob("*.js"))


@pytest.mark.django_db
@pytest.mark.usefixtures("fake_encoder")
def test_a_conversation_page_is_light() -> None:
    cast = make_cast()
    address = reverse("source", args=[cast.answer.conversation.uid, cast.answer.uid, 1])
    html = client_of(cast.alice).get(address).content
    links = parse(html).all('link[rel="stylesheet"], link[rel="icon"]')
    files = [_file(link["href"]) for link in links] + SCRIPTS + [_file("/static/icons.svg")]
    assert len(html) + sum(file.stat().st_size for file in files) < PAGE


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_small(script: Path) -> None:
    assert script.stat().st_size < SCRIPT


def _file(address: str) -> Path:
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str), address
    return Path(found)
