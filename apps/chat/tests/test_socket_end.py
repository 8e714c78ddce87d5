"""An open socket ends by itself, soon after the session it was opened with."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import User
from apps.accounts.services import register
from apps.accounts.tests.browsing import (
    NEW_PASSWORD,
    PASSWORD,
    change_address,
    confirm,
    reset_password,
    signed_in,
)
from apps.accounts.tests.second_factors import give_app
from apps.chat.tests.sockets import socket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("mail_server")]
SECONDS = 5
EMAIL = "alice@example.org"


@pytest.fixture
def alice(transactional_db: None) -> User:
    cache.clear()
    return register(EMAIL, password=PASSWORD)


def by_reset(browser: Client, elsewhere: Client) -> None:
    reset_password(EMAIL)


def by_confirming_another_address(browser: Client, elsewhere: Client) -> None:
    change_address(elsewhere, "new@example.org")
    confirm(elsewhere, "new@example.org")


def by_a_new_password(browser: Client, elsewhere: Client) -> None:
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    elsewhere.post("/accounts/password/change/", form)


def by_signing_out(browser: Client, elsewhere: Client) -> None:
    browser.post("/accounts/logout/")


def by_an_administrator(browser: Client, elsewhere: Client) -> None:
    admin = Client()
    sam = User.objects.create_superuser("sam@example.org", PASSWORD)
    give_app(sam)
    admin.force_login(sam)
    alice = User.objects.get(email=EMAIL)
    admin.post("/admin/accounts/user/", {"action": "close_accounts", "_selected_action": [alice.pk]})


@pytest.mark.parametrize(
    "end",
    [by_reset, by_confirming_another_address, by_a_new_password, by_signing_out, by_an_administrator],
)
async def test_it_closes(end: Callable[[Client, Client], None], alice: User) -> None:
    browser, elsewhere = [await sync_to_async(signed_in)(EMAIL) for _ in range(2)]
    async with socket(browser) as opened:
        started = time.monotonic()
        await sync_to_async(end)(browser, elsewhere)
        assert await opened.receive() == {}
        assert opened.closed == 4401
        assert time.monotonic() - started < SECONDS


async def test_others_stay_open(alice: User) -> None:
    """Those of other people, and of other browsers of the same person who has signed out in one."""
    await sync_to_async(register)("bob@example.org", password=PASSWORD)
    mine, other = await sync_to_async(signed_in)(EMAIL), await sync_to_async(signed_in)(EMAIL)
    bobs = await sync_to_async(signed_in)("bob@example.org")
    async with socket(other) as stays, socket(bobs) as his:
        await sync_to_async(by_signing_out)(mine, other)
        assert await stays.is_silent()
        assert await his.is_silent()
