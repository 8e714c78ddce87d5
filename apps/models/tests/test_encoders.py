import pytest

from apps.models.config import encoder_configs
from apps.models.inference.cache import CachedEncoder
from apps.models.inference.engine import get_encoder, onnx_encoder
from apps.models.inference.fake import FakeEncoder
from apps.models.inference.interfaces import Encoder
from apps.models.tests.contract import EncoderContract


@pytest.fixture(scope="module", params=encoder_configs())
def loaded(request: pytest.FixtureRequest) -> Encoder:
    """Loaded once, because the larger one takes seconds."""
    return onnx_encoder(request.param)


class TestOnnxEncoder(EncoderContract):
    @pytest.fixture
    def encoder(self, loaded: Encoder) -> Encoder:
        return loaded


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
