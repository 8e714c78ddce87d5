"""The people of the tests and what they have: rows made by the real services, answers without an engine."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Now
from django.test import Client

from apps.accounts.models import Invitation, Role, User, Workspace
from apps.accounts.services import ensure_workspace, register, set_role
from apps.accounts.tests.second_factors import give_app
from apps.accounts.viewer import Viewer
from apps.accounts.workspaces.invitations import digest_of
from apps.chat.answering.drafts import AnswerDraft, QuoteSpan, Status
from apps.chat.models import Answer, Conversation, ShareLink
from apps.chat.services import claim_answers, complete_answer, send_message, share_conversation
from apps.knowledge.faq.entries import FaqFields, save_entry
from apps.knowledge.models import Collection, DocumentVersion, FaqEntry, Ingestion
from apps.knowledge.search.results import MissingWord
from apps.knowledge.services import ensure_collection
from apps.knowledge.tests.files import bring, load, published

HANDBOOK = b"""# Leave

You get 25 days of leave a year. Ask your lead before you book.

## Travel

Book trains at least a week ahead. Keep your tickets.
"""
SENTENCE = "You get 25 days of leave a year."


@dataclass(frozen=True)
class Cast:
    """Alice owns the workspace, Bob is a member, Charlie a stranger, Sam staff; Alice asked `answer` and shares its
    conversation.
    """

    alice: User
    bob: User
    charlie: User
    sam: User
    private: Collection
    public: Collection
    version: DocumentVersion
    failed: Ingestion
    waiting: Ingestion
    answer: Answer
    faq_entry: FaqEntry
    share_token: str
    invitation_token: str


def make_cast() -> Cast:
    """Needs the fake encoder."""
    alice, bob, charlie, sam = (
        register(f"{name}@example.org", password="x") for name in ("alice", "bob", "charlie", "sam")
    )
    User.objects.filter(pk=sam.pk).update(is_staff=True)
    give_app(sam)
    home = ensure_workspace("acme", name="Acme")
    set_role(alice, home, Role.OWNER)
    set_role(bob, home, Role.MEMBER)
    private = ensure_collection(home, "handbook", name="Staff handbook")
    load(private, "guide/leave.md", HANDBOOK)
    version = published(private, "guide/leave.md")
    assert version is not None
    answer = answered(alice, private, version)
    return Cast(
        alice, bob, charlie, sam, private,
        public=public_collection(),
        version=version,
        failed=load(private, "empty.md", b""),
        waiting=bring(private, "later.md", b"# Later\n\nIt comes later.\n"),
        answer=answer,
        faq_entry=save_entry(
            private, FaqFields(("Where do I park my bicycle?",), "In the yard."), author=alice
        ),
        share_token=share(alice, answer),
        invitation_token=invite_dora(alice, home),
    )  # fmt: skip


def share(user: User, answer: Answer) -> str:
    """The token of a link to the answer's conversation as it is now."""
    shown = Conversation.objects.get(pk=answer.conversation_id)
    return share_conversation(Viewer(user=user), shown.uid, days=1, last_seq=shown.last_seq)


def invite_dora(user: User, home: Workspace) -> str:
    """The token of an invitation to the workspace."""
    token = "dora"
    Invitation.objects.create(
        workspace=home, email="dora@example.net", role=Role.MEMBER, token_sha256=digest_of(token),
        invited_by=user, expires_at=Now() + timedelta(days=1),
    )  # fmt: skip
    return token


def public_collection() -> Collection:
    operator = ensure_workspace("operator", name="Operator", is_operator=True)
    collection = ensure_collection(operator, "guide", name="Guide", is_public=True)
    load(collection, "tickets.md", b"# Tickets\n\nKeep your tickets for a year.\n")
    return collection


def ask(viewer: Viewer, collection: Collection, text: str) -> Answer:
    """A question that waits."""
    return send_message(viewer, client_id=uuid.uuid4(), text=text, collection=collection.uid).message.answer


