"""Every action of the socket times every role. A new frame without a row fails."""

from __future__ import annotations

import uuid
from typing import get_args

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import Membership
from apps.chat.sockets.protocol import AnyIn
from apps.chat.tests.cast import Cast, make_cast
from apps.chat.tests.sockets import Socket, browser, socket
from apps.common.events import Event, collection_group, publish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fake_encoder")]

ROLES = ("visitor", "stranger", "member", "staff", "owner")
HIDDEN, OWNER = "not_found", ("not_found", "not_found", "not_found", "not_found")
TABLE = {
    "message.send collection": (HIDDEN, HIDDEN, "message.accepted", HIDDEN, "message.accepted"),
    "message.send public": ("message.accepted",) * 5,
    "message.send conversation": (*OWNER, "message.accepted"),
    "resume": (*OWNER, "resumed"),
    "watch": (
        *OWNER,
        "invalid",
    ),  # it is answered by nothing: the error is that of the empty question after it
    "ping": ("pong",) * 5,
}


@pytest.fixture
def cast(transactional_db: None, fake_encoder: None) -> Cast:
    cache.clear()
    made = make_cast()
    made.answer.conversation.refresh_from_db()  # asynchronous tests cannot load it
    return made


def test_every_frame_has_a_row() -> None:
    frames = {get_args(kind.model_fields["type"].annotation)[0].value for kind in get_args(AnyIn)}
    assert frames == {action.split()[0] for action in TABLE}


@pytest.mark.parametrize("action", TABLE)
async def test_action(action: str, cast: Cast) -> None:
    people = {"stranger": cast.charlie, "member": cast.bob, "staff": cast.sam, "owner": cast.alice}
    outcomes = []
    for role in ROLES:
        async with socket(await browser(people.get(role))) as opened:
            outcomes.append(await _outcome(opened, action, cast))
    assert tuple(outcomes) == TABLE[action]


async def test_a_stranger_hears_what_is_said_of_a_missing_one(cast: Cast) -> None:
    async with socket(await browser(cast.charlie)) as opened:
        hidden = await opened.ask("Why?", conversation=cast.answer.conversation.uid)
        missing = await opened.ask("Why?", conversation=uuid.uuid4())
        assert hidden | {"client_id": ""} == missing | {"client_id": ""}


async def test_a_lost_membership_ends_the_conversation(cast: Cast) -> None:
    async with socket(await browser(cast.alice)) as opened:
        await Membership.objects.filter(user=cast.alice, workspace=cast.private.workspace).adelete()
        error = await opened.ask("Why?", conversation=cast.answer.conversation.uid)
        assert error["code"] == "not_found"


async def test_only_editors_hear_of_files(cast: Cast) -> None:
    async with socket(await browser(cast.alice)) as editor, socket(await browser(cast.bob)) as member:
        for opened in (editor, member):
            await opened.send(type="watch", collection=str(cast.private.uid))
        assert (await member.receive())["code"] == "not_found"
        assert (await editor.ask("", collection=cast.public.uid))["code"] == "invalid"  # it watches now
        await sync_to_async(publish)(
            collection_group(cast.private.uid), Event("ingestion.changed", str(cast.failed.uid))
        )
        assert await editor.receive() == {"type": "ingestion.changed", "ingestion": str(cast.failed.uid)}
        assert await member.is_silent()
        await Membership.objects.filter(user=cast.alice, workspace=cast.private.workspace).adelete()
        await sync_to_async(publish)(
            collection_group(cast.private.uid), Event("ingestion.changed", str(cast.failed.uid))
        )
        assert await editor.is_silent()


async def _outcome(opened: Socket, action: str, cast: Cast) -> str:
    """The code of an error, or the type of the last frame that belongs to the action."""
    frame = await _frame(opened, action, cast)
    while frame["type"] in {"answer.done", "answer.working"} or (
        action == "resume" and frame["type"] == "message.accepted"
    ):
        frame = await opened.receive()
    return str(frame.get("code", frame["type"]))


async def _frame(opened: Socket, action: str, cast: Cast) -> dict[str, object]:
    conversation = cast.answer.conversation.uid
    match action:
        case "message.send collection":
            return await opened.ask("Why?", collection=cast.private.uid)
        case "message.send public":
            return await opened.ask("Why?", collection=cast.public.uid)
        case "message.send conversation":
            return await opened.ask("Why?", conversation=conversation)
        case "resume":
            await opened.send(type="resume", conversation=str(conversation), last_seq=0)
        case "watch":
            await opened.send(type="watch", collection=str(cast.private.uid))
            return await opened.ask("", collection=cast.public.uid)
        case "ping":
            await opened.send(type="ping")
    return await opened.receive()


async def test_a_malformed_session_key_is_no_session(transactional_db: None) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 20 + "\0"
    async with socket(client, welcome=False) as opened:
        assert await opened.receive() == {}
    assert opened.closed == 4401
