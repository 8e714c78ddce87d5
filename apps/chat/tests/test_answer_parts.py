"""Several questions in one text are answered one by one."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence

import pytest
from django.core.management import call_command

from apps.accounts.viewer import Viewer
from apps.chat.answering.drafts import AnswerDraft, Question, Status
from apps.chat.answering.follow_ups import Turn, settled
from apps.chat.answering.pipeline import Shortcuts, answer_batch, configured_rules
from apps.chat.answering.verification import verify_answer
from apps.chat.models import Answer
from apps.chat.pages.fragments import answer_html
from apps.chat.presentation.answer_json import answer_json
from apps.chat.presentation.conversation_views import answer_view
from apps.chat.selectors import turns_before
from apps.chat.services import answer_waiting, send_message
from apps.chat.tests.cast import Cast, ask, client_of, make_cast
from apps.chat.tests.found import SCOPE, STRONG, WEAK, passage, retrieval
from apps.common.tests.html import parse
from apps.knowledge.faq.approved import ApprovedAnswer
from apps.knowledge.index.scope import Scope
from apps.knowledge.search.results import Retrieval

BOTH = "How many days of leave do I get, and who approves it?"
APPROVED = ApprovedAnswer(1, "e1", "Your lead.", "editor", "2026-11-29T12:00:00+00:00")
FOUND = {
    "leave do I get": passage(1, [("You get 25 days of leave.", 5.0)], late=1.0),
    "approves": passage(2, [("Your supervisor approves leave.", 5.0)], late=1.0),
}


def draft_of(text: str, shortcuts: Shortcuts | None = None) -> tuple[AnswerDraft, list[str]]:
    """Documents answer what FOUND has."""
    searched: list[str] = []

    def retrieve(scope: Scope, texts: Sequence[str]) -> list[Retrieval]:
        searched.extend(texts)
        return [_found(text) for text in texts]

    [draft] = answer_batch([Question(text, SCOPE)], retrieve, configured_rules(), shortcuts or Shortcuts())
    return draft, searched


def _found(text: str) -> Retrieval:
    row = next((row for words, row in FOUND.items() if words in text), None)
    return retrieval(row or passage(3, [("Nothing.", 0.1)]), evidence=STRONG if row else WEAK, question=text)


def test_each_part_has_its_own_status_and_quotes() -> None:
    draft, searched = draft_of(BOTH)
    assert searched[:2] == ["How many days of leave do I get?", "who approves leave?"]
    assert [(part.question, part.draft.resolved_question) for part in draft.parts] == [
        ("How many days of leave do I get?", "How many days of leave do I get?"),
        ("who approves it?", "who approves leave?"),
    ]
    assert [[quote.text for quote in part.draft.quotes] for part in draft.parts] == [
        ["You get 25 days of leave."],
        ["Your supervisor approves leave."],
    ]
    assert draft.quotes == tuple(quote for part in draft.parts for quote in part.draft.quotes)
    assert draft.base_question == "who approves leave?"


def test_one_part_may_be_refused() -> None:
    draft, _ = draft_of("How many days of leave do I get? Where is the printer of the office?")
    assert [part.draft.status == Status.REFUSED for part in draft.parts] == [False, True]
    assert (draft.status, draft.weak, len(draft.nearest)) == (Status.PARTIAL, True, 1)


def test_one_question_has_no_parts() -> None:
    assert draft_of("How many days of leave do I get?")[0].parts == ()


def test_a_part_may_have_an_approved_answer() -> None:
    draft, _ = draft_of(BOTH, Shortcuts(lambda _, texts: [_approved(text) for text in texts]))
    assert draft.approved == APPROVED
    assert [part.draft.approved for part in draft.parts] == [None, APPROVED]
    assert draft.parts[0].draft.quotes


def test_an_approved_answer_to_the_whole_text_has_no_parts() -> None:
    draft, searched = draft_of(BOTH, Shortcuts(lambda _, texts: [APPROVED for _ in texts]))
    assert (draft.approved, draft.parts, searched) == (APPROVED, (), [])


def _approved(text: str) -> ApprovedAnswer | None:
    return APPROVED if text == "who approves leave?" else None


def test_in_a_history_the_parts_are_turns() -> None:
    assert [turn.question for turn in settled([Turn(BOTH, ("25 days",), as_typed=True)])] == [
        "How many days of leave do I get?",
        "who approves leave?",
    ]


@pytest.fixture
def cast(db: None, fake_encoder: None) -> Cast:
    return make_cast()


def stored(cast: Cast, text: str) -> Answer:
    waiting = ask(Viewer(user=cast.alice), cast.private, text)
    answer_waiting()
    return Answer.objects.select_related("message", "conversation__collection").get(pk=waiting.pk)


ASKED = "How much leave do I get, and how long must I keep my tickets?"


def test_the_page_shows_each_part_under_its_question(cast: Cast) -> None:
    answer = stored(cast, ASKED)
    view = answer_view(answer)
    numbers = [number for part in view.parts for number in part.quotes]
    assert numbers == [quote.number for quote in view.quotes]
    assert len(view.parts) == 2
    html = parse(answer_html(str(answer.conversation.uid), view))
    assert [each.words for each in html.all("section.part h3")] == [
        "How much leave do I get?",
        "how long must I keep my tickets?",
    ]
    ids = [each["id"] for each in html.all("[id]")]
    assert len(ids) == len(set(ids))
    assert len(html.all("section.part .match")) == 2
    assert len(html.all(".after")) == 1
    assert verify_answer(answer).verified


def test_commands_print_each_part(cast: Cast) -> None:
    shown = answer_json(stored(cast, ASKED))
    assert [part["question"] for part in shown["parts"]] == [
        "How much leave do I get?",
        "how long must I keep my tickets?",
    ]
    assert [quote for part in shown["parts"] for quote in part["quotes"]] == shown["quotes"]
    assert all(part["answer"] or part["status"] == "refused" for part in shown["parts"])
    out = io.StringIO()
    call_command("ask", ASKED, workspace="acme", collection="handbook", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines.index("How much leave do I get?") < lines.index("how long must I keep my tickets?")


def test_why_this_answer_shows_one_part_and_links_to_the_other(cast: Cast) -> None:
    answer = stored(cast, ASKED)
    client = client_of(cast.alice)
    address = f"/answers/{answer.uid}/why/"
    page = parse(client.get(address).content.decode())
    assert page.one(".asked").words == "How much leave do I get?"
    assert [each["href"] for each in page.all(".asked-several a")] == ["?question=1", "?question=2"]
    other = parse(client.get(f"{address}?question=2").content.decode())
    assert other.one(".asked").words == "how long must I keep my tickets?"
    assert client.get(f"{address}?question=x").status_code == 200
    assert client_of(cast.bob).get(f"{address}?question=2").status_code == 404


def test_a_follow_up_is_completed_from_the_last_part(cast: Cast) -> None:
    answer = stored(cast, ASKED)
    sent = send_message(
        Viewer(user=cast.alice), client_id=uuid.uuid4(), text="and why?", conversation=answer.conversation.uid
    )
    [[turn]] = turns_before([sent.message], 3, 300)
    assert turn.base == "how long must I keep my tickets?"
