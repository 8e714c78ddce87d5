from __future__ import annotations

import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache
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


def test_a_window_that_is_lost_each_time_lets_nobody_through(monkeypatch: pytest.MonkeyPatch) -> None:
    class Losing:
        """As a full cache: what was added is evicted before it is counted."""

        def add(self, key: str, value: int, seconds: int) -> None:
            """It is gone at once."""

        def incr(self, key: str) -> int:
            raise ValueError

    monkeypatch.setattr(ratelimit, "cache", Losing())
    assert not ratelimit.take("someone", limit=2, seconds=60)


def test_a_window_that_ends_between_the_two_steps_is_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real = caches["default"]
    real.clear()
    first = [True]

    def incr(key: str) -> int:
        if first:
            first.clear()
            real.delete(key)
        return real.incr(key)

    monkeypatch.setattr(ratelimit, "cache", SimpleNamespace(add=real.add, incr=incr, touch=real.touch))
    assert [ratelimit.take("someone", limit=2, seconds=60) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("where", ["memory", pytest.param("redis", marks=pytest.mark.redis)])
def test_many_at_once_are_let_through_exactly_as_often_as_allowed(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = caches["default"] if where == "memory" else RedisCache(os.environ["QUOTH_TEST_REDIS_URL"], {})
    monkeypatch.setattr(ratelimit, "cache", shared)
    subject = uuid.uuid4().hex
    with ThreadPoolExecutor(16) as threads:
        taken = list(threads.map(lambda _: ratelimit.take(subject, limit=50, seconds=60), range(400)))
    assert sum(taken) == 50


@pytest.mark.parametrize("where", ["memory", pytest.param("redis", marks=pytest.mark.redis)])
def test_no_window_lets_more_through_while_windows_end(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of a second, ending under load: as many may pass as windows can begin, and no more."""
    shared = caches["default"] if where == "memory" else RedisCache(os.environ["QUOTH_TEST_REDIS_URL"], {})
    monkeypatch.setattr(ratelimit, "cache", shared)
    subject, end = uuid.uuid4().hex, time.monotonic() + 2.5

    def passed(_: int) -> int:
        count = 0
        while time.monotonic() < end:
            count += ratelimit.take(subject, limit=20, seconds=1)
        return count

    with ThreadPoolExecutor(8) as threads:
        assert 20 < sum(threads.map(passed, range(8))) <= 20 * 3


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
