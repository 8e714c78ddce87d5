"""The texts of a version that need vectors, read from the database a few passages at a time."""

from __future__ import annotations

from collections import defaultdict

from apps.knowledge.index.embedded_text import EmbeddedText, embedded_passage, embedded_sentence
from apps.knowledge.models import Passage, Sentence


def version_texts(version_id: int, first: int, count: int) -> dict[str, EmbeddedText]:
    """{hash: text} of the passages at positions first to first + count - 1, and of their sentences; two queries.

    Where a sentence is the whole passage, the text is wanted with its words.
    """
    passages = Passage.objects.filter(version=version_id, position__gte=first, position__lt=first + count)
    rows = list(passages.values_list("pk", "context", "start", "text", "text_hash"))
    texts = {key: embedded_passage(context, text) for _, context, _, text, key in rows}
    sentences = defaultdict(list)
    columns = ("passage_id", "start", "end", "context", "text_hash", "word_offsets")
    for passage_id, *row in Sentence.objects.filter(passage__in=[row[0] for row in rows]).values_list(
        *columns
    ):
        sentences[passage_id].append(row)
    for pk, place, offset, text, _ in rows:
        for start, end, headers, key, words in sentences[pk]:
            texts[key] = embedded_sentence(place, headers, text[start - offset : end - offset], bytes(words))
    return texts
