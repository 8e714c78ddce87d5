"""Compares the graphs with sentence-transformers, which reads the same weights."""

import json
import random
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from apps.models.config import default_encoder, encoder_configs
from apps.models.inference.engine import get_encoder, onnx_encoder
from apps.models.inference.interfaces import Vectors
from apps.models.inference.weights import find_folder

pytestmark = pytest.mark.timeout(300)  # the first import of torch alone can take a minute
Peer = Callable[[Sequence[str]], Vectors]
ODD = [
    "",
    " ",
    "a",
    "?!",
    "UPPER lower MiXeD",
    "😀👩‍👩‍👧‍👦🏳️‍🌈 thanks!",
    "naïve café Łódź İstanbul ß ﬁ",
    "nai\u0308ve cafe\u0301",
    "你好，世界",
    "مرحبا بالعالم",
    "Привет, мир",
    "สวัสดี",
    "tab\tand\nnew\r\nline\u00a0nbsp\u200bzero width",
    "[CLS] [SEP] [MASK] [PAD] [UNK]",
    "x" * 300,
    "$1,234.56 on 2026-11-23 at https://example.org/a?b=c#d",
    "word " * 253,
    "word " * 254,
    "word " * 255,
    "a longer matter, cut in the middle " * 120,
    "\x00\x07control\ufffdcharacters",
]


@pytest.fixture(scope="module")
def peer() -> Peer:
    return _peer(default_encoder(), str(find_folder(encoder_configs()[default_encoder()]).path))


def _peer(encoder: str, folder: str) -> Peer:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)  # several threads busy-wait for each other, for minutes where cores are shared
    model = SentenceTransformer(folder, device="cpu", local_files_only=True)
    assert model.max_seq_length == encoder_configs()[encoder].max_tokens
    return lambda texts: model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)


def test_own_texts(peer: Peer) -> None:
    _assert_same_vectors(peer, ODD + _scrambled(200 - len(ODD)))


def test_the_larger_encoder(tmp_path: Path) -> None:
    """Few long texts, because sentence-transformers takes a second for each. Its folder has to be unpacked."""
    path = find_folder(encoder_configs()["mpnet"]).path
    assert isinstance(path, zipfile.Path)
    path.root.extractall(tmp_path)
    ours = onnx_encoder("mpnet")
    texts = [*ODD, *_scrambled(10)]
    theirs = _peer("mpnet", str(tmp_path / "all-mpnet-base-v2"))(texts)
    assert np.sum(ours.encode(texts) * theirs, axis=1).min() >= 0.9999


@pytest.mark.shared_data
def test_real_texts(peer: Peer, shared_data: Path) -> None:
    path = shared_data / "squad2-train-10art" / "train-v2.0.json"
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    contexts = [paragraph["context"] for paragraph in paragraphs]
    questions = [entry["question"] for paragraph in paragraphs for entry in paragraph["qas"]]
    picker = random.Random(7)
    _assert_same_vectors(peer, picker.sample(contexts, 100) + picker.sample(questions, 100))


@pytest.mark.shared_data
def test_naughty_strings(peer: Peer, shared_data: Path) -> None:
    strings = json.loads((shared_data / "naughty-strings" / "blns.json").read_text(encoding="utf-8"))
    assert len(strings) > 400
    _assert_same_vectors(peer, strings)


def _scrambled(count: int) -> list[str]:
    """Runs of 1 to 80 words of this file in random order, so that the model has not seen the phrases."""
    words = Path(__file__).with_name("test_parity.py").read_text(encoding="utf-8").split()
    picker = random.Random(11)
    return [" ".join(picker.choices(words, k=picker.randint(1, 80))) for _ in range(count)]


def _assert_same_vectors(peer: Peer, texts: list[str]) -> None:
    cosines = np.sum(get_encoder().encode(texts) * peer(texts), axis=1)
    assert len(texts) >= 200
    assert cosines.min() >= 0.9999
