"""The network address of the client, behind a known number of proxies."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest

IPV6_HOST_BITS = 64  # a provider gives each customer all addresses of a /64


def client_address(peer: str, forwarded_for: str = "") -> str:
    """The address of the client: from `forwarded_for` (the value of X-Forwarded-For) behind proxies, else `peer`.

    The settings say how many entries of `forwarded_for` are trusted, counted from its right end. Some proxies write a
    port after the address. It is removed, because otherwise each connection would count as a different client.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    return _without_port(hops[-trusted]) if trusted and len(hops) >= trusted else peer


def _without_port(hop: str) -> str:
    host = hop[1:].partition("]")[0] if hop.startswith("[") else hop
    return host.partition(":")[0] if host.count(":") == 1 else host


def request_address(request: HttpRequest) -> str:
    return client_address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def scope_address(scope: dict[str, Any]) -> str:
    """The same for an ASGI scope."""
    forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return client_address((scope.get("client") or ("",))[0], ",".join(forwarded))


def subscriber_of(address: str) -> str:
    """The part of an address that one customer of a provider cannot change: an IPv4 address, or the /64 of an IPv6
    one.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> IPV6_HOST_BITS << IPV6_HOST_BITS)}/64"
