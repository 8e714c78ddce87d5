"""JSON log lines. A line holds what the call site put in it: never message text, e-mail addresses or tokens."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

LINK_KEY = re.compile(r"(/(?:confirm-email|reset/key)/)[^/\s]+")


class LinkKeyFilter(logging.Filter):
    """Django logs the paths of requests that it refused; the key in a link of a mail would open an account."""

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
        return json.dumps(line, ensure_ascii=False)
