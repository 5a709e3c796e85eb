"""Xception (Chollet, "Xception: deep learning with depthwise separable convolutions", 2017, figure 5).

Knows: the three flows of the figure, and their 14 modules. Must not know: other networks.
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
from paramcalc.layers.separable import SeparableConv
from paramcalc.model import Model
from paramcalc.shapes import Shape


def convolution(x: Output, filters: int, kernel_size: int, strides: int = 1) -> Output:
    """A convolution without padding, and its batch normalisation."""
    return BatchNorm()(Conv2D(filters, kernel_size, strides, use_bias=False)(x))


def separable(x: Output, filters: int) -> Output:
    """A separable convolution of 3 × 3, and its batch normalisation."""
    return BatchNorm()(SeparableConv(filters, 3, padding="same", use_bias=False)(x))


@block
def first_module(x: Output) -> Output:
    """The two convolutions that the entry flow begins with."""
    x = ReLU()(convolution(x, 32, 3, 2))
    return ReLU()(convolution(x, 64, 3))


@block
def halving_module(x: Output, first: int, second: int, *, relu: bool = True) -> Output:
    """Two separable convolutions and a pooling, beside a convolution of 1 × 1 that halves the map as well."""
    y = separable(ReLU()(x) if relu else x, first)
    y = separable(ReLU()(y), second)
    return Add()(Pool(3, 2, "same")(y), convolution(x, second, 1, 2))


@block
def middle_module(x: Output) -> Output:
    """Three separable convolutions beside their input."""
    y = x
    for _ in range(3):
        y = separable(ReLU()(y), 728)
    return Add()(y, x)


@block
def last_module(x: Output) -> Output:
    """The two separable convolutions that the exit flow ends with."""
    x = ReLU()(separable(x, 1536))
    return ReLU()(separable(x, 2048))


@block
def entry_flow(x: Output) -> Output:
    """Modules 1 to 4; what comes into the second has just passed a ReLU."""
    x = first_module(x, name="module1")
    x = halving_module(x, 128, 128, relu=False, name="module2")
    x = halving_module(x, 256, 256, name="module3")
    return halving_module(x, 728, 728, name="module4")


@block
def middle_flow(x: Output) -> Output:
    """Modules 5 to 12, which are alike."""
    for number in range(5, 13):
        x = middle_module(x, name=f"module{number}")
    return x


@block
def exit_flow(x: Output) -> Output:
    """Modules 13 and 14."""
    x = halving_module(x, 728, 1024, name="module13")
    return last_module(x, name="module14")


def xception(in_shape: Shape = (299, 299, 3), classes: int = 1000, *, include_top: bool = True) -> Model:
    """Figure 5. Counted as by keras.applications: no biases but that of the last layer.

    >>> xception().params()
    22910480
    """
    classes = integer("classes", classes)
    inputs = Input(in_shape)()
    x = entry_flow(inputs, name="entry_flow")
    x = middle_flow(x, name="middle_flow")
    x = exit_flow(x, name="exit_flow")
    if flag("include_top", include_top):
        x = GAP(name="global_average_pooling")(x)
        x = Dense(classes, "softmax", name="logistic_regression")(x)
    return Model(inputs=inputs, outputs=x, name="xception")
