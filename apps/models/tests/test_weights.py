import hashlib
import shutil
import zipfile
from pathlib import Path

import pytest
from pydantic import ValidationError

from apps.models.config import EncoderConfig, default_encoder, encoder_configs
from apps.models.inference.onnx import OnnxEncoder
from apps.models.inference.weights import WeightsCorrupt, WeightsMissing, find_folder

SMALL = {
    "model.safetensors": bytes(range(256)) * 40,
    "tokenizer.json": b"{}",
    "config.json": b'{"hidden_size": 4}',
}


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[EncoderConfig, Path]:
    """A copy of the real model folder in a package that a test may damage."""
    shipped = encoder_configs()[default_encoder()]
    folder = tmp_path / "copied_weights" / "model"
    path = find_folder(shipped).path
    assert isinstance(path, Path)
    shutil.copytree(path, folder)
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


@pytest.fixture
def in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[EncoderConfig, list[Path]]:
    """A small model as a ZIP file in three packages."""
    whole = tmp_path / "whole.zip"
    with zipfile.ZipFile(whole, "w") as file:
        for name, content in SMALL.items():
            file.writestr(f"model/{name}", content)
    data = whole.read_bytes()
    size = len(data) // 3 + 1
    parts = [tmp_path / f"part-{number}" / f"in.zip.{number}" for number in range(3)]
    for number, part in enumerate(parts):
        part.parent.mkdir()
        part.write_bytes(data[number * size : (number + 1) * size])
    monkeypatch.syspath_prepend(tmp_path)
    values = encoder_configs()[default_encoder()].model_dump() | {
        "package": "",
        "zip_parts": [f"{part.parent.name}/{part.name}" for part in parts],
        "requirements": "more.txt",
        "folder": "model",
        "sha256": hashlib.sha256(SMALL["model.safetensors"]).hexdigest(),
    }
    return EncoderConfig.model_validate(values), parts


def test_a_model_is_read_out_of_the_parts_of_a_zip_file(in_parts: tuple[EncoderConfig, list[Path]]) -> None:
    folder = find_folder(in_parts[0])
    assert folder.read_weights() == SMALL["model.safetensors"]
    assert (folder.tokenizer, folder.dimensions) == (SMALL["tokenizer.json"], 4)


def test_a_missing_part_names_the_way_out(in_parts: tuple[EncoderConfig, list[Path]]) -> None:
    chosen, parts = in_parts
    parts[1].unlink()
    with pytest.raises(WeightsMissing, match=r"--no-deps -r more\.txt"):
        find_folder(chosen)


@pytest.mark.parametrize(("part", "offset"), [(0, 2000), (2, -10)])
def test_a_damaged_part_is_refused(
    in_parts: tuple[EncoderConfig, list[Path]], part: int, offset: int
) -> None:
    chosen, parts = in_parts
    data = bytearray(parts[part].read_bytes())
    data[offset] ^= 255
    parts[part].write_bytes(data)
    with pytest.raises(WeightsCorrupt, match="part-0, part-1, part-2"):
        find_folder(chosen).read_weights()


def test_an_encoder_has_one_source_of_weights() -> None:
    shipped = encoder_configs()[default_encoder()].model_dump()
    for change in ({"package": ""}, {"zip_parts": ["a/b"]}):
        with pytest.raises(ValidationError, match="either `package` or `zip_parts`"):
            EncoderConfig.model_validate(shipped | change)
