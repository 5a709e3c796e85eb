"""Layers that apply another layer.

Knows: that a layer can be asked. Must not know: any particular one.
"""

from __future__ import annotations

import attrs

from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import Layer
from paramcalc.shapes import Shape, product
from paramcalc.weights import Weight


def _layer(value: Layer) -> Layer:
    if not isinstance(value, Layer):
        raise ConfigError("layer", "a layer", shown(value))
    return value


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
