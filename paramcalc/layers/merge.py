"""Layers that make one of several inputs.

Knows: sums and the like of arrays that broadcast, arrays one behind the other, and products of them. Must not know:
where the inputs come from, or other families.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, SupportsIndex

import attrs

from paramcalc.arguments import axis, flag
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import AXES, Layer
from paramcalc.shapes import Shape, Shapes, added_up, as_tuple, axis_position, broadcast, product, several
from paramcalc.weights import Weight
from paramcalc.windows import Window


def _axis(value: SupportsIndex) -> int:
    return axis("axis", value, or_batch=True)


def _axes(value: SupportsIndex | Sequence[SupportsIndex]) -> int | tuple[int, ...]:
    axes = as_tuple(value)
    if axes is None:
        return axis("axes", value)
    if len(axes) != 2:  # noqa: PLR2004 (one for each input)
        raise ConfigError("axes", "an int, or an int for each of the two inputs", shown(value))
    return tuple(axis(f"axes[{index}]", number) for index, number in enumerate(axes))


def _normalize(value: bool) -> bool:
    return flag("normalize", value)


class Merge(Layer):
    """What `Add`, `Multiply` and the others share: inputs that broadcast become one, number by number.

    Sizes are compared from the last axis on, and an axis of 1 is repeated, as in Keras; the batch stays as it is. Where
    an axis is None in one input, it is None in the output. Raises `ShapeError` for one shape that is not in a tuple,
    and for shapes that do not go together.
    """

    __slots__ = ()
    several_inputs = True
    joins_inputs = True
    inputs: ClassVar[tuple[int, ...]] = ()  # how many there may be; any number where it is empty

    def compute_output_shape(self, in_shape: Shapes) -> Shape:
        expected = "2 shapes, one for each input" if self.inputs else "several shapes, one for each input"
        return broadcast(several(in_shape, expected, *self.inputs), known_wins=False)

    def compute_macs(self, in_shape: Shapes, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_windows(self, in_shape: Shapes) -> tuple[Window, ...]:
        return ()


class Add(Merge):
    """The sum of several inputs, number by number, as behind the two branches of a residual block.

    >>> Add().output_shape(((32, 32, 64), (32, 32, 64))), Add().output_shape(((32, 32, 64), (1, 1, 64), (64,)))
    ((32, 32, 64), (32, 32, 64))
    >>> print(Add().explain(((32, 32, 64), (1, 64))))
    Add() on ((32, 32, 64), (1, 64))
      output height   = input 1 height = 32
      output width    = input 1 width = 32
      output channels = input 1 channels = 64
      params          = 0
    """

    __slots__ = ()


class Subtract(Merge):
    """The first of two inputs without the second, number by number.

    >>> Subtract().output_shape(((32, 64), (32, 64)))
    (32, 64)
    """

    __slots__ = ()
    inputs = (2,)


class Multiply(Merge):
    """The product of several inputs, number by number, as where a gate scales each channel.

    >>> Multiply().output_shape(((32, 32, 64), (1, 1, 64)))
    (32, 32, 64)
    """

    __slots__ = ()


class Average(Merge):
    """The mean of several inputs, number by number.

    >>> Average().output_shape(((10,), (10,), (10,)))
    (10,)
    """

    __slots__ = ()


class Maximum(Merge):
    """The largest of several inputs, number by number.

    >>> Maximum().output_shape(((None, 64), (None, 64)))
    (None, 64)
    """

    __slots__ = ()


class Minimum(Merge):
    """The smallest of several inputs, number by number.

    >>> Minimum().output_shape(((32, 64), (32, 1)))
    (32, 64)
    """

    __slots__ = ()


@attrs.frozen(eq=False, repr=False)
class Concatenate(Layer):
    """Several inputs one behind the other along an axis; on the others they are alike.

    Argument: `axis`, as Keras counts (1 is the first behind the batch, -1 the last, 0 the batch itself). Where another
    axis is None in the first input, it is None in the output. Weights: none. Raises `ConfigError` for a wrong argument,
    `ShapeError` for one shape that is not in a tuple, and for shapes that are not alike.

    >>> print(Concatenate().explain(((8, 8, 3), (8, 8, 5))))
    Concatenate() on ((8, 8, 3), (8, 8, 5))
      output height   = input 1 height = 8
      output width    = input 1 width = 8
      output channels = input 1 channels + input 2 channels = 3 + 5 = 8
      params          = 0
    """

    several_inputs = True
    joins_inputs = True

    axis: int = attrs.field(default=-1, converter=_axis, metadata={AXES: True})

    def _joined_along(self, in_shape: Shapes) -> tuple[tuple[Shape, ...], int]:
        """The inputs, and which of the axes they are joined on; -1 for the batch."""
        shapes = several(in_shape, "several shapes, one for each input")
        rank = len(shapes[0])
        if not -rank - 1 <= self.axis <= rank:
            expected = f"an axis of the inputs, from 0, the batch, to {rank}, or from -1 to {-rank - 1}"
            raise ShapeError("axis", expected, f"{self.axis} on {shown(in_shape)}")
        position = self.axis - 1 if self.axis >= 0 else rank + self.axis
        alike = {len(shape) for shape in shapes} == {rank} and all(
            index == position or len({*sizes} - {None}) <= 1 for index, sizes in enumerate(zip(*shapes, strict=True))
        )
        if not alike:
            raise ShapeError("in_shape", f"shapes that differ on axis {self.axis} alone", shown(in_shape))
        return shapes, position

    def compute_output_shape(self, in_shape: Shapes) -> Shape:
        shapes, position = self._joined_along(in_shape)
        first = shapes[0]
        if position < 0:
            return first
        return (*first[:position], added_up(shape[position] for shape in shapes), *first[position + 1 :])

    def compute_macs(self, in_shape: Shapes, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_connections(self, in_shape: Shapes, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_windows(self, in_shape: Shapes) -> tuple[Window, ...] | None:
        shapes, position = self._joined_along(in_shape)
        # Along another axis than that of the channels, positions move
        return () if position in (-1, len(shapes[0]) - 1) else None


@attrs.frozen(eq=False, repr=False)
class Dot(Layer):
    """The products of two inputs, summed over one axis of each; all other axes stay, those of the first input before.

    Arguments: `axes`, the axis of both inputs or one for each, as Keras counts (1 is the first behind the batch, -1 the
    last); `normalize`, whether vectors are brought to length 1 before, which gives their cosine. Two vectors give one
    number, `(1,)`. Weights: none. Raises `ConfigError` for a wrong argument, `ShapeError` for other than two shapes,
    for an axis that an input does not have, and for axes of different sizes.

    >>> Dot(-1).output_shape(((128,), (128,))), Dot((2, 1)).output_shape(((7, 5), (5, 9)))
    ((1,), (7, 9))
    >>> Dot((2, 1)).macs(((7, 5), (5, 9)))
    315
    """

    several_inputs = True
    joins_inputs = True

    axes: int | tuple[int, ...] = attrs.field(converter=_axes)
    normalize: bool = attrs.field(default=False, converter=_normalize)

    def _summed_over(self, in_shape: Shapes) -> tuple[Shape, int, Shape, int]:
        """The two inputs, each with the place of its axis that is summed over."""
        first, second = several(in_shape, "2 shapes, one for each input", 2)
        axes = self.axes if isinstance(self.axes, tuple) else (self.axes, self.axes)
        positions = [axis_position(number, shape, "axes") for shape, number in zip((first, second), axes, strict=True)]
        sizes = {first[positions[0]], second[positions[1]]}
        if len(sizes - {None}) > 1:
            raise ShapeError("in_shape", f"shapes of one size on axes {shown(self.axes)}", shown(in_shape))
        return first, positions[0], second, positions[1]

    def compute_output_shape(self, in_shape: Shapes) -> Shape:
        first, place, second, other_place = self._summed_over(in_shape)
        return (*first[:place], *first[place + 1 :], *second[:other_place], *second[other_place + 1 :]) or (1,)

    def compute_macs(self, in_shape: Shapes, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        first, place, second, other_place = self._summed_over(in_shape)
        return product((*output_shape, second[other_place] if first[place] is None else first[place]))
