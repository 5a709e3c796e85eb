"""Convolutions that see each channel apart (Sifre, 2014; Chollet, "Xception", 2017).

Knows: kernels of single channels that slide over axes. Must not know: other families.
"""

from __future__ import annotations

from typing import SupportsIndex, TypeAlias

import attrs

from paramcalc.arguments import (
    DataFormat,
    OpenPadding,
    Paddings,
    activation,
    data_format,
    dilation_rate,
    filters,
    integer,
    kernel_size,
    padding,
    strides,
    use_bias,
)
from paramcalc.errors import ConfigError, ParamcalcError, ShapeError
from paramcalc.layers.base import STEM, Layer
from paramcalc.shapes import Shape, axis_labels, joined, known_channels, parted, product, slid_over
from paramcalc.weights import Weight
from paramcalc.windows import Padding, Window, counts, rank_said, spread, spread_padding

_Numbers: TypeAlias = tuple[int, ...]


def _padding(value: Paddings) -> OpenPadding:
    return padding("padding", value, ("valid", "same"))


def _depth_multiplier(value: SupportsIndex) -> int:
    return integer("depth_multiplier", value)


@attrs.frozen(eq=False, repr=False)
class DepthwiseConv(Layer):
    """A convolution of each channel by itself: `(..., channels)` becomes `(windows ..., channels × depth_multiplier)`.

    Arguments: `kernel_size` and `strides`, an int for every axis or one for each; `padding`, `"valid"`, `"same"`, an
    int for every side, or for each axis an int or a (before, after) pair; `depth_multiplier`, how many channels come
    out of each. By keyword: `dilation_rate`, the distance of a kernel's cells; `use_bias`; `activation`, a name;
    `data_format`. It has as many axes as the input.

    Weights: kernel (kernel size ..., input channels, depth multiplier), bias (channels × depth multiplier).

    Raises `ConfigError` for a wrong argument; `ShapeError` for a shape that has fewer axes than two or other than the
    arguments say, and for a window that does not fit.

    >>> print(DepthwiseConv(3, padding="same").explain((112, 112, 32)))  # of MobileNet
    DepthwiseConv(3, padding='same') on (112, 112, 32)
      output height   = input height = 112
                        (same padding: the size of the kernel does not matter)
      output width    = input width = 112
                        (same padding: the size of the kernel does not matter)
      output channels = input channels = 32
      kernel          = kernel height × kernel width × input channels = 3 × 3 × 32 = 288
      bias            = input channels = 32
      params          = (kernel height × kernel width + 1) × input channels = (3 × 3 + 1) × 32 = 320
    """

    kernel_size: int | tuple[int, ...] = attrs.field(converter=kernel_size, metadata={STEM: "kernel"})
    strides: int | tuple[int, ...] = attrs.field(default=1, converter=strides, metadata={STEM: "stride"})
    padding: OpenPadding = attrs.field(default="valid", converter=_padding, metadata={STEM: "padding"})
    depth_multiplier: int = attrs.field(default=1, converter=_depth_multiplier)
    dilation_rate: int | tuple[int, ...] = attrs.field(
        default=1, converter=dilation_rate, kw_only=True, metadata={STEM: "dilation"}
    )
    use_bias: bool = attrs.field(default=True, converter=use_bias, kw_only=True)
    activation: str | None = attrs.field(default=None, converter=activation, kw_only=True)
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _check(self)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        positions, channels = _positions(self, in_shape)
        out = None if channels is None else channels * self.depth_multiplier
        return joined(positions, out, self.data_format)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        kernel = _kernel(self, "kernel", in_shape)
        channels = known_channels(in_shape, self.data_format) * self.depth_multiplier
        return (kernel, Weight("bias", (("channels", channels),))) if self.use_bias else (kernel,)

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((*parted(output_shape, self.data_format)[0], weights[0].size))

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((*parted(output_shape, self.data_format)[0], sum(weight.size for weight in weights)))

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...]:
        return _windows(self, in_shape)


