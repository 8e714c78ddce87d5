from __future__ import annotations

import pytest
from pytest_django import Settings

from apps.common.addresses import client_address

PEER = "203.0.113.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded_for", "address"),
    [
        (0, "192.0.2.1", PEER),
        (1, "", PEER),
        (1, "192.0.2.1, 198.51.100.7", "198.51.100.7"),
        (1, "198.51.100.7:50123", "198.51.100.7"),
        (1, "[2001:db8::7]:50123", "2001:db8::7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (2, "192.0.2.1, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", PEER),
        (1, "[", ""),
    ],
)
def test_client_address(proxies: int, forwarded_for: str, address: str, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert client_address(PEER, forwarded_for) == address
