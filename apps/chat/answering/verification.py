"""Passes an answer, as it is stored now, to the verifier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.core.files.storage import default_storage

from apps.chat.models import Answer, Quote
from apps.common.proof import Deleted, QuoteRow, Record, Source, Verdict, verify
from apps.knowledge.models import DocumentVersion

CHUNK_BYTES = 1 << 20


def verify_answer(answer: Answer) -> Verdict:
    """Reads original file, text and rows of every quote again. The caller must have checked access to the answer."""
    quotes = answer.quotes.filter(kind=Quote.Kind.QUOTE).order_by("position")
    columns = quotes.values_list("version__uid", "start", "end", "sha256", "version_id")
    rows = [QuoteRow(str(uid), start, end, sha256) for uid, start, end, sha256, _ in columns]
    record = Record(answer.status, answer.manifest, answer.manifest_sha256, rows)
    return verify(record, _Sources({str(uid): pk for uid, *_, pk in columns}))


class _Sources(Mapping[str, Source | Deleted]):
    """Versions by their uid. Only one at a time is in memory, because texts and files may be large."""

    def __init__(self, versions: Mapping[str, int]) -> None:
        self._versions = versions

    def __getitem__(self, uid: str) -> Source | Deleted:
        """Raises KeyError for a version whose original is missing. The verifier then reports the missing source."""
        rows = DocumentVersion.objects.defer("layout").select_related("document")
        version = rows.get(pk=self._versions[uid])
        if version.document.erased_at is not None:
            return Deleted()
        if not default_storage.exists(version.original):
            raise KeyError(uid)
        return Source(
            lambda: _chunks(version.original), version.original_sha256, version.text, version.text_sha256
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._versions)

    def __len__(self) -> int:
        return len(self._versions)


def _chunks(name: str) -> Iterable[bytes]:
    with default_storage.open(name, "rb") as file:
        yield from file.chunks(CHUNK_BYTES)
