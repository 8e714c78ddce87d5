"""The write layer of the chat. Pages, sockets, tasks and commands call it."""

from apps.chat.services.adopting import adopt_conversations
from apps.chat.services.asking import Sent, send_message
from apps.chat.services.asking_now import ask_now
from apps.chat.services.claiming import claim_answers
from apps.chat.services.completing import Claim, complete_answer, postpone_answer, release_answer
from apps.chat.services.erasing import erase_deleted_conversations
from apps.chat.services.managing import (
    delete_conversation,
    pin_conversation,
    rename_conversation,
    restore_conversation,
    unpin_conversation,
)
from apps.chat.services.processing import answer_waiting
from apps.chat.services.requeueing import requeue_answers
from apps.chat.services.search_index import index_missing, rebuild_search_index
from apps.chat.services.sharing import close_link, share_conversation
from apps.chat.services.suggesting import (
    collections_with_old_suggestions,
    refresh_suggestions,
    request_suggestions,
    request_suggestions_of,
)
from apps.chat.services.warming import warm_collections

__all__ = [
    "Claim",
    "Sent",
    "adopt_conversations",
    "answer_waiting",
    "ask_now",
    "claim_answers",
    "close_link",
    "collections_with_old_suggestions",
    "complete_answer",
    "delete_conversation",
    "erase_deleted_conversations",
    "index_missing",
    "pin_conversation",
    "postpone_answer",
    "rebuild_search_index",
    "refresh_suggestions",
    "release_answer",
    "rename_conversation",
    "request_suggestions",
    "request_suggestions_of",
    "requeue_answers",
    "restore_conversation",
    "send_message",
    "share_conversation",
    "unpin_conversation",
    "warm_collections",
]
