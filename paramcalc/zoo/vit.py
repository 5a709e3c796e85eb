"""The vision transformer (Dosovitskiy et al., "An image is worth 16x16 words", 2021, figure 1 and table 1).

Knows: the figure and the table. Must not know: other networks.
"""

from __future__ import annotations

from paramcalc.arguments import integer
from paramcalc.blocks import block
from paramcalc.graph import Output
from paramcalc.layers.conv import Conv2D
from paramcalc.layers.core import Dense, Input
from paramcalc.layers.embedding import LearnedTokens, PositionEmbedding
from paramcalc.layers.layer_norm import LayerNorm
from paramcalc.layers.reshape import Reshape, Take
from paramcalc.model import Model
from paramcalc.shapes import Shape
from paramcalc.zoo.transformer import norm_first_layers


@block
def patches(x: Output, size: int, width: int) -> Output:
    """A linear projection of each patch of so many pixels a side, and then all of them in a row."""
    return Reshape((-1, width))(Conv2D(width, size, size)(x))


def vit(layers: int, width: int, heads: int, in_shape: Shape, classes: int, name: str) -> Model:
    """One row of the table, on patches of 16 by 16 pixels."""
    classes = integer("classes", classes)
    inputs = Input(in_shape)()
    x = patches(inputs, 16, width, name="patch_embedding")
    x = LearnedTokens(name="class_token")(x)
    x = PositionEmbedding(x.shape[-2], name="position_embedding")(x)
    x = norm_first_layers(x, layers, width, heads, name="encoder")
    x = LayerNorm(name="final_norm")(x)
    x = Take(0, name="first_token")(x)
    return Model(inputs=inputs, outputs=Dense(classes, "softmax", name="head")(x), name=name)


def vit_b_16(in_shape: Shape = (224, 224, 3), classes: int = 1000) -> Model:
    """ViT-B/16, with a head of one layer, as it is when it is fine-tuned. Counted as by torchvision.

    >>> vit_b_16().params()
    86567656
    """
    return vit(12, 768, 12, in_shape, classes, "vit_b_16")


def vit_l_16(in_shape: Shape = (224, 224, 3), classes: int = 1000) -> Model:
    """ViT-L/16, counted as `vit_b_16`.

    >>> vit_l_16().params()
    304326632
    """
    return vit(24, 1024, 16, in_shape, classes, "vit_l_16")
