"""An encoder that runs a local model on the CPU. The only importer of ONNX Runtime."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Encoding as TokenEncoding
from tokenizers import Tokenizer

from apps.models.config import EncoderConfig
from apps.models.inference.batching import batches
from apps.models.inference.graphs import ARCHITECTURES, GraphFile
from apps.models.inference.interfaces import WORD_DIMENSIONS, WORD_UNIT, Encoding, Spans, Vectors, WordVectors
from apps.models.inference.weights import find_folder

Ids = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]
# Between operators a thread busy-waits for 50 us, but not between runs, because the web server in the same process
# needs the cores. On 2 cores a question took 1.95 ms, without spinning 2.73; during bulk work 4.0 and 7.2.
SPINNING = {
    "session.intra_op.allow_spinning": "1",
    "session.intra_op.spin_duration_us": "50",
    "session.force_spinning_stop": "1",
}
WINDOW = 1024  # texts tokenised together: the tokenizer's objects take about 150 bytes per token


class OnnxEncoder:
    """Cheap to create. `warm_up` builds the graph if necessary (seconds) and loads it (a third of a second)."""

    def __init__(self, name: str, config: EncoderConfig, graphs: Path, threads: int) -> None:
        """Raises WeightsMissing, and KeyError for an unknown architecture."""
        self.name = name
        self.max_tokens = config.max_tokens
        self._config = config
        self._folder = find_folder(config)
        self._architecture = ARCHITECTURES[config.architecture]
        self._threads = threads
        self.dimensions = self._folder.dimensions
        self.digest = self._digest()
        self.graph = GraphFile(graphs / f"{self.digest}.onnx")
        self._lock = threading.Lock()
        self._session: onnxruntime.InferenceSession | None = None
        self._tokenizer: Tokenizer | None = None

    def prepare(self) -> bool:
        """Build the graph file if it is missing or damaged; True if it was built."""
        return self.graph.ensure(self._architecture, self._folder)

    def warm_up(self) -> None:
        self._loaded_session()
        self._loaded_tokenizer()

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        ids = [self._cut(encoding.ids) for encoding in self._tokenised(texts)]
        for batch in batches([len(row) for row in ids], self._config.batch_tokens):
            (vectors[batch],) = self._run([ids[index] for index in batch], "vectors")
        return vectors

    def encode_words(self, texts: Sequence[str], wanted: Sequence[Spans]) -> list[Encoding]:
        marked = self._marked(texts, wanted)
        found: dict[int, Encoding] = {}
        for batch in batches([len(ids) for ids, _ in marked], self._config.batch_tokens):
            vectors, words = self._run([marked[index][0] for index in batch], "vectors", "words")
            for row, index in enumerate(batch):
                found[index] = Encoding(vectors[row].copy(), _small(words[row, marked[index][1]]))
        return [found[index] for index in range(len(texts))]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(encoding) for encoding in self._tokenised(texts)]

    def _tokenised(self, texts: Sequence[str]) -> Iterator[TokenEncoding]:
        tokenizer = self._loaded_tokenizer()
        for start in range(0, len(texts), WINDOW):
            yield from tokenizer.encode_batch_fast(list(texts[start : start + WINDOW]))

    def _marked(self, texts: Sequence[str], wanted: Sequence[Spans]) -> list[tuple[Ids, Places]]:
        """The tokens of each text after truncation, and which of them belong to wanted words."""
        tokenizer = self._loaded_tokenizer()
        marked = []
        for start in range(0, len(texts), WINDOW):
            rows = slice(start, start + WINDOW)
            for encoding, text, spans in zip(
                tokenizer.encode_batch(list(texts[rows])), texts[rows], wanted[rows], strict=True
            ):
                ids = self._cut(encoding.ids)
                marked.append((ids, _inside(encoding.offsets[: len(ids) - 1], len(text), spans)))
        return marked

    def _cut(self, tokens: Sequence[int]) -> Ids:
        """At most `max_tokens` tokens. The last is the closing special token, as in sentence-transformers."""
        ids = np.array(tokens, np.int32)
        if len(ids) > self.max_tokens:
            ids = np.append(ids[: self.max_tokens - 1], ids[-1])
        return ids

    def _run(self, rows: Sequence[Ids], *outputs: str) -> list[Vectors]:
        shape = (len(rows), max(map(len, rows)))
        ids, mask = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = row
            mask[index, : len(row)] = 1
        found = self._loaded_session().run(list(outputs), {"input_ids": ids, "mask": mask})
        return [np.asarray(each, np.float32) for each in found]

    def _loaded_session(self) -> onnxruntime.InferenceSession:
        with self._lock:
            if self._session is None:
                self.prepare()
                self._session = _open_session(self.graph.path, self._threads)
            return self._session

    def _loaded_tokenizer(self) -> Tokenizer:
        with self._lock:
            if self._tokenizer is None:
                tokenizer = Tokenizer.from_buffer(self._folder.tokenizer)
                tokenizer.no_truncation()  # the file may set both
                tokenizer.no_padding()
                self._tokenizer = tokenizer
            return self._tokenizer

    def _digest(self) -> str:
        """Covers weights, tokenizer, sizes, graph (with precision and pooling) and where texts are truncated."""
        files = [hashlib.sha256(data).hexdigest() for data in (self._folder.tokenizer, self._folder.card)]
        parts = [self._config.sha256, *files, self._architecture.version, str(self.max_tokens)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _inside(offsets: Sequence[tuple[int, int]], length: int, spans: Spans) -> Places:
    """Positions of the tokens that begin in a span. The special tokens before and after a text have no characters."""
    wanted = np.zeros(length + 1, bool)
    for start, end in spans:
        wanted[start:end] = True
    return np.array(
        [place for place, (start, end) in enumerate(offsets) if start < end and wanted[start]], np.int64
    )


def _small(words: Vectors) -> WordVectors:
    return np.rint(words * WORD_UNIT).astype(np.int8).reshape(-1, WORD_DIMENSIONS)


def _open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    for key, value in SPINNING.items():
        options.add_session_config_entry(key, value)
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
