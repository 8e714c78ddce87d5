import pytest

from apps.models.config import encoder_configs
from apps.models.inference.cache import CachedEncoder
from apps.models.inference.engine import get_encoder, onnx_encoder
from apps.models.inference.fake import FakeEncoder
from apps.models.inference.interfaces import Encoder
from apps.models.tests.contract import EncoderContract


@pytest.mark.parametrize("name", encoder_configs())
class TestOnnxEncoder(EncoderContract):
    @pytest.fixture
    def encoder(self, name: str) -> Encoder:
        return onnx_encoder(name)


class TestFakeEncoder(EncoderContract):
    @pytest.fixture
    def encoder(self) -> Encoder:
        return FakeEncoder()


class TestCachedEncoder(EncoderContract):
    @pytest.fixture
    def encoder(self) -> Encoder:
        return CachedEncoder(FakeEncoder())


class TestSharedEncoder(EncoderContract):
    @pytest.fixture
    def encoder(self) -> Encoder:
        return get_encoder()
