"""Answers questions with another library: PEERS/bin/python bench/peer_search.py NAME MODEL

It runs in an environment of its own, without this project. Each line of standard input is a JSON object: {"load":
[path, ...]} replaces what is stored, {"ask": [question, ...]} asks in one batch. For each it prints a line with the
seconds and the number of stored vectors, or the sentence that answers each question.

Each library is set up as its documentation shows for hybrid search in passages: its reader, splitter, embedder and
store in memory. None of them ships a step that quotes with an embedding model alone, so the best sentence is the one of
the first ten passages whose vector, made by the same embedder, is nearest to the question's.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module as module
from pathlib import Path
from typing import Any

PASSAGES, BATCH, WORDS = 10, 32, 120
END = re.compile(r"(?<=[.!?])\s+|\n+")
Passages = list[list[str]]  # for each question, best first


def main() -> None:
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is not part of the answer
    peer = PEERS[sys.argv[1]](sys.argv[2])
    _tell(out, {"version": peer.version})
    for line in sys.stdin:
        request = json.loads(line)
        started = time.perf_counter()
        if "load" in request:
            told: dict[str, Any] = {"vectors": peer.load([Path(path) for path in request["load"]])}
        else:
            told = {"sentences": peer.answers(request["ask"])}
        _tell(out, told | {"seconds": time.perf_counter() - started})


def _tell(out: Any, line: dict[str, Any]) -> None:
    out.write(json.dumps(line) + "\n")
    out.flush()


class Peer:
    """`load` stores the passages of the files. `search` finds them again, and `encode` gives unit vectors."""

    package = ""

    def __init__(self, model: str) -> None:
        self.version = importlib.metadata.version(self.package)
        self.model = model

    def load(self, paths: Sequence[Path]) -> int:
        raise NotImplementedError

    def search(self, questions: Sequence[str]) -> Passages:
        raise NotImplementedError

    def encode(self, texts: Sequence[str]) -> Any:
        raise NotImplementedError

    def answers(self, questions: Sequence[str]) -> list[str]:
        """The best sentence for each question, or an empty string."""
        found = [_sentences(passages) for passages in self.search(questions)]
        texts = [text for sentences in found for text in sentences]
        vectors = self.encode([*questions, *texts])
        asked, rest = vectors[: len(questions)], vectors[len(questions) :]
        best, at = [], 0
        for vector, sentences in zip(asked, found, strict=True):
            scores = rest[at : at + len(sentences)] @ vector
            at += len(sentences)
            best.append(sentences[int(scores.argmax())] if sentences else "")
        return best


def _sentences(passages: Sequence[str]) -> list[str]:
    split = (part.strip() for passage in passages for part in END.split(passage))
    return list(dict.fromkeys(part for part in split if part))


class Haystack(Peer):
    package = "haystack-ai"

    def __init__(self, model: str) -> None:
        super().__init__(model)
        embedders = module("haystack_integrations.components.embedders.sentence_transformers")
        settings = {"model": model, "normalize_embeddings": True, "progress_bar": False}
        self._documents = embedders.SentenceTransformersDocumentEmbedder(batch_size=BATCH, **settings)
        self._text = embedders.SentenceTransformersTextEmbedder(**settings)
        self._documents.warm_up()
        self._text.warm_up()

    def load(self, paths: Sequence[Path]) -> int:
        stores = module("haystack.document_stores.in_memory")
        self._store = stores.InMemoryDocumentStore(embedding_similarity_function="dot_product")
        reader = module("haystack.components.converters").TextFileToDocument()
        splitter = module("haystack.components.preprocessors").DocumentSplitter(
            split_by="word", split_length=WORDS, split_overlap=20
        )
        splitter.warm_up()
        parts = splitter.run(documents=reader.run(sources=list(paths))["documents"])["documents"]
        return int(self._store.write_documents(self._documents.run(documents=parts)["documents"]))

    def search(self, questions: Sequence[str]) -> Passages:
        retrievers = module("haystack.components.retrievers.in_memory")
        near = retrievers.InMemoryEmbeddingRetriever(self._store, top_k=PASSAGES)
        words = retrievers.InMemoryBM25Retriever(self._store, top_k=PASSAGES)
        joiners = module("haystack.components.joiners")
        joiner = joiners.DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=PASSAGES)

        def passages(question: str) -> list[str]:
            vector = self._text.run(text=question)["embedding"]
            found = [near.run(query_embedding=vector)["documents"], words.run(query=question)["documents"]]
            return [document.content for document in joiner.run(documents=found)["documents"]]

        return [passages(question) for question in questions]

    def encode(self, texts: Sequence[str]) -> Any:
        document = module("haystack").Document
        encoded = self._documents.run(documents=[document(content=text) for text in texts])
        return _array([each.embedding for each in encoded["documents"]])


class LlamaIndex(Peer):
    package = "llama-index-core"

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self._embedder = module("llama_index.embeddings.huggingface").HuggingFaceEmbedding(
            model_name=model, device="cpu", embed_batch_size=BATCH
        )

    def load(self, paths: Sequence[Path]) -> int:
        core = module("llama_index.core")
        documents = core.SimpleDirectoryReader(input_files=[str(path) for path in paths]).load_data()
        splitter = module("llama_index.core.node_parser").SentenceSplitter(
            chunk_size=WORDS * 2, chunk_overlap=20
        )
        nodes = splitter.get_nodes_from_documents(documents)
        index = core.VectorStoreIndex(nodes, embed_model=self._embedder)
        words = module("llama_index.retrievers.bm25").BM25Retriever
        self._search = module("llama_index.core.retrievers").QueryFusionRetriever(
            [
                index.as_retriever(similarity_top_k=PASSAGES),
                words.from_defaults(nodes=nodes, similarity_top_k=PASSAGES),
            ],
            llm=module("llama_index.core.llms").MockLLM(),
            similarity_top_k=PASSAGES,
            num_queries=1,  # the question itself
            mode="reciprocal_rerank",
            use_async=False,
        )
        return len(nodes)

    def search(self, questions: Sequence[str]) -> Passages:
        return [[node.get_content() for node in self._search.retrieve(question)] for question in questions]

    def encode(self, texts: Sequence[str]) -> Any:
        return _array(self._embedder.get_text_embedding_batch(list(texts)))


class Txtai(Peer):
    package = "txtai"

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self._embeddings = module("txtai").Embeddings(
            path=model, method="sentence-transformers", hybrid=True, content=True
        )

    def load(self, paths: Sequence[Path]) -> int:
        split = module("txtai.pipeline").Segmentation(paragraphs=True)
        parts = [part for path in paths for part in split(path.read_text(encoding="utf-8", errors="replace"))]
        self._embeddings.index(parts)
        return int(self._embeddings.count())

    def search(self, questions: Sequence[str]) -> Passages:
        found = self._embeddings.batchsearch(list(questions), PASSAGES)
        return [[row["text"] for row in rows] for rows in found]

    def encode(self, texts: Sequence[str]) -> Any:
        return _array(self._embeddings.batchtransform(list(texts)))


def _array(vectors: Sequence[Sequence[float]]) -> Any:
    return module("numpy").array(vectors)


PEERS: dict[str, Callable[[str], Peer]] = {"haystack": Haystack, "llamaindex": LlamaIndex, "txtai": Txtai}

if __name__ == "__main__":
    main()
