"""The one way to an encoder: one per process and name, made on first use."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from apps.common.config import config
from apps.models.inference.cache import CachedEncoder
from apps.models.inference.fake import FakeEncoder
from apps.models.inference.interfaces import Encoder
from apps.models.inference.onnx import OnnxEncoder
from apps.models.inference.weights import EncoderUnavailable

_encoders: dict[str, Encoder] = {}
_lock = threading.Lock()


def get_encoder(name: str | None = None) -> Encoder:
    """The encoder of that name in quoth.yaml, or the default one. Raises EncoderUnavailable."""
    name = name or config().default_encoder
    with _lock:
        if name not in _encoders:
            _encoders[name] = CachedEncoder(_make(name))
        return _encoders[name]


def onnx_encoder(name: str) -> OnnxEncoder:
    """A new one, not cached and not loaded. Raises EncoderUnavailable."""
    chosen = config().encoders.get(name)
    if chosen is None:
        raise EncoderUnavailable(_("There is no encoder %(name)s in quoth.yaml.") % {"name": name})
    graphs = Path(settings.QUOTH_DATA_DIR) / "models"
    return OnnxEncoder(name, chosen, graphs, settings.QUOTH_ENCODER_THREADS)


def _make(name: str) -> Encoder:
    return FakeEncoder(name) if settings.QUOTH_FAKE_ENCODER else onnx_encoder(name)


def _forget_after_fork() -> None:
    """A forked worker has none of the parent's inference threads, and perhaps a lock held by one of them."""
    global _lock
    _lock = threading.Lock()
    _encoders.clear()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_forget_after_fork)
