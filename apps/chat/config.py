"""The sections of `quoth.yaml` about answers and questions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from apps.common.config import FittedSection, Section, section


class AnswerConfig(FittedSection):
    quotes: int = Field(gt=0)
    per_passage: int = Field(gt=0)
    considered: int = Field(gt=0)
    further_within: list[float] = Field(
        min_length=1,
        description="how far below the score of the first quote that of the second, third, ... may be",
    )
    fewest_words: int = Field(ge=0)
    nearest: int = Field(ge=0)


Signal = Literal[
    "passage_cosine", "sentence_cosine", "noise_floor", "bm25", "coverage", "best_coverage", "sentence_coverage",
    "unknown", "missing", "corrected", "margin", "stems",
]  # fmt: skip


QuoteSignal = Literal["similarity", "noise_floor", "lead"]


class MeasuredConfig(Section):
    answered: int = Field(ge=0, le=100)
    partial: int = Field(ge=0, le=100)
    weak: int = Field(ge=0, le=100)


class LogisticConfig(Section):
    intercept: float
    weights: dict[Signal, float] = Field(description="by signal of apps.knowledge.search.results.Evidence")


class FirstQuoteConfig(Section):
    intercept: float
    weights: dict[QuoteSignal, float] = Field(
        description="by signal of apps.chat.answering.quote_chance.QuoteSignals"
    )
    strong_from: float = Field(gt=0, lt=1)
    partial_from: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> FirstQuoteConfig:
        if self.partial_from > self.strong_from:
            raise ValueError("partial_from must not be above strong_from")
        return self


class DecisionConfig(LogisticConfig, FittedSection):
    RENAMED: ClassVar[Mapping[str, str]] = {
        "partial_from": "quoted_from",
        "answered_from": "first_quote.strong_from",
    }
    words_only: LogisticConfig = Field(description="for questions in a script that the encoder cannot read")
    quoted_from: float = Field(gt=0, lt=1, description="below this confidence nothing is quoted")
    first_quote: FirstQuoteConfig = Field(description="whether the first quote answers")
    right_of_100: MeasuredConfig = Field(
        description="answers with a right quote, as `evaluate` measures them"
    )

    def thresholds(self) -> dict[str, float]:
        first = self.first_quote
        return {
            "quoted_from": self.quoted_from,
            "partial_from": first.partial_from,
            "strong_from": first.strong_from,
        }

    def digest(self) -> str:
        """The sha256 that identifies this calibration in an answer's manifest."""
        return hashlib.sha256(self.model_dump_json(exclude={"by_encoder"}).encode()).hexdigest()


SmallTalkKind = Literal["greeting", "goodbye", "thanks", "identity", "help", "person", "abuse"]


class SmallTalkConfig(FittedSection):
    threshold: float = Field(
        gt=0, le=1, description="cosine to the nearest example from which it is small talk"
    )
    threshold_of_others: float = Field(
        gt=0, le=1, description="the same for a text with a word that no example of small talk contains"
    )
    examples: dict[SmallTalkKind, list[str]]
    questions: list[str] = Field(description="questions that resemble small talk: the nearest of all decides")

    @cached_property
    def rows(self) -> tuple[tuple[str, SmallTalkKind | None], ...]:
        """All examples, each with its kind; None for a question."""
        talk = ((text, kind) for kind, texts in self.examples.items() for text in texts)
        return (*talk, *((text, None) for text in self.questions))


class FollowUpConfig(Section):
    turns: int = Field(ge=0, le=20, description="earlier questions of the conversation that are looked at")
    join_margin: float = Field(ge=0, le=1, description="of confidence")
    context_margin: float = Field(ge=0, le=1, description="of confidence")


class ChatConfig(Section):
    max_question_chars: int = Field(gt=0)
    visitor_questions_per_hour: int = Field(ge=0)
    address_questions_per_hour: int = Field(ge=0, description="of all visitors behind one network address")
    member_questions_per_minute: int = Field(gt=0)
    max_frame_bytes: int = Field(gt=0)
    lease_seconds: int = Field(gt=0)
    max_attempts: int = Field(gt=0)
    outage_seconds: int = Field(ge=0, description="a question waits so long for a store or encoder")
    proofs_per_minute: int = Field(
        gt=0, description="of one person who is signed in, else of one network address"
    )
    exports_per_minute: int = Field(
        gt=0, description="files of a whole conversation, counted in the same way"
    )
    searches_per_minute: int = Field(gt=0, description="in one's conversations, counted in the same way")
    shared_per_minute: int = Field(
        gt=0, description="pages of shared conversations and of those to print, counted in the same way"
    )
    resumes_per_minute: int = Field(gt=0, description="the same")
    deleted_days: int = Field(gt=0, description="a deleted conversation can be restored so long")
    sockets_per_viewer: int = Field(gt=0)
    frames_per_10_seconds: int = Field(gt=0, description="of one socket")
    suggest_from_first: list[str] = Field(
        description="folders whose headings are tried first as questions to begin with"
    )


answer_config = section("answers", AnswerConfig)
decision_config = section("decision", DecisionConfig)
follow_up_config = section("follow_ups", FollowUpConfig)
chat_config = section("chat", ChatConfig)
small_talk_config = section("small_talk", SmallTalkConfig)
