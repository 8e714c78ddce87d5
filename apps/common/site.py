"""The site's own address. Links in mail and redirects come from here, and never from a request's Host header."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.http import url_has_allowed_host_and_scheme


def site_origin() -> str:
    """Scheme, host and port of QUOTH_URL."""
    return f"{urlsplit(str(settings.QUOTH_URL)).scheme}://{site_host()}"


def site_host() -> str:
    """Host and port of QUOTH_URL."""
    return urlsplit(str(settings.QUOTH_URL)).netloc


def is_own_path(url: str) -> bool:
    """True for a path of this site; false for every address that names a scheme or a host."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
