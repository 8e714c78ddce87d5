from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.request_limits import limited
from apps.accounts.viewer import NOBODY, begin_visit, new_visitor, viewer_of_request
from apps.chat import services
from apps.chat.config import chat_config
from apps.chat.models import Answer, AnswerState, Message
from apps.chat.pages.addresses import conversation_url
from apps.chat.pages.asked_choice import address_of, choice_for, place_in
from apps.chat.pages.proof_page import proof_of
from apps.chat.pages.shown_answers import shown_turns
from apps.chat.pages.sources import SourcePanel, source_panel
from apps.chat.pages.why_page import why_of
from apps.chat.presentation.conversation_views import TURNS_SHOWN, conversation_view
from apps.chat.selectors import (
    answer_for,
    asked_by,
    conversation_for,
    explained_answer_for,
    may_explain,
    messages_of,
    questions_left,
    suggestions_of,
)
from apps.chat.services.places import Place
from apps.common.addresses import request_address
from apps.common.errors import AppError, Code, NotFound
from apps.common.outages import outages_as_app_errors
from apps.common.views import wants_json
from apps.knowledge.models import Collection
from apps.knowledge.selectors import collection_stats

SUGGESTIONS = 3


@dataclass(frozen=True)
class Asked:
    """What the form sent; `conversation` or `place` says where."""

    text: str
    client_id: uuid.UUID
    conversation: uuid.UUID | None
    place: Place


@dataclass(frozen=True)
class Again:
    """The composer shown again: what was written, and why it did not go."""

    text: str = ""
    problem: AppError | None = None

    @property
    def status(self) -> int:
        return self.problem.status if self.problem else 200


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """`?collection=` chooses one, or all of a workspace, or offers to tick several."""
    return _new_page(request, request.GET, Again())


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form of the composer, with and without script. What cannot be sent is shown again with the reason."""
    if request.method != "POST":  # a page that was shown again, and its address reloaded
        return HttpResponseRedirect(reverse("new"))
    asked = _asked(request)
    if "choose" in request.POST:  # another collection, without script
        return _new_page(request, request.POST, Again(asked.text))
    try:
        message = _send(request, asked)
    except AppError as error:
        if wants_json(request) or error.code is Code.NOT_FOUND:
            raise
        again = Again(asked.text, error)
        if asked.conversation:
            return _conversation_page(request, asked.conversation, again=again)
        return _new_page(request, request.POST, again)
    address = conversation_url(message.conversation.uid)
    if wants_json(request):
        return JsonResponse({"url": address}, status=201)
    return HttpResponseRedirect(f"{address}#turn-{message.uid}")


@require_safe
def conversation(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The last turns; `?before=` asks for those before that number."""
    return _conversation_page(request, uid, before=_number(request.GET.get("before", "")))


@require_safe
def source(request: HttpRequest, uid: uuid.UUID, answer: uuid.UUID, number: int) -> HttpResponse:
    """The conversation with the source of one quote beside it."""
    found = _answer_in(request, uid, answer)
    panel = source_panel(found, number)
    return _conversation_page(request, uid, before=_before_showing(found), beside=panel)


@require_safe
def panel(request: HttpRequest, uid: uuid.UUID, answer: uuid.UUID, number: int) -> HttpResponse:
    """The source alone, for the page's script."""
    found = _answer_in(request, uid, answer)
    return render(request, "chat/source.html", {"panel": source_panel(found, number)})


