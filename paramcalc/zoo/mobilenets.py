"""MobileNets (Howard et al., "MobileNets", 2017, table 1; Sandler et al., "MobileNetV2", 2018, tables 1 and 2).

Knows: the tables of the papers, and their width multiplier. Must not know: other networks.
"""

from __future__ import annotations

from paramcalc.arguments import Paddings, flag, integer, number, rate
from paramcalc.blocks import block
from paramcalc.graph import Output
from paramcalc.layers.activation import ReLU
from paramcalc.layers.base import Layer
from paramcalc.layers.conv import Conv2D
from paramcalc.layers.core import Activation, Dense, Input
from paramcalc.layers.merge import Add
from paramcalc.layers.norm import BatchNorm
from paramcalc.layers.pool import GAP
from paramcalc.layers.reshape import Flatten
from paramcalc.layers.separable import DepthwiseConv
from paramcalc.model import Model
from paramcalc.shapes import Shape, known
from paramcalc.zoo.channels import rounded

# The first: filters of a "Conv", and strides of the "Conv dw" before it
PAIRS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)
# The second: t, the expansion; c, the output channels; n, how many bottlenecks; s, the strides of the first of them
BOTTLENECKS = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def convolution(filters: int, kernel_size: int, strides: int, name: str) -> Model:
    """A convolution, its batch normalisation, and ReLU6."""
    return Model([Conv2D(filters, kernel_size, strides, "same", use_bias=False), BatchNorm(), ReLU(6)], name=name)


def depthwise(strides: int, padding: Paddings, name: str) -> Model:
    """A depthwise convolution of 3 × 3, its batch normalisation, and ReLU6."""
    return Model([DepthwiseConv(3, strides, padding, use_bias=False), BatchNorm(), ReLU(6)], name=name)


def mobilenet(
    in_shape: Shape = (224, 224, 3), classes: int = 1000, *, alpha: float = 1.0, include_top: bool = True
) -> Model:
    """The first, with its width multiplier `alpha`, from 0 to 1; the resolution multiplier is up to `in_shape`.

    Counted as by keras.applications: no biases but that of the last layer, whose kernel is one of 1 × 1. A depthwise
    convolution with strides rounds half of an odd size down.

    >>> mobilenet().params(), mobilenet(alpha=0.25).params()
    (4253864, 475544)
    """
    classes = integer("classes", classes)
    width = rate("alpha", alpha)
    layers: list[Layer] = [Input(in_shape), convolution(int(32 * width), 3, 2, "conv1")]
    for position, (filters, strides) in enumerate(PAIRS, 2):
        layers.append(depthwise(strides, "same" if strides == 1 else ((0, 1), (0, 1)), f"conv{position}_dw"))
        layers.append(convolution(int(filters * width), 1, 1, f"conv{position}"))
    if flag("include_top", include_top):
        layers += [GAP(keepdims=True, name="avg_pool"), Conv2D(classes, 1, name="fc")]
        layers += [Flatten(), Activation("softmax", name="softmax")]
    return Model(layers, name="mobilenet")


@block
def bottleneck(x: Output, t: int, c: int, s: int) -> Output:
    """Table 1: from the channels that come in to t times as many, through them, to c; beside it x, where it fits."""
    channels = known(x.shape, -1)
    y = x if t == 1 else convolution(t * channels, 1, 1, "expansion")(x)
    y = depthwise(s, "same", "depthwise")(y)
    y = Model([Conv2D(c, 1, use_bias=False), BatchNorm()], name="projection")(y)
    return Add()(x, y) if (channels, 1) == (c, s) else y


@block
def bottlenecks(x: Output, t: int, c: int, n: int, s: int) -> Output:
    """A row of table 2: n bottlenecks, of which the first has strides."""
    for position in range(1, n + 1):
        x = bottleneck(x, t, c, s if position == 1 else 1, name=f"block{position}")
    return x


def mobilenet_v2(
    in_shape: Shape = (224, 224, 3), classes: int = 1000, *, alpha: float = 1.0, include_top: bool = True
) -> Model:
    """The second, with its width multiplier `alpha`, which does not make the last convolution narrower.

    Counted as by keras.applications: no biases but that of the last layer; channels that are scaled are multiples of 8.

    >>> mobilenet_v2().params(), mobilenet_v2(alpha=1.4).params()
    (3538984, 6156712)
    """
    classes = integer("classes", classes)
    width = number("alpha", alpha, least=0)
    inputs = Input(in_shape)()
    x = convolution(rounded(32 * width), 3, 2, "conv2d")(inputs)
    for position, (t, c, n, s) in enumerate(BOTTLENECKS, 1):
        # Scaled channels lose their fraction before they are rounded, as in Keras
        x = bottlenecks(x, t, rounded(c * width // 1), n, s, name=f"bottleneck{position}")
    x = convolution(rounded(1280 * max(1, width)), 1, 1, "conv2d_1x1")(x)
    if flag("include_top", include_top):
        x = GAP(name="avgpool")(x)
        x = Dense(classes, "softmax", name="fc")(x)
    return Model(inputs=inputs, outputs=x, name="mobilenet_v2")
