"""The one way to an encoder: one per process and name, made on first use."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from apps.models.config import default_encoder, encoder_configs
from apps.models.inference.cache import CachedEncoder
from apps.models.inference.fake import FakeEncoder
from apps.models.inference.interfaces import Encoder
from apps.models.inference.weights import EncoderUnavailable

if TYPE_CHECKING:
    from apps.models.inference.onnx import OnnxEncoder

_encoders: dict[tuple[int, str, bool], Encoder] = {}
_lock = threading.Lock()


def get_encoder(name: str | None = None) -> Encoder:
    """The encoder of that name in quoth.yaml, or the default one. Raises EncoderUnavailable."""
    name = name or default_encoder()
    # By process: a forked worker has none of its parent's inference threads and needs its own.
    key = (os.getpid(), name, settings.QUOTH_FAKE_ENCODER)
    with _lock:
        if key not in _encoders:
            _encoders[key] = CachedEncoder(
                FakeEncoder(name) if settings.QUOTH_FAKE_ENCODER else onnx_encoder(name)
            )
        return _encoders[key]


def onnx_encoder(name: str) -> OnnxEncoder:
    """A new one, not cached and not loaded. Raises EncoderUnavailable."""
    from apps.models.inference.onnx import OnnxEncoder  # a web server beside workers never loads the runtime

    chosen = encoder_configs().get(name)
    if chosen is None:
        raise EncoderUnavailable(_("There is no encoder %(name)s in quoth.yaml.") % {"name": name})
    graphs = Path(settings.QUOTH_DATA_DIR) / "models"
    return OnnxEncoder(name, chosen, graphs, settings.QUOTH_ENCODER_THREADS)
