"""Vectors for words.

Knows: tables that are looked up. Must not know: other families.
"""

from __future__ import annotations

from typing import SupportsIndex

import attrs

from paramcalc.arguments import integer, lora_alpha, lora_rank
from paramcalc.layers.base import Layer
from paramcalc.shapes import Shape
from paramcalc.weights import Weight, adapted
from paramcalc.windows import Window


def _input_dim(value: SupportsIndex) -> int:
    return integer("input_dim", value)


def _output_dim(value: SupportsIndex) -> int:
    return integer("output_dim", value)


@attrs.frozen(repr=False)
class Embedding(Layer):
    """A vector for each of so many words: `(...)` of word numbers becomes `(..., output_dim)`.

    Arguments: `input_dim`, the size of the vocabulary, and `output_dim`, the length of a vector; by keyword
    `lora_rank`, which freezes the vectors and trains two narrow arrays whose product, scaled by `lora_alpha`, is added
    to them (Hu et al., 2021). Its cost is a look-up, no multiplication.

    Weights: embeddings (vocabulary, vector), lora_embeddings_a (vocabulary, lora rank), lora_embeddings_b (lora rank,
    vector). Raises `ConfigError` for a wrong argument.

    >>> Embedding(10_000, 16).output_shape((250,)), Embedding(10_000, 16).params((250,))
    ((250, 16), 160000)
    """

    input_dim: int = attrs.field(converter=_input_dim)
    output_dim: int = attrs.field(converter=_output_dim)
    lora_rank: int | None = attrs.field(default=None, converter=lora_rank, kw_only=True)
    lora_alpha: float | None = attrs.field(default=None, converter=lora_alpha, kw_only=True)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return (*in_shape, self.output_dim)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        embeddings = Weight("embeddings", (("vocabulary", self.input_dim), ("vector", self.output_dim)))
        return adapted((embeddings,), self.lora_rank)

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...]:
        return ()
