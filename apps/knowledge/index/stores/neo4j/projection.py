"""Adds a document version to the graph or removes it:

(Document)-HAS_SECTION->(Section)-HAS_PASSAGE->(Passage)-HAS_SENTENCE->(Sentence), (Passage)-NEXT->(Passage),
and (Passage)-LINKS_TO->(Document) for hyperlinks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from django.db.models import F

from apps.knowledge.index.embeddings import chunked, load_vectors
from apps.knowledge.index.live_passages import LIVE_PASSAGE, LIVE_VERSION
from apps.knowledge.index.stores.neo4j.client import Client
from apps.knowledge.index.stores.neo4j.schema import VectorIndex, create_vector_index
from apps.knowledge.models import Document, DocumentVersion, Passage, Sentence

CHUNK = 250  # rows of one transaction: half a megabyte of vectors

_DOCUMENT = """
MERGE (d:Document {workspace_id: $workspace_id, id: $id})
SET d.collection_id = $collection_id, d.path = $path, d.title = $title, d.version_id = $version_id
WITH d UNWIND $sections AS row
MERGE (s:Section {workspace_id: $workspace_id, version_id: $version_id, position: row.position})
SET s.heading_path = row.heading_path
MERGE (d)-[:HAS_SECTION]->(s)
"""
_PASSAGES = """
UNWIND $rows AS row
MATCH (s:Section {workspace_id: $workspace_id, version_id: $version_id, position: row.section})
MERGE (p:Passage {workspace_id: $workspace_id, id: row.id})
SET p.version_id = $version_id, p.collection_id = $collection_id, p.collection = toString($collection_id),
    p.position = row.position, p.term_text = row.term_text
