"""Entries of a FAQ: who gets which answer, and what happens to their quotes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from apps.accounts.models import Role, User
from apps.accounts.services import register, set_role
from apps.common.tests.queue_recorder import QueueRecorder
from apps.knowledge.config import faq_config
from apps.knowledge.faq import upkeep
from apps.knowledge.faq.approved import ApprovedAnswer
from apps.knowledge.faq.entries import FaqFields, cleaned, delete_entry, save_entry
from apps.knowledge.faq.entry_files import FileEntry
from apps.knowledge.faq.faults import FaqFault
from apps.knowledge.faq.importing import Imported, import_entries
from apps.knowledge.faq.lookup import approved_answers
from apps.knowledge.faq.matching import is_same_question
from apps.knowledge.faq.particulars import particulars_of
from apps.knowledge.faq.sources import quote_of
from apps.knowledge.index import wordings as index_wordings
from apps.knowledge.models import Collection, FaqEntry, FaqWording
from apps.knowledge.selectors import scope_of
from apps.knowledge.services import delete_document
from apps.knowledge.tasks import prepare_faq, reembed
from apps.knowledge.tests.files import LEAVE, collection_in, load, loaded
from apps.models.inference.engine import get_encoder
from apps.models.inference.interfaces import Encoder
from apps.models.inference.weights import EncoderUnavailable

ASKED = "How many days of leave do I get?"
QUOTE = "You get 25 days of leave a year."


@pytest.fixture
def collection(db: None, fake_encoder: None) -> Collection:
    collection = collection_in()
    load(collection, "leave.md", LEAVE)
    return collection


@pytest.fixture
def author(collection: Collection) -> User:
    user = register("alice@example.org", password="x")
    set_role(user, collection.workspace, Role.EDITOR)
    return user


def saved(
    collection: Collection,
    author: User,
    *wordings: str,
    answer: str = "25.",
    document: str = "",
    quote: str = "",
) -> FaqEntry:
    entered = FaqFields(wordings or (ASKED,), answer, True, document, quote)
    entry = save_entry(collection, entered, author=author)
    prepare_faq()
    return entry


def answer(collection: Collection, text: str = ASKED) -> ApprovedAnswer | None:
    collection.refresh_from_db()
    return approved_answers(scope_of(collection), [text])[0]


def test_an_entry_answers_each_of_its_wordings(collection: Collection, author: User) -> None:
    entry = saved(collection, author, ASKED, "What is my holiday allowance?", answer="25 days.")
    for text in (ASKED, "how many days of LEAVE do I get", "What is my holiday allowance?"):
        found = answer(collection, text)
        assert found is not None
        assert (found.entry_id, found.text, found.role, found.source) == (
            entry.pk,
            "25 days.",
            "editor",
            None,
        )
    assert answer(collection, "Where is the printer?") is None


def test_a_collection_without_entries_costs_no_query(
    collection: Collection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scope = scope_of(collection)
    with django_assert_num_queries(0):
        assert approved_answers(scope, [ASKED]) == [None]


def test_a_collection_with_entries_costs_no_query_without_a_match(
    collection: Collection, author: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    saved(collection, author)
    answer(collection)
    scope = scope_of(collection)
    with django_assert_num_queries(0):
        assert approved_answers(scope, ["Where is the printer?"]) == [None]


def test_an_entry_that_is_off_or_deleted_answers_nothing(collection: Collection, author: User) -> None:
    entry = saved(collection, author)
    assert answer(collection)
    changed = FaqFields((ASKED,), "25.", is_active=False)
    save_entry(collection, changed, author=author, entry=entry)
    assert answer(collection) is None
    save_entry(collection, FaqFields((ASKED,), "26."), author=author, entry=entry)
    found = answer(collection)
    assert found is not None
    assert found.text == "26."
    other_page = FaqEntry.objects.get(pk=entry.pk)
    assert delete_entry(entry)
    assert not delete_entry(other_page)
    assert answer(collection) is None
    assert not FaqWording.objects.exists()


def test_another_process_may_have_an_old_index(collection: Collection, author: User) -> None:
    """Whether an entry may answer is read from the database, whatever the process has in memory."""
    entry = saved(collection, author)
    assert answer(collection)
    scope = scope_of(collection)
    FaqEntry.objects.filter(pk=entry.pk).update(is_active=False)
    assert approved_answers(scope, [ASKED]) == [None]


def test_a_new_wording_answers_once_the_task_has_encoded_it(
    collection: Collection, author: User, queue: QueueRecorder
) -> None:
    save_entry(collection, FaqFields((ASKED,), "25."), author=author)
    assert answer(collection) is None
    prepare_faq()
    assert answer(collection)


def test_entries_follow_the_encoder(
    collection: Collection, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(collection, author)
    monkeypatch.setattr(get_encoder(), "digest", "f" * 64)
    assert answer(collection) is None
    reembed()
    assert answer(collection)
    assert set(FaqWording.objects.values_list("encoder_digest", flat=True)) == {"f" * 64}


def test_a_collection_without_an_encoder_does_not_stop_the_others(
    collection: Collection, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = collection_in("broken")
    for each in (broken, collection):
        save_entry(each, FaqFields((ASKED,), "25."), author=author)
    Collection.objects.filter(pk=broken.pk).update(encoder="gone", is_public=True)

    def encoder(name: str) -> Encoder:
        if name == "gone":
            raise EncoderUnavailable("gone")
        return get_encoder(name)

    monkeypatch.setattr(upkeep, "get_encoder", encoder)
    prepare_faq()
    assert answer(collection)
    assert answer(broken) is None


def test_wordings_are_read_in_chunks(
    collection: Collection, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_entry(collection, FaqFields((ASKED, "And two?", "And three?"), "25."), author=author)
    monkeypatch.setattr(index_wordings, "AT_ONCE", 2)
    with CaptureQueriesContext(connection) as queries:
        prepare_faq()
    read = [query["sql"] for query in queries if 'SELECT "knowledge_faqwording"."id"' in query["sql"]]
    assert read
    assert all("LIMIT 2" in sql for sql in read)
    assert not FaqWording.objects.filter(encoder_digest="").exists()


def test_upkeep_looks_only_at_collections_with_work(
    collection: Collection, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = collection_in("other")
    saved(collection, author)
    save_entry(other, FaqFields((ASKED,), "25."), author=author)
    looked_at: list[int] = []
    monkeypatch.setattr(upkeep, "_prepare", lambda each: looked_at.append(each.pk))
    prepare_faq(collection.pk)
    assert looked_at == []
    prepare_faq()
    prepare_faq(other.pk)
    assert looked_at == [other.pk, other.pk]


def test_the_quote_is_the_documents(collection: Collection, author: User) -> None:
    version = loaded(collection, "leave.md", LEAVE)
    entry = saved(collection, author, document="leave.md", quote="You get  25 days\nof leave a year.")
    assert version.text[entry.source_start : entry.source_end] == QUOTE
    found = answer(collection)
    assert found is not None
    assert found.source is not None
    assert found.source.version_id == version.pk
    assert found.source.text[found.start - found.source.start :].startswith(QUOTE)


def test_the_quote_moves_with_the_document_while_it_has_the_words(
    collection: Collection, author: User
) -> None:
    entry = saved(collection, author, document="leave.md", quote=QUOTE)
    load(collection, "leave.md", b"# New\n\nA sentence before.\n\n" + LEAVE)
    assert answer(collection) is None  # until the task has looked
    prepare_faq()
    found = answer(collection)
    assert found is not None
    assert found.start > entry.source_start
    load(collection, "leave.md", b"# Leave\n\nYou get 30 days of leave a year.\n")
    prepare_faq()
    assert answer(collection) is None
    entry.refresh_from_db()
    quote = quote_of(entry)
    assert quote is not None
    assert (quote.text, quote.is_live, quote.removed) == (QUOTE, False, False)
    looked_in = entry.looked_in
    prepare_faq()
    entry.refresh_from_db()
    assert entry.looked_in == looked_in


def test_the_words_of_a_deleted_document_are_gone(collection: Collection, author: User) -> None:
    entry = saved(collection, author, document="leave.md", quote=QUOTE)
    delete_document(collection.documents.get())
    assert answer(collection) is None
    quote = quote_of(entry)
    assert quote is not None
    assert (quote.path, quote.text, quote.removed) == ("leave.md", "", True)


@pytest.mark.parametrize(
    ("field", "document", "quote"),
    [
        ("document", "nothing.md", QUOTE),
        ("quote", "leave.md", "You get 26 days of leave a year."),
        ("quote", "leave.md", ""),
        ("document", "", QUOTE),
    ],
)
def test_a_quote_must_be_in_its_document(
    collection: Collection, author: User, field: str, document: str, quote: str
) -> None:
    with pytest.raises(FaqFault) as raised:
        saved(collection, author, document=document, quote=quote)
    assert raised.value.field == field
    assert not FaqEntry.objects.exists()


def test_documents_of_other_collections_are_no_source(collection: Collection, author: User) -> None:
    load(collection_in("other"), "secret.md", LEAVE)
    with pytest.raises(FaqFault) as raised:
        saved(collection, author, document="secret.md", quote=QUOTE)
    assert raised.value.field == "document"


def test_a_wording_belongs_to_one_entry(collection: Collection, author: User) -> None:
    entry = saved(collection, author)
    with pytest.raises(FaqFault) as raised:
        saved(collection, author, "Leave?", "how many days of leave do i get")
    assert raised.value.field == "wordings"
    assert FaqEntry.objects.count() == 1
    other = saved(collection_in("other"), author)  # of another collection
    assert other.pk != entry.pk


def test_a_change_of_an_older_revision_is_refused(collection: Collection, author: User) -> None:
    entry = saved(collection, author)
    newer = save_entry(collection, FaqFields((ASKED,), "26."), author=author, entry=entry, revision=1)
    with pytest.raises(FaqFault):
        save_entry(collection, FaqFields(("Other?",), "27."), author=author, entry=newer, revision=1)
    entry.refresh_from_db()
    assert (entry.answer, entry.wordings.get().text) == ("26.", ASKED)


def test_limits(collection: Collection, author: User, change_config: Callable[..., None]) -> None:
    change_config("faq", entries=1, wordings=2, wording_chars=20, answer_chars=10, quote_chars=5)
    for wordings in ((), ("?",), ("a", "b", "c"), ("x" * 21,)):
        assert _fault(FaqFields(wordings, "a")) == "wordings"
    for text in (" \u200b", "x" * 11):
        assert _fault(FaqFields(("a",), text)) == "answer"
    assert _fault(FaqFields(("a",), "a", True, "b", "x" * 6)) == "quote"
    saved(collection, author, "One?")
    with pytest.raises(FaqFault, match="at most 1"):
        saved(collection, author, "Two?")


def _fault(fields: FaqFields) -> str:
    with pytest.raises(FaqFault) as raised:
        cleaned(fields)
    return raised.value.field


def test_what_is_entered_is_cleaned() -> None:
    fields = cleaned(FaqFields(("  One\u202e\ttwo? ", "", "one two"), "a \r\n\r\n b\x00 "))
    assert (fields.wordings, fields.answer) == (("One two?",), "a\n\n b")


def test_questions_that_differ_in_what_they_turn_on_are_never_the_same() -> None:
    pairs = [
        ("What are the opening hours on Saturday?", "What are the opening hours on Sundays?"),
        ("What is the deadline in 2023?", "What is the deadline in 2024?"),
        ("Can I cancel?", "Can't I cancel?"),
        ("Error E-1042", "Error E-1043"),
        ("Who may invite a guest?", "How do I invite a guest?"),
        ("Can I work from home?", "Hello, when can I work from home?"),
        ("Is a two weeks notice enough?", "Is a three weeks notice enough?"),
        ("Who wins the first round?", "Who wins the second round?"),
        ("Isnt the pool open?", "Is the pool open?"),
        ("Is the seat refundable?", "Is the seat non-refundable?"),
        ("Muss ich eine Karte haben?", "Muss ich keine Karte haben?"),
        ("Can I leave before lunch?", "Can I leave after lunch?"),
        ("Are people under 18 insured?", "Are people over 18 insured?"),
        ("Is there a bus in the mornings?", "Is there a bus in the evenings?"),
        ("Who is on call this week?", "Who is on call next week?"),
        ("Who is on call next week?", "Who is on call last week?"),
        ("Is everybody paid?", "Is everybody paid unless ill?"),
        ("May I wear a badge?", "Must I wear a badge?"),
        ("Can I attend?", "Do I have to attend?"),
        ("Where can I park?", "Where can I park? when?"),
        ("How do I join?", "How do I join how much?"),
        ("Where is my desk?", "Where is their desk?"),
        ("Where is my desk?", "Where is your desk?"),
    ]
    for wording, text in pairs:
        assert particulars_of(wording) != particulars_of(text), text
    same = [("Who approves it?", "can you tell me who approves it"), ("open on Sunday?", "Open on sundays")]
    same += [("a two weeks notice", "a 2 weeks notice"), ("Must I wear it?", "Do I have to wear it?")]
    for wording, text in same:
        assert particulars_of(wording) == particulars_of(text), text


def test_a_word_that_only_one_of_them_has_needs_a_higher_cosine() -> None:
    rules = faq_config()
    wording = "How do I reset my password?"
    between = (rules.threshold + rules.threshold_of_others) / 2
    assert is_same_question("reset password please", wording, between, rules)
    for text, known in (("reset password quickly", wording), (wording, "reset password quickly")):
        assert not is_same_question(text, known, between, rules), text
    assert is_same_question("How do I quickly reset my password", wording, rules.threshold_of_others, rules)


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("Is there a fee for a deposit?", "Is there a fee for a withdrawal?"),  # one word instead of another
        ("Is the form valid?", "Is the form invalid?"),
        ("How do I reset my password?", "reset password of Slack"),  # a name
        ("Does Slack get a copy of the report?", "is there a copy of the report"),
        ("Does the buyer pay the seller a fee?", "Does the seller pay the buyer a fee?"),  # another order
        ("How long is it from Oslo to Bergen?", "How long is it from Bergen to Oslo?"),
        ("Do nurses get a bonus?", "Do I get a bonus?"),  # another person
        ("Do I get a bonus?", "Do nurses get a bonus?"),
    ],
)
def test_other_words_are_another_question_at_any_cosine(wording: str, text: str) -> None:
    assert not is_same_question(text, wording, 0.99, faq_config())


def test_the_order_of_two_words_may_differ() -> None:
    assert is_same_question("Password reset", "How do I reset my password?", 0.9, faq_config())


def test_the_real_encoder_tells_questions_apart(db: None, author_of_real: tuple[Collection, User]) -> None:
    collection, author = author_of_real
    saved(collection, author, "How do I reset my password?", "I forgot my password")
    saved(collection, author, "How do I enable two-factor authentication?")
    assert answer(collection, "how can i reset my password")
    for text in (
        "How do I reset my PIN?",
        "How often do I have to reset my password?",
        "How do I disable two-factor authentication?",
        "你好吗",
    ):
        assert answer(collection, text) is None, text


@pytest.fixture
def author_of_real(db: None) -> tuple[Collection, User]:
    """A collection with the encoder of quoth.yaml."""
    collection = collection_in("real")
    return collection, register("alice@example.org", password="x")


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(
        "faq", *arguments, "--workspace", "acme", "--collection", "docs", stdout=out, stderr=io.StringIO()
    )
    return out.getvalue()


def test_an_import_is_idempotent_and_an_export_of_it_is_unchanged(
    collection: Collection, tmp_path: Path
) -> None:
    file = tmp_path / "faq.csv"
    file.write_text(
        "question,wording,answer,document,quote,active\n"
        f"{ASKED},Leave allowance?,25 days.,leave.md,{QUOTE},yes\n"
        "Where is the yard?,,Behind the house.,,,no\n"
    )
    assert run("import", str(file)) == "2 new, 0 changed, 0 unchanged.\n"
    assert run("import", str(file)) == "0 new, 0 changed, 2 unchanged.\n"
    found = answer(collection)  # the command has encoded the wordings
    assert found is not None
    assert found.role == "operator"
    for format_ in ("csv", "yaml"):
        written = tmp_path / f"again.{format_}"
        written.write_text(run("export", "--format", format_))
        assert run("import", str(written)) == "0 new, 0 changed, 2 unchanged.\n"
    file.write_text(file.read_text().replace("25 days.", "25 days a year."))
    assert run("import", str(file)) == "0 new, 1 changed, 1 unchanged.\n"


def test_nothing_is_imported_of_a_file_with_a_fault(collection: Collection, tmp_path: Path) -> None:
    file = tmp_path / "faq.yaml"
    file.write_text(
        "- question: One?\n  answer: a\n- question: Two?\n  answer: ''\n- question: one\n  answer: b\n"
        "- question: Three?\n  answer: c\n  document: leave.md\n  quote: nowhere\n"
    )
    with pytest.raises(CommandError) as raised:
        run("import", str(file))
    assert raised.value.returncode == 1
    lines = str(raised.value).splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{file}, line {n}" for n in (3, 5, 7)]
    assert not FaqEntry.objects.exists()


def test_a_fault_in_the_collection_keeps_the_whole_file_out(
    collection: Collection, author: User, tmp_path: Path, change_config: Callable[..., None]
) -> None:
    saved(collection, author, "One?", "Uno?")
    version = collection.faq_version
    file = tmp_path / "faq.yaml"
    file.write_text("- question: Two?\n  answer: b\n- question: Three?\n  wordings: [Uno?]\n  answer: c\n")
    with pytest.raises(CommandError, match=r"line 3: “Uno\?” belongs to another entry"):
        run("import", str(file))
    change_config("faq", entries=2)
    file.write_text("- question: Two?\n  answer: b\n- question: Three?\n  answer: c\n")
    with pytest.raises(CommandError, match="at most 2"):
        run("import", str(file))
    assert FaqEntry.objects.count() == 1
    assert FaqWording.objects.count() == 2
    collection.refresh_from_db()
    assert collection.faq_version == version + 2  # of the first entry: saved, encoded


def test_an_import_moves_a_wording_and_tells_processes_once(
    collection: Collection,
    author: User,
    queue: QueueRecorder,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    saved(collection, author, "One?", "Uno?")
    saved(collection, author, "Two?", "Due?")
    collection.refresh_from_db()
    version = collection.faq_version
    rows = [FileEntry(1, FaqFields(("Two?", "Uno?"), "2")), FileEntry(1, FaqFields(("One?", "Due?"), "1"))]
    with django_capture_on_commit_callbacks(execute=True):
        assert import_entries(collection, rows, author=author) == Imported(0, 2, 0)
    collection.refresh_from_db()
    assert (collection.faq_version, queue.tasks()) == (version + 1, ["apps.knowledge.tasks.prepare_faq"])
    assert "" not in FaqWording.objects.values_list("encoder_digest", flat=True)


def test_an_exported_entry_without_its_quote_is_off(collection: Collection, author: User) -> None:
    saved(collection, author, document="leave.md", quote=QUOTE)
    load(collection, "leave.md", b"# Leave\n\nYou get 30 days of leave a year.\n")
    assert "active: no\n" in run("export")
    assert "quote" not in run("export")


def test_a_file_of_another_kind_is_a_wrong_option(collection: Collection, tmp_path: Path) -> None:
    for name in ("faq.xlsx", "missing.csv"):
        with pytest.raises(CommandError) as raised:
            run("import", str(tmp_path / name))
        assert raised.value.returncode == 2
