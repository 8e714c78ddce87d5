"""Log formatters and filters. Log lines never contain message text, e-mail addresses or tokens.

One record is one line, whatever was logged: a name that contains a line break cannot be mistaken for another record.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

# C0 and C1 controls, line and paragraph separators, and characters that change the direction of text.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

LINK_KEY = re.compile(r"(/(?:confirm-email|reset/key|shared|invitations)/|[?&]ticket=)[^/\s&\"]+")


class PlainFormatter(logging.Formatter):
    """One line for each record; the lines of a traceback follow, indented."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        return _escaped(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return _indented(super().formatStack(stack_info))


class LinkKeyFilter(logging.Filter):
    """Removes keys from logged paths. Django logs the paths of refused requests, and the key of a link
    gives access to an account or a conversation.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = LINK_KEY.sub(r"\1...", record.getMessage()), ()
        return True


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _escaped(text: str) -> str:
    """The text with control characters escaped as in a Python literal."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _indented(text: str) -> str:
    return "\n".join(f"    {_escaped(line)}" for line in text.split("\n"))
