import shutil
from pathlib import Path

import pytest

from apps.models.config import EncoderConfig, default_encoder, encoder_configs
from apps.models.inference.onnx import OnnxEncoder
from apps.models.inference.weights import WeightsCorrupt, WeightsMissing, find_folder


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[EncoderConfig, Path]:
    """The real model folder, copied into a package of our own that a test may damage."""
    shipped = encoder_configs()[default_encoder()]
    folder = tmp_path / "copied_weights" / "model"
    shutil.copytree(find_folder(shipped).path, folder)
    monkeypatch.syspath_prepend(tmp_path)
    return shipped.model_copy(update={"package": "copied_weights", "folder": "model"}), folder


def test_a_copy_works_and_has_the_same_digest(packaged: tuple[EncoderConfig, Path], tmp_path: Path) -> None:
    chosen, _ = packaged
    copy = OnnxEncoder("copy", chosen, tmp_path / "graphs", threads=1)
    shipped = OnnxEncoder("shipped", encoder_configs()[default_encoder()], tmp_path, threads=1)
    assert copy.digest == shipped.digest
    assert copy.encode(["hello"]).shape == (1, copy.dimensions)


@pytest.mark.parametrize("offset", [0, 5000, 40_000_000, -1])
def test_one_flipped_bit_is_refused(
    packaged: tuple[EncoderConfig, Path], tmp_path: Path, offset: int
) -> None:
    chosen, folder = packaged
    data = bytearray((folder / "model.safetensors").read_bytes())
    data[offset] ^= 1
    (folder / "model.safetensors").write_bytes(data)
    with pytest.raises(WeightsCorrupt, match="reinstall the package"):
        OnnxEncoder("copy", chosen, tmp_path / "graphs", threads=1).warm_up()
    assert not (tmp_path / "graphs").exists()


def test_a_changed_tokenizer_gives_another_digest(
    packaged: tuple[EncoderConfig, Path], tmp_path: Path
) -> None:
    chosen, folder = packaged
    before = OnnxEncoder("copy", chosen, tmp_path, threads=1).digest
    with (folder / "tokenizer.json").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert OnnxEncoder("copy", chosen, tmp_path, threads=1).digest != before


def test_where_texts_are_cut_is_part_of_the_digest(tmp_path: Path) -> None:
    shipped = encoder_configs()[default_encoder()]
    shorter = shipped.model_copy(update={"max_tokens": 128})
    digests = {OnnxEncoder("any", one, tmp_path, threads=1).digest for one in (shipped, shorter)}
    assert len(digests) == 2


def test_a_missing_package_names_the_way_out(tmp_path: Path) -> None:
    shipped = encoder_configs()[default_encoder()]
    for change in ({"package": "no_such_weights"}, {"folder": "nowhere"}):
        with pytest.raises(WeightsMissing, match="bin/demo --prepare"):
            OnnxEncoder("none", shipped.model_copy(update=change), tmp_path, threads=1)


def test_a_missing_file_names_the_way_out(packaged: tuple[EncoderConfig, Path], tmp_path: Path) -> None:
    chosen, folder = packaged
    (folder / "model.safetensors").unlink()
    with pytest.raises(WeightsMissing, match="copied_weights"):
        OnnxEncoder("copy", chosen, tmp_path / "graphs", threads=1).warm_up()
