"""How many requests a caller may make in a minute, and the headers that say so."""

from __future__ import annotations

import time
from dataclasses import dataclass

from apps.api.authentication import Caller
from apps.api.config import api_config
from apps.common import ratelimit
from apps.common.addresses import subscriber_of

MINUTE = 60


@dataclass(frozen=True)
class Allowance:
    """`used` of `limit` requests in the minute that ends in `reset` seconds."""

    limit: int
    used: int
    reset: int

    @property
    def is_over(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.reset),
            "RateLimit-Policy": f"{self.limit};w={MINUTE}",
        }


def allowance_of(caller: Caller | None, address: str) -> Allowance:
    """Counts this request. Raises AppError."""
    now = int(time.time())
    who = caller.counted_as if caller else f"address {subscriber_of(address)}"
    limit = _limit_of(caller)
    used = ratelimit.count_event(f"API of {who} in minute {now // MINUTE}", seconds=MINUTE)
    return Allowance(limit, limit + 1 if used is None else used, MINUTE - now % MINUTE)


def _limit_of(caller: Caller | None) -> int:
    if caller is None:
        return api_config().unknown_per_minute
    return caller.key.per_minute if caller.key else api_config().requests_per_minute
