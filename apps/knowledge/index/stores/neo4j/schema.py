"""Constraints and indexes, as numbered steps that each graph takes once and in order; vector indexes on demand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apps.knowledge.index.stores.neo4j.client import Client

# Each step is one schema statement. Never change a released step: add another.
STEPS: dict[int, str] = {
    1: "CREATE CONSTRAINT step_number IF NOT EXISTS FOR (n:SchemaStep) REQUIRE n.number IS UNIQUE",
    2: "CREATE CONSTRAINT document_id IF NOT EXISTS FOR (n:Document) REQUIRE (n.workspace_id, n.id) IS UNIQUE",
    3: """CREATE CONSTRAINT section_place IF NOT EXISTS
          FOR (n:Section) REQUIRE (n.workspace_id, n.version_id, n.position) IS UNIQUE""",
    4: "CREATE CONSTRAINT passage_id IF NOT EXISTS FOR (n:Passage) REQUIRE (n.workspace_id, n.id) IS UNIQUE",
    5: "CREATE CONSTRAINT sentence_id IF NOT EXISTS FOR (n:Sentence) REQUIRE (n.workspace_id, n.id) IS UNIQUE",
    6: "CREATE INDEX passage_version IF NOT EXISTS FOR (n:Passage) ON (n.workspace_id, n.version_id)",
    7: "CREATE INDEX sentence_version IF NOT EXISTS FOR (n:Sentence) ON (n.workspace_id, n.version_id)",
    8: "CREATE INDEX passage_collection IF NOT EXISTS FOR (n:Passage) ON (n.workspace_id, n.collection_id)",
    9: "CREATE INDEX sentence_collection IF NOT EXISTS FOR (n:Sentence) ON (n.workspace_id, n.collection_id)",
    # Stems are indexed without changes. The collection is a word of the index, so that a search is limited to it.
    10: """CREATE FULLTEXT INDEX passage_terms IF NOT EXISTS FOR (n:Passage) ON EACH [n.term_text, n.collection]
           OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: false}}""",
}
INDEX_SECONDS = 20
_VECTOR_INDEXES = "SHOW VECTOR INDEXES YIELD name WHERE name =~ '(passage|sentence)_vector_.*' RETURN name"


@dataclass(frozen=True)
class VectorIndex:
    """One for each label and encoder: vectors of different encoders are never compared."""

    label: str
    encoder_digest: str

    @property
    def key(self) -> str:
        return f"vector_{self.encoder_digest[:16]}"

    @property
    def name(self) -> str:
        return f"{self.label.lower()}_{self.key}"


def migrate(client: Client) -> None:
    """Run the steps that this graph has not run. Two processes may do so at the same time, because steps may be
    repeated.
    """
    taken = {record["number"] for record in client.read("MATCH (n:SchemaStep) RETURN n.number AS number")}
    for number in sorted(STEPS.keys() - taken):
        client.write(STEPS[number])
        client.write("MERGE (:SchemaStep {number: $number})", number=number)
    client.write("CALL db.awaitIndexes($seconds)", seconds=INDEX_SECONDS)


def create_vector_index(client: Client, index: VectorIndex, dimensions: int) -> None:
    """Create the index without quantisation, so that its results have the precision of float32."""
    client.write(
        f"""CREATE VECTOR INDEX {index.name} IF NOT EXISTS FOR (n:{index.label}) ON (n.{index.key})
        OPTIONS {{indexConfig: {{`vector.dimensions`: {dimensions:d}, `vector.similarity_function`: 'cosine',
        `vector.quantization.enabled`: false}}}}"""
    )
    client.write("CALL db.awaitIndex($name, $seconds)", name=index.name, seconds=INDEX_SECONDS)


def drop_everything(client: Client, chunk: int) -> None:
    """Remove the nodes, indexes and constraints of Quoth. Others in the same graph are kept."""
    for label in ("Sentence", "Passage", "Section", "Document", "SchemaStep"):
        while client.write(f"MATCH (n:{label}) LIMIT $chunk DETACH DELETE n RETURN 1", chunk=chunk):
            pass
    for record in client.read(_VECTOR_INDEXES):
        client.write(f"DROP INDEX {record['name']} IF EXISTS")
    for kind, name in _made_by(STEPS.values()):
        client.write(f"DROP {kind} {name} IF EXISTS")


def _made_by(statements: Iterable[str]) -> Iterator[tuple[str, str]]:
    """("INDEX" or "CONSTRAINT", name) of each."""
    for statement in statements:
        words = statement.split()
        at = words.index("CONSTRAINT") if "CONSTRAINT" in words else words.index("INDEX")
        yield words[at], words[at + 1]
