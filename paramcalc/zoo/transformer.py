"""The Transformer (Vaswani et al., "Attention is all you need", 2017, figure 1 and table 3).

Knows: the figure and the table, and the layers that later networks take over. Must not know: those networks.

Dropout and sines for positions own no weights and are not drawn; nor are masks.
"""

from __future__ import annotations

from paramcalc.blocks import block
from paramcalc.graph import Output
from paramcalc.layers.attention import MultiHeadAttention
from paramcalc.layers.core import Dense, Input
from paramcalc.layers.embedding import Embedding
from paramcalc.layers.layer_norm import LayerNorm
from paramcalc.layers.merge import Add
from paramcalc.model import Model
from paramcalc.shapes import Shape


def add_and_norm(x: Output, y: Output) -> Output:
    """What a sublayer gave out, added to what went into it, and normalised."""
    return LayerNorm()(Add()(x, y))


def feed_forward(x: Output, width: int, hidden: int, activation: str = "relu") -> Output:
    """Two dense layers, the same at every position."""
    return Dense(width)(Dense(hidden, activation)(x))


@block
def encoder_layer(x: Output, width: int, hidden: int, heads: int, activation: str) -> Output:
    """Self-attention and a feed-forward network: the left of the figure."""
    x = add_and_norm(x, MultiHeadAttention(heads, width // heads)(x))
    return add_and_norm(x, feed_forward(x, width, hidden, activation))


@block
def decoder_layer(encoded: Output, x: Output, width: int, hidden: int, heads: int) -> Output:
    """The same, with attention to what the encoder gave out between them: the right of the figure."""
    x = add_and_norm(x, MultiHeadAttention(heads, width // heads)(x))
    x = add_and_norm(x, MultiHeadAttention(heads, width // heads)(x, encoded))
    return add_and_norm(x, feed_forward(x, width, hidden))


@block
def norm_first_layer(x: Output, width: int, hidden: int, heads: int) -> Output:
    """The encoder's layer as GPT-2 and the vision transformer have it: normalised before each part, added after it."""
    x = Add()(x, MultiHeadAttention(heads, width // heads)(LayerNorm()(x)))
    return Add()(x, feed_forward(LayerNorm()(x), width, hidden, "gelu"))


@block
def encoder(x: Output, layers: int, width: int, hidden: int, heads: int, activation: str = "relu") -> Output:
    """So many layers of the encoder."""
    for number in range(1, layers + 1):
        x = encoder_layer(x, width, hidden, heads, activation, name=f"layer{number}")
    return x


@block
def decoder(encoded: Output, x: Output, layers: int, width: int, hidden: int, heads: int) -> Output:
    """So many layers of the decoder, each of which sees what the encoder gave out in the end."""
    for number in range(1, layers + 1):
        x = decoder_layer(encoded, x, width, hidden, heads, name=f"layer{number}")
    return x


@block
def norm_first_layers(x: Output, layers: int, width: int, heads: int) -> Output:
    """So many layers with their normalisation first, whose feed-forward networks are four times as wide."""
    for number in range(1, layers + 1):
        x = norm_first_layer(x, width, 4 * width, heads, name=f"layer{number}")
    return x


def transformer(width: int, hidden: int, heads: int, in_shape: Shape, vocabulary: int, name: str) -> Model:
    """One row of the table: d_model, d_ff and h. Both embeddings and the linear layer behind them are one array."""
    source, target = Input(in_shape, name="source")(), Input(in_shape, name="target")()
    embedding = Embedding(vocabulary, width, name="embedding").place()
    encoded = encoder(embedding(source), 6, width, hidden, heads, name="encoder")
    x = decoder(encoded, embedding(target), 6, width, hidden, heads, name="decoder")
    scores = Dense(vocabulary, "softmax", use_bias=False, name="linear")(x)
    return Model(inputs=[source, target], outputs=scores, tied=[("embedding", "linear")], name=name)


def transformer_base(in_shape: Shape = (None,), vocabulary: int = 37_000) -> Model:
    """The base model, with biases in all layers but the last, on one vocabulary for both languages.

    `in_shape` is the number of tokens in each language, which may be left open.

    >>> transformer_base().params()
    63082496
    """
    return transformer(512, 2048, 8, in_shape, vocabulary, "transformer_base")


def transformer_big(in_shape: Shape = (None,), vocabulary: int = 37_000) -> Model:
    """The big model, counted as `transformer_base`.

    >>> transformer_big().params()
    214245376
    """
    return transformer(1024, 4096, 16, in_shape, vocabulary, "transformer_big")