@require_safe
@limited("proofs", lambda: chat_config().proofs_per_minute)
def proof(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Checks the answer now and says what was found."""
    answer = answer_for(viewer_of_request(request), uid)
    if answer.state != AnswerState.DONE:
        raise NotFound
    return render(
        request,
        "chat/proof.html",
        {"answer": answer, "proof": proof_of(answer), "collection": answer.conversation.collection},
    )


@require_safe
def why(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """How the answer came about, for editors and staff. `?question=` is the number of one of several."""
    answer = explained_answer_for(viewer_of_request(request), uid)
    found = why_of(answer)
    asked = (each for each in found if str(each.number) == request.GET.get("question", ""))
    shown = next(asked, found[0] if found else None)
    return render(request, "chat/why.html", {"answer": answer, "why": shown, "all": found})


def _new_page(request: HttpRequest, wanted: QueryDict, again: Again) -> HttpResponse:
    choice = choice_for(viewer_of_request(request), wanted)
    back = address_of(choice.asks, choice.asked)
    context = _composer(request, back, choice.asked, choice.name, again) | {
        "ask_again": back,
        "choice": choice,
        "stats": collection_stats(*choice.asked),
        "suggestions": suggestions_of(*choice.asked)[:SUGGESTIONS],
    }
    return render(request, "chat/new.html", context, status=again.status)


def _conversation_page(
    request: HttpRequest,
    uid: uuid.UUID,
    *,
    before: int | None = None,
    beside: SourcePanel | None = None,
    again: Again | None = None,
) -> HttpResponse:
    viewer = viewer_of_request(request)
    row = conversation_for(viewer, uid)
    shown = conversation_view(row, before)
    again = again or Again()
    here = conversation_url(uid, before if shown.has_later else None)
    asked = asked_by(row)
    waits = any(not turn.answer.is_final for turn in shown.turns)
    context = _composer(request, here, asked, row.asked_name, again) | {
        "conversation": shown,
        "ask_again": address_of(row.asks, asked),
        "turns": shown_turns(shown.id, shown.turns),
        "pinned": row.pinned_at is not None,
        "explains": may_explain(viewer, row.collection),
        "here": here,
        "earlier_url": conversation_url(uid, shown.turns[0].message.seq) if shown.has_earlier else "",
        "panel": replace(beside, close_url=here) if beside else None,
        "waits": waits,
        "compared": collection_stats(*asked) if waits else None,
    }
    return render(request, "chat/conversation.html", context, status=again.status)


def _before_showing(answer: Answer) -> int | None:
    """The number before which the last turns include the answer's; None when it is among the conversation's last."""
    seq = answer.message.seq
    later = messages_of(answer.conversation).filter(seq__gt=seq).count()
    return seq + 1 if later >= TURNS_SHOWN else None


def _composer(
    request: HttpRequest, back: str, asked: Sequence[Collection], name: str, again: Again
) -> dict[str, object]:
    """`back` is the page's address, to come back to after signing in; `name` is that of all that is asked."""
    viewer = viewer_of_request(request)
    is_limited = again.problem is not None and again.problem.code is Code.TOO_MANY
    return {
        "back": back,
        "is_limited": is_limited and viewer.user is None,
        "questions_left": 0 if is_limited and viewer.user is None else questions_left(viewer),
        "asked": asked,
        "asked_name": name,
        "has_approved": any(collection.faq_version for collection in asked),
        "question": again.text,
        "problem": again.problem.message if again.problem else "",
        "max_chars": chat_config().max_question_chars,
    }


def _answer_in(request: HttpRequest, conversation: uuid.UUID, answer: uuid.UUID) -> Answer:
    """Raises NotFound, also for an answer of another conversation."""
    found = answer_for(viewer_of_request(request), answer)
    if found.conversation.uid != conversation:
        raise NotFound
    return found


def _send(request: HttpRequest, asked: Asked) -> Message:
    """A visitor's session begins with the first question that is accepted, so that crawlers leave none behind."""
    viewer, secret = viewer_of_request(request), ""
    if viewer == NOBODY:
        viewer, secret = new_visitor()
    with outages_as_app_errors():
        sent = services.send_message(
            viewer,
            client_id=asked.client_id,
            text=asked.text,
            conversation=asked.conversation,
            collection=asked.place.collection,
            collections=asked.place.collections,
            workspace=asked.place.workspace,
            address=request_address(request),
        )
    if secret:
        begin_visit(request.session, secret)
    return sent.message


def _asked(request: HttpRequest) -> Asked:
    """The form's id with the text makes the question's: sent twice it is one, changed after Back it is another."""
    fields = request.POST
    form_id = _uuid(fields.get("client_id", "")) or uuid.uuid4()
    return Asked(
        text=fields.get("text", ""),
        client_id=uuid.uuid5(form_id, fields.get("text", "")),
        conversation=_uuid(fields.get("conversation", "")),
        place=place_in(fields),
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
