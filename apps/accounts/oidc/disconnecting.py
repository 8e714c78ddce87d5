"""Ends what connects an issuer, whether or not the site still knows that issuer."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.signals import social_account_removed
from django.contrib import messages
from django.http import HttpRequest


def disconnect(request: HttpRequest, account: SocialAccount) -> None:
    """The library's function fails on an issuer that is no longer configured."""
    raise_if_reauthentication_required(request, app="allauth.socialaccount")
    account.delete()
    adapter = get_adapter(request)
    adapter.add_message(request, messages.INFO, "socialaccount/messages/account_disconnected.txt")
    social_account_removed.send(sender=SocialAccount, request=request, socialaccount=account)
    adapter.send_notification_mail("socialaccount/email/account_disconnected", account.user)
