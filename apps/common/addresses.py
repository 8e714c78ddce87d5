"""Whose network address a request comes from, behind a known number of proxies."""

from __future__ import annotations

from django.conf import settings


def client_address(peer: str, forwarded_for: str = "") -> str:
    """`forwarded_for` is believed as far as settings count proxies, from its right end; else the peer's address."""
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    return hops[-trusted] if trusted and len(hops) >= trusted else peer
