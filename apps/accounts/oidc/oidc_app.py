from django.apps import AppConfig


class OIDCConfig(AppConfig):
    """allauth finds the provider in this package."""

    name = "apps.accounts.oidc"
    label = "oidc"
