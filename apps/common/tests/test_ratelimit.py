from __future__ import annotations

import pytest
from django.core.cache import cache
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisAway

from apps.common import ratelimit
from apps.common.addresses import client_address, subscriber_of
from apps.common.errors import AppError, Code


def test_so_many_in_a_window() -> None:
    cache.clear()
    taken = [ratelimit.take("someone", limit=2, seconds=60) for _ in range(3)]
    assert taken == [True, True, False]
    assert ratelimit.take("someone else", limit=2, seconds=60)


def test_a_window_that_ends_in_the_midst_leaves_none_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ending:
        """As Redis: what expires between the look and the count is begun anew, without an end."""

        ends: float | None = None

        def add(self, key: str, value: int, seconds: int) -> None:
            """It is still there."""

        def incr(self, key: str) -> int:
            return 1

        def touch(self, key: str, seconds: int) -> None:
            self.ends = seconds

    ending = Ending()
    monkeypatch.setattr(ratelimit, "cache", ending)
    assert ratelimit.take("someone", limit=2, seconds=60)
    assert ending.ends == 60


def test_without_the_cache_nobody_may(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def add(self, *arguments: object) -> None:
            raise RedisAway

    monkeypatch.setattr(ratelimit, "cache", Away())
    with pytest.raises(AppError) as error:
        ratelimit.take("someone", limit=2, seconds=60)
    assert error.value.code is Code.UNAVAILABLE


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "6.6.6.6, 7.7.7.7", "7.7.7.7"),
        (2, "6.6.6.6, 7.7.7.7, 8.8.8.8", "7.7.7.7"),
        (2, "7.7.7.7", "10.0.0.1"),
    ],
)
def test_whom_to_believe(proxies: int, forwarded: str, expected: str, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert client_address("10.0.0.1", forwarded) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_one_subscriber_counts_once(address: str, expected: str) -> None:
    assert subscriber_of(address) == expected
