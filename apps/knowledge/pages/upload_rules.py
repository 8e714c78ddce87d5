"""What a page must know to refuse a file before it is sent; the server refuses the same again."""

from __future__ import annotations

from dataclasses import dataclass

from apps.knowledge.config import upload_config
from apps.knowledge.documents.media_types import NAMES
from apps.knowledge.documents.parsed_document import FailureCode
from apps.knowledge.parsing.detect import EXTENSIONS, TEXT_NAMES
from apps.knowledge.parsing.failures import sentence_for


@dataclass(frozen=True)
class UploadRules:
    """`too_large` and `unlisted` are what is said of a file that breaks them. `endings` are extensions, and names of
    files that have none.
    """

    max_bytes: int
    too_large: str
    unlisted: str
    endings: str = " ".join([*EXTENSIONS, *sorted(TEXT_NAMES)])

    @property
    def accept(self) -> str:
        """For a file chooser. Media types too: some systems know no ending but by its type."""
        return ",".join([*EXTENSIONS, *NAMES])

    @property
    def max_megabytes(self) -> int:
        return self.max_bytes // 2**20


def upload_rules() -> UploadRules:
    return UploadRules(
        max_bytes=upload_config().max_bytes,
        too_large=sentence_for(FailureCode.OVERSIZED),
        unlisted=sentence_for(FailureCode.UNLISTED_TYPE),
    )
