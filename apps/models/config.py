"""The encoders of `quoth.yaml`."""

from __future__ import annotations

from pydantic import Field, model_validator

from apps.common.config import Section, section


class EncoderConfig(Section):
    package: str = Field(default="", description="Python package that ships the weights")
    zip_parts: list[str] = Field(
        default=[], description="instead: files in Python packages that are one ZIP file when joined"
    )
    requirements: str = Field(
        default="", description="list for pip with the packages, if Quoth is installed without them"
    )
    folder: str = Field(
        description="folder in the package or ZIP file that holds model.safetensors and tokenizer.json"
    )
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$", description="of model.safetensors, checked before it is opened"
    )
    architecture: str = Field(description="which graph builder reads the weights: bert or mpnet")
    max_tokens: int = Field(gt=0, description="longer texts are truncated, as sentence-transformers does")
    batch_tokens: int = Field(gt=0, description="padded tokens in one batch: longest text x texts")

    @model_validator(mode="after")
    def _has_one_source(self) -> EncoderConfig:
        if bool(self.package) == bool(self.zip_parts):
            raise ValueError("name either `package` or `zip_parts`")
        return self


default_encoder = section("default_encoder", str)
encoder_configs = section("encoders", dict[str, EncoderConfig])
