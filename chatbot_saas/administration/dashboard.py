"""The overview: what the installation holds, what needs someone, and how questions were answered lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.chat.models import Answer, AnswerState, AnswerStatus
from apps.common.models import first_uid_of
from apps.knowledge.models import OPEN_STATES, CollectionStatistic, Ingestion, IngestionState
from apps.knowledge.parsing.failures import WITHDRAWN

DAYS = 14
HEIGHT = 100  # of the tallest bar, in units of the picture
STEP, WIDTH = 20, 14  # from bar to bar, and of a bar
GIVEN_UP = "dead"
KINDS = {  # the order of a bar's parts, from the bottom
    AnswerStatus.ANSWERED.value: AnswerStatus.ANSWERED.label,
    AnswerStatus.PARTIAL.value: AnswerStatus.PARTIAL.label,
    AnswerStatus.REFUSED.value: AnswerStatus.REFUSED.label,
    AnswerStatus.APPROVED.value: AnswerStatus.APPROVED.label,
    AnswerStatus.SMALL_TALK.value: AnswerStatus.SMALL_TALK.label,
    GIVEN_UP: gettext_lazy("Could not be answered"),
}


@dataclass(frozen=True)
class Figure:
    number: int
    words: str
    url: str
    needs_someone: bool = False


@dataclass(frozen=True)
class Part:
    """A rectangle of the picture."""

    kind: str
    x: int
    y: int
    height: int
    width: int = WIDTH


@dataclass(frozen=True)
class Day:
    date: date
    counts: tuple[int, ...]  # in the order of KINDS
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Totals:
    """Of one kind of answer."""

    kind: str
    label: str
    number: int


@dataclass(frozen=True)
class Chart:
    days: tuple[Day, ...]
    totals: tuple[Totals, ...]
    width: int = DAYS * STEP
    height: int = HEIGHT

    @property
    def is_empty(self) -> bool:
        return not any(each.number for each in self.totals)


@dataclass(frozen=True)
class Dashboard:
    figures: tuple[Figure, ...]
    chart: Chart | None


def dashboard(user: User | AnonymousUser) -> Dashboard:
    """What this person may view."""
    figures: list[Figure] = []
    if user.has_perm("accounts.view_user"):
        figures.append(_people())
    if user.has_perm("knowledge.view_document"):
        figures.append(_documents())
    if user.has_perm("knowledge.view_ingestion"):
        figures += [_waiting(), _failed()]
    return Dashboard(tuple(figures), _chart() if user.has_perm("chat.view_answer") else None)


def _people() -> Figure:
    return Figure(
        User.objects.filter(is_active=True).count(),
        _("people with an account"),
        f"{reverse('admin:accounts_user_changelist')}?is_active__exact=1",
    )


def _documents() -> Figure:
    total = CollectionStatistic.objects.aggregate(total=Sum("documents"))["total"] or 0
    url = f"{reverse('admin:knowledge_document_changelist')}?deleted_at__isempty=1"
    return Figure(total, _("documents that can be asked"), url)


def _waiting() -> Figure:
    number = Ingestion.objects.filter(state__in=OPEN_STATES).count()
    return Figure(number, _("uploads under way"), reverse("admin:knowledge_ingestion_changelist"))


def _failed() -> Figure:
    failed = Ingestion.objects.filter(state=IngestionState.FAILED)
    number = failed.exclude(reason__in=list(WITHDRAWN)).count()
    url = f"{reverse('admin:knowledge_ingestion_changelist')}?state={IngestionState.FAILED}"
    return Figure(number, _("uploads that failed"), url, needs_someone=number > 0)


def _chart() -> Chart:
    """Answers of the last days; those still waiting are left out."""
    today = timezone.localdate()
    dates = [today - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    counts = _counts(dates[0])
    tallest = max((sum(counts[each, kind] for kind in KINDS) for each in dates), default=0) or 1
    days = tuple(_day(number, each, counts, tallest) for number, each in enumerate(dates))
    totals = tuple(
        Totals(kind, str(label), sum(counts[each, kind] for each in dates)) for kind, label in KINDS.items()
    )
    return Chart(days, totals)


def _counts(since: date) -> Counter[tuple[date, str]]:
    begin = timezone.make_aware(datetime(since.year, since.month, since.day))  # noqa: DTZ001 - made aware here
    rows = (
        Answer.objects.filter(uid__gte=first_uid_of(begin), state__in=(AnswerState.DONE, AnswerState.DEAD))
        .annotate(day=TruncDate("created_at"))
        .values_list("day", "state", "status")
        .annotate(number=Count("pk"))
    )
    counts: Counter[tuple[date, str]] = Counter()
    for day, state, status, number in rows:
        counts[day, GIVEN_UP if state == AnswerState.DEAD else status] += number
    return counts


def _day(number: int, day: date, counts: Counter[tuple[date, str]], tallest: int) -> Day:
    numbers = tuple(counts[day, kind] for kind in KINDS)
    x = number * STEP + (STEP - WIDTH) // 2
    return Day(day, numbers, tuple(_parts(x, numbers, tallest)))


def _parts(x: int, numbers: tuple[int, ...], tallest: int) -> Iterator[Part]:
    """One upon the other; whole units, so that they meet."""
    below = 0
    for kind, number in zip(KINDS, numbers, strict=True):
        bottom, top = (round(HEIGHT * each / tallest) for each in (below, below + number))
        below += number
        if top > bottom:
            yield Part(kind, x, HEIGHT - top, top - bottom)
