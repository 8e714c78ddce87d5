"""One question to several collections of a workspace, or to all of them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Membership, Role, User
from apps.accounts.services import ensure_workspace, register, set_role
from apps.accounts.viewer import Viewer
from apps.chat.models import Answer, Asks, Conversation
from apps.chat.selectors import conversation_for, conversations_for
from apps.chat.services import answer_waiting, claim_answers, send_message
from apps.chat.sockets.handlers import handle_frame
from apps.chat.sockets.protocol import Send, parse_frame
from apps.chat.tests.cast import client_of
from apps.common.errors import AppError, Code, NotFound
from apps.common.tests.html import parse
from apps.knowledge.models import Collection
from apps.knowledge.services import ensure_collection
from apps.knowledge.tests.files import load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_encoder")]
VISITOR = Viewer(visitor_key="v" * 64)


@dataclass(frozen=True)
class Home:
    alice: User
    handbook: Collection
    canteen: Collection
    garage: Collection

    @property
    def viewer(self) -> Viewer:
        return Viewer(user=self.alice)


@pytest.fixture
def home(fake_encoder: None) -> Home:
    """A workspace with three collections, each with a fact of its own."""
    alice = register("alice@example.org", password="x")
    workspace = ensure_workspace("acme", name="Acme")
    set_role(alice, workspace, Role.OWNER)
    made = {
        name: ensure_collection(workspace, name.lower(), name=name)
        for name in ("Handbook", "Canteen", "Garage")
    }
    load(made["Handbook"], "leave.md", b"# Leave\n\nYou get 25 days of leave a year.\n")
    load(made["Canteen"], "lunch.md", b"# Lunch\n\nLunch is served from noon in the canteen.\n")
    load(made["Garage"], "cars.md", b"# Cars\n\nThe garage opens at seven for all cars.\n")
    return Home(alice, made["Handbook"], made["Canteen"], made["Garage"])


def ask(viewer: Viewer, text: str, **place: object) -> Answer:
    sent = send_message(viewer, client_id=uuid.uuid4(), text=text, **place)  # type: ignore[arg-type]  # tests name any
    answer_waiting()
    return Answer.objects.select_related("conversation__collection__workspace").get(pk=sent.message.answer.pk)


def asked(answer: Answer) -> set[str]:
    """The collections whose passages the answer was compared with."""
    assert answer.manifest is not None
    return set(answer.manifest["collections"])


def uids(*collections: Collection) -> list[uuid.UUID]:
    return [each.uid for each in collections]


def words_of(answer: Answer) -> str:
    return " ".join(
        quote.version.text[quote.start : quote.end] for quote in answer.quotes.select_related("version")
    )


def test_two_are_searched_and_the_third_is_not(home: Home) -> None:
    both = uids(home.handbook, home.canteen)
    answer = ask(home.viewer, "When is lunch served in the canteen?", collections=both)
    assert asked(answer) == set(map(str, both))
    assert "Lunch is served from noon" in words_of(answer)
    follow_up = ask(home.viewer, "How many days of leave a year?", conversation=answer.conversation.uid)
    assert "25 days of leave" in words_of(follow_up)
    assert answer.conversation.asks == Asks.SEVERAL
    assert answer.conversation.asked_name == "Handbook, Canteen"


def test_all_of_a_workspace_with_those_that_come_later(home: Home) -> None:
    workspace = home.handbook.workspace
    answer = ask(home.viewer, "When does the garage open?", workspace=workspace.uid)
    assert asked(answer) == set(map(str, uids(home.handbook, home.canteen, home.garage)))
    assert answer.conversation.asked_name == "all collections of Acme"
    later = ensure_collection(workspace, "later", name="Later")
    load(later, "gym.md", b"# Gym\n\nThe gym closes at ten in the evening.\n")
    follow_up = ask(
        home.viewer, "When does the gym close in the evening?", conversation=answer.conversation.uid
    )
    assert "The gym closes at ten" in words_of(follow_up)


def test_one_that_is_named_twice_is_one(home: Home) -> None:
    answer = ask(home.viewer, "How many days?", collections=uids(home.handbook, home.handbook))
    assert answer.conversation.asks == Asks.ONE
    assert answer.conversation.asked_name == "Handbook"


def refusal(viewer: Viewer, **place: object) -> tuple[Code, str]:
    with pytest.raises(AppError) as error:
        ask(viewer, "How?", **place)
    return error.value.code, str(error.value.message)


def test_a_strangers_collection_among_them_is_a_missing_one(home: Home) -> None:
    other = ensure_workspace("other", name="Other")
    theirs = ensure_collection(other, "plans", name="Plans")
    missing = refusal(home.viewer, collections=[home.handbook.uid, uuid.uuid4()])
    assert refusal(home.viewer, collections=uids(home.handbook, theirs)) == missing
    assert missing[0] is Code.NOT_FOUND
    assert (
        refusal(home.viewer, workspace=other.uid) == refusal(home.viewer, workspace=uuid.uuid4()) == missing
    )
    assert not Conversation.objects.exists()


def test_what_cannot_be_asked_together(home: Home) -> None:
    operator = ensure_workspace("operator", name="Operator", is_operator=True)
    guide = ensure_collection(operator, "guide", name="Guide", is_public=True)
    code, message = refusal(home.viewer, collections=uids(home.handbook, guide))
    assert (code, message) == (Code.INVALID, "Only collections of one workspace can be asked together.")
    assert refusal(home.viewer)[1] == "Choose at least one collection to ask."
    assert refusal(home.viewer, collection=home.handbook.uid, workspace=operator.uid)[0] is Code.INVALID
    Collection.objects.filter(pk=home.canteen.pk).update(encoder_digest="1" * 64)
    assert refusal(home.viewer, collections=uids(home.handbook, home.canteen))[0] is Code.CONFLICT


def test_while_one_moves_to_another_encoder_the_question_waits(home: Home) -> None:
    sent = send_message(
        home.viewer, client_id=uuid.uuid4(), text="How?", collections=uids(home.handbook, home.canteen)
    )
    Collection.objects.filter(pk=home.canteen.pk).update(encoder_digest="1" * 64)
    answer_waiting()
    assert Answer.objects.get(pk=sent.message.answer.pk).state == "pending"


@pytest.fixture
def guides(home: Home) -> list[Collection]:
    """Two public collections of an operator."""
    operator = ensure_workspace("operator", name="Operator", is_operator=True)
    names = ("Guide", "Rules")
    return [ensure_collection(operator, name.lower(), name=name, is_public=True) for name in names]


def test_a_conversation_is_open_to_those_who_may_ask_all_of_it(guides: list[Collection]) -> None:
    conversation = ask(VISITOR, "How?", collections=uids(*guides)).conversation
    assert conversation_for(VISITOR, conversation.uid) == conversations_for(VISITOR).get()
    Collection.objects.filter(pk=guides[1].pk).update(is_public=False)
    with pytest.raises(NotFound):
        conversation_for(VISITOR, conversation.uid)
    assert not conversations_for(VISITOR).exists()


def test_a_visitor_asks_the_public_ones_of_a_workspace(guides: list[Collection]) -> None:
    ensure_collection(guides[0].workspace, "plans", name="Plans")
    answer = ask(VISITOR, "How?", workspace=guides[0].workspace.uid)
    assert asked(answer) == set(map(str, uids(*guides)))


def test_a_lost_membership_ends_the_question(home: Home) -> None:
    sent = send_message(
        home.viewer, client_id=uuid.uuid4(), text="How?", workspace=home.handbook.workspace.uid
    )
    Membership.objects.filter(user=home.alice).delete()
    assert claim_answers([sent.message.answer.pk]) == []


def chosen(client: Client, query: str) -> tuple[str, list[str]]:
    """The chosen option of the page, and what is ticked."""
    page = parse(client.get(f"{reverse('new')}{query}").content)
    option = page.one("#collection option[selected]")
    return option["value"], [box["value"] for box in page.all(".ticked input[checked]")]


def test_the_page_offers_each_several_and_all(home: Home) -> None:
    client, workspace = client_of(home.alice), home.handbook.workspace
    assert chosen(client, f"?collection={home.canteen.uid}") == (str(home.canteen.uid), [])
    assert chosen(client, f"?collection=all-{workspace.uid}") == (f"all-{workspace.uid}", [])
    both = f"collections={home.canteen.uid}&collections={home.garage.uid}"
    value, ticked = chosen(client, f"?collection=several&{both}")
    assert (value, set(ticked)) == ("several", {str(home.canteen.uid), str(home.garage.uid)})
    assert client.get(f"{reverse('new')}?collection=all-nonsense&collections=x").status_code == 200


def test_the_form_sends_what_was_ticked_and_the_next_page_remembers_it(home: Home) -> None:
    client = client_of(home.alice)
    form = {"text": "How?", "collection": "several", "client_id": str(uuid.uuid4())}
    refused = client.post(reverse("ask"), form)
    assert (refused.status_code, b"Choose at least one collection" in refused.content) == (400, True)
    sent = client.post(reverse("ask"), form | {"collections": [str(home.canteen.uid), str(home.garage.uid)]})
    page = parse(client.get(sent["Location"]).content)
    assert [link.text for link in page.all(".asked li a")] == ["Canteen", "Garage"]
    again = page.one("#sidebar a.button")["href"]
    assert chosen(client, again.removeprefix(reverse("new"))) == chosen(client, "")
    assert chosen(client, "")[0] == "several"


def test_the_socket_takes_them_too(home: Home) -> None:
    frame = {"type": "message.send", "text": "How?"}
    both = [str(home.handbook.uid), str(home.canteen.uid)]

    def sent(**place: object) -> str:
        raw = json.dumps({**frame, "client_id": str(uuid.uuid4()), **place})
        read = parse_frame(raw)
        assert isinstance(read, Send)
        (told,) = handle_frame(home.viewer, read, "")
        return told.type

    assert sent(collections=both) == sent(workspace=str(home.handbook.workspace.uid)) == "message.accepted"
    with pytest.raises(NotFound):
        sent(collections=[*both, str(uuid.uuid4())])
