"""Where one is signed in: the list, signing out one browser or all others, and what ends by itself."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.accounts import session_list
from apps.accounts.models import User
from apps.accounts.services import register
from apps.accounts.session_checks import HeldSession, unchanged_sessions
from apps.accounts.session_list import sessions_of
from apps.accounts.tasks import forget_ended_sessions, write_session_use
from apps.accounts.tests.browsing import NEW_PASSWORD, PASSWORD, is_signed_in, sign_in, signed_in
from apps.accounts.user_agents import device_words
from apps.accounts.viewer import Viewer
from apps.common.tests.html import get, parse
from apps.common.tests.queue_recorder import QueueRecorder

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Version/18.1 Mobile Safari/604"
)


def browser(user: User, agent: str, address: str) -> Client:
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    sign_in(client, user.email)
    return client


def row_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_the_list_names_each_browser_and_this_one(alice: User) -> None:
    browser(alice, SAFARI, "2001:db8::7")
    here = browser(alice, FIREFOX, "192.0.2.7")
    rows = get(here, reverse("account_sessions")).all(".rows li")
    assert [("Safari on iPhone" in row.text, "Firefox on Windows" in row.text) for row in rows] == [
        (False, True),
        (True, False),
    ]
    assert "from 192.0.2.7" in rows[0].text
    assert "This browser" in rows[0].text
    assert "from 2001:db8::7" in rows[1].text
    assert not rows[0].has("form")


def test_one_browser_is_signed_out_and_its_sockets_close(alice: User) -> None:
    here, lost = signed_in(alice.email), signed_in(alice.email)
    held = HeldSession(lost.session.session_key or "", Viewer(user=alice))
    assert unchanged_sessions([held]) == {held}
    page = here.post(reverse("account_end_session", args=[row_of(lost).pk]), follow=True)
    assert "That browser has been signed out." in page.content.decode()
    assert unchanged_sessions([held]) == set()
    assert is_signed_in(here)
    assert not is_signed_in(lost)
    assert len(sessions_of(alice, None)) == 1


def test_nobody_ends_sessions_of_others_or_this_way_their_own(alice: User) -> None:
    owner = signed_in(alice.email)
    stranger = signed_in(register("charlie@example.org", password=PASSWORD).email)
    missing = stranger.post(reverse("account_end_session", args=[1_000_000]))
    foreign = stranger.post(reverse("account_end_session", args=[row_of(owner).pk]))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert parse(foreign.content).text == parse(missing.content).text
    assert owner.post(reverse("account_end_session", args=[row_of(owner).pk])).status_code == 404
    assert is_signed_in(owner)
    visitor = Client().post(reverse("account_end_session", args=[row_of(owner).pk]))
    assert visitor["Location"].startswith(reverse("account_login"))


def test_a_new_password_leaves_this_browser_alone(alice: User) -> None:
    here, other = signed_in(alice.email), signed_in(alice.email)
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    here.post(reverse("account_change_password"), form)
    alice.refresh_from_db()
    assert is_signed_in(here)
    assert not is_signed_in(other)
    assert [each.is_current for each in sessions_of(alice, here.session.session_key)] == [True]


def test_a_session_that_ended_is_not_listed(alice: User) -> None:
    left, expired = signed_in(alice.email), signed_in(alice.email)
    left.post(reverse("account_logout"))
    Session.objects.filter(session_key=expired.session.session_key).delete()
    assert sessions_of(alice, None) == []
    forget_ended_sessions()
    assert not UserSession.objects.exists()


def test_an_account_has_so_many_sessions_and_no_more(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_list, "MOST", 2)
    first, *others = [signed_in(alice.email) for _ in range(3)]
    assert not is_signed_in(first)
    assert all(is_signed_in(each) for each in others)


def test_use_is_noted_by_a_worker_and_not_by_each_page(
    alice: User, queue: QueueRecorder, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = signed_in(alice.email)
    session_list._seen.clear()
    with django_capture_on_commit_callbacks(execute=True):
        client.get("/")
        client.get("/")
    assert [each for each in queue.sent if "session" in each[0]] == [
        ("apps.accounts.tasks.write_session_use", (row_of(client).pk,))
    ]
    before = row_of(client).last_seen_at
    write_session_use(row_of(client).pk)
    assert row_of(client).last_seen_at > before


@pytest.mark.parametrize("address", ["", "unknown", "10.0.0.1:99"])
def test_a_client_without_an_address_signs_in_too(alice: User, address: str) -> None:
    client = Client(REMOTE_ADDR=address)
    sign_in(client, alice.email)
    assert [each.address for each in sessions_of(alice, None)] == [""]


@pytest.mark.parametrize(
    ("agent", "words"), [(FIREFOX, "Firefox on Windows"), ("curl/8", "curl"), ("", "Unknown browser")]
)
def test_words_for_a_browser(agent: str, words: str) -> None:
    assert device_words(agent) == words
