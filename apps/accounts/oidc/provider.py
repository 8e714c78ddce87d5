"""What allauth registers: OpenID Connect for any issuer of the settings."""

from __future__ import annotations

from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider

from apps.accounts.oidc.exchange import Exchange


class OIDCProvider(OpenIDConnectProvider):
    id = "oidc"
    package = OpenIDConnectProvider.get_package()  # its URLs; those of apps.accounts.urls come before them
    oauth2_adapter_class = Exchange


provider_classes = [OIDCProvider]
