"""The wire protocol, version 1: every frame in and out, for the browser and for apps (docs/developer/protocol.md)."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from typing import Annotated, Literal
from urllib.parse import parse_qs

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from apps.chat.config import chat_config
from apps.chat.presentation.conversation_views import AnswerView, MessageView
from apps.chat.services.notifications import EventKind
from apps.common.errors import AppError, Code

VERSION = 1
RESUME_LIMIT = 400  # numbers replayed by one `resume`


class Type(StrEnum):
    SEND = "message.send"
    RESUME = "resume"
    WATCH = "watch"
    PING = "ping"

    WELCOME = "welcome"
    ACCEPTED = EventKind.ACCEPTED
    WORKING = EventKind.WORKING
    DONE = EventKind.DONE
    RESUMED = "resumed"
    INGESTION = "ingestion.changed"
    PONG = "pong"
    ERROR = "error"


class Close:
    """Close codes of this protocol."""

    SIGNED_OUT = 4401
    TOO_MANY = 4429
    TRY_AGAIN_LATER = 1013


# --- connecting ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Options:
    """What the socket's address asks for: frames with HTML for a page, and the language of sentences and HTML."""

    html: bool
    language: str


def parse_options(query: bytes) -> Options:
    """`?html=1&language=de`; what is not known or not supported is ignored."""
    fields = parse_qs(query.decode("latin1"))
    return Options(html=fields.get("html") == ["1"], language=_language(fields.get("language", [""])[-1]))


def _language(wanted: str) -> str:
    try:
        return get_supported_language_variant(wanted)
    except LookupError:
        return settings.LANGUAGE_CODE


# --- frames in ----------------------------------------------------------------------------------------------------
class FrameIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Send(FrameIn):
    """Exactly one of `conversation` (go on), and `collection`, `collections` and `workspace` (begin a new one that asks
    one collection, several, or all of a workspace).
    """

    type: Literal[Type.SEND]
    client_id: uuid.UUID
    text: str
    conversation: uuid.UUID | None = None
    collection: uuid.UUID | None = None
    collections: tuple[uuid.UUID, ...] = Field(default=(), max_length=100)
    workspace: uuid.UUID | None = None


class Resume(FrameIn):
    type: Literal[Type.RESUME]
    conversation: uuid.UUID
    last_seq: int = Field(ge=0, le=2**62)


class Watch(FrameIn):
    """Ask for `ingestion.changed` of a collection that the sender may change."""

    type: Literal[Type.WATCH]
    collection: uuid.UUID


class Ping(FrameIn):
    type: Literal[Type.PING]


Work = Send | Resume | Watch  # what needs the database
AnyIn = Work | Ping
_frame: TypeAdapter[AnyIn] = TypeAdapter(Annotated[AnyIn, Field(discriminator="type")])


class FrameError(AppError):
    """A frame that cannot be read; `client_id` as far as it could be found in it."""

    def __init__(self, code: Code, client_id: str | None) -> None:
        texts = {
            Code.TOO_LONG: _("This message is too large to send."),
            Code.INVALID: _("This message could not be read."),
        }
        super().__init__(code, texts[code])
        self.client_id = client_id


def parse_frame(raw: str) -> AnyIn:
    """Raises FrameError."""
    if len(raw.encode(errors="surrogatepass")) > chat_config().max_frame_bytes:
        raise FrameError(Code.TOO_LONG, None)
    try:
        return _frame.validate_json(raw)
    except (ValidationError, UnicodeEncodeError) as error:
        raise FrameError(Code.INVALID, client_id_of(raw)) from error


def client_id_of(raw: str) -> str | None:
    """Of a frame that is not parsed as a whole, so that an error can name it."""
    try:
        return str(uuid.UUID(json.loads(raw)["client_id"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


# --- frames out ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Welcome:
    """`signed_in` is false for a visitor."""

    signed_in: bool
    type: str = Type.WELCOME
    version: int = VERSION


@dataclass(frozen=True)
class Accepted:
    """`questions_left` tells the visitor who sent it how many more they may ask within the hour; else null.

    `html`, here and below, is the fragment that a page inserts; left out unless the socket's address asks for it.
    """

    client_id: str
    conversation: str
    message: MessageView
    questions_left: int | None = None
    html: str = ""
    type: str = Type.ACCEPTED


@dataclass(frozen=True)
class Note:
    """What the question is compared with: passages, from so many documents."""

    compared: int
    documents: int


@dataclass(frozen=True)
class Working:
    """`state` is pending (waits for its turn) or running; the figures come with running."""

    conversation: str
    message: str
    answer: str
    state: str
    note: Note | None
    html: str = ""
    type: str = Type.WORKING


@dataclass(frozen=True)
class Done:
    """`answer.state` is done, or dead when it was given up.

    `questions_left` is as in `Accepted`, after small talk or a question that was not understood, which costs a visitor
    no question; else null.
    """

    conversation: str
    answer: AnswerView
    questions_left: int | None = None
    html: str = ""
    type: str = Type.DONE


@dataclass(frozen=True)
class Resumed:
    """Everything up to `last_seq` has been sent; with `more`, resume again from there."""

    conversation: str
    last_seq: int
    more: bool
    type: str = Type.RESUMED


@dataclass(frozen=True)
class IngestionChanged:
    ingestion: str
    type: str = Type.INGESTION


@dataclass(frozen=True)
class Pong:
    type: str = Type.PONG


@dataclass(frozen=True)
class Error:
    """`client_id` names the message it is about, null when it is about none."""

    code: str
    message: str
    client_id: str | None = None
    type: str = Type.ERROR


AnyOut = Welcome | Accepted | Working | Done | Resumed | IngestionChanged | Pong | Error


class _FrameEncoder(DjangoJSONEncoder):
    def default(self, value: object) -> object:
        return vars(value) if is_dataclass(value) else super().default(value)


def dump(frame: AnyOut) -> str:
    fields = vars(frame)
    if not fields.get("html", True):
        fields = {name: value for name, value in fields.items() if name != "html"}
    return json.dumps(fields, cls=_FrameEncoder, ensure_ascii=False, separators=(",", ":"))
