"""Inception V3 (Szegedy et al., "Rethinking the Inception architecture for computer vision", 2016, table 1).

Knows: the table of the paper, and the modules of its figures. Must not know: other networks.

Behind the first pooling, the network that the authors published differs from their table; it is the published one.
"""

from __future__ import annotations

from typing import Any

from paramcalc.arguments import Paddings, Sizes, flag, integer
from paramcalc.blocks import block
from paramcalc.graph import Output
from paramcalc.layers.activation import ReLU
from paramcalc.layers.conv import Conv2D
from paramcalc.layers.core import Dense, Input
from paramcalc.layers.merge import Concatenate
from paramcalc.layers.norm import BatchNorm
from paramcalc.layers.pool import GAP, Pool
from paramcalc.model import Model
from paramcalc.shapes import Shape


def convolution(x: Output, filters: int, kernel_size: Sizes, strides: int = 1, padding: Paddings = "same") -> Output:
    """A convolution, its batch normalisation without a factor, and ReLU."""
    return ReLU()(BatchNorm(scale=False)(Conv2D(filters, kernel_size, strides, padding, use_bias=False)(x)))


row = block(convolution)
"""A row of the table that is one convolution."""


def branch(x: Output, *convolutions: tuple[Any, ...]) -> Output:
    """One convolution after the other, each by its filters, its kernel, and its strides and padding."""
    for settings in convolutions:
        x = convolution(x, *settings)
    return x


@block
def figure_5(x: Output, pooled: int) -> Output:
    """Figure 5, where two convolutions of 3 × 3 replace one of 5 × 5; on the 35 × 35 grid."""
    average = Pool(3, 1, "same", mode="average")(x)
    return Concatenate()(
        branch(x, (64, 1)),
        branch(x, (48, 1), (64, 5)),
        branch(x, (64, 1), (96, 3), (96, 3)),
        branch(average, (pooled, 1)),
    )


@block
def figure_6(x: Output, n: int) -> Output:
    """Figure 6, where 1 × 7 and 7 × 1 replace 7 × 7; on the 17 × 17 grid."""
    average = Pool(3, 1, "same", mode="average")(x)
    return Concatenate()(
        branch(x, (192, 1)),
        branch(x, (n, 1), (n, (1, 7)), (192, (7, 1))),
        branch(x, (n, 1), (n, (7, 1)), (n, (1, 7)), (n, (7, 1)), (192, (1, 7))),
        branch(average, (192, 1)),
    )


@block
def figure_7(x: Output) -> Output:
    """Figure 7, where 1 × 3 and 3 × 1 stand side by side; on the coarsest grid, of 8 × 8."""
    single, double = branch(x, (384, 1)), branch(x, (448, 1), (384, 3))
    average = Pool(3, 1, "same", mode="average")(x)
    return Concatenate()(
        branch(x, (320, 1)),
        branch(single, (384, (1, 3))),
        branch(single, (384, (3, 1))),
        branch(double, (384, (1, 3))),
        branch(double, (384, (3, 1))),
        branch(average, (192, 1)),
    )


@block
def reduction_to_17(x: Output) -> Output:
    """Figure 10: convolutions and a pooling side by side, all of which halve the grid."""
    return Concatenate()(
        branch(x, (384, 3, 2, "valid")),
        branch(x, (64, 1), (96, 3), (96, 3, 2, "valid")),
        Pool(3, 2)(x),
    )


@block
def reduction_to_8(x: Output) -> Output:
    """Figure 10 again, with 1 × 7 and 7 × 1 on the larger grid."""
    return Concatenate()(
        branch(x, (192, 1), (320, 3, 2, "valid")),
        branch(x, (192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3, 2, "valid")),
        Pool(3, 2)(x),
    )


@block
def stage(x: Output, *modules: tuple[Any, ...]) -> Output:
    """One module after the other, each with what is its own."""
    for number, (module, *settings) in enumerate(modules, 1):
        x = module(x, *settings, name=f"module{number}")
    return x


def inception_v3(in_shape: Shape = (299, 299, 3), classes: int = 1000, *, include_top: bool = True) -> Model:
    """Table 1, without the auxiliary classifier. Counted as by keras.applications: no biases but the last layer's.

    >>> inception_v3().params()
    23851784
    """
    classes = integer("classes", classes)
    inputs = Input(in_shape)()
    x = row(inputs, 32, 3, 2, "valid", name="conv1")
    x = row(x, 32, 3, 1, "valid", name="conv2")
    x = row(x, 64, 3, name="conv3_padded")
    x = Pool(3, 2, name="pool1")(x)
    x = row(x, 80, 1, name="conv4")
    x = row(x, 192, 3, 1, "valid", name="conv5")
    x = Pool(3, 2, name="pool2")(x)
    x = stage(x, (figure_5, 32), (figure_5, 64), (figure_5, 64), name="inception_figure5")
    x = stage(x, (reduction_to_17,), *((figure_6, n) for n in (128, 160, 160, 192)), name="inception_figure6")
    x = stage(x, (reduction_to_8,), (figure_7,), (figure_7,), name="inception_figure7")
    if flag("include_top", include_top):
        x = GAP(name="pool3")(x)
        x = Dense(classes, "softmax", name="linear")(x)
    return Model(inputs=inputs, outputs=x, name="inception_v3")
