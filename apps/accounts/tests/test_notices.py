"""The owner of an account is told by e-mail about what someone changed in it."""

from __future__ import annotations

import re
from pathlib import Path
from smtplib import SMTPException

import allauth
import pytest
from django.core import mail
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.notices import NOTICES
from apps.accounts.services import register
from apps.accounts.tests.browsing import NEW_PASSWORD, PASSWORD, is_signed_in, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("mail_server")]
FORM = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}


@pytest.fixture
def alice(transactional_db: None) -> User:
    return register("alice@example.org", password=PASSWORD)


def test_a_changed_password_is_reported(alice: User) -> None:
    owner = signed_in(alice.email)
    owner.post(reverse("account_change_password"), FORM)
    assert mail.outbox[-1].to == [alice.email]
    assert "Its password was changed." in str(mail.outbox[-1].body)


def test_a_closed_account_is_reported(alice: User) -> None:
    owner = signed_in(alice.email)
    owner.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    owner.post(reverse("account_close"))
    assert mail.outbox[-1].to == [alice.email]
    assert "Until then you can sign in and keep it." in str(mail.outbox[-1].body)


def test_mail_that_cannot_be_sent_undoes_nothing(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise SMTPException

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    owner = signed_in(alice.email)
    assert owner.post(reverse("account_change_password"), FORM).status_code == 302
    assert is_signed_in(owner)


def test_every_notice_of_the_library_has_a_sentence() -> None:
    """An upgrade may bring more of them."""
    source = Path(allauth.__file__).parent.rglob("*.py")
    sent = re.findall(r'send_notification_mail\(\s*"([^"]+)"', "".join(each.read_text() for each in source))
    assert sent
    assert set(sent) <= set(NOTICES)
