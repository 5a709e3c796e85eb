"""Layers that bring images to one range of values, or to one size.

Knows: which axes are the height and the width. Must not know: other families.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, SupportsFloat, SupportsIndex, TypeAlias, cast

import attrs

from paramcalc.arguments import DataFormat, Numbers, choice, data_format, flag, integer, lengths, numbers
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import Layer, Passing
from paramcalc.shapes import Shape, axis_names, joined, parted
from paramcalc.weights import Weight
from paramcalc.windows import Window

Interpolation: TypeAlias = Literal["bilinear", "nearest", "lanczos3", "lanczos5", "bicubic"]
INTERPOLATIONS = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic")


def _scale(value: SupportsFloat | Sequence[Any]) -> Numbers:
    return numbers("scale", value)


def _offset(value: SupportsFloat | Sequence[Any]) -> Numbers:
    return numbers("offset", value)


def _height(value: SupportsIndex) -> int:
    return integer("height", value)


def _width(value: SupportsIndex) -> int:
    return integer("width", value)


def _interpolation(value: Interpolation) -> Interpolation:
    return cast("Interpolation", choice("interpolation", value, INTERPOLATIONS))


def _crop_to_aspect_ratio(value: bool) -> bool:
    return flag("crop_to_aspect_ratio", value)


def _pad_to_aspect_ratio(value: bool) -> bool:
    return flag("pad_to_aspect_ratio", value)


@attrs.frozen(eq=False, repr=False)
class Rescaling(Passing):
    """Every number times `scale`, plus `offset`: the same shape, no weights.

    Arguments: `scale` and `offset`, a number each, or a list of numbers, one for each channel, or nested for the last
    axes. Raises `ConfigError` for others, `ShapeError` for lists of another length than their axes.

    >>> Rescaling(1 / 255).output_shape((224, 224, 3))
    (224, 224, 3)
    >>> Rescaling([2, 2, 4], offset=-1)
    Rescaling((2.0, 2.0, 4.0), offset=-1.0)
    """

    scale: Numbers = attrs.field(converter=_scale)
    offset: Numbers = attrs.field(default=0.0, converter=_offset)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        for name in ("scale", "offset"):
            own = lengths(getattr(self, name))
            # The channels may come last, or first of three axes
            if not _spreads(own, in_shape) and not _spreads(own + (1,) * (3 - len(own)), in_shape):
                got = f"{' × '.join(map(str, own))} numbers on {shown(in_shape)}"
                raise ShapeError(name, "one number, or one for each channel", got)
        return in_shape


def _spreads(own: tuple[int, ...], in_shape: Shape) -> bool:
    """Whether an array spreads over the last axes of a shape without making them longer."""
    axes = zip(reversed(own), reversed(in_shape), strict=False)
    return len(own) <= len(in_shape) and all(size == 1 or axis in (None, size) for size, axis in axes)


@attrs.frozen(eq=False, repr=False)
class SizedImage(Layer):
    """What `Resizing`, `CenterCrop` and `RandomCrop` share: an image of any size becomes one of `height` by `width`.

    Arguments: `height` and `width`; by keyword `data_format`. Weights: none. Raises `ConfigError` for a wrong argument,
    `ShapeError` for a shape of other than three axes.
    """

    height: int = attrs.field(converter=_height)
    width: int = attrs.field(converter=_width)
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)

    def _parted(self, in_shape: Shape) -> tuple[Shape, int | None]:
        axes = axis_names(3, self.data_format)
        if len(in_shape) != len(axes):
            hint = ""
            if len(in_shape) == len(axes) + 1:
                hint = "leave out the batch axis"
            elif len(in_shape) == len(axes) - 1:
                hint = f"an image of one channel is {shown(joined(in_shape, 1, self.data_format))}"
            raise ShapeError("in_shape", f"3 axes ({', '.join(axes)})", shown(in_shape), hint)
        return parted(in_shape, self.data_format)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        _, channels = self._parted(in_shape)
        return joined((self.height, self.width), channels, self.data_format)

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0


@attrs.frozen(eq=False, repr=False)
class Resizing(SizedImage):
    """An image made larger or smaller: `(any, any, channels)` becomes `(height, width, channels)`.

    Arguments: `height` and `width`; by keyword `interpolation`, `"bilinear"` unless it is said; `crop_to_aspect_ratio`
    or `pad_to_aspect_ratio`, which keep the image in proportion and change no shape, not both; `data_format`. Weights:
    none. Raises `ConfigError` for a wrong argument, `ShapeError` for a shape of other than three axes.

    >>> Resizing(224, 224).output_shape((480, 640, 3)), Resizing(224, 224).output_shape((None, None, 3))
    ((224, 224, 3), (224, 224, 3))
    """

    interpolation: Interpolation = attrs.field(default="bilinear", converter=_interpolation, kw_only=True)
    crop_to_aspect_ratio: bool = attrs.field(default=False, converter=_crop_to_aspect_ratio, kw_only=True)
    pad_to_aspect_ratio: bool = attrs.field(default=False, converter=_pad_to_aspect_ratio, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise ConfigError("pad_to_aspect_ratio", "False where crop_to_aspect_ratio is True", "True")


class _Cropped(SizedImage):
    """A part of the image; where the image is too small for it, the image is resized, as in Keras."""

    __slots__ = ()

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...] | None:
        (height, width), _ = self._parted(in_shape)
        large_enough = height is not None and width is not None and height >= self.height and width >= self.width
        return () if large_enough else None


@attrs.frozen(eq=False, repr=False)
class CenterCrop(_Cropped):
    """The middle of an image: `(any, any, channels)` becomes `(height, width, channels)`, whatever came in.

    An image that is smaller is resized to that size, as in Keras. The arguments are those of `SizedImage`.

    >>> CenterCrop(224, 224).output_shape((256, 320, 3)), CenterCrop(224, 224).output_shape((100, None, 3))
    ((224, 224, 3), (224, 224, 3))
    """


@attrs.frozen(eq=False, repr=False)
class RandomCrop(_Cropped):
    """A part of an image, another each time: `(any, any, channels)` becomes `(height, width, channels)`.

    An image that is smaller is resized to that size, as in Keras. The arguments are those of `SizedImage`.

    >>> RandomCrop(224, 224).output_shape((256, 256, 3))
    (224, 224, 3)
    """
