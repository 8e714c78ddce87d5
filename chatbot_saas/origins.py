"""Compares origins: scheme, host and port."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.utils.http import is_same_domain

DEFAULT_PORTS = {"http": 80, "https": 443}


def matches_origin(origin: str, trusted: str) -> bool:
    """Compares whole origins. `trusted` may include all subdomains, as in https://*.example.org."""
    given, expected = _parts(origin), _parts(trusted.replace("://*.", "://.", 1))
    if given is None or expected is None:
        return False
    return given[::2] == expected[::2] and is_same_domain(given[1], expected[1])


def _parts(origin: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port; None if the text is not an origin."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.username is not None:
        return None
    if parts.path.strip("/") or parts.query or parts.fragment:
        return None
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme]
