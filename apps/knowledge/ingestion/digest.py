"""When a file must be read again although it is the same: the rules that cut it have changed."""

from __future__ import annotations

import hashlib

from apps.knowledge.chunking import segment
from apps.knowledge.config import passage_config
from apps.knowledge.index import analyzer as terms
from apps.knowledge.index import embedded_text


def passages_digest(encoder_digest: str) -> str:
    """Of everything but the file that decides a version's passages, their terms and their vectors."""
    rules = (segment.RULES_VERSION, embedded_text.RULES_VERSION, terms.RULES_VERSION)
    parts = [*map(str, rules), passage_config().model_dump_json(), encoder_digest]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
