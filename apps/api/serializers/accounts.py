"""People, workspaces and sessions."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.accounts.models import Role, Scope, Theme
from apps.accounts.preferences import time_zones
from apps.api.serializers.strict import Moment, Strict


class WorkspaceOut(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices, allow_null=True, help_text="null for an API key")
    may_edit = serializers.BooleanField()


class PersonOut(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    email = serializers.EmailField()
    name = serializers.CharField()
    language = serializers.CharField(help_text='"" for that of the browser')
    time_zone = serializers.CharField(help_text='"" for that of the site')
    theme = serializers.CharField(help_text='"" if none was chosen')
    created_at = Moment()


class KeyOut(serializers.Serializer):
    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))
    requests_per_minute = serializers.IntegerField(source="per_minute")
    expires_at = Moment(allow_null=True)
    created_at = Moment()


class MeOut(serializers.Serializer):
    """Exactly one of the two is not null."""

    person = PersonOut(allow_null=True)
    key = KeyOut(allow_null=True)


class ProfileIn(Strict):
    name = serializers.CharField(required=False, allow_blank=True, max_length=150)
    language = serializers.ChoiceField(["", *dict(settings.LANGUAGES)], required=False)
    time_zone = serializers.CharField(required=False, allow_blank=True, max_length=64)
    theme = serializers.ChoiceField(["", *Theme.values], required=False)

    def validate_time_zone(self, value: str) -> str:
        if value and value not in time_zones():
            raise serializers.ValidationError(
                _("There is no such time zone. Use a name such as Europe/Berlin.")
            )
        return value


class SignInIn(Strict):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(trim_whitespace=False, max_length=1000)


class CodeIn(Strict):
    code = serializers.CharField(max_length=64, help_text="of the authenticator app, or a recovery code")


class SessionOut(serializers.Serializer):
    session_token = serializers.CharField(help_text="Send it as `X-Session-Token`.")
    person = PersonOut()


class SecondFactorProblem(serializers.Serializer):
    """With the code `second_factor_required`, `session_token` is what the next step needs."""

    type = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    session_token = serializers.CharField(required=False)


class TicketOut(serializers.Serializer):
    ticket = serializers.CharField(help_text="Open /ws/v1/?ticket=... with it, once.")
    expires_at = Moment()
