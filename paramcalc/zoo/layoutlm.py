"""LayoutLM (Xu et al., "LayoutLM: Pre-training of text and layout for document image understanding", 2020).

Knows: what it adds to BERT: where on the page a token stands. Must not know: other networks.
"""

from __future__ import annotations

from paramcalc.blocks import block
from paramcalc.graph import Output
from paramcalc.layers.core import Input
from paramcalc.layers.embedding import Embedding, PositionEmbedding
from paramcalc.layers.layer_norm import LayerNorm
from paramcalc.layers.merge import Add, Subtract
from paramcalc.layers.reshape import Take
from paramcalc.model import Model
from paramcalc.shapes import Shape
from paramcalc.zoo.bert import BASE, LARGE, Size, network

PLACES = 1024
"""The coordinates that have a vector: a page is 1000 by 1000, whatever its size is."""


@block
def embeddings(tokens: Output, boxes: Output, segments: Output, vocabulary: int, width: int) -> Output:
    """BERT's embeddings, and those of the box: its left and right share vectors, and so do its top and bottom."""
    x = Embedding(vocabulary, width, name="token_embeddings")(tokens)
    x = PositionEmbedding(512, name="position_embeddings")(x)
    horizontal = Embedding(PLACES, width, name="x_position_embeddings").place()
    vertical = Embedding(PLACES, width, name="y_position_embeddings").place()
    left, top, right, bottom = (Take(index, -1)(boxes) for index in range(4))
    corners = [horizontal(left), vertical(top), horizontal(right), vertical(bottom)]
    heights = Embedding(PLACES, width, name="h_position_embeddings")(Subtract()(bottom, top))
    widths = Embedding(PLACES, width, name="w_position_embeddings")(Subtract()(right, left))
    kinds = Embedding(2, width, name="segment_embeddings")(segments)
    return LayerNorm()(Add()(x, *corners, heights, widths, kinds))


def layoutlm(size: Size, in_shape: Shape, vocabulary: int, name: str) -> Model:
    """LayoutLM of one size, on tokens, the box (left, top, right, bottom) of each, and the segment that each is in."""
    tokens, segments = Input(in_shape, name="tokens")(), Input(in_shape, name="segments")()
    boxes = Input((*tokens.shape, 4), name="boxes")()
    x = embeddings(tokens, boxes, segments, vocabulary, size.width, name="embeddings")
    return network([tokens, boxes, segments], x, size, vocabulary, name)


def layoutlm_base(in_shape: Shape = (512,), vocabulary: int = 30_522) -> Model:
    """The encoder with its pooler, without the embeddings of images, which the paper adds behind it.

    >>> layoutlm_base().params()
    112627968
    """
    return layoutlm(BASE, in_shape, vocabulary, "layoutlm_base")


def layoutlm_large(in_shape: Shape = (512,), vocabulary: int = 30_522) -> Model:
    """The large encoder, counted as `layoutlm_base`.

    >>> layoutlm_large().params()
    339336192
    """
    return layoutlm(LARGE, in_shape, vocabulary, "layoutlm_large")
