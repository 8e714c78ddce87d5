"""Account pages that the sign-in library (allauth) lacks, and those where this product is stricter."""

from __future__ import annotations

from typing import Any, cast

from allauth.account import views
from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from apps.accounts import shown_credentials
from apps.accounts.device import remember_device
from apps.accounts.models import User
from apps.accounts.selectors import address_is_confirmed


class EmailView(views.EmailView):
    """One address for each account: a new one replaces it once it is confirmed."""

    template_name = "account/email_change.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "action_primary" in request.POST or not self._allowed(request):
            return HttpResponseRedirect(self.success_url)  # the page says why
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = cast(User, self.request.user)
        pending = EmailAddress.objects.filter(user=user, verified=False).exclude(email=user.email.lower())
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "address": user.email,
            "is_confirmed": address_is_confirmed(user),
            "pending": pending.order_by("pk").last(),
        }

    def _allowed(self, request: HttpRequest) -> bool:
        """No change may begin before the current address is confirmed; that link may be sent again."""
        confirmed = address_is_confirmed(cast(User, request.user))
        return bool(settings.MAIL_IS_SENT and (confirmed or "action_send" in request.POST))


class ConfirmEmailView(views.ConfirmEmailView):
    """A change of address must be confirmed by someone who is signed in to the account: if the new address was
    mistyped, the stranger who has it cannot take the account over by following the link.
    """

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            refused = _must_sign_in(self.request.user, self.get_object().email_address)
        except Http404:
            refused = True
        answer: HttpResponse = self.get() if refused else super().post(*args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        must_sign_in = self.object and _must_sign_in(self.request.user, self.object.email_address)
        return context | {"must_sign_in": must_sign_in}

    def logout_other_user(self, confirmation: Any) -> None:
        """Only after the address was confirmed by the button, never by following the link."""
        if confirmation.email_address.verified:
            super().logout_other_user(confirmation)


class RequestLoginCodeView(views.RequestLoginCodeView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Without a mail server the page says what to do instead."""
        answer = super().post if settings.MAIL_IS_SENT else self.get
        response: HttpResponse = answer(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if form._user:
            shown_credentials.note(self.request, form._user, shown_credentials.CODE)
        return response


class ConfirmLoginCodeView(views.ConfirmLoginCodeView):
    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"email": self._process.state.get("email", "")}

    def form_valid(self, form: Any) -> HttpResponse:
        """The code counts until sessions of the account, its password or its address end."""
        held = shown_credentials.hold(self.request, self._process.user, shown_credentials.CODE)
        if not held or not self._confirm_address():
            self._process.abort()
            return HttpResponseRedirect(reverse("account_login"))
        response: HttpResponse = super().form_valid(form)
        return response

    def _confirm_address(self) -> bool:
        """By this product's rules: the library's own step confirms without asking the adapter."""
        unproved = EmailAddress.objects.filter(
            user=self._process.user, email=self._process.state["email"], verified=False
        ).first()
        return unproved is None or get_adapter().confirm_email(self.request, unproved)


class PasswordResetView(views.PasswordResetView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Without a mail server the page says what to do instead."""
        answer = super().post if settings.MAIL_IS_SENT else self.get
        response: HttpResponse = answer(request, *args, **kwargs)
        return response


class PasswordResetFromKeyView(views.PasswordResetFromKeyView):
    reset_user: Any  # None after a failure

    def logout(self) -> None:
        """Someone else's session in this browser ends by the button, never by following a link."""
        if self.request.method == "POST":
            super().logout()

    def form_valid(self, form: Any) -> HttpResponse:
        """A link sets one password, even if it is used several times at once."""
        with transaction.atomic():
            user = User.objects.select_for_update(no_key=True).get(pk=self.reset_user.pk)
            if not default_token_generator.check_token(user, self.key):
                return self._used_before()
            response: HttpResponse = super().form_valid(form)
        remember_device(response, self.reset_user)
        return response

    def _used_before(self) -> HttpResponse:
        self.reset_user = None
        response: HttpResponse = self.render_to_response(self.get_context_data(token_fail=True))
        return response


def _must_sign_in(user: User | AnonymousUser, address: EmailAddress) -> bool:
    owner = address.user
    is_change = address.email != owner.email.lower() and address_is_confirmed(owner)
    return is_change and user != owner
