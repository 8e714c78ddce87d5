"""The typed `quoth.yaml`: everything that shapes answers. Errors name the file, the line and the key."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

DEFAULT_PATH = Path(__file__).resolve().parents[2] / "quoth.yaml"


class ConfigError(Exception):
    """The file is missing, is not YAML, or a key is wrong. The message says where and what."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EncoderConfig(Section):
    package: str = Field(description="Python package that ships the weights")
    folder: str = Field(
        description="folder inside the package that holds model.safetensors and tokenizer.json"
    )
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$", description="of model.safetensors, checked before it is opened"
    )
    architecture: str = Field(description="which graph builder reads the weights: bert")
    max_tokens: int = Field(gt=0, description="longer texts are cut here, as sentence-transformers does")
    batch_tokens: int = Field(gt=0, description="padded tokens in one batch: longest text x texts")


class PassageConfig(Section):
    target_words: int = Field(gt=0)
    max_words: int = Field(gt=0)


class RetrievalConfig(Section):
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
    late_candidates: int = Field(gt=0)
    late_weight: float = Field(ge=0)
    sentence_late_weight: float = Field(ge=0)
    ranked: int = Field(gt=0)
    exact_vectors: int = Field(ge=0)


class SearchConfig(Section):
    cache_mb: int = Field(gt=0, description="what searching may keep in memory, in each process")


class AnswerConfig(Section):
    quotes: int = Field(gt=0)
    per_passage: int = Field(gt=0)
    considered: int = Field(gt=0)
    fewest_words: int = Field(ge=0)
    same_words: float = Field(gt=0, le=1)
    nearest: int = Field(ge=0)


Signal = Literal[
    "passage_cosine", "sentence_cosine", "noise_floor", "bm25", "coverage", "best_coverage", "sentence_coverage",
    "unknown", "corrected", "margin", "stems",
]  # fmt: skip


class MeasuredConfig(Section):
    answered: int = Field(ge=0, le=100)
    partial: int = Field(ge=0, le=100)


class DecisionConfig(Section):
    intercept: float
    weights: dict[Signal, float] = Field(description="by signal of apps.knowledge.search.results.Evidence")
    off_topic: list[str] = Field(min_length=1, max_length=32)
    noise_floor_quantile: float = Field(ge=0, le=1)
    answered_from: float = Field(gt=0, lt=1)
    partial_from: float = Field(gt=0, lt=1)
    right_of_100: MeasuredConfig = Field(
        description="answers with a right quote, as `evaluate` measures them"
    )

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> DecisionConfig:
        if self.partial_from > self.answered_from:
            raise ValueError("partial_from must not be above answered_from")
        return self

    def thresholds(self) -> dict[str, float]:
        return {"answered_from": self.answered_from, "partial_from": self.partial_from}

    def digest(self) -> str:
        """sha256: names this calibration in an answer's manifest."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class UploadConfig(Section):
    max_bytes: int = Field(gt=0)
    workspace_mb: int = Field(gt=0, description="originals that one workspace may store, in MiB")
    reserve_mb: int = Field(ge=0, description="free space in the data folder that uploads leave, in MiB")
    max_text_chars: int = Field(gt=0)
    max_passages: int = Field(gt=0)
    max_sentences: int = Field(gt=0)
    max_links: int = Field(ge=0)
    max_blocks: int = Field(gt=0, description="headings, paragraphs, list items and table rows")
    max_terms: int = Field(gt=0, description="different words, after stemming")
    parse_seconds: int = Field(gt=0)
    parse_memory_mb: int = Field(gt=0)
    lease_seconds: int = Field(gt=0)
    max_attempts: int = Field(gt=0)


class ChatConfig(Section):
    max_question_chars: int = Field(gt=0)
    visitor_questions_per_hour: int = Field(ge=0)
    address_questions_per_hour: int = Field(ge=0, description="of all visitors behind one network address")
    member_questions_per_minute: int = Field(gt=0)
    max_frame_bytes: int = Field(gt=0)
    lease_seconds: int = Field(gt=0)
    max_attempts: int = Field(gt=0)
    outage_seconds: int = Field(ge=0, description="a question waits so long for a store or encoder")


class LimitsConfig(Section):
    """Per person who is signed in, else per network address."""

    proofs_per_minute: int = Field(gt=0)
    changes_per_minute: int = Field(gt=0)
    originals_per_minute: int = Field(gt=0)
    resumes_per_minute: int = Field(gt=0)
    sockets_per_viewer: int = Field(gt=0)
    frames_per_10_seconds: int = Field(gt=0)


class QuothConfig(Section):
    default_encoder: str
    encoders: dict[str, EncoderConfig]
    passages: PassageConfig
    retrieval: RetrievalConfig
    search: SearchConfig
    answers: AnswerConfig
    decision: DecisionConfig
    uploads: UploadConfig
    chat: ChatConfig
    limits: LimitsConfig


@cache
def config() -> QuothConfig:
    """The configuration of this process, read once; QUOTH_CONFIG names another file. Raises ConfigError."""
    return load_config(Path(os.environ.get("QUOTH_CONFIG") or DEFAULT_PATH))


def config_digest() -> str:
    """sha256 of the parsed configuration: goes into each answer's manifest."""
    return hashlib.sha256(config().model_dump_json().encode()).hexdigest()


def load_config(path: Path) -> QuothConfig:
    """Read and check one file. Raises ConfigError naming line and key."""
    tree = _read(path)
    try:
        return QuothConfig.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}, line {_line(tree, first['loc'])}, {key}: {first['msg']}") from error


def _read(path: Path) -> CommentedMap:
    try:
        tree = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is missing: set QUOTH_CONFIG or restore the file") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}): check QUOTH_CONFIG") from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path} is not a text file in UTF-8: restore the file or set QUOTH_CONFIG"
        ) from error
    except YAMLError as error:
        raise ConfigError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(tree, CommentedMap):
        raise ConfigError(f"{path}, line 1: expected keys such as 'encoders:'")
    return tree


def _line(tree: CommentedMap, location: tuple[int | str, ...]) -> int:
    """1-based line of the deepest part of the key that stands in the file."""
    node: Any = tree
    line = 1
    for part in location:
        if not isinstance(node, CommentedMap) or part not in node:
            break
        line = node.lc.key(part)[0] + 1
        node = node[part]
    return line
