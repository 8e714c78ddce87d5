"""Graphs built once from the weights and kept under the data folder, each beside its sha256."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from uuid import uuid4

from apps.models.inference.weights import ModelFolder


@dataclass(frozen=True)
class Architecture:
    builder: str  # module with build(weights, card) -> bytes; loaded only to build: it imports onnx
    version: str  # raise it with every change of the builder that changes vectors

    def build(self, folder: ModelFolder) -> bytes:
        graph: bytes = import_module(self.builder).build(folder.read_weights(), folder.card)
        return graph


ARCHITECTURES = {
    "bert": Architecture("apps.models.inference.bert_graph", "bert-2 fused fp32 mean unit, words"),
}


@dataclass(frozen=True)
class GraphFile:
    """`path` is trusted only while its sha256 stands beside it; anything else is built again."""

    path: Path

    def ensure(self, architecture: Architecture, folder: ModelFolder) -> bool:
        """Build if missing or damaged; True if built. Processes may do so at once: the bytes are equal."""
        if self._is_whole():
            return False
        graph = architecture.build(folder)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(self.path, graph)
        _write_whole(self._sum_path, hashlib.sha256(graph).hexdigest().encode())
        return True

    @property
    def _sum_path(self) -> Path:
        return self.path.with_suffix(".onnx.sha256")

    def _is_whole(self) -> bool:
        try:
            expected = self._sum_path.read_text(encoding="ascii")
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == expected
        except (FileNotFoundError, UnicodeDecodeError):
            return False


def _write_whole(path: Path, data: bytes) -> None:
    """Readers see the old file or the new one, never a part."""
    # not mkstemp: another user may serve what root prepared
    temporary = path.with_name(f"{path.name}.{uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)  # gone already unless something went wrong
