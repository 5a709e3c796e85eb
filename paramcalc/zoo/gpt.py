"""GPT-2 (Radford et al., "Language models are unsupervised multitask learners", 2019, table 2).

Knows: the table, by the sizes of the released models. Must not know: other networks.

Dropout owns no weights and is not drawn; nor is the mask of its attention.
"""

from __future__ import annotations

from paramcalc.layers.core import Dense, Input
from paramcalc.layers.embedding import Embedding, PositionEmbedding
from paramcalc.layers.layer_norm import LayerNorm
from paramcalc.model import Model
from paramcalc.shapes import Shape
from paramcalc.zoo.transformer import norm_first_layers


def network(layers: int, width: int, heads: int, in_shape: Shape, vocabulary: int, name: str) -> Model:
    """One row of the table. The head's kernel is that of the token embedding, turned round."""
    tokens = Input(in_shape, name="tokens")()
    x = Embedding(vocabulary, width, name="token_embedding")(tokens)
    x = PositionEmbedding(1024, name="position_embedding")(x)
    x = norm_first_layers(x, layers, width, heads, name="layers")
    x = LayerNorm(name="final_norm")(x)
    scores = Dense(vocabulary, "softmax", use_bias=False, name="head")(x)
    return Model(inputs=tokens, outputs=scores, tied=[("token_embedding", "head")], name=name)


def gpt2(in_shape: Shape = (1024,), vocabulary: int = 50_257) -> Model:
    """The smallest model, with its head, whose kernel counts once, as that of the token embedding.

    The paper says 117 million parameters.

    >>> gpt2().params()
    124439808
    """
    return network(12, 768, 12, in_shape, vocabulary, "gpt2")


def gpt2_medium(in_shape: Shape = (1024,), vocabulary: int = 50_257) -> Model:
    """The second model, counted as `gpt2`. The paper says 345 million.

    >>> gpt2_medium().params()
    354823168
    """
    return network(24, 1024, 16, in_shape, vocabulary, "gpt2_medium")


def gpt2_large(in_shape: Shape = (1024,), vocabulary: int = 50_257) -> Model:
    """The third model, counted as `gpt2`. The paper says 762 million.

    >>> gpt2_large().params()
    774030080
    """
    return network(36, 1280, 20, in_shape, vocabulary, "gpt2_large")


def gpt2_xl(in_shape: Shape = (1024,), vocabulary: int = 50_257) -> Model:
    """The largest model, counted as `gpt2`. The paper says 1542 million.

    >>> gpt2_xl().params()
    1557611200
    """
    return network(48, 1600, 25, in_shape, vocabulary, "gpt2_xl")
