"""Graphs that are built once from the weights and stored in the data folder, each with its sha256."""

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
    builder: str  # module with build(weights, card) -> bytes; imported only to build, because it imports onnx
    version: str  # increase it with every change of the builder that changes vectors

    def build(self, folder: ModelFolder) -> bytes:
        graph: bytes = import_module(self.builder).build(folder.read_weights(), folder.card)
        return graph


ARCHITECTURES = {
    "bert": Architecture("apps.models.inference.bert_graph", "bert-2 fused fp32 mean unit, words"),
    "mpnet": Architecture("apps.models.inference.mpnet_graph", "mpnet-1 fused fp32 mean unit, words"),
}


@dataclass(frozen=True)
class GraphFile:
    """The file at `path` is used only if it matches its stored sha256. Otherwise it is built again."""

    path: Path

    def ensure(self, architecture: Architecture, folder: ModelFolder) -> bool:
        """Build the file if it is missing or damaged; True if it was built. Several processes may do so at the same
        time, because they write the same bytes.
        """
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
    """Readers see the old file or the complete new one."""
    # not mkstemp: another user may run the server on files that root prepared
    temporary = path.with_name(f"{path.name}.{uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)  # it still exists only if something went wrong
