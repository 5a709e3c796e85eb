"""Layers that give numbers other places: no weights, no multiplications.

Knows: where positions go. Must not know: other families.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import SupportsIndex

import attrs

from paramcalc.arguments import DataFormat, axis, data_format, integer
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import Layer, Passing
from paramcalc.shapes import (
    INT_RANGE,
    LARGEST,
    LARGEST_RANK,
    Shape,
    as_int,
    as_tuple,
    axis_position,
    product,
)
from paramcalc.traced import quotient
from paramcalc.weights import Weight


def _target_shape(value: Sequence[SupportsIndex]) -> tuple[int, ...]:
    axes = as_tuple(value)
    if axes is None or len(axes) > LARGEST_RANK:
        raise ConfigError("target_shape", f"a tuple or list of at most {LARGEST_RANK} ints", shown(value))
    numbers = tuple(map(as_int, axes))
    for index, number in enumerate(numbers):
        if number is None or not (number == -1 or 0 < number <= LARGEST):
            expected = f"{INT_RANGE.format(1)}, or -1 for what is left"
            raise ConfigError(f"target_shape[{index}]", expected, shown(axes[index]))
    if numbers.count(-1) > 1:
        raise ConfigError("target_shape", "a shape with at most one -1", shown(value))
    return tuple(number for number in numbers if number is not None)


def _dims(value: Sequence[SupportsIndex]) -> tuple[int, ...]:
    axes = as_tuple(value)
    numbers = () if axes is None else tuple(map(as_int, axes))
    dims = tuple(number for number in numbers if number is not None)
    if axes is None or sorted(dims) != list(range(1, len(axes) + 1)):
        raise ConfigError("dims", "each of 1, 2, ... once, in a new order", shown(value))
    return dims


def _n(value: SupportsIndex) -> int:
    return integer("n", value)


def _indices(value: SupportsIndex | Sequence[SupportsIndex]) -> int | tuple[int, ...]:
    numbers = as_tuple(value)
    if numbers == ():
        raise ConfigError("indices", "an int, or one or more of them", shown(value))
    if numbers is None:
        return _index("indices", value)
    return tuple(_index(f"indices[{place}]", number) for place, number in enumerate(numbers))


def _index(name: str, value: object) -> int:
    number = as_int(value)
    if number is None or not -LARGEST <= number < LARGEST:
        raise ConfigError(name, "an int from 0, or from -1 backwards", shown(value))
    return number


def _axis(value: SupportsIndex) -> int:
    return axis("axis", value)


class _Moving(Layer):
    """A layer that moves numbers and computes none."""

    __slots__ = ()

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0


@attrs.frozen(eq=False, repr=False)
class Flatten(Passing):
    """All axes in a row: `(height, width, channels)` becomes `(height × width × channels,)`.

    Argument: `data_format`, by keyword, which sets the order and not the number. Weights: none.

    >>> Flatten().output_shape((5, 5, 16)), Flatten().output_shape((None, 16)), Flatten().output_shape(())
    ((400,), (None,), (1,))
    """

    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return (product(in_shape),)


@attrs.frozen(eq=False, repr=False)
class Reshape(_Moving):
    """The same numbers in another shape.

    Argument: `target_shape`, without the batch axis; one axis may be -1, which is what is left. Raises `ConfigError`
    for what is no such shape, `ShapeError` where the numbers do not fit.

    >>> Reshape((7, 7, -1)).output_shape((3136,)), Reshape((-1, 4)).output_shape((None, 8))
    ((7, 7, 64), (None, 4))
    """

    target_shape: tuple[int, ...] = attrs.field(converter=_target_shape)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        size = product(in_shape)
        if size is None:
            return tuple(None if axis == -1 else axis for axis in self.target_shape)
        rest = 1
        for target in self.target_shape:
            rest = rest if target == -1 else rest * target
        if size % rest or (size != rest and -1 not in self.target_shape):
            got = f"{shown(in_shape)}, which holds {int(size)}"
            many = f"a multiple of {int(rest)}" if -1 in self.target_shape else str(int(rest))
            raise ShapeError("in_shape", f"of {many} numbers for target_shape {shown(self.target_shape)}", got)
        return tuple(quotient(size, rest) if axis == -1 else axis for axis in self.target_shape)


@attrs.frozen(eq=False, repr=False)
class Permute(_Moving):
    """The axes in another order.

    Argument: `dims`, the old axes in their new order, counted from 1 as in Keras. Raises `ConfigError` for what is no
    order, `ShapeError` for an input of another number of axes.

    >>> Permute((2, 1)).output_shape((10, 64))
    (64, 10)
    """

    dims: tuple[int, ...] = attrs.field(converter=_dims)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        if len(in_shape) != len(self.dims):
            raise ShapeError("in_shape", f"{len(self.dims)} axes, as many as dims", shown(in_shape))
        return tuple(in_shape[axis - 1] for axis in self.dims)


@attrs.frozen(eq=False, repr=False)
class RepeatVector(_Moving):
    """The same features `n` times: `(features,)` becomes `(n, features)`.

    Raises `ConfigError` for a wrong `n`, `ShapeError` for an input of other than one axis.

    >>> RepeatVector(3).output_shape((32,))
    (3, 32)
    """

    n: int = attrs.field(converter=_n)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        if len(in_shape) != 1:
            raise ShapeError("in_shape", "1 axis (features)", shown(in_shape))
        return (self.n, *in_shape)


@attrs.frozen(eq=False, repr=False)
class Take(_Moving):
    """What stands at one place of an axis, which is gone then, or at several: a token, a coordinate, some channels.

    Arguments: `indices`, an int or several, counted from 0, or from -1 backwards; `axis`, as Keras counts (1 is the
    first behind the batch, -1 the last). In Keras it is no layer but the operation `keras.ops.take`. Weights: none.
    Raises `ConfigError` for a wrong argument, `ShapeError` for an axis that the input does not have, and for a place
    beyond its end.

    >>> Take(0).output_shape((197, 768)), Take((0, -1), axis=-1).output_shape((None, 4))
    ((768,), (None, 2))
    """

    indices: int | tuple[int, ...] = attrs.field(converter=_indices)
    axis: int = attrs.field(default=1, converter=_axis)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        position = axis_position(self.axis, in_shape)
        size = in_shape[position]
        indices = self.indices if isinstance(self.indices, tuple) else (self.indices,)
        for index in indices:
            if size is not None and not -size <= index < size:
                expected = f"from 0 to {int(size) - 1}, or from -1 to {-int(size)}, on axis {int(self.axis)}"
                raise ShapeError("indices", expected, f"{int(index)} on {shown(in_shape)}")
        left = (len(indices),) if isinstance(self.indices, tuple) else ()
        return (*in_shape[:position], *left, *in_shape[position + 1 :])
