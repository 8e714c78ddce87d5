"""The network address of the client, behind a known number of proxies."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

IPV6_HOST_BITS = 64  # a household is given these many to choose from


def client_address(peer: str, forwarded_for: str = "") -> str:
    """`forwarded_for` is believed as far as settings count proxies, from its right end; else the peer's address.

    Some proxies write a port after the address: it is left out, or each connection would count as another client.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    return _without_port(hops[-trusted]) if trusted and len(hops) >= trusted else peer


def _without_port(hop: str) -> str:
    host = hop[1:].partition("]")[0] if hop.startswith("[") else hop
    return host.partition(":")[0] if host.count(":") == 1 else host


def request_address(request: HttpRequest) -> str:
    return client_address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def subscriber_of(address: str) -> str:
    """What one customer of a provider cannot change: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> IPV6_HOST_BITS << IPV6_HOST_BITS)}/64"
