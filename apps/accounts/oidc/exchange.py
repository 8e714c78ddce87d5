"""Talks to an issuer: reads its configuration, exchanges the code, and asks who it is."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse

from apps.accounts.oidc.id_token import Claims, IssuerError, verified_claims
from apps.common.site import site_origin

CONFIRMED = (True, "true")  # some issuers send a text
OF_THE_ADDRESS = ("email", "email_verified")


class Exchange(OpenIDConnectOAuth2Adapter):
    """For one sign-in; `nonce` is what its token must repeat."""

    nonce = ""

    @property
    def openid_config(self) -> Claims:
        config: Claims = super().openid_config
        if str(config.get("issuer", "")).rstrip("/") != self.get_provider().app.settings["server_url"]:
            raise IssuerError("the issuer calls itself by another name")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return site_origin() + reverse("oidc_callback", kwargs={"provider_id": self.provider_id})

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        claims = self._claims(app, token, kwargs["response"].get("id_token") or "")
        claims["email_verified"] = claims.get("email_verified") in CONFIRMED
        login: SocialLogin = self.get_provider().sociallogin_from_response(request, {"id_token": claims})
        login.account.extra_data = {
            "groups": _groups(claims, app.settings["groups_claim"])
        }  # and no more is kept
        return login

    def _claims(self, app: SocialApp, token: SocialToken, id_token: str) -> Claims:
        """Those of the ID token; what it lacks is asked for."""
        claims = verified_claims(
            id_token,
            keys=self._get(self.openid_config["jwks_uri"]),
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            nonce=self.nonce,
        )
        if {"email", app.settings["groups_claim"]} <= set(
            claims
        ) or "userinfo_endpoint" not in self.openid_config:
            return claims
        more = self._get(self.openid_config["userinfo_endpoint"], token.token)
        if more.get("sub") != claims["sub"]:
            raise IssuerError("the issuer told about another person")
        if "email" in claims:
            more = {name: value for name, value in more.items() if name not in OF_THE_ADDRESS}
        return more | claims

    def _get(self, url: str, bearer: str = "") -> Claims:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        with get_adapter().get_requests_session() as session:
            response = session.get(url, headers=headers)
            response.raise_for_status()
        found = response.json()
        if not isinstance(found, dict):
            raise IssuerError("the issuer's answer is no object")
        return found


def _groups(claims: Claims, name: str) -> list[str]:
    value = claims.get(name, [])
    return [str(group) for group in (value if isinstance(value, list) else [value])]
