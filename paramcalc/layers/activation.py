"""Activation functions that have arguments, or weights, and so are layers of their own.

Knows: which numbers they have, and along which axes they work. Must not know: other families.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import SupportsFloat, SupportsIndex

import attrs

from paramcalc.arguments import number
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import AXES, Layer, Passing
from paramcalc.shapes import LARGEST_RANK, Shape, as_int, as_tuple, axis_names, known
from paramcalc.weights import Weight
from paramcalc.windows import Window


def _max_value(value: SupportsFloat | None) -> float | None:
    return None if value is None else number("max_value", value, least=0)


def _negative_slope(value: SupportsFloat) -> float:
    return number("negative_slope", value, least=0)


def _threshold(value: SupportsFloat) -> float:
    return number("threshold", value, least=0)


def _alpha(value: SupportsFloat) -> float:
    return number("alpha", value)


def _one_axis(name: str, value: object) -> int:
    axis = as_int(value)
    if axis is None or abs(axis) > LARGEST_RANK:
        raise ConfigError(name, f"an int from {-LARGEST_RANK} to {LARGEST_RANK}", shown(value))
    return axis


def _axes(name: str, axes: tuple[object, ...]) -> tuple[int, ...]:
    return tuple(_one_axis(f"{name}[{index}]", axis) for index, axis in enumerate(axes))


def _axis(value: SupportsIndex | Sequence[SupportsIndex]) -> int | tuple[int, ...]:
    axes = as_tuple(value)
    if axes is None:
        return _one_axis("axis", value)
    if not axes:
        raise ConfigError("axis", "an int, or one or more of them", shown(value))
    return _axes("axis", axes)


def _shared_axes(value: SupportsIndex | Sequence[SupportsIndex] | None) -> tuple[int, ...] | None:
    if value is None:
        return None
    axes = as_tuple(value)
    return (_one_axis("shared_axes", value),) if axes is None else _axes("shared_axes", axes)


@attrs.frozen(eq=False, repr=False)
class ReLU(Passing):
    """The positive part of every number, or a variant of it: the same shape, no weights.

    Arguments: `max_value`, where the function stops to rise, or None; `negative_slope`, the slope below `threshold`.
    All are at least 0. Raises `ConfigError` for another.

    >>> ReLU(6).output_shape((28, 28, 8)), ReLU(6).params((28, 28, 8))
    ((28, 28, 8), 0)
    """

    max_value: float | None = attrs.field(default=None, converter=_max_value)
    negative_slope: float = attrs.field(default=0.0, converter=_negative_slope)
    threshold: float = attrs.field(default=0.0, converter=_threshold)


@attrs.frozen(eq=False, repr=False)
class LeakyReLU(Passing):
    """The positive numbers as they are, the negative ones less steep: the same shape, no weights.

    Argument: `negative_slope`, at least 0. Raises `ConfigError` for another.

    >>> LeakyReLU(0.2).output_shape((28, 28, 8))
    (28, 28, 8)
    """

    negative_slope: float = attrs.field(default=0.3, converter=_negative_slope)


@attrs.frozen(eq=False, repr=False)
class ELU(Passing):
    """The exponential linear unit (Clevert, Unterthiner and Hochreiter, 2016): the same shape, no weights.

    Argument: `alpha`, a number. Raises `ConfigError` for another.

    >>> ELU().output_shape((28, 28, 8))
    (28, 28, 8)
    """

    alpha: float = attrs.field(default=1.0, converter=_alpha)


@attrs.frozen(eq=False, repr=False)
class Softmax(Passing):
    """Numbers that are positive and sum to 1, along one axis or several: the same shape, no weights.

    Argument: `axis`, one or several, as Keras counts: 0 is the batch, 1 the first axis behind it, -1 the last. Raises
    `ConfigError` for a wrong argument, `ShapeError` for an axis that the input does not have.

    >>> Softmax().output_shape((10,)), Softmax(1).output_shape((8, 50, 50))
    ((10,), (8, 50, 50))
    """

    axis: int | tuple[int, ...] = attrs.field(default=-1, converter=_axis, metadata={AXES: True})

    def _positions(self, in_shape: Shape) -> set[int]:
        """Where the axes stand, behind the batch, which is 0."""
        rank = len(in_shape)
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        if not all(-rank - 1 <= axis <= rank for axis in axes):
            expected = f"an axis of the input, from 0 (the batch) to {rank} or from -1 to {-rank - 1}"
            raise ShapeError("axis", expected, f"{shown(self.axis)} on {shown(in_shape)}")
        positions = {axis if axis >= 0 else rank + 1 + axis for axis in axes}
        if len(positions) < len(axes):
            raise ShapeError("axis", "different axes", f"{shown(self.axis)} on {shown(in_shape)}")
        return positions

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        self._positions(in_shape)
        return in_shape

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...] | None:
        # Over the last axis, positions are seen one by one; over others, each depends on many
        return () if self._positions(in_shape) == {len(in_shape)} else None


@attrs.frozen(eq=False, repr=False)
class PReLU(Layer):
    """A leaky rectifier that learns its slopes (He et al., 2015): the same shape.

    Argument: `shared_axes`, by keyword: the axes along which all numbers have one slope, one or several, counted from 1
    behind the batch; 0 is the last axis and -1 the one before it, as in Keras. None shares none.

    Weights: alpha, of the shape of the input, with 1 for an axis that is shared. Raises `ConfigError` for a wrong
    argument, `ShapeError` for an axis that the input does not have.

    >>> PReLU(shared_axes=(1, 2)).params((28, 28, 8)), PReLU().params((28, 28, 8))
    (8, 6272)
    """

    shared_axes: tuple[int, ...] | None = attrs.field(default=None, converter=_shared_axes, kw_only=True)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        rank = len(in_shape)
        for axis in self.shared_axes or ():
            if not -rank < axis <= rank or not rank:
                expected = f"axes of the input, from {1 - rank} to {rank}" if rank else "none for an input without axes"
                raise ShapeError("shared_axes", expected, f"{shown(self.shared_axes)} on {shown(in_shape)}")
        return in_shape

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        rank = len(in_shape)
        shared = {(axis - 1) % rank for axis in self.shared_axes or ()}
        axes = tuple(
            (f"shared {name}", 1) if position in shared else (name, known(in_shape, position))
            for position, name in enumerate(axis_names(rank))
        )
        return (Weight("alpha", axes),)

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...]:
        return ()
