"""A request that is sent again with the same Idempotency-Key makes nothing again.

What it has made is remembered for a day, by its uid alone. The request is then answered from what was made, as the
caller may see it now: no copy of an answer outlives its document, and no access outlives its membership.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.api.models import IdempotencyRecord
from apps.common.db import transition
from apps.common.errors import AppError, Code

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
REMEMBERED = timedelta(hours=24)
LONGEST_REQUEST = timedelta(minutes=2)  # one that has taken longer was ended: the next may try again
ERASED_AT_ONCE = 1000
NAMESPACE = uuid.UUID("0193b1f2-8a5e-7c3d-9f10-4f5b8d2a6c71")


@dataclass(frozen=True)
class Sent:
    """A request: whose it is, the value of the header ("" without one), and what tells it from others."""

    caller: str
    key: str
    digest: str

    @property
    def request_id(self) -> uuid.UUID:
        """The same for the same key of the same caller."""
        return uuid.uuid5(NAMESPACE, f"{self.caller}\n{self.key}") if self.key else uuid.uuid4()


def digest_of_request(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else part.encode(errors="surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()


def once(sent: Sent, make: Callable[[], uuid.UUID]) -> uuid.UUID:
    """What `make` has made, now or the first time. Raises AppError; a request that failed is not remembered."""
    if not sent.key:
        return make()
    _check_key(sent.key)
    place = {"caller": sent.caller, "key_sha256": digest_of_request(sent.key)}
    first = _begun_before(place, sent)
    if first is not None and first.result is not None:
        return first.result
    try:
        made = make()
    except BaseException:
        IdempotencyRecord.objects.filter(**place, result=None).delete()
        raise
    IdempotencyRecord.objects.filter(**place).update(result=made)
    return made


def erase_old_records() -> int:
    """A bounded number of those that are not remembered any longer; how many there were."""
    old = IdempotencyRecord.objects.filter(created_at__lt=Now() - REMEMBERED).values_list("pk", flat=True)
    return IdempotencyRecord.objects.filter(pk__in=list(old[:ERASED_AT_ONCE])).delete()[0]


def _check_key(key: str) -> None:
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise AppError(Code.INVALID, _("An Idempotency-Key has 1 to 255 printable ASCII characters."))


def _begun_before(place: dict[str, str], sent: Sent) -> IdempotencyRecord | None:
    """None if the request is this caller's to make now."""
    IdempotencyRecord.objects.filter(**place, created_at__lt=Now() - REMEMBERED).delete()
    try:
        with transaction.atomic():
            IdempotencyRecord.objects.create(**place, request_sha256=sent.digest)
    except IntegrityError:
        return _first(place, sent)
    return None


def _first(place: dict[str, str], sent: Sent) -> IdempotencyRecord | None:
    record = IdempotencyRecord.objects.filter(**place).first()
    if record is not None and record.request_sha256 != sent.digest:
        raise AppError(Code.MISMATCH, _("This Idempotency-Key was used for another request. Use a new one."))
    if record is not None and record.result is not None:
        return record
    given_up = Q(result=None, created_at__lt=Now() - LONGEST_REQUEST)
    if transition(IdempotencyRecord.objects.filter(given_up, **place), created_at=Now()):
        return None
    raise AppError(
        Code.CONFLICT, _("A request with this Idempotency-Key is being worked on. Try again in a moment.")
    )
