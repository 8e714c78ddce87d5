"""Identifies the rules that cut a file. If they have changed, an unchanged file must be read again."""

from __future__ import annotations

import hashlib

from apps.knowledge.chunking import segment
from apps.knowledge.config import passage_config
from apps.knowledge.index import analyzer as terms
from apps.knowledge.index import embedded_text


def passages_digest(encoder_digest: str) -> str:
    """A digest of everything except the file that determines passages, terms and vectors of a version."""
    rules = (segment.RULES_VERSION, embedded_text.RULES_VERSION, terms.RULES_VERSION)
    parts = [*map(str, rules), passage_config().model_dump_json(), encoder_digest]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
