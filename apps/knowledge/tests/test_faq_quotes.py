"""Where the quotes of FAQ entries are found, and where they move when their document is replaced."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.accounts.services import register
from apps.knowledge.faq.entries import FaqFields, save_entry
from apps.knowledge.faq.faults import FaqFault
from apps.knowledge.faq.quote_places import places_of
from apps.knowledge.faq.sources import quote_of
from apps.knowledge.models import Collection, FaqEntry
from apps.knowledge.tasks import prepare_faq
from apps.knowledge.tests.files import collection_in, load, loaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
QUOTE = "You get 25 days of leave."


@pytest.fixture
def collection(fake_encoder: None) -> Collection:
    return collection_in()


@pytest.fixture
def author() -> User:
    return register("alice@example.org", password="x")


def _entry(collection: Collection, author: User, quote: str = QUOTE) -> FaqEntry:
    fields = FaqFields(("How much leave do I get?",), "25.", True, "leave.md", quote)
    return save_entry(collection, fields, author=author)


@pytest.mark.parametrize(
    ("text", "quote", "count"),
    [
        ("You get 25 days of leave, 25 days.", "25 days", 2),
        ("You get 125 days of leave.", "25 days of leave", 0),
        ("You get 1.25 days of leave.", "25 days of leave", 0),
        ("You get 1,250 days of leave.", "250 days of leave", 0),
        ("You get 1\u00a0250 days of leave.", "250 days of leave", 0),
        ("You get 20-25 days of leave.", "25 days of leave", 0),
        ("The yard is at -5 °C.", "5 °C", 0),
        ("You get 25 days of leave.", "5 days of lea", 0),
        ("The fee is 25.50 a day.", "The fee is 25", 0),
        ("The fee is 25 % of it.", "The fee is 25", 0),
        ("The fee is 25.", "The fee is 25", 1),
        ("The deposit is non-refundable here.", "refundable here", 0),
        ("You can't cancel.", "You can", 0),
        ("A piano no no here.", "no no", 1),
        ("The _deposit_ (paid) is refundable.", "deposit_ (paid", 1),
        ("年次有給休暇は25日です。", "休暇は25日", 1),
        ("年次有給休暇は125日です。", "25日", 0),
        ("मुझे काम है।", "मुझे क", 0),
        ("Das Büro über\u00adtägig offen.", "Büro über\u00adtägig", 1),
        ("The part\u200b\u00adner \u200eoffice.", "part\u200b\u00adner \u200eoffice", 1),
    ],
)
def test_a_quote_has_whole_words_and_numbers(
    collection: Collection, text: str, quote: str, count: int
) -> None:
    version = loaded(collection, "leave.txt", text.encode())
    assert len(places_of(version.pk, quote)) == count


def test_a_quote_may_have_invisible_characters_of_its_document(collection: Collection, author: User) -> None:
    load(collection, "leave.md", "# Leave\n\nYou get 25 days of va\u00adca\u200btion.\n".encode())
    found = quote_of(_entry(collection, author, "days of va\u00adca\u200btion"))
    assert found is not None
    assert found.text == "days of va\u00adca\u200btion"
    with pytest.raises(FaqFault):
        _entry(collection, author, "\u200b")


@pytest.mark.parametrize(
    ("old", "new", "heading"),
    [
        ("# Staff\n\n{q}\n", "# All staff\n\n{q}\n", "# All staff"),
        ("# Staff\n\n{q}\n", "# Managers\n\n{q}\n\n# Staff\n\n{q}\n", "# Staff"),
        ("# Staff\n\n{q}\n\n# Managers\n\n{q}\n", "# Managers\n\n{q}\n", None),
        ("# Staff\n\n{q}\n", "# Managers\n\n{q}\n\n# Guests\n\n{q}\n", None),
        ("# Staff\n\n{q}\n", "# Staff\n\nYou get 125 days of leave.\n", None),
    ],
)
def test_a_quote_moves_to_the_place_under_its_heading(
    collection: Collection, author: User, old: str, new: str, heading: str | None
) -> None:
    quote = "25 days of leave"
    load(collection, "leave.md", old.format(q=QUOTE).encode())
    entry = _entry(collection, author, quote)
    version = loaded(collection, "leave.md", new.format(q=QUOTE).encode())
    prepare_faq()
    entry.refresh_from_db()
    if heading is None:
        assert entry.looked_in == version.pk
        return
    assert entry.source_version_id == version.pk
    above = version.text[: entry.source_start].rpartition(heading.strip("# "))[2]
    assert above.split() == ["You", "get"]


def test_a_change_of_the_answer_keeps_the_place(collection: Collection, author: User) -> None:
    load(collection, "leave.md", f"# Staff\n\n{QUOTE}\n".encode())
    entry = _entry(collection, author)
    load(collection, "leave.md", f"# Managers\n\n{QUOTE}\n\n# Staff\n\n{QUOTE}\n".encode())
    prepare_faq()
    entry.refresh_from_db()
    start = entry.source_start
    fields = FaqFields(("How much leave do I get?",), "25 days.", True, "leave.md", QUOTE)
    assert save_entry(collection, fields, author=author, entry=entry).source_start == start
