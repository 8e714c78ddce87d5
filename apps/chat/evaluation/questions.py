"""Reads questions with known answers, one JSON object on each line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from apps.chat.evaluation.history import History

DEFAULT_KINDS = {True: "answerable", False: "unanswerable"}


class QuestionsError(Exception):
    """The file cannot be read; the message names the line and the problem."""


class KnownQuestion(BaseModel):
    """`documents` are the paths of all documents that answer; a right quote contains one of the strings in
    `answers`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field("", coerce_numbers_to_str=True)
    question: str = Field(min_length=1)
    kind: str = ""
    answerable: bool = True
    documents: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    history: History = ()

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, row: Any) -> Any:
        """Null counts as missing. `document` may name a single document; a missing kind gets a default."""
        if not isinstance(row, dict):
            return row
        given = {key: value for key, value in row.items() if value is not None}
        document = given.pop("document", None)
        if document is not None:
            given.setdefault("documents", [document])
        given.setdefault("kind", DEFAULT_KINDS[bool(given.get("answerable", True))])
        return given

    @property
    def is_judged(self) -> bool:
        """Whether right quotes can be recognised."""
        return self.answerable and bool(self.documents or self.answers)

    def is_right(self, document: str, text: str) -> bool:
        """Whether it is from one of the documents and contains one of the answers, if given; case and spaces are
        ignored.
        """
        if self.documents and document not in self.documents:
            return False
        folded = _folded(text)
        return not self.answers or any(_folded(answer) in folded for answer in self.answers)


def read_questions(path: Path) -> list[KnownQuestion]:
    """Raises QuestionsError."""
    try:
        found = list(_questions(path))
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(f"{path}: {error}") from error
    if not found:
        raise QuestionsError(f"{path} contains no question")
    return found


def _questions(path: Path) -> Iterator[KnownQuestion]:
    # Split at line feeds only: JSON may contain other characters that Python treats as line ends.
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            question = KnownQuestion.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            raise QuestionsError(f"{path}, line {number}: not JSON: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"])) or "line"
            raise QuestionsError(f"{path}, line {number}, {key}: {first['msg']}") from error
        yield question if question.id else question.model_copy(update={"id": f"line-{number}"})


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
