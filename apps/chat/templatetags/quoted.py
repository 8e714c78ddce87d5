"""For pages of lower layers, which know documents and no conversations."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext

from apps.accounts.viewer import viewer_of
from apps.chat.pages.document_quotes import Quoted, quoted_from
from apps.knowledge.models import Document

register = template.Library()


@register.simple_tag(takes_context=True, name="quoted_from")
def own_quotes(context: RequestContext, document: Document) -> list[Quoted]:
    return quoted_from(viewer_of(context.request.user, context.request.session), document)
