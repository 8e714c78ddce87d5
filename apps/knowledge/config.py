"""The sections of `quoth.yaml` about files, passages and search."""

from __future__ import annotations

from pydantic import Field

from apps.common.config import FittedSection, Section, section


class PassageConfig(Section):
    target_words: int = Field(gt=0)
    max_words: int = Field(gt=0)


class RetrievalConfig(FittedSection):
    vector_candidates: int = Field(gt=0)
    text_candidates: int = Field(gt=0)
    lone_word_factor: int = Field(ge=1)
    neighbours_of: int = Field(ge=0)
    bm25_k1: float = Field(ge=0)
    bm25_b: float = Field(ge=0, le=1)
    correct_spelling: bool
    correct_from: int = Field(gt=1)
    correct_two_edits_from: int = Field(gt=1)
    sentence_share: float = Field(ge=0, le=1)
    lexical_weight: float = Field(ge=0, le=1)
    sentence_lexical_weight: float = Field(ge=0, le=1)
    neighbour_weight: float = Field(ge=0)
    passage_weight: float = Field(ge=0)
    code_weight: float = Field(ge=0)
    late_candidates: int = Field(gt=0)
    late_weight: float = Field(ge=0)
    sentence_late_weight: float = Field(ge=0)
    ranked: int = Field(gt=0)
    exact_vectors: int = Field(ge=0)


class NoiseFloorConfig(Section):
    off_topic: list[str] = Field(
        min_length=1, max_length=32, description="questions about nothing in particular"
    )
    quantile: float = Field(ge=0, le=1)


class SearchConfig(Section):
    cache_mb: int = Field(gt=0, description="what searching may keep in memory, in each process")


class UploadConfig(Section):
    max_bytes: int = Field(gt=0)
    workspace_mb: int = Field(gt=0, description="originals that one workspace may store, in MiB")
    max_text_chars: int = Field(gt=0)
    max_passages: int = Field(gt=0)
    max_sentences: int = Field(gt=0)
    max_links: int = Field(ge=0)
    max_blocks: int = Field(gt=0, description="headings, paragraphs, list items and table rows")
    max_terms: int = Field(gt=0, description="different words, after stemming")
    max_pictures: int = Field(ge=0, description="of a document; more are left out")
    max_picture_bytes: int = Field(gt=0, description="of a picture in a document")
    max_picture_pixels: int = Field(gt=0, description="of a picture in a document")
    parse_seconds: int = Field(gt=0)
    parse_memory_mb: int = Field(gt=0)
    lease_seconds: int = Field(gt=0)
    max_attempts: int = Field(gt=0)
    one_worker_per_workspace: bool


class DocumentConfig(Section):
    """Limits for each signed-in person, and for each network address of visitors; and how long deleted ones stay."""

    changes_per_minute: int = Field(gt=0)
    originals_per_minute: int = Field(gt=0)
    pictures_per_minute: int = Field(gt=0)
    picture_seconds: int = Field(gt=0, description="for drawing one page of a PDF, or one picture")
    picture_cache_mb: int = Field(ge=4, description="pictures kept in memory, in each process")
    deleted_days: int = Field(gt=0, description="a deleted document or collection can be restored so long")


class FaqConfig(FittedSection):
    threshold: float = Field(gt=0, le=1, description="cosine to a wording from which its answer is given")
    threshold_of_others: float = Field(
        gt=0, le=1, description="the same if the question or the wording has a word that the other lacks"
    )
    margin: float = Field(ge=0, le=1, description="by which the next entry must be less similar")
    entries: int = Field(gt=0, description="of a collection")
    wordings: int = Field(gt=0, description="of an entry")
    wording_chars: int = Field(gt=0)
    answer_chars: int = Field(gt=0)
    quote_chars: int = Field(gt=0)
    file_bytes: int = Field(gt=0, description="of a file that is imported")


passage_config = section("passages", PassageConfig)
retrieval_config = section("retrieval", RetrievalConfig)
noise_floor_config = section("noise_floor", NoiseFloorConfig)
search_config = section("search", SearchConfig)
upload_config = section("uploads", UploadConfig)
document_config = section("documents", DocumentConfig)
faq_config = section("faq", FaqConfig)
