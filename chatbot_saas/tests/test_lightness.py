"""What runs where: the web process of the full profile holds no model, no graph driver and no registry."""

from __future__ import annotations

import json
import subprocess
import sys

from chatbot_saas.tests.installation import ROOT, Installation

HEAVY = ("torch", "transformers", "neo4j", "mlflow")
WEB = f"""
import importlib.util, json, sys
assert all(importlib.util.find_spec(name) for name in {HEAVY!r}), "install them first: else this proves nothing"
import chatbot_saas.asgi
from django.test import Client
assert Client(headers={{"host": "localhost"}}).post("/theme/").status_code == 302
from django.urls import get_resolver
import apps.chat.pages.views, apps.knowledge.pages.views, apps.chat.sockets.consumers
print(json.dumps([name for name in {(*HEAVY, "onnxruntime", "tokenizers")!r} if name in sys.modules]))
"""


def test_the_web_process_is_light(tmp_path: object) -> None:
    full = Installation(
        ROOT,
        QUOTH_DATA_DIR=str(tmp_path),
        QUOTH_PROFILE="full",
        QUOTH_STORE="neo4j",
        REDIS_URL="redis://127.0.0.1:1",
        SECRET_KEY="x" * 50,
    )
    done = subprocess.run(
        [sys.executable, "-c", WEB],
        env=full.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
