"""What a person chose for every browser: language, time zone and colours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from zoneinfo import available_timezones

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Theme, User
from apps.common.views import keep_theme

NOT_OFFERED = ("Etc/", "SystemV/", "US/", "posix/", "right/")  # other names of zones that are in the list


@cache
def time_zones() -> dict[str, None]:
    """Names of the form Area/City, and UTC, in order."""
    names = (name for name in available_timezones() if "/" in name and not name.startswith(NOT_OFFERED))
    return dict.fromkeys(("UTC", *sorted(names)))


def time_zone_choices() -> Iterator[tuple[str, str]]:
    yield "", _("That of this site (%(zone)s)") % {"zone": settings.TIME_ZONE}
    for name in time_zones():
        yield name, name.replace("_", " ")


def carry_preferences(response: HttpResponse, user: User) -> None:
    """This browser shows the account's colours and language from now on."""
    if user.theme:
        keep_theme(response, "" if user.theme == Theme.SYSTEM else user.theme)
    if user.language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=365 * 24 * 60 * 60,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
