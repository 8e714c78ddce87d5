from __future__ import annotations

import uuid
from datetime import datetime
from functools import cache

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
@cache  # an answer has many
def icon(name: str) -> SafeString:
    """A symbol of static/icons.svg. It is decoration only: a control needs a label in words."""
    return format_html('<svg aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name)


@register.filter
def date_words(moment: datetime) -> str:
    """A date in words: "Today 09:12", "Yesterday", "3 November", "3 November 2025"."""
    local, now = timezone.localtime(moment), timezone.localtime()
    days = (now.date() - local.date()).days
    if days == 0:
        return _("Today %(time)s") % {"time": date_format(local, "H:i")}
    if days == 1:
        return _("Yesterday")
    return date_format(local, "j F" if local.year == now.year else "j F Y")


@register.filter
def date_inside(moment: datetime) -> str:
    """Like date_words, for use inside a sentence: "today at 09:12", "on 3 November"."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return _("today at %(time)s") % {"time": date_format(local, "H:i")}
    return _("on %(day)s") % {"day": date_format(local, "j F Y")}


@register.filter
def count(number: int) -> str:
    """4012 as "4,012"."""
    return number_format(number, use_l10n=True, force_grouping=True)


@register.simple_tag
def new_client_id() -> str:
    """An id for a form, so that a question that is sent twice is stored once."""
    return str(uuid.uuid4())
