"""Brings an answer as it is stored now before the verifier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.core.files.storage import default_storage

from apps.chat.models import Answer, Quote
from apps.common.proof import QuoteRow, Record, Source, Verdict, verify
from apps.knowledge.models import DocumentVersion

CHUNK_BYTES = 1 << 20


def verify_answer(answer: Answer) -> Verdict:
    """Re-reads original file, text and rows of every quote. The caller has checked access to the answer."""
    quotes = answer.quotes.filter(kind=Quote.Kind.QUOTE).order_by("position")
    columns = quotes.values_list("version__uid", "start", "end", "sha256", "version_id")
    rows = [QuoteRow(str(uid), start, end, sha256) for uid, start, end, sha256, _ in columns]
    record = Record(answer.status, answer.manifest, answer.manifest_sha256, rows)
    return verify(record, _Sources({str(uid): pk for uid, *_, pk in columns}))


class _Sources(Mapping[str, Source]):
    """Versions by their uid. One at a time is in memory: texts and files may be large."""

    def __init__(self, versions: Mapping[str, int]) -> None:
        self._versions = versions

    def __getitem__(self, uid: str) -> Source:
        """Raises KeyError for a version whose original is gone: the verifier then names the missing source."""
        version = DocumentVersion.objects.defer("layout").get(pk=self._versions[uid])
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
