"""Layers that disturb their inputs while a network is trained, and pass them on as they are when it is used.

Knows: how strong the noise is. Must not know: other families.
"""

from __future__ import annotations

from typing import SupportsFloat

import attrs

from paramcalc.arguments import DataFormat, data_format, rate
from paramcalc.errors import ShapeError, shown
from paramcalc.layers.base import Passing
from paramcalc.shapes import Shape


def _rate(value: SupportsFloat) -> float:
    return rate("rate", value)


def _stddev(value: SupportsFloat) -> float:
    return rate("stddev", value)


@attrs.frozen(eq=False, repr=False)
class Dropout(Passing):
    """Sets a part of its inputs to 0 while training; nothing changes its shape, and it has no weights.

    Argument: `rate`, from 0 to 1. Raises `ConfigError` for another.

    >>> Dropout(0.5).output_shape((128,)), Dropout(0.5).params((128,))
    ((128,), 0)
    """

    rate: float = attrs.field(converter=_rate)


@attrs.frozen(eq=False, repr=False)
class SpatialDropout(Passing):
    """Sets whole channels to 0 while training (Tompson et al., 2015); the same shape, no weights.

    Arguments: `rate`, from 0 to 1; by keyword `data_format`. It takes as many axes as the input has. Raises
    `ConfigError` for a wrong argument, `ShapeError` for a shape without an axis beside the channels.

    >>> SpatialDropout(0.2).output_shape((250, 16)), SpatialDropout(0.2).output_shape((28, 28, 8))
    ((250, 16), (28, 28, 8))
    """

    rate: float = attrs.field(converter=_rate)
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        if len(in_shape) < 2:  # noqa: PLR2004 (one axis and the channels)
            raise ShapeError("in_shape", "at least one axis, and the channels", shown(in_shape), "Dropout takes any")
        return in_shape


@attrs.frozen(eq=False, repr=False)
class GaussianDropout(Passing):
    """Multiplies by random numbers around 1 while training (Srivastava et al., 2014); the same shape, no weights.

    Argument: `rate`, from 0 to 1, that of a dropout which disturbs as much. Raises `ConfigError` for another.

    >>> GaussianDropout(0.5).output_shape((128,))
    (128,)
    """

    rate: float = attrs.field(converter=_rate)


@attrs.frozen(eq=False, repr=False)
class AlphaDropout(Passing):
    """Dropout that keeps mean and variance, for self-normalising networks (Klambauer et al., 2017); the same shape.

    Argument: `rate`, from 0 to 1. Weights: none. Raises `ConfigError` for another rate.

    >>> AlphaDropout(0.1).output_shape((128,))
    (128,)
    """

    rate: float = attrs.field(converter=_rate)


@attrs.frozen(eq=False, repr=False)
class GaussianNoise(Passing):
    """Adds random numbers around 0 while training; the same shape, no weights.

    Argument: `stddev`, their standard deviation, from 0 to 1 as in Keras. Raises `ConfigError` for another.

    >>> GaussianNoise(0.1).output_shape((28, 28, 1))
    (28, 28, 1)
    """

    stddev: float = attrs.field(converter=_stddev)
