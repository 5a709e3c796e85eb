"""Learned vectors: for words, for positions, and for tokens that stand for no word.

Knows: tables that are looked up, or stand in a sequence as they are. Must not know: other families.
"""

from __future__ import annotations

from typing import SupportsIndex

import attrs

from paramcalc.arguments import flag, integer, lora_alpha, lora_rank
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import Layer
from paramcalc.shapes import Shape, known, product
from paramcalc.weights import Weight, adapted
from paramcalc.windows import Window


def _input_dim(value: SupportsIndex) -> int:
    return integer("input_dim", value)


def _output_dim(value: SupportsIndex) -> int:
    return integer("output_dim", value)


def _positions(value: SupportsIndex) -> int:
    return integer("positions", value)


def _tokens(value: SupportsIndex) -> int:
    return integer("tokens", value)


def _tie_weights(value: bool) -> bool:
    return flag("tie_weights", value)


def _reverse(value: bool) -> bool:
    return flag("reverse", value)


@attrs.frozen(eq=False, repr=False)
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

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return 0

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...]:
        return ()


@attrs.frozen(eq=False, repr=False)
class ReversibleEmbedding(Embedding):
    """An embedding that a language model uses backwards too, from a vector to a score for each word.

    Arguments: those of `Embedding`; `tie_weights`, whether backwards the same vectors serve (Press and Wolf, 2017); by
    keyword `reverse`, True for the way backwards, `(..., output_dim)` to `(..., input_dim)`. A model that goes both
    ways has a layer for each, tied to each other.

    Weights: those of `Embedding`, and where they are not tied reverse_embeddings (vector, vocabulary). Raises
    `ConfigError` for a wrong argument, and for `lora_rank` where the weights are not tied (as Keras); `ShapeError`
    backwards, for what is no vector.

    >>> [ReversibleEmbedding(10_000, 16, tie_weights=tied).params((250,)) for tied in (True, False)]
    [160000, 320000]
    >>> back = ReversibleEmbedding(10_000, 16, reverse=True)
    >>> back.output_shape((250, 16)), back.macs((250, 16))
    ((250, 10000), 40000000)
    """

    tie_weights: bool = attrs.field(default=True, converter=_tie_weights)
    reverse: bool = attrs.field(default=False, converter=_reverse, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.lora_rank is not None and not self.tie_weights:
            raise ConfigError("lora_rank", "None where the weights are not tied", str(self.lora_rank))

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        if not self.reverse:
            return super().compute_output_shape(in_shape)
        if not in_shape or in_shape[-1] not in (None, self.output_dim):
            expected = f"a shape whose last axis is {int(self.output_dim)}, the vectors' output_dim"
            raise ShapeError("in_shape", expected, shown(in_shape))
        return (*in_shape[:-1], self.input_dim)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        weights = super().compute_weights(in_shape)
        if self.tie_weights:
            return weights
        axes = (("vector", self.output_dim), ("vocabulary", self.input_dim))
        return (*weights, Weight("reverse_embeddings", axes))

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((*in_shape[:-1], self.output_dim, self.input_dim)) if self.reverse else 0


class _OfSequences(Layer):
    """A layer of learned vectors for a sequence, `(..., positions, features)`."""

    __slots__ = ()

    def _length(self, in_shape: Shape) -> int | None:
        if len(in_shape) < 2:  # noqa: PLR2004 (positions and features)
            hint = "put an Embedding before it" if in_shape else ""
            raise ShapeError("in_shape", "at least 2 axes, positions and features", shown(in_shape), hint)
        return in_shape[-2]

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0


@attrs.frozen(eq=False, repr=False)
class PositionEmbedding(_OfSequences):
    """A learned vector for each position, added to what stands there: `(..., positions, features)` stays as it is.

    Argument: `positions`, how many of them have a vector; a sequence may be shorter. Its cost is an addition.

    Weights: embeddings (positions, features). Raises `ConfigError` for a wrong argument, `ShapeError` for a shape of
    one axis and for a sequence that is longer.

    >>> PositionEmbedding(512).output_shape((128, 768)), PositionEmbedding(512).params((128, 768))
    ((128, 768), 393216)
    """

    positions: int = attrs.field(converter=_positions)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        length = self._length(in_shape)
        if length is not None and length > self.positions:
            expected = f"at most {int(self.positions)}, the positions that have a vector"
            raise ShapeError(f"in_shape[{len(in_shape) - 2}]", expected, f"{int(length)} in {shown(in_shape)}")
        return in_shape

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return (Weight("embeddings", (("positions", self.positions), ("features", known(in_shape, -1)))),)

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...]:
        return ()


@attrs.frozen(eq=False, repr=False)
class LearnedTokens(_OfSequences):
    """Learned vectors in front of a sequence, which becomes so much longer.

    One is the class token of a vision transformer (Dosovitskiy et al., 2021); more are registers (Darcet et al., 2024)
    or a prompt that is trained (Lester et al., 2021). Argument: `tokens`, how many.

    Weights: tokens (tokens, features). Raises `ConfigError` for a wrong argument, `ShapeError` for a shape of one axis.

    >>> LearnedTokens().output_shape((196, 768)), LearnedTokens().params((196, 768))
    ((197, 768), 768)
    """

    tokens: int = attrs.field(default=1, converter=_tokens)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        length = self._length(in_shape)
        return (*in_shape[:-2], None if length is None else length + self.tokens, in_shape[-1])

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return (Weight("tokens", (("tokens", self.tokens), ("features", known(in_shape, -1)))),)
