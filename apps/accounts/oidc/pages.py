"""The way to an issuer and back, and what is connected to an account."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.views import ConnectionsView
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from apps.accounts.oidc.disconnecting import disconnect
from apps.accounts.oidc.exchange import Exchange
from apps.accounts.request_limits import limited

PER_MINUTE = 20
TROUBLE = (OAuth2Error, RequestException, KeyError, ValueError, TypeError)  # of the issuer, not of the person


@require_POST
@limited("sign-ins by an issuer", lambda: PER_MINUTE)
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """A page that goes on by itself: a redirect after a form may lead to no other site (Content-Security-Policy)."""
    provider = _provider(request, provider_id)
    nonce = secrets.token_urlsafe(32)
    try:
        answer = provider.redirect(
            request,
            process=AuthProcess.CONNECT if "connect" in request.POST else AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            nonce=nonce,
            auth_params={"nonce": nonce},
        )
    except TROUBLE as error:
        return _refused(request, provider, error)
    context = {"provider": provider, "url": answer.get("Location", "")}
    return render(request, "socialaccount/going_on.html", context) if context["url"] else answer


@require_GET
@never_cache
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    provider = _provider(request, provider_id)
    try:
        response: HttpResponse = _Callback.adapter_view(Exchange(request, provider_id))(request)
    except TROUBLE as error:
        return _refused(request, provider, error)
    return response


class _Callback(OAuth2CallbackView):
    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, HttpResponse | None]:
        state, response = super()._get_state(request, provider)
        if state:
            self.adapter.nonce = state.get("nonce") or secrets.token_urlsafe(32)
        return state, response


class ConnectedView(ConnectionsView):
    """Disconnects; what is connected is shown with the other ways to sign in."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        disconnect(self.request, form.cleaned_data["account"])
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        for error in (each for errors in form.errors.values() for each in errors):
            messages.error(self.request, error)
        return HttpResponseRedirect(self.get_success_url())


def _provider(request: HttpRequest, provider_id: str) -> Any:
    try:
        return Exchange(request, provider_id).get_provider()
    except SocialApp.DoesNotExist as error:
        raise Http404 from error


def _refused(request: HttpRequest, provider: Any, error: Exception) -> HttpResponse:
    response: HttpResponse = render_authentication_error(request, provider, exception=error)
    return response
