from __future__ import annotations

from typing import Any

from django import forms
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
