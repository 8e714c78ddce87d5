from __future__ import annotations

import hashlib
import re
import unicodedata

_APART = re.compile(r"[^\w+#%€$£]+")


def key_of(text: str) -> str:
    """The same for wordings that differ in case, white space or punctuation alone."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return hashlib.sha256(_APART.sub(" ", folded).strip().encode()).hexdigest()
