"""U-Net (Ronneberger et al., "Convolutional networks for biomedical image segmentation", 2015, figure 1).

Knows: the figure. Must not know: other networks.
"""

from __future__ import annotations

from paramcalc.arguments import integer
from paramcalc.blocks import block
from paramcalc.graph import Output
from paramcalc.layers.conv import Conv2D
from paramcalc.layers.core import Input
from paramcalc.layers.merge import Concatenate
from paramcalc.layers.padding import Cropping
from paramcalc.layers.pool import Pool
from paramcalc.layers.transposed import ConvTranspose
from paramcalc.model import Model
from paramcalc.shapes import Shape

CONTRACTING = (64, 128, 256, 512)
"""The channels on the way down."""

EXPANSIVE = ((512, 4), (256, 16), (128, 40), (64, 88))
"""The channels on the way up, and how much is cut off each side of the map from the way down."""


def convolutions(x: Output, filters: int) -> Output:
    """Two 3×3 convolutions without padding, each of which takes a pixel from every side."""
    return Conv2D(filters, 3, activation="relu")(Conv2D(filters, 3, activation="relu")(x))


@block
def contracting(x: Output, filters: int) -> Output:
    """A level on the way down."""
    return convolutions(x, filters)


@block
def expansive(x: Output, skipped: Output, filters: int, margin: int) -> Output:
    """A level on the way up: a 2×2 up-convolution, with the middle of the map from the way down put in front."""
    x = ConvTranspose(filters, 2, 2)(x)
    return convolutions(Concatenate()(Cropping(margin)(skipped), x), filters)


def unet(in_shape: Shape = (572, 572, 1), classes: int = 2) -> Model:
    """The network of the figure, with biases and without normalisation.

    Its dropout, which owns no weights and whose rate is not said, is not drawn.

    >>> unet().params(), unet().output_shape()
    (31030658, (388, 388, 2))
    """
    classes = integer("classes", classes)
    inputs = x = Input(in_shape)()
    maps = []
    for level, filters in enumerate(CONTRACTING, 1):
        x = contracting(x, filters, name=f"contracting{level}")
        maps.append(x)
        x = Pool(2, name=f"pool{level}")(x)
    x = contracting(x, 1024, name="bottom")
    for level, (filters, margin) in zip((4, 3, 2, 1), EXPANSIVE, strict=True):
        x = expansive(x, maps.pop(), filters, margin, name=f"expansive{level}")
    return Model(inputs=inputs, outputs=Conv2D(classes, 1, name="output")(x), name="unet")
