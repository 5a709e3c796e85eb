"""Layers that apply another layer.

Knows: that a layer can be asked. Must not know: any particular one.
"""

from __future__ import annotations

from typing import SupportsIndex

import attrs

from paramcalc.arguments import integer
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import Layer
from paramcalc.shapes import Shape, product
from paramcalc.weights import Weight
from paramcalc.windows import Window


def _layer(value: Layer) -> Layer:
    if not isinstance(value, Layer):
        raise ConfigError("layer", "a layer", shown(value))
    return value


def _power_iterations(value: SupportsIndex) -> int:
    return integer("power_iterations", value)


@attrs.frozen(repr=False)
class TimeDistributed(Layer):
    """The same layer at every step: `(steps, ...)` becomes `(steps, what the layer makes of ...)`.

    Argument: `layer`, any layer. Weights: those of the layer, once, for all steps share them. Raises `ConfigError` for
    what is no layer, `ShapeError` for a shape without steps and as the layer does.

    >>> from paramcalc import Conv2D
    >>> frames = TimeDistributed(Conv2D(64, 3))
    >>> frames.output_shape((10, 128, 128, 3)), frames.params((10, 128, 128, 3))
    ((10, 126, 126, 64), 1792)
    """

    layer: Layer = attrs.field(converter=_layer)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        if not in_shape:
            raise ShapeError("in_shape", "at least one axis, the steps", "()")
        return (in_shape[0], *self.layer.output_shape(in_shape[1:]))

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return self.layer.weights(in_shape[1:])

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((in_shape[0], self.layer.macs(in_shape[1:])))

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((in_shape[0], self.layer.connections(in_shape[1:])))


@attrs.frozen(repr=False)
class SpectralNormalization(Layer):
    """A layer whose kernel is divided by its largest singular value (Miyato et al., 2018); it works as the layer does.

    Arguments: `layer`, one with a kernel or embeddings, such as a convolution; `power_iterations`, how often the value
    is refined for each batch.

    Weights: those of the layer, and behind its kernel vector_u (1, the kernel's last axis), which is never trained.
    Raises `ConfigError` for a layer without a kernel of its own, such as a recurrent one, and as the layer does.

    >>> from paramcalc import Conv2D
    >>> [(weight.name, weight.shape) for weight in SpectralNormalization(Conv2D(8, 5)).weights((32, 32, 3))]
    [('kernel', (5, 5, 3, 8)), ('vector_u', (1, 8)), ('bias', (8,))]
    """

    layer: Layer = attrs.field(converter=_layer)
    power_iterations: int = attrs.field(default=1, converter=_power_iterations)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return self.layer.output_shape(in_shape)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        weights = self.layer.weights(in_shape)
        kernels = [weight for weight in weights if weight.name in ("kernel", "embeddings") and weight.axes]
        # A recurrent layer's kernels are those of its cell, and what works at every step has none itself
        elsewhere = isinstance(self.layer, TimeDistributed) or any(w.name == "recurrent_kernel" for w in weights)
        if not kernels or elsewhere:
            raise ConfigError("layer", "one with a kernel or embeddings of its own", shown(self.layer))
        vector = Weight("vector_u", (("rows", 1), kernels[0].axes[-1]), trainable=False)
        return (kernels[0], vector, *(weight for weight in weights if weight is not kernels[0]))

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return self.layer.macs(in_shape)

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return self.layer.connections(in_shape)

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...] | None:
        return self.layer.windows(in_shape)

    def layout(self, in_shape: Shape, before: str | None) -> str:
        """Where the channels of the input are: where the layer says.

        >>> from paramcalc import Conv2D
        >>> SpectralNormalization(Conv2D(8, 5, data_format="channels_first")).layout((3, 32, 32), None)
        'channels_first'
        """
        return self.layer.layout(in_shape, before)
