"""Workspaces of made-up documents, published as ingestion does it, for tests of stores and retrieval."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence

from apps.accounts.models import Workspace
from apps.knowledge.chunking.rows import passage_row
from apps.knowledge.chunking.segment import PassageSpan, SentenceSpan
from apps.knowledge.index.embeddings import ensure_embeddings
from apps.knowledge.index.publishing import publish_version
from apps.knowledge.index.scope import Scope
from apps.knowledge.index.version_texts import version_texts
from apps.knowledge.ingestion.passages import add_passages
from apps.knowledge.models import Collection, Document, DocumentLink, DocumentVersion
from apps.knowledge.selectors import scope_of
from apps.models.inference.engine import get_encoder

ENCODER = "fake"
Section = Sequence[str]  # sentences of one passage


def collection_of(workspace: Workspace, slug: str) -> Collection:
    digest = get_encoder(ENCODER).digest
    return Collection.objects.create(
        workspace=workspace, slug=slug, name=slug, encoder=ENCODER, encoder_digest=digest
    )


def scope_in_new_workspace(slug: str) -> tuple[Collection, Scope]:
    collection = collection_of(Workspace.objects.create(slug=slug, name=slug), "main")
    return collection, scope_of(collection)


def publish(
    collection: Collection, path: str, sections: Sequence[Section], links: Sequence[str] = ()
) -> DocumentVersion:
    """One passage a section. `links` are paths that the first passage names."""
    version = draft(collection, path, sections)
    for target in links:
        DocumentLink.objects.create(
            workspace_id=version.workspace_id, version=version, start=0, end=1, target_path=target
        )
    publish_version(version)
    return version


def draft(collection: Collection, path: str, sections: Sequence[Section]) -> DocumentVersion:
    document, _ = Document.objects.get_or_create(
        collection=collection, path=path, defaults={"workspace_id": collection.workspace_id}
    )
    text = "\n\n".join(" ".join(section) for section in sections)
    version = DocumentVersion.objects.create(
        workspace_id=collection.workspace_id, document=document, number=document.versions.count() + 1,
        title=path.removesuffix(".md"), media_type="text/markdown", original="none", original_sha256="0" * 64,
        original_bytes=0, text=text, text_sha256=hashlib.sha256(text.encode()).hexdigest(), passages_digest="",
        passage_count=len(sections), length=_length(text, path.removesuffix(".md"), sections),
    )  # fmt: skip
    rows = [passage_row(text, version.title, span) for span in _spans(sections)]
    add_passages(version, collection.pk, 0, rows, [text[row.start : row.end] for row in rows])
    texts = version_texts(version.pk, 0, len(rows))
    ensure_embeddings(collection.workspace_id, get_encoder(ENCODER), texts, lambda _: None)
    return version


def made_up_documents(seed: int, documents: int, passages: int = 5) -> Iterator[tuple[str, list[list[str]]]]:
    """(path, sections) whose words are as unevenly common as those of a real text."""
    words = Words(seed)
    for number in range(documents):
        yield f"{seed}-{number}.md", [[words.sentence() for _ in range(4)] for _ in range(passages)]


class Words:
    """Rare and common ones, some with digits, accents or other scripts."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        made_up = ["".join(self._random.choices("bcdfglmnprstvaeiou", k=6)) for _ in range(1500)]
        self._words = ["1984", "401k", "café", "straße", "日本語", "помощь", *made_up]
        self._weights = [1 / (rank + 10) for rank in range(len(self._words))]

    def sentence(self, words: int = 12) -> str:
        return " ".join(self._random.choices(self._words, self._weights, k=words)).capitalize() + "."


def _length(text: str, title: str, sections: Sequence[Section]) -> int:
    return sum(sum(passage_row(text, title, span).terms.values()) for span in _spans(sections))


def _spans(sections: Sequence[Section]) -> Iterator[PassageSpan]:
    start = 0
    for number, section in enumerate(sections):
        sentences, at = [], start
        for sentence in section:
            sentences.append(SentenceSpan(at, at + len(sentence)))
            at += len(sentence) + 1
        yield PassageSpan(start, at - 1, (f"Part {number}",), None, tuple(sentences))
        start = at + 1
