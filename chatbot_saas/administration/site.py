"""The administration pages: Django's, in the templates of django-unfold and the product's colours (decision 28)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.views import LogoutView
from csp.constants import UNSAFE_EVAL
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.sites import UnfoldAdminSite

from apps.accounts.second_factor import has_second_factor
from chatbot_saas.administration.dashboard import dashboard


class AdminSite(UnfoldAdminSite):
    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """These pages alone may evaluate strings: the library's templates keep their script in attributes (Alpine)."""
        decorated: Callable[..., Any] = csp_update({"script-src": [UNSAFE_EVAL]})(
            super().admin_view(view, cacheable)
        )
        return decorated

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Colours come from css/admin.css: as values of the settings they would be an inline style."""
        context: dict[str, Any] = super().each_context(request)
        return context | {"colors": None}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        shown = {"dashboard": dashboard(request.user)}
        response: HttpResponse = super().index(request, shown | (extra_context or {}))
        return response

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever may see and change what is everyone's has a second factor."""
        return bool(super().has_permission(request)) and _has_second_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """By the product's sign-in page, with its limits; staff without a second factor set one up first."""
        if getattr(request.user, "is_staff", False) and not _has_second_factor(request):
            return redirect("mfa_index")
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: HttpResponse = LogoutView.as_view()(request)
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The library's search over the names of models is switched off; each list has its own search."""
        raise Http404


def _has_second_factor(request: HttpRequest) -> bool:
    """Looked up once a request: a page asks several times."""
    known = vars(request)
    if "has_second_factor" not in known:
        known["has_second_factor"] = has_second_factor(request.user)
    return bool(known["has_second_factor"])
