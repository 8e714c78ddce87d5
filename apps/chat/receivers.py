"""Signal receivers: one call to a service each."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from apps.accounts.models import User
from apps.accounts.viewer import viewer_of
from apps.chat.services import adopt_conversations, request_suggestions_of
from apps.knowledge.signals import collection_ingested


@receiver(user_logged_in)
def keep_what_the_visitor_asked(request: HttpRequest, user: User, **_: object) -> None:
    adopt_conversations(user, viewer_of(AnonymousUser(), request.session))


@receiver(collection_ingested)
def look_for_questions_to_suggest(collection_id: int, **_: object) -> None:
    request_suggestions_of(collection_id)
