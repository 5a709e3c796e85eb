"""BERT (Devlin et al., "BERT: Pre-training of deep bidirectional transformers for language understanding", 2019).

Knows: the paper's two sizes, and what RoBERTa and LayoutLM have in common with it. Must not know: their embeddings.

Dropout owns no weights and is not drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from paramcalc.arguments import flag
from paramcalc.blocks import block
from paramcalc.graph import Output
from paramcalc.layers.core import Dense, Input
from paramcalc.layers.embedding import Embedding, PositionEmbedding
from paramcalc.layers.layer_norm import LayerNorm
from paramcalc.layers.merge import Add
from paramcalc.layers.reshape import Take
from paramcalc.model import Model
from paramcalc.shapes import Shape
from paramcalc.zoo.transformer import encoder


class Size(NamedTuple):
    """L, H and A of the paper: the layers, the features and the heads."""

    layers: int
    width: int
    heads: int


BASE, LARGE = Size(12, 768, 12), Size(24, 1024, 16)


@block
def embeddings(tokens: Output, segments: Output, vocabulary: int, positions: int, kinds: int, width: int) -> Output:
    """The sum of a vector for the token, one for its position and one for its segment (figure 2)."""
    x = Embedding(vocabulary, width, name="token_embeddings")(tokens)
    x = PositionEmbedding(positions, name="position_embeddings")(x)
    return LayerNorm()(Add()(x, Embedding(kinds, width, name="segment_embeddings")(segments)))


@block
def pooler(x: Output, width: int) -> Output:
    """What becomes of the first token, which stands for all."""
    return Dense(width, "tanh")(Take(0)(x))


@block
def language_model_head(x: Output, width: int, vocabulary: int) -> Output:
    """A score for each word at each position."""
    x = LayerNorm()(Dense(width, "gelu")(x))
    return Dense(vocabulary, "softmax", name="scores")(x)


def network(
    inputs: Sequence[Output], x: Output, size: Size, vocabulary: int, name: str, *, language_model: bool = False
) -> Model:
    """What stands behind the embeddings: the encoder and its pooler, or instead of that a language model's head."""
    x = encoder(x, size.layers, size.width, 4 * size.width, size.heads, "gelu", name="encoder")
    if not flag("language_model", language_model):
        return Model(inputs=inputs, outputs=[x, pooler(x, size.width, name="pooler")], name=name)
    scores = language_model_head(x, size.width, vocabulary, name="language_model_head")
    tied = [("embeddings/token_embeddings", "language_model_head/scores/kernel")]
    return Model(inputs=inputs, outputs=scores, tied=tied, name=name)


def bert(size: Size, in_shape: Shape, vocabulary: int, name: str, *, language_model: bool) -> Model:
    """BERT of one size, on tokens and the segment that each is in."""
    tokens, segments = Input(in_shape, name="tokens")(), Input(in_shape, name="segments")()
    x = embeddings(tokens, segments, vocabulary, 512, 2, size.width, name="embeddings")
    return network([tokens, segments], x, size, vocabulary, name, language_model=language_model)


def bert_base(in_shape: Shape = (512,), vocabulary: int = 30_522, *, language_model: bool = False) -> Model:
    """The encoder with its pooler, uncased; or with a language model's head, whose kernel is that of the embeddings.

    >>> bert_base().params(), bert_base(language_model=True).params()
    (109482240, 109514298)
    """
    return bert(BASE, in_shape, vocabulary, "bert_base", language_model=language_model)


def bert_large(in_shape: Shape = (512,), vocabulary: int = 30_522, *, language_model: bool = False) -> Model:
    """The large encoder, counted as `bert_base`.

    >>> bert_large().params()
    335141888
    """
    return bert(LARGE, in_shape, vocabulary, "bert_large", language_model=language_model)
