from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.knowledge.faq.entries import FaqFields
from apps.knowledge.faq.faults import FaqFault
from apps.knowledge.faq.sources import quote_of
from apps.knowledge.models import LISTED, Collection, Document, FaqEntry

SUGGESTED = 200  # file names that the field for the document suggests


class FaqForm(forms.Form):
    wordings = forms.CharField(
        label=_("Questions"),
        help_text=_(
            "One question on each line, in the words that people use. The first one is the title. More wordings find "
            "more questions that mean the same."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    answer = forms.CharField(
        label=_("Answer"),
        help_text=_(
            "Shown as it is, under the heading “Approved answer”. Plain text; web addresses become links."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    document = forms.CharField(
        label=_("Source document (optional)"),
        help_text=_("Its file name in this collection."),
        widget=forms.TextInput(attrs={"list": "paths"}),
        required=False,
    )
    quote = forms.CharField(
        label=_("Quote (optional)"),
        help_text=_(
            "The words of that document which the answer is based on, word for word. They are shown with the answer, "
            "with a link and a proof."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    is_active = forms.BooleanField(
        label=_("Answer with it"),
        help_text=_("Turn this off to keep the entry without using it."),
        required=False,
        initial=True,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def fields_entered(self) -> FaqFields:
        entered = self.cleaned_data
        return FaqFields(
            tuple(entered["wordings"].splitlines()),
            entered["answer"],
            entered["is_active"],
            entered["document"],
            entered["quote"],
        )

    def add_fault(self, fault: FaqFault) -> None:
        self.add_error(fault.field or None, str(fault.message))


@dataclass(frozen=True)
class StoredField:
    """What an entry has where the form has something else."""

    label: str
    text: str


def kept_form(entered: QueryDict, entry: FaqEntry | None = None) -> FaqForm:
    """What was typed, to be saved in place of what the entry has now, or as a new one."""
    typed = entered.copy()
    typed["revision"] = str(entry.revision) if entry else ""
    form = FaqForm(typed)
    form.full_clean()
    return form


def stored_fields(form: FaqForm, entry: FaqEntry) -> list[StoredField]:
    """Those in which the entry differs from what was typed."""
    stored = initial_of(entry)
    entered = form.fields_entered
    typed = {**asdict(entered), "wordings": "\n".join(entered.wordings)}
    return [
        StoredField(str(field.label), _shown(stored[field.name]))
        for field in form.visible_fields()
        if _plain(stored[field.name]) != _plain(typed[field.name])
    ]


def _plain(value: Any) -> str:
    """White space at the ends of lines and line ends say nothing."""
    return "\n".join(line.rstrip() for line in str(value).strip().splitlines())


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _now("Yes") if value else _now("No")
    return str(value) or _now("Nothing")


def initial_of(entry: FaqEntry) -> dict[str, Any]:
    """The form's values for an entry of `faq_entry_for`."""
    quote = quote_of(entry)
    return {
        "wordings": "\n".join(row.text for row in entry.wordings.all()),
        "answer": entry.answer,
        "document": quote.path if quote else "",
        "quote": quote.text if quote else "",
        "is_active": entry.is_active,
        "revision": entry.revision,
    }


def suggested_paths(collection: Collection) -> list[str]:
    documents = Document.objects.filter(LISTED, collection=collection).order_by("sort_key")
    return list(documents.values_list("path", flat=True)[:SUGGESTED])
