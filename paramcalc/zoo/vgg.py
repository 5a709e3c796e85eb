"""VGG (Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015, table 1).

Knows: the table of the paper. Must not know: other networks.
"""

from __future__ import annotations

from paramcalc.arguments import flag, integer
from paramcalc.layers.base import Layer
from paramcalc.layers.conv import Conv2D
from paramcalc.layers.core import Dense, Input
from paramcalc.layers.pool import Pool
from paramcalc.layers.reshape import Flatten
from paramcalc.model import Model
from paramcalc.shapes import Shape


def convolutions(filters: int, count: int, name: str) -> Model:
    """So many convolutions of 3 × 3, one after the other: what stands between two rows of pooling."""
    return Model([Conv2D(filters, 3, padding="same", activation="relu")] * count, name=name)


def vgg(counts: tuple[int, int, int, int, int], in_shape: Shape, classes: int, include_top: bool, name: str) -> Model:
    """The network of one column of the table, by the number of convolutions between its rows of pooling."""
    classes = integer("classes", classes)
    layers: list[Layer] = [
        Input(in_shape),
        convolutions(64, counts[0], "conv1"),
        Pool(2, name="maxpool1"),
        convolutions(128, counts[1], "conv2"),
        Pool(2, name="maxpool2"),
        convolutions(256, counts[2], "conv3"),
        Pool(2, name="maxpool3"),
        convolutions(512, counts[3], "conv4"),
        Pool(2, name="maxpool4"),
        convolutions(512, counts[4], "conv5"),
        Pool(2, name="maxpool5"),
    ]
    if flag("include_top", include_top):
        layers += [
            Flatten(),
            Dense(4096, "relu", name="fc1"),
            Dense(4096, "relu", name="fc2"),
            Dense(classes, "softmax", name="fc3"),
        ]
    return Model(layers, name=name)


def vgg16(in_shape: Shape = (224, 224, 3), classes: int = 1000, *, include_top: bool = True) -> Model:
    """Column D: 16 layers with weights. Counted as by keras.applications: kernels and biases of all layers.

    >>> vgg16().params()
    138357544
    """
    return vgg((2, 2, 3, 3, 3), in_shape, classes, include_top, "vgg16")


def vgg19(in_shape: Shape = (224, 224, 3), classes: int = 1000, *, include_top: bool = True) -> Model:
    """Column E: 19 layers with weights, counted as `vgg16`.

    >>> vgg19().params()
    143667240
    """
    return vgg((2, 2, 4, 4, 4), in_shape, classes, include_top, "vgg19")
