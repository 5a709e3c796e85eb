"""Layers that cut, pad or repeat positions of the spatial axes: no weights, no multiplications.

Knows: where positions go. Must not know: other families.
"""

from __future__ import annotations

import attrs

from paramcalc.arguments import DataFormat, OpenSides, Sides, Sizes, data_format, sides, sizes
from paramcalc.errors import ShapeError, shown
from paramcalc.layers.base import STEM, Passing
from paramcalc.shapes import Shape, joined, parted, spatial_axes
from paramcalc.windows import spread, spread_sides


def _cropping(value: Sides) -> OpenSides:
    return sides("cropping", value)


def _padding(value: Sides) -> OpenSides:
    return sides("padding", value)


def _size(value: Sizes) -> int | tuple[int, ...]:
    return sizes("size", value)


def _spatial(in_shape: Shape, data_format: str) -> tuple[Shape, int | None]:
    if len(in_shape) < 2:  # noqa: PLR2004 (one axis and the channels)
        raise ShapeError("in_shape", "at least one axis, and the channels", shown(in_shape))
    return parted(in_shape, data_format)


@attrs.frozen(eq=False, repr=False)
class Cropping(Passing):
    """Cuts positions off the ends of the axes; as many axes as the input has.

    Arguments: `cropping`, an int for every side, or for each axis an int or a (before, after) pair; by keyword
    `data_format`. Raises `ConfigError` for a wrong argument, `ShapeError` where nothing would be left.

    >>> Cropping(((2, 1), 4)).output_shape((28, 28, 3))
    (25, 20, 3)
    """

    cropping: OpenSides = attrs.field(converter=_cropping, metadata={STEM: "cropping"})
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        spatial, channels = _spatial(in_shape, self.data_format)
        cuts = spread_sides("cropping", self.cropping, len(spatial), ShapeError)
        left = []
        for place, size in enumerate(spatial):
            before, after = cuts[place]
            left.append(None if size is None else size - before - after)
            if size is not None and size <= before + after:
                name = spatial_axes(len(spatial))[place]
                expected = f"less than {int(size)} together, the size of its axis"
                raise ShapeError(
                    f"cropping[{place}] ({name})", expected, f"{shown((before, after))} on {shown(in_shape)}"
                )
        return joined(tuple(left), channels, self.data_format)


@attrs.frozen(eq=False, repr=False)
class ZeroPadding(Passing):
    """Adds zeros to the ends of the axes; as many axes as the input has.

    Arguments: `padding`, an int for every side, or for each axis an int or a (before, after) pair; by keyword
    `data_format`. Raises `ConfigError` for a wrong argument, `ShapeError` for a shape of another number of axes.

    >>> ZeroPadding(3).output_shape((224, 224, 3)), ZeroPadding(((0, 1), (0, 1))).output_shape((8, None, 3))
    ((230, 230, 3), (9, None, 3))
    """

    padding: OpenSides = attrs.field(converter=_padding, metadata={STEM: "padding"})
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        spatial, channels = _spatial(in_shape, self.data_format)
        added = spread_sides("padding", self.padding, len(spatial), ShapeError)
        padded = tuple(
            None if size is None else size + before + after
            for size, (before, after) in zip(spatial, added, strict=True)
        )
        return joined(padded, channels, self.data_format)


@attrs.frozen(eq=False, repr=False)
class UpSampling(Passing):
    """Repeats each position: every axis becomes so many times as long; as many axes as the input has.

    Arguments: `size`, an int for every axis or one for each; by keyword `data_format`. Raises `ConfigError` for a wrong
    argument, `ShapeError` for a shape of another number of axes.

    >>> UpSampling(2).output_shape((14, 14, 64)), UpSampling((1, 3)).output_shape((14, None, 64))
    ((28, 28, 64), (14, None, 64))
    """

    size: int | tuple[int, ...] = attrs.field(default=2, converter=_size, metadata={STEM: "size"})
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        spatial, channels = _spatial(in_shape, self.data_format)
        times = spread("size", self.size, len(spatial), "size", ShapeError)
        sizes = tuple(None if size is None else size * time for size, time in zip(spatial, times, strict=True))
        return joined(sizes, channels, self.data_format)

    def compute_windows(self, in_shape: Shape) -> None:
        return None  # a window is no whole number of positions before it