@attrs.frozen(eq=False, repr=False)
class SeparableConv(Layer):
    """A depthwise convolution, and a convolution with a kernel of one position that mixes its channels.

    Arguments: `filters`, the output channels; `kernel_size` and `strides` of the depthwise convolution, an int for
    every axis or one for each; `padding`, `"valid"`, `"same"`, an int for every side, or for each axis an int or a
    (before, after) pair. By keyword: `dilation_rate`, the distance of a kernel's cells; `depth_multiplier`, how many
    channels come out of each in between; `use_bias`; `activation`, a name; `data_format`. It has as many axes as the
    input.

    Weights: depthwise_kernel (kernel size ..., input channels, depth multiplier), pointwise_kernel (1 ..., input
    channels × depth multiplier, filters), bias (filters).

    Raises `ConfigError` for a wrong argument; `ShapeError` for a shape that has fewer axes than two or other than the
    arguments say, and for a window that does not fit.

    >>> print(SeparableConv(64, 3).explain((32, 32, 16)))
    SeparableConv(64, 3) on (32, 32, 16)
      output height    = input height − kernel height + 1 = 32 − 3 + 1 = 30
      output width     = input width − kernel width + 1 = 32 − 3 + 1 = 30
      output channels  = filters = 64
      depthwise_kernel = kernel height × kernel width × input channels = 3 × 3 × 16 = 144
      pointwise_kernel = pointwise height × pointwise width × input channels × filters = 1 × 1 × 16 × 64 = 1024
      bias             = filters = 64
      params           = depthwise_kernel + pointwise_kernel + bias = 144 + 1024 + 64 = 1232
    """

    filters: int = attrs.field(converter=filters)
    kernel_size: int | tuple[int, ...] = attrs.field(converter=kernel_size, metadata={STEM: "kernel"})
    strides: int | tuple[int, ...] = attrs.field(default=1, converter=strides, metadata={STEM: "stride"})
    padding: OpenPadding = attrs.field(default="valid", converter=_padding, metadata={STEM: "padding"})
    dilation_rate: int | tuple[int, ...] = attrs.field(
        default=1, converter=dilation_rate, kw_only=True, metadata={STEM: "dilation"}
    )
    depth_multiplier: int = attrs.field(default=1, converter=_depth_multiplier, kw_only=True)
    use_bias: bool = attrs.field(default=True, converter=use_bias, kw_only=True)
    activation: str | None = attrs.field(default=None, converter=activation, kw_only=True)
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _check(self)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        return joined(_positions(self, in_shape)[0], self.filters, self.data_format)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        depthwise = _kernel(self, "depthwise_kernel", in_shape)
        between = ("channels between", known_channels(in_shape, self.data_format) * self.depth_multiplier)
        filters = ("filters", self.filters)
        ones = tuple((label, 1) for label in axis_labels("pointwise", len(in_shape) - 1))
        kernels = (depthwise, Weight("pointwise_kernel", (*ones, between, filters)))
        return (*kernels, Weight("bias", (filters,))) if self.use_bias else kernels

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((*parted(output_shape, self.data_format)[0], weights[0].size + weights[1].size))

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((*parted(output_shape, self.data_format)[0], sum(weight.size for weight in weights)))

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...]:
        return _windows(self, in_shape)


_Either: TypeAlias = DepthwiseConv | SeparableConv


def _resolved(
    layer: _Either, rank: int, refused: type[ParamcalcError] = ShapeError
) -> tuple[_Numbers, _Numbers, _Numbers, Padding]:
    """The kernel size, the strides, the dilation and the padding for each of the input's axes."""
    return (
        spread("kernel_size", layer.kernel_size, rank, "kernel", refused),
        spread("strides", layer.strides, rank, "stride", refused),
        spread("dilation_rate", layer.dilation_rate, rank, "dilation", refused),
        spread_padding("padding", layer.padding, rank, refused),
    )


def _check(layer: _Either) -> None:
    _resolved(layer, rank_said(layer.kernel_size, layer.strides, layer.dilation_rate, layer.padding), ConfigError)


def _positions(layer: _Either, in_shape: Shape) -> tuple[Shape, int | None]:
    """The positions of the windows on each axis, and the input's channels."""
    spatial, channels = slid_over(in_shape, layer.data_format)
    settings = _resolved(layer, len(spatial))
    return counts(spatial, *settings, argument="kernel_size", in_shape=in_shape), channels


def _kernel(layer: _Either, name: str, in_shape: Shape) -> Weight:
    rank = len(in_shape) - 1
    sizes = zip(axis_labels("kernel", rank), _resolved(layer, rank)[0], strict=True)
    channels = ("input channels", known_channels(in_shape, layer.data_format))
    return Weight(name, (*sizes, channels, ("depth multiplier", layer.depth_multiplier)))


def _windows(layer: _Either, in_shape: Shape) -> tuple[Window, ...]:
    return tuple(map(Window, *_resolved(layer, len(in_shape) - 1)[:3]))
