"""How one signs in: address, password, passkeys, authenticator app and recovery codes on one page."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.base import views as mfa_views

from apps.accounts.models import User
from apps.accounts.oidc.rules import connected_accounts
from apps.accounts.second_factor import has_second_factor
from apps.accounts.selectors import address_is_confirmed


class SecurityView(mfa_views.IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = cast(User, self.request.user)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        codes = context["authenticators"].get("recovery_codes")
        return context | {
            "is_confirmed": address_is_confirmed(user),
            "connected": connected_accounts(user),
            "has_second_factor": has_second_factor(user),
            "codes_left": len(codes.get_unused_codes()) if codes else 0,
        }
