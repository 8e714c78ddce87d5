from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from apps.models.config import default_encoder, encoder_configs
from apps.models.inference.onnx import OnnxEncoder


@pytest.fixture
def prepared(tmp_path: Path) -> OnnxEncoder:
    encoder = _new(tmp_path)
    assert encoder.prepare()
    return encoder


def test_a_whole_graph_is_left_alone(prepared: OnnxEncoder) -> None:
    written = prepared.graph.path.stat().st_mtime_ns
    assert not prepared.prepare()
    assert prepared.graph.path.stat().st_mtime_ns == written


def test_two_builds_are_equal(prepared: OnnxEncoder, tmp_path: Path) -> None:
    other = _new(tmp_path / "other")
    other.prepare()
    assert other.graph.path.name == prepared.graph.path.name
    assert other.graph.path.read_bytes() == prepared.graph.path.read_bytes()


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def _flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _lose_the_sum(path: Path) -> None:
    path.with_suffix(".onnx.sha256").unlink()


def _spoil_the_sum(path: Path) -> None:
    path.with_suffix(".onnx.sha256").write_bytes(b"\xff\x00")


@pytest.mark.parametrize("damage", [Path.unlink, _cut_short, _flip_a_bit, _lose_the_sum, _spoil_the_sum])
def test_a_damaged_graph_is_built_again(prepared: OnnxEncoder, damage: Callable[[Path], None]) -> None:
    before = prepared.encode(["hello"])
    damage(prepared.graph.path)
    fresh = _new(prepared.graph.path.parent)
    np.testing.assert_array_equal(fresh.encode(["hello"]), before)
    assert not fresh.prepare()


def test_nothing_half_written_stays(
    prepared: OnnxEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError("no space left on device")

    prepared.graph.path.unlink()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        prepared.prepare()
    assert [path.suffix for path in tmp_path.iterdir()] == [".sha256"]


def _new(graphs: Path) -> OnnxEncoder:
    name = default_encoder()
    return OnnxEncoder(name, encoder_configs()[name], graphs, threads=1)
