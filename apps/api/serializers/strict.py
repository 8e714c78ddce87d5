"""Strict input: an unknown name is an error and not ignored, so that a typing error is noticed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

UNKNOWN = _("There is no such field.")


class Strict(serializers.Serializer):
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [str(name)[:100] for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError({name: [UNKNOWN] for name in unknown})
        return super().to_internal_value(data)


class Nothing(Strict):
    """No parameters."""


class Moment(serializers.DateTimeField):
    """In UTC, with a Z."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class Ranges(serializers.ListField):
    """Pairs [start, end) of offsets."""

    child = serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)


class Problem(serializers.Serializer):
    """An error (RFC 9457). `code` is stable; `detail` is a sentence for people."""

    type = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.ListField(child=serializers.DictField(child=serializers.CharField()), required=False)


def checked(serializer: Any, data: Any) -> dict[str, Any]:
    """The values that the serializer has read. Raises ValidationError."""
    reader = serializer(data=data)
    reader.is_valid(raise_exception=True)
    values: dict[str, Any] = reader.validated_data
    return values
