"""How conversations and what is kept beside them are deleted."""

from __future__ import annotations

from apps.chat.models import (
    Answer,
    Conversation,
    Message,
    Quote,
    SearchEntry,
    ShareLink,
    SuggestedQuestion,
    SuggestionState,
)
from apps.common.deleted_words import declare_text_index
from apps.common.deletion import anonymised, erased

erased(
    Conversation,
    "the conversation itself",
    is_told=True,
    user="user",
    workspace="workspace",
    collection=("collection", "further"),
)
erased(
    ShareLink,
    "addresses of shared conversations",
    user="conversation__user",
    workspace="workspace",
    collection=("conversation__collection", "conversation__further"),
)
erased(
    Message,
    "questions",
    user="conversation__user",
    workspace="workspace",
    collection=("conversation__collection", "conversation__further"),
)
anonymised(
    Answer,
    "how a question was answered; when documents are erased, words of documents that it proposed are forgotten",
    {"some_documents": {"meant": None}},
    {"meant__isnull": False},
    user="conversation__user",
    workspace="workspace",
    collection=("conversation__collection", "conversation__further"),
    some_documents=("conversation__collection", "conversation__further"),
)
anonymised(
    Quote,
    "its offsets and digests stay, so that the answer can say that its source was deleted",
    {
        "document": {
            "heading_path": [],
            "page": None,
            "page_label": "",
            "columns": "",
            "code": None,
            "marked": None,
            "more": 0,
        }
    },
    user="answer__conversation__user",
    workspace="workspace",
    collection=("answer__conversation__collection", "answer__conversation__further"),
    document="version__document",
)
erased(
    SearchEntry,
    "stems of questions and quotes",
    user="message__conversation__user",
    workspace="message__workspace",
    collection=("message__conversation__collection", "message__conversation__further"),
    document="quote__version__document",
)
erased(SuggestionState, "a counter", workspace="workspace", collection="collection")
erased(
    SuggestedQuestion,
    "questions made of headings; they are looked for again whenever a document is deleted",
    workspace="workspace",
    collection="collection",
)
declare_text_index("chat_search_terms")
