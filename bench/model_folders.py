"""The folder of an encoder's model, for sentence-transformers, which cannot read it out of a ZIP file."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path


def model_folder(encoder: str) -> str:
    """`encoder` is a name in quoth.yaml. What has to be unpacked is removed when the program ends."""
    from apps.models.config import encoder_configs
    from apps.models.inference.weights import find_folder

    config = encoder_configs()[encoder]
    path = find_folder(config).path
    if isinstance(path, Path):
        return str(path)
    folder = tempfile.mkdtemp(prefix="quoth-model-")
    atexit.register(shutil.rmtree, folder)
    path.root.extractall(folder)
    return str(Path(folder, config.folder))
