"""DenseNets (Huang et al., "Densely connected convolutional networks", 2017, table 1).

Knows: the table of the paper. Must not know: other networks.
"""

from __future__ import annotations

from paramcalc.arguments import flag, integer
from paramcalc.blocks import block
from paramcalc.graph import Output
from paramcalc.layers.activation import ReLU
from paramcalc.layers.conv import Conv2D
from paramcalc.layers.core import Dense, Input
from paramcalc.layers.merge import Concatenate
from paramcalc.layers.norm import BatchNorm
from paramcalc.layers.pool import GAP, Pool
from paramcalc.model import Model
from paramcalc.shapes import Shape, known


def convolution(x: Output, filters: int, kernel_size: int) -> Output:
    """Batch normalisation, ReLU, and then the convolution: what the table calls a conv layer."""
    return Conv2D(filters, kernel_size, padding="same", use_bias=False)(ReLU()(BatchNorm()(x)))


@block
def dense_layer(x: Output, growth_rate: int) -> Output:
    """A bottleneck of 1 × 1 and a convolution of 3 × 3, whose channels are put behind all that came before."""
    y = convolution(x, 4 * growth_rate, 1)
    return Concatenate()(x, convolution(y, growth_rate, 3))


@block
def dense_block(x: Output, layers: int, growth_rate: int = 32) -> Output:
    """So many layers, each of which sees the outputs of all before it."""
    for number in range(1, layers + 1):
        x = dense_layer(x, growth_rate, name=f"layer{number}")
    return x


@block
def transition_layer(x: Output) -> Output:
    """Half of the channels and half of the size."""
    return Pool(2, mode="average")(convolution(x, known(x.shape, -1) // 2, 1))


@block
def stem(x: Output) -> Output:
    """The row before the dense blocks, which begins with the convolution."""
    return ReLU()(BatchNorm()(Conv2D(64, 7, 2, 3, use_bias=False)(x)))


@block
def activation(x: Output) -> Output:
    """What the last block leaves to be done, for its layers would begin with it."""
    return ReLU()(BatchNorm()(x))


def densenet121(in_shape: Shape = (224, 224, 3), classes: int = 1000, *, include_top: bool = True) -> Model:
    """The first column. Counted as by keras.applications: no biases but that of the last layer.

    >>> densenet121().params()
    8062504
    """
    classes = integer("classes", classes)
    inputs = Input(in_shape)()
    x = stem(inputs, name="convolution")
    x = Pool(3, 2, padding=1, name="pooling")(x)
    x = dense_block(x, 6, name="dense_block1")
    x = transition_layer(x, name="transition_layer1")
    x = dense_block(x, 12, name="dense_block2")
    x = transition_layer(x, name="transition_layer2")
    x = dense_block(x, 24, name="dense_block3")
    x = transition_layer(x, name="transition_layer3")
    x = dense_block(x, 16, name="dense_block4")
    x = activation(x, name="activation")
    if flag("include_top", include_top):
        x = GAP(name="global_average_pool")(x)
        x = Dense(classes, "softmax", name="classification_layer")(x)
    return Model(inputs=inputs, outputs=x, name="densenet121")
