from django.apps import AppConfig


class OIDCConfig(AppConfig):
    """allauth finds the provider and its URLs in this package."""

    name = "apps.accounts.oidc"
    label = "oidc"