MERGE (s)-[:HAS_PASSAGE]->(p)
WITH p, row CALL db.create.setNodeVectorProperty(p, $key, row.vector)
"""
_SENTENCES = """
UNWIND $rows AS row
MATCH (p:Passage {workspace_id: $workspace_id, id: row.passage})
MERGE (s:Sentence {workspace_id: $workspace_id, id: row.id})
SET s.version_id = $version_id, s.collection_id = $collection_id, s.position = row.position
MERGE (p)-[:HAS_SENTENCE]->(s)
WITH s, row CALL db.create.setNodeVectorProperty(s, $key, row.vector)
"""
_NEXT = """
UNWIND $rows AS row
MATCH (a:Passage {workspace_id: $workspace_id, id: row.before})
MATCH (b:Passage {workspace_id: $workspace_id, id: row.after})
MERGE (a)-[:NEXT]->(b)
"""
_LINKS = """
UNWIND $rows AS row
MATCH (p:Passage {workspace_id: $workspace_id, id: row.passage})
MATCH (d:Document {workspace_id: $workspace_id, id: row.document})
MERGE (p)-[:LINKS_TO]->(d)
"""
_REMOVE = """
MATCH (n:{label} {{workspace_id: $workspace_id, version_id: $version_id}}) WITH n LIMIT $chunk DETACH DELETE n RETURN 1
"""
_REMOVE_DOCUMENT = (
    "MATCH (d:Document {workspace_id: $workspace_id, id: $id, version_id: $version_id}) DETACH DELETE d"
)


def project_version(client: Client, version: DocumentVersion) -> None:
    """Every statement may be repeated. An interrupted projection is repeated from the start."""
    live = DocumentVersion.objects.filter(pk=version.pk, **LIVE_VERSION)
    if live.exists():
        _Projection(client, version).write()
    if (
        not live.exists()
    ):  # it was retired while it was written; publishing it again adds another entry to the outbox
        remove_version(client, version)


def remove_version(client: Client, version: DocumentVersion) -> None:
    place = {"workspace_id": version.workspace_id, "version_id": version.pk}
    for label in ("Sentence", "Passage", "Section"):
        while client.write(_REMOVE.format(label=label), chunk=CHUNK, **place):
            pass
    client.write(_REMOVE_DOCUMENT, id=version.document_id, **place)


class _Projection:
    def __init__(self, client: Client, version: DocumentVersion) -> None:
        self._client = client
        self._version = version
        self._document: Document = version.document
        self._digest = version.document.collection.encoder_digest
        self._place = {"workspace_id": version.workspace_id, "version_id": version.pk}
        self._passages = Passage.objects.filter(version=version).order_by("position")
        self._indexed: set[VectorIndex] = set()

    def write(self) -> None:
        sections = self._write_document()
        self._write_passages(sections)
        self._write_sentences()
        ids = list(self._passages.values_list("pk", flat=True))
        self._write_rows(_NEXT, [{"before": before, "after": after} for before, after in pairwise(ids)])
        self._write_rows(_LINKS, [*self._links(version=self._version), *self._links_here()])

    def _write_document(self) -> list[int]:
        """Returns the position of its section for each passage. A section is a run of passages under one
        heading path.
        """
        headings = list(self._passages.values_list("position", "heading_path"))
        sections = [next(group) for _, group in groupby(headings, key=itemgetter(1))]
        self._client.write(
            _DOCUMENT,
            id=self._document.pk,
            collection_id=self._document.collection_id,
            path=self._document.path,
            title=self._version.title,
            sections=[{"position": position, "heading_path": path} for position, path in sections],
            **self._place,
        )
        starts = [position for position, _ in sections]
        return [starts[bisect_right(starts, position) - 1] for position, _ in headings]

    def _write_passages(self, sections: Sequence[int]) -> None:
        rows = self._passages.values_list("pk", "position", "term_text", "text_hash")
        for chunk in chunked(list(zip(rows, sections, strict=True)), CHUNK):
            vectors = self._vectors([row[-1] for row, _ in chunk])
            self._write_vectors(
                _PASSAGES,
                "Passage",
                [
                    {
                        "id": pk,
                        "position": position,
                        "term_text": terms,
                        "section": section,
                        "vector": vectors[key],
                    }
                    for (pk, position, terms, key), section in chunk
                ],
            )

    def _write_sentences(self) -> None:
        columns = ("pk", "passage_id", "position", "text_hash")
        rows = Sentence.objects.filter(passage__version=self._version).order_by("pk").values_list(*columns)
        for chunk in chunked(list(rows), CHUNK):
            vectors = self._vectors([row[-1] for row in chunk])
            self._write_vectors(
                _SENTENCES,
                "Sentence",
                [
                    {"id": pk, "passage": passage, "position": position, "vector": vectors[key]}
                    for pk, passage, position, key in chunk
                ],
            )

    def _write_vectors(self, query: str, label: str, rows: list[dict[str, Any]]) -> None:
        index = VectorIndex(label, self._digest)
        if index not in self._indexed:
            create_vector_index(self._client, index, len(rows[0]["vector"]))
            self._indexed.add(index)
        self._client.write(
            query,
            rows=rows,
            key=index.key,
            collection_id=self._document.collection_id,
            **self._place,
        )

    def _write_rows(self, query: str, rows: Sequence[dict[str, int]]) -> None:
        for chunk in chunked(rows, CHUNK):
            self._client.write(query, rows=chunk, workspace_id=self._version.workspace_id)

    def _vectors(self, hashes: Sequence[str]) -> dict[str, list[float]]:
        found = load_vectors(self._version.workspace_id, self._digest, hashes)
        return {key: vector.tolist() for key, vector in found.items()}

    def _links_here(self) -> list[dict[str, int]]:
        return self._links(version__links__target_path=self._document.path)

    def _links(self, **condition: Any) -> list[dict[str, int]]:
        """Live passages of the collection that contain the start of a hyperlink, and the documents that it leads to."""
        passages = Passage.objects.filter(
            collection=self._document.collection_id,
            version__links__start__gte=F("start"),
            version__links__start__lt=F("end"),
            **LIVE_PASSAGE,
            **condition,
        )
        links = list(passages.values_list("pk", "version__links__target_path"))
        targets = Document.objects.filter(collection=self._document.collection_id, deleted_at=None)
        found = dict(targets.filter(path__in={path for _, path in links}).values_list("path", "pk"))
        return [{"passage": pk, "document": found[path]} for pk, path in links if path in found]
