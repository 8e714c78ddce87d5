"""Signing in and out with allauth, and tickets for the socket.

allauth's own views for apps are called, so that its limits, steps and signals are those of the pages; their answers are
written as problem details.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.account.views import LoginView, SessionView
from allauth.headless.constants import Client
from allauth.headless.mfa.views import AuthenticateView
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.accounts.selectors import viewer_of_session
from apps.accounts.socket_tickets import SECONDS, make_ticket
from apps.api.operations import Access, operation
from apps.api.serializers.accounts import CodeIn, SecondFactorProblem, SessionOut, SignInIn, TicketOut
from apps.api.serializers.strict import Problem
from apps.api.views.base import ApiView, shown
from apps.common.errors import AppError, Code
from apps.common.views import problem_response

TOKEN = "X-Session-Token"  # noqa: S105 - the name of a header
PROBLEM = "application/problem+json"
MFA_STAGE = "mfa_authenticate"
SIGNED_IN_ALREADY = _("This session is signed in already. Sign out first, or leave out X-Session-Token.")
NEXT_STEP = _("Send the code of the authenticator app, or a recovery code, to /api/v1/session/second-factor.")
UNCONFIRMED = _("Confirm the e-mail address of this account first. A link was sent to it.")
WRONG = _("The e-mail address or the password is wrong.")
NO_STEP = _("There is no sign-in that waits for a code. Begin again with the password.")
log_in, authenticate, sign_out = (
    view.as_api_view(client=Client.APP) for view in (LoginView, AuthenticateView, SessionView)
)


@dataclass(frozen=True)
class OpenedSession:
    session_token: str
    person: User


@dataclass(frozen=True)
class Ticket:
    ticket: str
    expires_at: Any


class SignInView(ApiView):
    authentication_classes: tuple[type, ...] = ()

    @operation(
        "sign_in",
        Access.OPEN,
        body=SignInIn,
        status=201,
        returns=SessionOut,
        also={(401, PROBLEM): SecondFactorProblem},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """With a password. If the account has a second factor, the answer is 401 with the code
        `second_factor_required` and the token for the next step.
        """
        self.body(SignInIn)
        return _answer(log_in, request)


class SecondFactorView(ApiView):
    authentication_classes: tuple[type, ...] = ()

    @operation(
        "confirm_sign_in",
        Access.OPEN,
        body=CodeIn,
        status=201,
        returns=SessionOut,
        also={(401, PROBLEM): Problem},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """The second step: the code of the authenticator app or a recovery code, with the token of the first step in
        `X-Session-Token`.
        """
        self.body(CodeIn)
        return _answer(authenticate, request)


class SessionDetailView(ApiView):
    @operation("sign_out", Access.PERSON, status=204)
    def delete(self, request: Request) -> Response:
        """The token is worth nothing from now on, and sockets that were opened with it close."""
        _called(sign_out, request)
        return Response(status=204)


class TicketsView(ApiView):
    @operation("create_socket_ticket", Access.PERSON, status=201, returns=TicketOut)
    def post(self, request: Request) -> Response:
        """For opening the WebSocket once, within 30 seconds, without cookies."""
        row = self.caller.session_row
        if row is None:
            raise NotAuthenticated
        expires_at = timezone.now() + timedelta(seconds=SECONDS)
        return shown(TicketOut, Ticket(make_ticket(row), expires_at), 201)


def _answer(view: Callable[..., HttpResponseBase], request: Request) -> HttpResponse:
    answer = _called(view, request)
    said: dict[str, Any] = json.loads(answer.content) if answer.content.startswith(b"{") else {}
    if answer.status_code == 200:
        return _opened(said, request)
    if answer.status_code == 401:
        return _next_step(said)
    if answer.status_code == 429:
        raise AppError(Code.TOO_MANY, _("That was too often. Try again in 5 minutes."))
    if answer.status_code == 409:
        raise AppError(Code.CONFLICT, SIGNED_IN_ALREADY)
    if answer.status_code == 410:
        raise AppError(Code.UNAUTHENTICATED, NO_STEP)
    raise _refusal(said.get("errors", []))


def _called(view: Callable[..., HttpResponseBase], request: Request) -> HttpResponse:
    """Without the middleware of allauth, which answers with what is raised."""
    try:
        answer: Any = view(request._request)
    except ImmediateHttpResponse as raised:
        answer = raised.response
    return cast(HttpResponse, answer)


def _opened(said: dict[str, Any], request: Request) -> HttpResponse:
    """allauth names a token only when it is another than the one that was sent."""
    token = said["meta"].get("session_token") or request.headers.get(TOKEN, "")
    person = viewer_of_session(token).user
    if person is None:
        raise NotAuthenticated
    opened: HttpResponse = shown(SessionOut, OpenedSession(token, person), 201)
    return opened


def _next_step(said: dict[str, Any]) -> HttpResponse:
    waiting = [flow["id"] for flow in said.get("data", {}).get("flows", []) if flow.get("is_pending")]
    if MFA_STAGE in waiting and said["meta"].get("session_token"):
        error = AppError(Code.SECOND_FACTOR, NEXT_STEP)
        return problem_response(error, session_token=said["meta"]["session_token"])
    return problem_response(AppError(Code.UNAUTHENTICATED, UNCONFIRMED if waiting else NO_STEP))


def _refusal(faults: Sequence[Mapping[str, str]]) -> Exception:
    codes = {fault.get("code") for fault in faults}
    if codes & {"too_many_login_attempts", "rate_limited"}:
        return AppError(Code.TOO_MANY, faults[0]["message"])
    if "email_password_mismatch" in codes:
        return AppError(Code.UNAUTHENTICATED, WRONG)
    named = {fault.get("param", ""): [fault["message"]] for fault in faults}
    wrong: Exception = ValidationError(named or {"": [str(WRONG)]})
    return wrong
