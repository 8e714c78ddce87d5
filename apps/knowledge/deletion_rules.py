"""How documents and what is built from them are deleted."""

from __future__ import annotations

from apps.common.deleted_words import declare_text_index
from apps.common.deletion import anonymised, erased
from apps.knowledge.models import (
    Collection,
    CollectionStatistic,
    Document,
    DocumentLink,
    DocumentPart,
    DocumentPicture,
    DocumentVersion,
    Embedding,
    FaqEntry,
    FaqWording,
    Ingestion,
    OutboxEntry,
    Passage,
    Sentence,
    StoreState,
    TermStatistic,
)

erased(StoreState, "a counter", workspace="workspace")
erased(
    Embedding,
    "the vector of a text; it also goes when no text of the workspace needs it any more",
    workspace="workspace",
)
erased(Collection, "the collection itself", is_told=True, workspace="workspace", collection="pk")
erased(CollectionStatistic, "counts", workspace="workspace", collection="collection")
erased(
    TermStatistic,
    "words with their counts; those of a document go when it is deleted",
    workspace="workspace",
    collection="collection",
)
erased(
    Document,
    "the row of a deleted document stays without its names, so that what refers to it can say that it was deleted",
    workspace="workspace",
    collection="collection",
)
anonymised(
    DocumentVersion,
    "its row stays without words, because the digests in earlier answers name it",
    {
        "document": {
            "title": "",
            "text": "",
            "layout": {},
            "metadata": {},
            "language": "",
            "term_count": 0,
        }
    },
    workspace="workspace",
    collection="document__collection",
    document="document",
)
erased(
    OutboxEntry,
    "says that the graph is to be changed",
    workspace="workspace",
    collection="version__document__collection",
    document="version__document",
)
erased(
    DocumentPart,
    "text",
    workspace="workspace",
    collection="version__document__collection",
    document="version__document",
)
erased(
    DocumentLink,
    "addresses in the text",
    workspace="workspace",
    collection="version__document__collection",
    document="version__document",
)
erased(
    DocumentPicture,
    "pictures in files of their own",
    workspace="workspace",
    collection="version__document__collection",
    document="version__document",
)
erased(
    Passage,
    "text and its stems",
    workspace="workspace",
    collection="collection",
    document="version__document",
)
erased(
    Sentence,
    "offsets, headers and digests of sentences",
    workspace="workspace",
    collection="passage__collection",
    document="passage__version__document",
)
erased(
    Ingestion,
    "names of files that were uploaded",
    workspace="workspace",
    collection="collection",
    document="version__document",
)
erased(
    FaqEntry, "answers that people have written", is_told=True, workspace="workspace", collection="collection"
)
erased(FaqWording, "questions that people have written", workspace="workspace", collection="collection")
declare_text_index("knowledge_passage_terms")
