"""Residual networks (He et al., "Deep residual learning for image recognition", 2016, table 1).

Knows: the table of the paper. Must not know: other networks.
"""

from __future__ import annotations

from paramcalc.arguments import flag, integer
from paramcalc.blocks import block
from paramcalc.graph import Output
from paramcalc.layers.activation import ReLU
from paramcalc.layers.conv import Conv2D
from paramcalc.layers.core import Dense, Input
from paramcalc.layers.merge import Add
from paramcalc.layers.norm import BatchNorm
from paramcalc.layers.pool import GAP, Pool
from paramcalc.model import Model
from paramcalc.shapes import Shape


def convolution(x: Output, filters: int, kernel_size: int, strides: int = 1) -> Output:
    """A convolution that keeps the size where it takes no strides, and its batch normalisation."""
    return BatchNorm()(Conv2D(filters, kernel_size, strides, kernel_size // 2)(x))


@block
def bottleneck(x: Output, filters: int, strides: int) -> Output:
    """1×1, 3×3 and 1×1 convolutions, and the input beside them: as it is, or brought to the same shape."""
    shortcut = x if x.shape[-1] == 4 * filters else convolution(x, 4 * filters, 1, strides)
    y = ReLU()(convolution(x, filters, 1, strides))
    y = ReLU()(convolution(y, filters, 3))
    y = convolution(y, 4 * filters, 1)
    return ReLU()(Add()(shortcut, y))


@block
def stage(x: Output, filters: int, blocks: int, strides: int = 2) -> Output:
    """So many bottlenecks, of which the first halves the map."""
    for number in range(1, blocks + 1):
        x = bottleneck(x, filters, strides if number == 1 else 1, name=f"block{number}")
    return x


@block
def stem(x: Output) -> Output:
    """The row before the stages."""
    return ReLU()(convolution(x, 64, 7, 2))


def resnet(blocks: tuple[int, int, int, int], in_shape: Shape, classes: int, include_top: bool, name: str) -> Model:
    """The network of one column of the table, by the number of bottlenecks in each row."""
    classes = integer("classes", classes)
    inputs = Input(in_shape)()
    x = stem(inputs, name="conv1")
    x = Pool(3, 2, padding=1, name="pool1")(x)
    x = stage(x, 64, blocks[0], 1, name="conv2_x")
    x = stage(x, 128, blocks[1], name="conv3_x")
    x = stage(x, 256, blocks[2], name="conv4_x")
    x = stage(x, 512, blocks[3], name="conv5_x")
    if flag("include_top", include_top):
        x = GAP(name="average_pool")(x)
        x = Dense(classes, "softmax", name="fc")(x)
    return Model(inputs=inputs, outputs=x, name=name)


def resnet50(in_shape: Shape = (224, 224, 3), classes: int = 1000, *, include_top: bool = True) -> Model:
    """The 50-layer column. Counted as by keras.applications: its convolutions have biases; torchvision's have none.

    >>> resnet50().params()
    25636712
    """
    return resnet((3, 4, 6, 3), in_shape, classes, include_top, "resnet50")


def resnet101(in_shape: Shape = (224, 224, 3), classes: int = 1000, *, include_top: bool = True) -> Model:
    """The 101-layer column, counted as `resnet50`.

    >>> resnet101().params()
    44707176
    """
    return resnet((3, 4, 23, 3), in_shape, classes, include_top, "resnet101")


def resnet152(in_shape: Shape = (224, 224, 3), classes: int = 1000, *, include_top: bool = True) -> Model:
    """The 152-layer column, counted as `resnet50`.

    >>> resnet152().params()
    60419944
    """
    return resnet((3, 8, 36, 3), in_shape, classes, include_top, "resnet152")
