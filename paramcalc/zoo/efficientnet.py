"""EfficientNets (Tan and Le, "Rethinking model scaling for convolutional neural networks", 2019, table 1).

Knows: the table of the paper, and how it is scaled. Must not know: other networks.
"""

from __future__ import annotations

from math import ceil
from typing import Protocol

from paramcalc.arguments import flag, integer
from paramcalc.blocks import block
from paramcalc.graph import Output
from paramcalc.layers.conv import Conv2D
from paramcalc.layers.core import Activation, Dense, Input
from paramcalc.layers.dropout import Dropout
from paramcalc.layers.image import Rescaling
from paramcalc.layers.layer_norm import Normalization
from paramcalc.layers.merge import Add, Multiply
from paramcalc.layers.norm import BatchNorm
from paramcalc.layers.pool import GAP
from paramcalc.layers.separable import DepthwiseConv
from paramcalc.model import Model
from paramcalc.shapes import Shape, known
from paramcalc.zoo.channels import rounded

# Stages 2 to 8 of B0: the expansion of MBConv, its kernel, channels, layers, and the strides of the first
STAGES = (
    (1, 3, 16, 1, 1),
    (6, 3, 24, 2, 2),
    (6, 5, 40, 2, 2),
    (6, 3, 80, 3, 2),
    (6, 5, 112, 3, 1),
    (6, 5, 192, 4, 2),
    (6, 3, 320, 1, 1),
)


def convolution(x: Output, filters: int, kernel_size: int, strides: int = 1) -> Output:
    """A convolution, its batch normalisation, and SiLU."""
    return Activation("silu")(BatchNorm()(Conv2D(filters, kernel_size, strides, "same", use_bias=False)(x)))


row = block(convolution)
"""A stage that is one convolution."""


@block
def mbconv(x: Output, expansion: int, kernel_size: int, filters: int, strides: int) -> Output:
    """MobileNetV2's inverted bottleneck, with squeeze and excitation of a quarter of the channels that came in."""
    channels = known(x.shape, -1)
    y = x if expansion == 1 else convolution(x, expansion * channels, 1)
    y = Activation("silu")(BatchNorm()(DepthwiseConv(kernel_size, strides, "same", use_bias=False)(y)))
    squeezed = Conv2D(max(1, channels // 4), 1, activation="silu")(GAP(keepdims=True)(y))
    y = Multiply()(y, Conv2D(expansion * channels, 1, activation="sigmoid")(squeezed))
    y = BatchNorm()(Conv2D(filters, 1, use_bias=False)(y))
    return Add()(y, x) if (channels, 1) == (filters, strides) else y


@block
def stage(x: Output, expansion: int, kernel_size: int, filters: int, layers: int, strides: int) -> Output:
    """So many blocks, of which the first has the strides."""
    for number in range(1, layers + 1):
        x = mbconv(x, expansion, kernel_size, filters, strides if number == 1 else 1, name=f"block{number}")
    return x


class Network(Protocol):
    """What each EfficientNet is called with."""

    def __call__(  # noqa: D102 (the class says it)
        self, in_shape: Shape = ..., classes: int = ..., *, include_top: bool = ...
    ) -> Model: ...


def scaled(name: str, width: float, depth: float, resolution: int, dropout: float, total: int) -> Network:
    """The function of one network: table 1, so many times as wide and as deep. Its docstring states the total."""

    def network(
        in_shape: Shape = (resolution, resolution, 3), classes: int = 1000, *, include_top: bool = True
    ) -> Model:
        classes = integer("classes", classes)
        inputs = Input(in_shape)()
        x = Normalization()(Rescaling(1 / 255)(inputs))
        x = row(x, rounded(32 * width), 3, 2, name="stage1")
        for number, (expansion, kernel_size, filters, layers, strides) in enumerate(STAGES, 2):
            wide, deep = rounded(filters * width), ceil(layers * depth)
            x = stage(x, expansion, kernel_size, wide, deep, strides, name=f"stage{number}")
        x = row(x, rounded(1280 * width), 1, name="stage9")
        if flag("include_top", include_top):
            x = Dropout(dropout)(GAP(name="pooling")(x))
            x = Dense(classes, "softmax", name="fc")(x)
        return Model(inputs=inputs, outputs=x, name=name)

    network.__name__ = network.__qualname__ = name
    network.__doc__ = f"""Table 1, {width} times as wide and {depth} times as deep, for {resolution} × {resolution}.

    Counted as by keras.applications: the first layers bring the input to mean 0 and variance 1, by 7 numbers that are
    not trained; biases in squeeze and excitation and in the last layer. Stochastic depth, without weights, is left out.

    >>> {name}().params()
    {total}
    """
    return network


# By what the table is made wider and deeper, for which resolution, and with what dropout; then the total
efficientnet_b0 = scaled("efficientnet_b0", 1.0, 1.0, 224, 0.2, 5330571)
efficientnet_b1 = scaled("efficientnet_b1", 1.0, 1.1, 240, 0.2, 7856239)
efficientnet_b2 = scaled("efficientnet_b2", 1.1, 1.2, 260, 0.3, 9177569)
efficientnet_b3 = scaled("efficientnet_b3", 1.2, 1.4, 300, 0.3, 12320535)
efficientnet_b4 = scaled("efficientnet_b4", 1.4, 1.8, 380, 0.4, 19466823)
efficientnet_b5 = scaled("efficientnet_b5", 1.6, 2.2, 456, 0.4, 30562527)
efficientnet_b6 = scaled("efficientnet_b6", 1.8, 2.6, 528, 0.5, 43265143)
efficientnet_b7 = scaled("efficientnet_b7", 2.0, 3.1, 600, 0.5, 66658687)
