"""Settings of django-unfold: the product's name, styles, colours and sidebar."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest
from django.templatetags.static import static

STYLES = ("css/tokens.css", "css/fonts.css", "css/admin.css")
SCRIPTS = ("js/admin/setup.js", "js/admin/names.js")


def _address(path: str, _request: HttpRequest) -> str:
    """Called at each request: while settings are read, no file has its final name yet."""
    return static(path)


UNFOLD: dict[str, object] = {
    "SITE_TITLE": "Quoth",
    "SITE_HEADER": "Quoth",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": partial(_address, "favicon.svg")}],
    "STYLES": [partial(_address, path) for path in STYLES],
    "SCRIPTS": [partial(_address, path) for path in SCRIPTS],
    "THEME": "apps.common.views.chosen_theme",
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {"navigation": "chatbot_saas.administration.navigation.navigation"},
}
