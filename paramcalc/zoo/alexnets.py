"""AlexNet (Krizhevsky et al., "ImageNet classification with deep convolutional neural networks", 2012, section 3.5).

Knows: the section. Must not know: other networks.
"""

from __future__ import annotations

from paramcalc.arguments import integer
from paramcalc.layers.conv import Conv2D
from paramcalc.layers.core import Dense, Input
from paramcalc.layers.dropout import Dropout
from paramcalc.layers.pool import Pool
from paramcalc.layers.reshape import Flatten
from paramcalc.model import Model
from paramcalc.shapes import Shape


def network(groups: int, in_shape: Shape, classes: int, name: str) -> Model:
    """The eight layers, where three convolutions see all maps, or only those on the same of so many GPUs."""
    classes = integer("classes", classes)
    return Model(
        [
            Input(in_shape),
            Conv2D(96, 11, 4, activation="relu", name="conv1"),
            Pool(3, 2, name="pool1"),
            Conv2D(256, 5, padding="same", groups=groups, activation="relu", name="conv2"),
            Pool(3, 2, name="pool2"),
            Conv2D(384, 3, padding="same", activation="relu", name="conv3"),
            Conv2D(384, 3, padding="same", groups=groups, activation="relu", name="conv4"),
            Conv2D(256, 3, padding="same", groups=groups, activation="relu", name="conv5"),
            Pool(3, 2, name="pool5"),
            Flatten(),
            Dense(4096, "relu", name="fc6"),
            Dropout(0.5),
            Dense(4096, "relu", name="fc7"),
            Dropout(0.5),
            Dense(classes, "softmax", name="fc8"),
        ],
        name=name,
    )


def alexnet(in_shape: Shape = (227, 227, 3), classes: int = 1000) -> Model:
    """The network on one GPU. Its local response normalisation owns no weights and is not drawn.

    The paper says 224 pixels, and its 55 by 55 maps take 227.

    >>> alexnet().params()
    62378344
    """
    return network(1, in_shape, classes, "alexnet")


def alexnet_grouped(in_shape: Shape = (227, 227, 3), classes: int = 1000) -> Model:
    """The network as published, on two GPUs: the second, fourth and fifth convolution see half of the maps each.

    >>> alexnet_grouped().params()
    60965224
    """
    return network(2, in_shape, classes, "alexnet_grouped")
