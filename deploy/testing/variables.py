"""Finds the environment variables that the product reads, so that tests do not use those of the developer's shell."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_READ = re.compile(r'\benv(?:\.\w+)?\(\s*"([A-Z0-9_]+)"')


def settings_variables() -> set[str]:
    settings = (ROOT / "chatbot_saas" / "settings.py").read_text(encoding="utf-8")
    return {*_READ.findall(settings), "QUOTH_CONFIG"}
