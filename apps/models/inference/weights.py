"""The model folder inside its Python package. Nothing here is trusted before its sha256 is checked."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from apps.common.errors import AppError, Code
from apps.models.config import EncoderConfig


class EncoderUnavailable(AppError):
    """Only an operator can help; the message says how."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.UNAVAILABLE, message)


class WeightsMissing(EncoderUnavailable):
    pass


class WeightsCorrupt(EncoderUnavailable):
    pass


@dataclass(frozen=True)
class ModelFolder:
    path: Path
    package: str
    weights_sha256: str

    @property
    def tokenizer(self) -> bytes:
        return self._read("tokenizer.json")

    @property
    def card(self) -> bytes:
        """config.json: the sizes of the model."""
        return self._read("config.json")

    @property
    def dimensions(self) -> int:
        return int(json.loads(self.card)["hidden_size"])

    def read_weights(self) -> bytes:
        """The safetensors file, whole; what is checked is what is returned. Raises WeightsCorrupt."""
        data = self._read("model.safetensors")
        if hashlib.sha256(data).hexdigest() != self.weights_sha256:
            message = _(
                "The model weights in %(package)s are not those this version expects: reinstall the package."
            )
            raise WeightsCorrupt(message % {"package": self.package})
        return data

    def _read(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except OSError as error:
            raise _missing(self.package) from error


def find_folder(config: EncoderConfig) -> ModelFolder:
    """Where the package keeps the model; the package's own code is not run. Raises WeightsMissing."""
    spec = importlib.util.find_spec(config.package)
    for location in (spec and spec.submodule_search_locations) or ():
        path = Path(location, config.folder)
        if path.is_dir():
            return ModelFolder(path, config.package, config.sha256)
    raise _missing(config.package)


def _missing(package: str) -> WeightsMissing:
    message = _(
        "The model weights are not installed: run bin/demo --prepare, or install the package %(package)s."
    )
    return WeightsMissing(message % {"package": package})