def answered(user: User, collection: Collection, version: DocumentVersion, words: str = SENTENCE) -> Answer:
    """A question answered with these words of the version."""
    answer = ask(Viewer(user=user), collection, "How much leave do I get?")
    finish(answer, Status.ANSWERED, quotes=(span(version, words), span(version, "Keep your tickets.")))
    return answer


def refused(viewer: Viewer, collection: Collection, version: DocumentVersion) -> Answer:
    answer = ask(viewer, collection, "What is the capital of Mongolia?")
    finish(answer, Status.REFUSED, nearest=(span(version, "Keep your tickets."),))
    return answer


def finish(
    answer: Answer, status: Status, quotes: tuple[QuoteSpan, ...] = (), nearest: tuple[QuoteSpan, ...] = (),
    *, missing: tuple[MissingWord, ...] = (), language: str = "", named_place: str = "", weak: bool = False,
) -> None:  # fmt: skip
    (claim,) = claim_answers([answer.pk])
    draft = AnswerDraft(
        status, 0.9, claim.question.text, quotes, nearest, (), 1, 3, 1, missing=missing, language=language,
        named_place=named_place, weak=weak,
    )  # fmt: skip
    assert complete_answer(claim, draft)
    answer.refresh_from_db()


def span(version: DocumentVersion, words: str) -> QuoteSpan:
    start = version.text.index(words)
    return QuoteSpan(
        version.pk, str(version.uid), str(version.document.uid), version.document.path, version.title,
        (version.title,), None, start, start + len(words), words,
    )  # fmt: skip


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def route_arguments(cast: Cast) -> dict[str, dict[str, object]]:
    """By the name of a route, what its address needs; `changes` and `version` need a second version."""
    collection: dict[str, object] = {"uid": cast.private.uid}
    document: dict[str, object] = {"uid": cast.version.document.uid}
    version: dict[str, object] = {**document, "number": 1}
    conversation: dict[str, object] = {"uid": cast.answer.conversation.uid}
    home: dict[str, object] = {"uid": cast.private.workspace.uid}
    person: dict[str, object] = {**home, "person": cast.bob.uid}
    invitation: dict[str, object] = {**home, "invitation": Invitation.objects.get().uid}
    source: dict[str, object] = {**conversation, "answer": cast.answer.uid, "number": 1}
    return {
        "conversation": conversation,
        "conversation_options": conversation,
        "pin_conversation": conversation,
        "delete_conversation": conversation,
        "restore_conversation": conversation,
        "print_conversation": conversation,
        "share_conversation": conversation,
        "close_link": {**conversation, "link": ShareLink.objects.earliest("pk").uid},
        "shared": {"token": cast.share_token},
        "export_markdown": conversation,
        "export_json": conversation,
        "source": source,
        "source_panel": source,
        "proof": {"uid": cast.answer.uid},
        "why": {"uid": cast.answer.uid},
        "collection": collection,
        "upload": collection,
        "files_json": collection,
        "refused": collection,
        "retry": {**collection, "ingestion": cast.failed.uid},
        "cancel": {**collection, "ingestion": cast.waiting.uid},
        "remove": {**collection, "ingestion": cast.failed.uid},
        "document": document,
        "version": version,
        "changes": {**document, "older": 1, "newer": 2},
        "original": version,
        "page_picture": {**version, "page": 1},
        "figure": {**version, "part": 0, "place": 0},
        "delete_document": document,
        "restore_version": version,
        "workspace": home,
        "choose_workspace": home,
        "people": home,
        "person": person,
        "transfer_ownership": person,
        "remove_person": person,
        "leave_workspace": home,
        "invite": home,
        "resend_invitation": invitation,
        "revoke_invitation": invitation,
        "invitation": {"token": cast.invitation_token},
        "restore_document": document,
        "deleted_documents": collection,
        "collection_settings": collection,
        "delete_collection": collection,
        "delete_workspace": {"uid": cast.private.workspace.uid},
        "restore_workspace": {"uid": cast.private.workspace.uid},
        "restore_collection": collection,
        "faq": collection,
        "new_faq_entry": collection,
        "faq_entry": {**collection, "entry": cast.faq_entry.uid},
        "delete_faq_entry": {**collection, "entry": cast.faq_entry.uid},
    }
