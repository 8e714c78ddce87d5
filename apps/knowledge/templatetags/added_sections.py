from __future__ import annotations

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.knowledge.models import Document
from apps.knowledge.pages.document_sections import document_sections

register = template.Library()


@register.simple_tag(takes_context=True)
def added_sections(context: RequestContext, document: Document) -> SafeString:
    """What other apps show beside the document."""
    return format_html_join(
        "", "{}", ((section,) for section in document_sections(context.request, document))
    )
