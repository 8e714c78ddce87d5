"""What becomes of the rows of each model when what they belong to is erased: plain data, and one walk over it.

Every app declares its models in a module `deletion_rules`, which its AppConfig imports. A test fails for a model
without a rule. A subject is what can be erased: "document", "collection", "workspace" or "user"; "some_documents" is a
collection that has lost some of its documents. `of` says for each subject by which lookup rows are found from its
primary key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.utils.formats import number_format

ROWS_AT_ONCE = 500  # deleted or changed in one transaction
BATCHES = 200  # of one walk: it takes some seconds, and the next one goes on


class Fate(StrEnum):
    ERASED = "erased"
    ANONYMISED = "anonymised"
    KEPT = "kept"


@dataclass(frozen=True)
class Rule:
    """`blank` says for each subject what fields of an anonymised row are set to, in the rows that `where` selects.
    Pages that ask before something is deleted count the rows that it takes along if `is_told`.
    """

    model: type[Model]
    fate: Fate
    why: str
    of: Mapping[str, Lookup] = field(default_factory=dict)
    blank: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    where: Mapping[str, Any] = field(default_factory=dict)
    is_told: bool = False


Lookup = str | tuple[str, ...]  # several: rows that any of them finds
_rules: dict[type[Model], Rule] = {}


def erased(model: type[Model], why: str, *, is_told: bool = False, **of: Lookup) -> None:
    """Its rows are deleted with each of these subjects. Declare what rows refer to before them."""
    _declare(Rule(model, Fate.ERASED, why, of, is_told=is_told))


def anonymised(
    model: type[Model],
    why: str,
    blank: Mapping[str, Mapping[str, Any]],
    where: Mapping[str, Any] | None = None,
    **of: Lookup,
) -> None:
    """With a subject that `blank` names, these fields are emptied and the row stays; with the others it is deleted."""
    _declare(Rule(model, Fate.ANONYMISED, why, of, blank, where or {}))


def kept(model: type[Model], why: str) -> None:
    """Its rows hold nothing about a person and nothing of a document, or must stay."""
    _declare(Rule(model, Fate.KEPT, why))


def rules() -> Mapping[type[Model], Rule]:
    return _rules


def erase_with(subject: str, pk: int) -> bool:
    """Erase the rows that go with it, those of the model that was declared last first. False if some are left for
    another call. It may run twice, and be interrupted.
    """
    done = 0
    for rule in reversed(list(_rules.values())):
        if subject in rule.of:
            for _batch in _batches(rule, subject, pk):
                done += 1
                if done == BATCHES:
                    return False
    return True


def what_goes(subject: str, pk: int) -> list[str]:
    """In words and numbers, what it takes along of all that people know by name."""
    counted = [
        (rule.model, _rows_of(rule, subject, pk).count())
        for rule in _rules.values()
        if rule.is_told and rule.of.get(subject, "pk") != "pk"
    ]
    return [_counted(model, rows) for model, rows in counted if rows]


def _counted(model: type[Model], rows: int) -> str:
    names = model._meta
    name = names.verbose_name if rows == 1 else names.verbose_name_plural
    return f"{number_format(rows, force_grouping=True)} {name}"


def forget_names_in_admin(model: type[Model], pks: Iterable[int]) -> None:
    """What was done to these rows stays on record, without the names that they had."""
    chosen = [str(pk) for pk in pks]
    kind = ContentType.objects.get_for_model(model)
    for start in range(0, len(chosen), ROWS_AT_ONCE):
        some = chosen[start : start + ROWS_AT_ONCE]
        LogEntry.objects.filter(content_type=kind, object_id__in=some).update(object_repr="")


def _declare(rule: Rule) -> None:
    if rule.model in _rules:
        raise ValueError(f"{rule.model._meta.label} has two rules of deletion")
    _rules[rule.model] = rule


def _batches(rule: Rule, subject: str, pk: int) -> Iterator[None]:
    rows = _rows_of(rule, subject, pk).order_by()
    return (
        _emptied(rows.filter(**rule.where), rule.blank[subject]) if subject in rule.blank else _deleted(rows)
    )


def _rows_of(rule: Rule, subject: str, pk: int) -> QuerySet[Model]:
    lookups = rule.of[subject]
    rows = rule.model._default_manager.all()
    if isinstance(lookups, str):
        return rows.filter(**{lookups: pk})
    return rows.filter(reduce(or_, (Q(**{lookup: pk}) for lookup in lookups))).distinct()


def _deleted(rows: QuerySet[Model]) -> Iterator[None]:
    while found := sorted(rows.values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        rows.model._default_manager.filter(pk__in=found).delete()
        yield


def _emptied(rows: QuerySet[Model], blank: Mapping[str, Any]) -> Iterator[None]:
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        rows.model._default_manager.filter(pk__in=found).update(**blank)
        last = found[-1]
        yield
