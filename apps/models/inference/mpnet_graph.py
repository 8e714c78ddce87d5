"""MPNet as a graph of the same form as that of BERT. It differs in three ways: a bias for each distance of two tokens
is added to the attention, positions are counted from 2, and there are no segments.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from onnx import helper

from apps.models.inference.bert_graph import BertCard, BertGraph, serialised

FIRST_POSITION = 2  # the rows before it belong to padding
FARTHEST = 128  # longer distances share the bias of this one


class MpnetCard(BertCard):
    relative_attention_num_buckets: int


def build(weights: bytes, card: bytes) -> bytes:
    """The serialised graph. Raises pydantic.ValidationError or KeyError if the model is not an MPNet."""
    return serialised(_MpnetGraph(safetensors.numpy.load(weights), MpnetCard.model_validate_json(card)))


class _MpnetGraph(BertGraph):
    card: MpnetCard

    def add_embeddings(self) -> None:
        positions = self.tensors["embeddings.position_embeddings.weight"][FIRST_POSITION:]
        self._embed(positions)
        self._add_distances(len(positions))

    def _add_distances(self, longest: int) -> None:
        """`distances` is the bias of each pair of tokens, (1, heads, tokens, tokens)."""
        biases = self.tensors["encoder.relative_attention_bias.weight"]
        table = biases[_buckets(longest, self.card.relative_attention_num_buckets)].transpose(2, 0, 1)[None]
        inputs = [
            self._constant("distances.table", table),
            self._constant("distances.start", np.array([0, 0])),
            "distances.end",
            self._constant("distances.axes", np.array([2, 3])),
        ]
        self.nodes += [
            helper.make_node("Shape", ["input_ids"], ["tokens"], start=1, end=2),
            helper.make_node("Concat", ["tokens", "tokens"], ["distances.end"], axis=0),
            helper.make_node("Slice", inputs, ["distances"]),
        ]

    def add_attention(self, prefix: str) -> None:
        parts = [f"{prefix}.attn.{part}" for part in "qkv"]
        bias = np.concatenate([self.tensors[f"{part}.bias"] for part in parts])
        inputs = [
            *(self._matmul(part, self.hidden) for part in parts),
            self._constant(f"{prefix}.qkv.bias", bias),
            "lengths",
            "distances",
        ]
        heads = self.card.num_attention_heads
        self._fused("MultiHeadAttention", inputs, [f"{prefix}.context"], num_heads=heads)
        self._add_residual(prefix, f"{prefix}.attn.o", f"{prefix}.context")


def _buckets(size: int, count: int) -> npt.NDArray[np.int64]:
    """The row of the table of biases for each pair of positions: one for each direction and short distance, and fewer
    and fewer for longer ones, on a logarithmic scale.
    """
    places = np.arange(size)
    ahead = places[None, :] - places[:, None]
    half, exact = count // 2, count // 4
    steps = np.log(np.maximum(np.abs(ahead), 1) / exact) / np.log(FARTHEST / exact) * (half - exact)
    far = np.minimum(exact + steps.astype(np.int64), half - 1)
    found: npt.NDArray[np.int64] = np.where(np.abs(ahead) < exact, np.abs(ahead), far) + half * (ahead > 0)
    return found
