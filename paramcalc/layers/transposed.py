"""Transposed convolutions: windows that are written where those of a convolution are read.

Knows: kernels that are laid at every position of an input. Must not know: other families.
"""

from __future__ import annotations

from typing import TypeAlias

import attrs

from paramcalc.arguments import (
    DataFormat,
    OpenPadding,
    Paddings,
    Sizes,
    activation,
    data_format,
    dilation_rate,
    filters,
    kernel_size,
    padding,
    sizes,
    strides,
    use_bias,
)
from paramcalc.errors import ConfigError, ParamcalcError, ShapeError, shown
from paramcalc.layers.base import STEM, Layer
from paramcalc.shapes import Shape, axis_labels, joined, known_channels, parted, product, slid_over
from paramcalc.weights import Weight
from paramcalc.windows import Padding, rank_said, spread, spread_padding, transposed_counts

_Numbers: TypeAlias = tuple[int, ...]


def _padding(value: Paddings) -> OpenPadding:
    return padding("padding", value, ("valid", "same"))


def _output_padding(value: Sizes | None) -> int | tuple[int, ...] | None:
    return None if value is None else sizes("output_padding", value, least=0)


@attrs.frozen(eq=False, repr=False)
class ConvTranspose(Layer):
    """A transposed convolution: `(..., channels)` becomes larger by the strides, `(..., filters)`; any number of axes.

    Arguments: `filters`, the output channels; `kernel_size` and `strides`, an int for every axis or one for each;
    `padding`, what is cut off the output: `"valid"` (nothing), `"same"` (so much that every axis becomes strides times
    as long), an int for every side, or for each axis an int or a (before, after) pair, as in PyTorch. By keyword:
    `output_padding`, how much longer the end becomes, less than the strides; with the words this is a rule of its own,
    as in Keras: where it is None, `"valid"` fills the last stride, and where it is given, `"same"` cuts half of the
    kernel off either side. `dilation_rate`, the distance of a kernel's cells; `use_bias`; `activation`, a name;
    `data_format`.

    Weights: kernel (kernel size ..., filters, input channels), bias (filters). Every position of the input meets the
    whole kernel, and that is what the multiply-adds count.

    Raises `ConfigError` for a wrong argument, and for strides and dilation both above 1 (as Keras); `ShapeError` for a
    shape that has fewer axes than two or other than the arguments say, and where the padding leaves nothing.

    >>> print(ConvTranspose(8, 3, 2).explain((14, 16)))
    ConvTranspose(8, 3, strides=2) on (14, 16)
      output length   = (input length − 1) × stride length + kernel length = (14 − 1) × 2 + 3 = 29
      output channels = filters = 8
      kernel          = kernel length × filters × input channels = 3 × 8 × 16 = 384
      bias            = filters = 8
      params          = (kernel length × input channels + 1) × filters = (3 × 16 + 1) × 8 = 392
    >>> ConvTranspose(8, 3, 2, "same").output_shape((14, 14, 16)), ConvTranspose(8, 4, 2, 1).output_shape((14, 14, 16))
    ((28, 28, 8), (28, 28, 8))
    """

    filters: int = attrs.field(converter=filters)
    kernel_size: int | tuple[int, ...] = attrs.field(converter=kernel_size, metadata={STEM: "kernel"})
    strides: int | tuple[int, ...] = attrs.field(default=1, converter=strides, metadata={STEM: "stride"})
    padding: OpenPadding = attrs.field(default="valid", converter=_padding, metadata={STEM: "padding"})
    output_padding: int | tuple[int, ...] | None = attrs.field(
        default=None, converter=_output_padding, kw_only=True, metadata={STEM: "output padding"}
    )
    dilation_rate: int | tuple[int, ...] = attrs.field(
        default=1, converter=dilation_rate, kw_only=True, metadata={STEM: "dilation"}
    )
    use_bias: bool = attrs.field(default=True, converter=use_bias, kw_only=True)
    activation: str | None = attrs.field(default=None, converter=activation, kw_only=True)
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)

    def __attrs_post_init__(self) -> None:
        said = (self.kernel_size, self.strides, self.padding, self.output_padding, self.dilation_rate)
        _, strides, _, more, dilation = self._resolved(rank_said(*said), ConfigError)
        if max(strides) > 1 and max(dilation) > 1:
            got = f"strides {shown(strides)} with dilation_rate {shown(dilation)}"
            raise ConfigError("strides or dilation_rate", "1 on every axis (Keras has no layer with both)", got)
        if more is not None and any(extra >= stride for extra, stride in zip(more, strides, strict=True)):
            raise ConfigError("output_padding", f"less than the strides, {shown(strides)}", shown(more))

    def _resolved(
        self, rank: int, refused: type[ParamcalcError] = ShapeError
    ) -> tuple[_Numbers, _Numbers, Padding, _Numbers | None, _Numbers]:
        """The kernel size, the strides, both paddings and the dilation for each of the input's axes."""
        kernel = spread("kernel_size", self.kernel_size, rank, "kernel", refused)
        strides = spread("strides", self.strides, rank, "stride", refused)
        padding = spread_padding("padding", self.padding, rank, refused)
        more = self.output_padding
        if more is not None:
            more = spread("output_padding", more, rank, "output padding", refused)
        return kernel, strides, padding, more, spread("dilation_rate", self.dilation_rate, rank, "dilation", refused)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        spatial, _ = slid_over(in_shape, self.data_format)
        kernel, strides, padding, more, dilation = self._resolved(len(spatial))
        lengths = transposed_counts(spatial, kernel, strides, dilation, padding, more, in_shape)
        return joined(lengths, self.filters, self.data_format)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        rank = len(in_shape) - 1
        kernel_axes = zip(axis_labels("kernel", rank), self._resolved(rank)[0], strict=True)
        filters = ("filters", self.filters)
        channels = ("input channels", known_channels(in_shape, self.data_format))
        kernel = Weight("kernel", (*kernel_axes, filters, channels))
        return (kernel, Weight("bias", (filters,))) if self.use_bias else (kernel,)

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((*parted(in_shape, self.data_format)[0], weights[0].size))
