"""The encoders of `quoth.yaml`."""

from __future__ import annotations

from pydantic import Field

from apps.common.config import Section, section


class EncoderConfig(Section):
    package: str = Field(description="Python package that ships the weights")
    folder: str = Field(
        description="folder inside the package that holds model.safetensors and tokenizer.json"
    )
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$", description="of model.safetensors, checked before it is opened"
    )
    architecture: str = Field(description="which graph builder reads the weights: bert")
    max_tokens: int = Field(gt=0, description="longer texts are cut here, as sentence-transformers does")
    batch_tokens: int = Field(gt=0, description="padded tokens in one batch: longest text x texts")


default_encoder = section("default_encoder", str)
encoder_configs = section("encoders", dict[str, EncoderConfig])
