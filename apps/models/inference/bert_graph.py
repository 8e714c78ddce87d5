"""BERT as a graph of ONNX Runtime's fused operators, written straight from the safetensors file.

Operators: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md. Input ids and mask
are int32 (texts, tokens), padded on the right; the outputs are `vectors` (texts, hidden) and `words` (texts, tokens,
WORD_DIMENSIONS), both of unit rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper
from pydantic import BaseModel

from apps.models.inference.interfaces import WORD_DIMENSIONS

FUSED = "com.microsoft"
Array = npt.NDArray[np.float32]
BASIS_SEED = 20261126


class BertCard(BaseModel):
    """Parameters from config.json that the weights do not show. Other activations and position schemes are refused."""

    num_hidden_layers: int
    num_attention_heads: int
    layer_norm_eps: float
    hidden_act: Literal["gelu"]
    position_embedding_type: Literal["absolute"] = "absolute"


def build(weights: bytes, card: bytes) -> bytes:
    """The serialised graph. Raises pydantic.ValidationError or KeyError if the model is not a BERT."""
    return serialised(BertGraph(safetensors.numpy.load(weights), BertCard.model_validate_json(card)))


def serialised(graph: BertGraph) -> bytes:
    graph.add_embeddings()
    for layer in range(graph.card.num_hidden_layers):
        graph.add_attention(f"encoder.layer.{layer}.attention")
        graph.add_feed_forward(f"encoder.layer.{layer}")
    graph.add_pooling()
    graph.add_words()
    return bytes(graph.to_model().SerializeToString())


class BertGraph:
    """Nodes in the order in which they run. `self.hidden` names the tensor that the next part reads."""

    def __init__(self, tensors: dict[str, Array], card: BertCard) -> None:
        self.tensors = tensors
        self.card = card
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self.hidden = "input_ids"

    def add_embeddings(self) -> None:
        # Every token belongs to segment 0, so the one row of that segment is added to the positions.
        positions = self.tensors["embeddings.position_embeddings.weight"]
        self._embed(positions + self.tensors["embeddings.token_type_embeddings.weight"][0])

    def _embed(self, positions: Array) -> None:
        inputs = [
            "input_ids",
            "",
            self._weight("embeddings.word_embeddings.weight"),
            self._constant("positions", positions),
            "",
            self._weight("embeddings.LayerNorm.weight"),
            self._weight("embeddings.LayerNorm.bias"),
            "mask",
        ]
        outputs = ["embedded", "lengths"]
        self._fused("EmbedLayerNormalization", inputs, outputs, epsilon=self.card.layer_norm_eps)
        self.hidden = "embedded"

    def add_attention(self, prefix: str) -> None:
        parts = [f"{prefix}.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self.tensors[f"{part}.weight"].T for part in parts], axis=1)
        bias = np.concatenate([self.tensors[f"{part}.bias"] for part in parts])
        inputs = [
            self.hidden,
            self._constant(f"{prefix}.qkv.weight", weight),
            self._constant(f"{prefix}.qkv.bias", bias),
            "lengths",
        ]
        heads = self.card.num_attention_heads
        self._fused("Attention", inputs, [f"{prefix}.context"], num_heads=heads)
        self._add_residual(f"{prefix}.output", f"{prefix}.output.dense", f"{prefix}.context")

    def add_feed_forward(self, prefix: str) -> None:
        inner = f"{prefix}.intermediate.dense"
        product = self._matmul(inner, self.hidden)
        self._fused("BiasGelu", [product, self._weight(f"{inner}.bias")], [f"{inner}.gelu"])
        self._add_residual(f"{prefix}.output", f"{prefix}.output.dense", f"{inner}.gelu")

    def add_pooling(self) -> None:
        """The mean over the tokens of a text, normalised. A sum is enough: normalising removes the divisor of the
        mean.
        """
        self.nodes += [
            helper.make_node("Cast", ["mask"], ["mask.float"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["mask.float", self._constant("one", np.array([1]))], ["mask.row"]),
            helper.make_node("MatMul", ["mask.row", self.hidden], ["sum.row"]),
            helper.make_node("Squeeze", ["sum.row", "one"], ["sum"]),
            helper.make_node("LpNormalization", ["sum"], ["vectors"], axis=-1, p=2),
        ]

    def add_words(self) -> None:
        """The last hidden state of each token in fewer dimensions, by a fixed random rotation. It approximately
        preserves angles and does not depend on data (Johnson and Lindenstrauss, 1984).
        """
        basis = self._constant("words.basis", _random_basis(self._hidden_size()))
        self.nodes += [
            helper.make_node("MatMul", [self.hidden, basis], ["words.turned"]),
            helper.make_node("LpNormalization", ["words.turned"], ["words"], axis=-1, p=2),
        ]

    def to_model(self) -> ModelProto:
        inputs = [_value(name, TensorProto.INT32, ["texts", "tokens"]) for name in ("input_ids", "mask")]
        outputs = [
            _value("vectors", TensorProto.FLOAT, ["texts", self._hidden_size()]),
            _value("words", TensorProto.FLOAT, ["texts", "tokens", WORD_DIMENSIONS]),
        ]
        graph = helper.make_graph(self.nodes, "bert", inputs, outputs)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        self.tensors.clear()  # they are hundreds of megabytes, and both calls above copy what they are given
        model.graph.initializer.extend(self.constants)
        self.constants.clear()
        return model

    def _hidden_size(self) -> int:
        return len(self.tensors["embeddings.LayerNorm.bias"])

    def _add_residual(self, prefix: str, dense: str, source: str) -> None:
        """LayerNorm(dense(source) + hidden)."""
        inputs = [
            self._matmul(dense, source),
            self.hidden,
            self._weight(f"{prefix}.LayerNorm.weight"),
            self._weight(f"{prefix}.LayerNorm.bias"),
            self._weight(f"{dense}.bias"),
        ]
        self._fused("SkipLayerNormalization", inputs, [prefix], epsilon=self.card.layer_norm_eps)
        self.hidden = prefix

    def _matmul(self, prefix: str, source: str) -> str:
        weight = self._constant(f"{prefix}.weight", self.tensors[f"{prefix}.weight"].T)
        self.nodes.append(helper.make_node("MatMul", [source, weight], [f"{prefix}.product"]))
        return f"{prefix}.product"

    def _fused(self, operator: str, inputs: list[str], outputs: list[str], **attributes: Any) -> None:
        self.nodes.append(helper.make_node(operator, inputs, outputs, domain=FUSED, **attributes))

    def _weight(self, name: str) -> str:
        return self._constant(name, self.tensors[name])

    def _constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name


def _random_basis(size: int) -> Array:
    """(size, WORD_DIMENSIONS), orthonormal columns. RandomState, because its numbers are the same in every version of
    numpy.
    """
    columns = np.random.RandomState(BASIS_SEED).standard_normal((size, WORD_DIMENSIONS))
    return np.linalg.qr(columns)[0].astype(np.float32)


def _value(name: str, kind: int, shape: Sequence[str | int]) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)
