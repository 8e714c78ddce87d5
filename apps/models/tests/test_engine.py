import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytest_django import Settings

from apps.models.config import default_encoder
from apps.models.inference.engine import get_encoder
from apps.models.inference.fake import FakeEncoder
from apps.models.inference.weights import EncoderUnavailable

HEAVY = ["torch", "transformers", "sentence_transformers", "mlflow", "neo4j"]
ENCODE = """
import importlib.util, json, sys, django
heavy = json.loads(sys.argv[1])
assert all(importlib.util.find_spec(name) for name in heavy), "the proof needs them installed"
django.setup()
from apps.models.inference.engine import get_encoder
get_encoder().encode(["hello"])
print(json.dumps([name for name in heavy if name in sys.modules]))
"""


def test_one_per_process_and_name() -> None:
    with ThreadPoolExecutor(8) as pool:
        encoders = list(pool.map(get_encoder, [None, default_encoder()] * 8))
    assert len(set(map(id, encoders))) == 1


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(EncoderUnavailable, match="no encoder nonesuch"):
        get_encoder("nonesuch")


def test_settings_swap_in_the_fake(settings: Settings) -> None:
    real = get_encoder().digest
    settings.QUOTH_FAKE_ENCODER = True
    assert get_encoder().digest == FakeEncoder().digest
    settings.QUOTH_FAKE_ENCODER = False
    assert get_encoder().digest == real


def test_encoding_loads_no_torch() -> None:
    command = [sys.executable, "-c", ENCODE, json.dumps(HEAVY)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_a_forked_worker_gets_its_own() -> None:
    parent = get_encoder()
    parent.encode(["before the fork"])
    child = os.fork()
    if child == 0:
        fresh = get_encoder()
        os._exit(0 if fresh is not parent and len(fresh.encode(["in the child"])) == 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
