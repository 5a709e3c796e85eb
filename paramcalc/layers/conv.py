"""Convolutions. Source of the counts: LeCun et al., "Gradient-based learning applied to document recognition", 1998.

Knows: kernels that slide over one, two or three axes. Must not know: other families.
"""

from __future__ import annotations

from typing import ClassVar, SupportsIndex, cast

import attrs

from paramcalc.arguments import (
    DataFormat,
    Paddings,
    Sizes,
    activation,
    data_format,
    filters,
    integer,
    lora_alpha,
    lora_rank,
    padding,
    sizes,
    use_bias,
)
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import STEM, Layer
from paramcalc.shapes import Shape, axis_labels, axis_names, joined, known_channels, parted, product
from paramcalc.traced import named, quotient
from paramcalc.weights import Weight, adapted
from paramcalc.windows import Padding, Window, counts, spread, spread_padding

# A single number becomes one for each axis in __attrs_post_init__, where the rank is known: hence the casts

_ONE_EACH = cast("tuple[int, ...]", 1)


def _kernel_size(value: Sizes) -> tuple[int, ...]:
    return cast("tuple[int, ...]", sizes("kernel_size", value))


def _strides(value: Sizes) -> tuple[int, ...]:
    return cast("tuple[int, ...]", sizes("strides", value))


def _dilation_rate(value: Sizes) -> tuple[int, ...]:
    return cast("tuple[int, ...]", sizes("dilation_rate", value))


def _padding(value: Paddings) -> Padding:
    return cast("Padding", padding("padding", value, ("valid", "same", "causal")))


def _groups(value: SupportsIndex) -> int:
    return integer("groups", value)


def _connection_table(value: Sizes | None) -> tuple[int, ...] | None:
    if value is None:
        return None
    table = sizes("connection_table", value)
    if isinstance(table, int):
        raise ConfigError("connection_table", "None, or for each filter how many input maps it sees", shown(value))
    return table


@attrs.frozen(eq=False, repr=False)
class Conv(Layer):
    """What `Conv1D`, `Conv2D` and `Conv3D` share; the rank is all that they add.

    Arguments: `filters`, the output channels; `kernel_size` and `strides`, an int for every axis or one for each;
    `padding`, `"valid"` (none), `"same"` (as many windows as strides fit into the axis), in 1-D `"causal"` (all of it
    before), an int for every side, or for each axis an int or a (before, after) pair. By keyword: `dilation_rate`,
    the distance of a kernel's cells; `groups`, into which input channels and filters are divided; `use_bias`;
    `activation`, a name; `data_format`, `"channels_last"` or `"channels_first"`; `connection_table`, for each filter
    the number of input maps that it sees, as in the third layer of LeNet-5; `lora_rank`, which freezes the kernel and
    trains two narrow arrays whose product, scaled by `lora_alpha`, is added to it (Hu et al., 2021).

    Raises `ConfigError` for a wrong argument, for strides and dilation both above 1 (as Keras), and for groups that
    do not divide the filters; `ShapeError` for a shape of another rank, for groups that do not divide its channels,
    and for a window that does not fit.
    """

    rank: ClassVar[int]

    filters: int = attrs.field(converter=filters)
    kernel_size: tuple[int, ...] = attrs.field(converter=_kernel_size, metadata={STEM: "kernel"})
    strides: tuple[int, ...] = attrs.field(default=_ONE_EACH, converter=_strides, metadata={STEM: "stride"})
    padding: Padding = attrs.field(default="valid", converter=_padding, metadata={STEM: "padding"})
    dilation_rate: tuple[int, ...] = attrs.field(
        default=_ONE_EACH, converter=_dilation_rate, kw_only=True, metadata={STEM: "dilation"}
    )
    groups: int = attrs.field(default=1, converter=_groups, kw_only=True)
    use_bias: bool = attrs.field(default=True, converter=use_bias, kw_only=True)
    activation: str | None = attrs.field(default=None, converter=activation, kw_only=True)
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)
    connection_table: tuple[int, ...] | None = attrs.field(default=None, converter=_connection_table, kw_only=True)
    lora_rank: int | None = attrs.field(default=None, converter=lora_rank, kw_only=True)
    lora_alpha: float | None = attrs.field(default=None, converter=lora_alpha, kw_only=True)
    _kernel_axes: tuple[tuple[str, int], ...] = attrs.field(init=False, eq=False)
    _table_entries: int = attrs.field(init=False, eq=False)

    def _settle(self) -> None:
        put = object.__setattr__
        put(self, "kernel_size", spread("kernel_size", self.kernel_size, self.rank, "kernel", ConfigError))
        put(self, "strides", spread("strides", self.strides, self.rank, "stride", ConfigError))
        put(self, "dilation_rate", spread("dilation_rate", self.dilation_rate, self.rank, "dilation", ConfigError))
        put(self, "padding", spread_padding("padding", self.padding, self.rank, ConfigError))
        put(self, "_kernel_axes", tuple(zip(axis_labels("kernel", self.rank), self.kernel_size, strict=True)))
        put(self, "_table_entries", named(sum(self.connection_table or ()), "table entries"))

    def __attrs_post_init__(self) -> None:
        self._settle()
        if self.padding == "causal" and self.rank != 1:
            raise ConfigError("padding", "another than 'causal', which is for Conv1D alone", "'causal'")
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            got = f"strides {self.strides} with dilation_rate {self.dilation_rate}"
            raise ConfigError("strides or dilation_rate", "1 on every axis (Keras has no layer with both)", got)
        if self.filters % self.groups:
            raise ConfigError("filters", f"divisible by groups, {self.groups}", str(self.filters))
        self._check_table()

    def _check_table(self) -> None:
        table = self.connection_table
        if table is None:
            return
        if len(table) != self.filters:
            raise ConfigError("connection_table", f"one number for each of the {self.filters} filters", shown(table))
        if self.groups != 1:
            raise ConfigError("groups", "1 where there is a connection_table, which says it all", str(self.groups))
        if self.lora_rank is not None:
            raise ConfigError("lora_rank", "None where there is a connection_table", str(self.lora_rank))

    def _parted(self, in_shape: Shape) -> tuple[Shape, int | None]:
        """The spatial axes and the channels of a shape that this layer can take."""
        if len(in_shape) != self.rank + 1:
            raise self._wrong_rank(in_shape)
        spatial, channels = parted(in_shape, self.data_format)
        if channels is not None:
            if channels % self.groups:
                raise ShapeError("the channels of in_shape", f"divisible by groups, {self.groups}", shown(in_shape))
            if self.connection_table is not None and max(self.connection_table) > channels:
                got = f"{max(self.connection_table)} on {shown(in_shape)}"
                raise ShapeError("every entry of connection_table", f"at most {channels}, the input's channels", got)
        return spatial, channels

    def _wrong_rank(self, in_shape: Shape) -> ShapeError:
        axes = axis_names(self.rank + 1, self.data_format)
        hint = ""
        if len(in_shape) == len(axes) + 1:
            hint = "leave out the batch axis"
        elif len(in_shape) == 1 < self.rank:
            hint = "it has no axes to slide over: is there a Flatten before it?"
        elif len(in_shape) == self.rank:
            hint = f"an input of one channel is {shown(joined(in_shape, 1, self.data_format))}"
        return ShapeError("in_shape", f"{len(axes)} axes ({', '.join(axes)})", shown(in_shape), hint)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        spatial, _ = self._parted(in_shape)
        positions = counts(
            spatial,
            self.kernel_size,
            self.strides,
            self.dilation_rate,
            self.padding,
            argument="kernel_size",
            in_shape=in_shape,
        )
        return joined(positions, self.filters, self.data_format)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        filters = ("filters", self.filters)
        if self.connection_table is None:
            channels = known_channels(in_shape, self.data_format)
            kernel = Weight(
                "kernel", (*self._kernel_axes, ("input channels", quotient(channels, self.groups)), filters)
            )
        else:
            kernel = Weight("kernel", (*self._kernel_axes, ("table entries", self._table_entries)))
        weights = (kernel, Weight("bias", (filters,))) if self.use_bias else (kernel,)
        return weights if self.lora_rank is None else adapted(weights, self.lora_rank)

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product((*parted(output_shape, self.data_format)[0], weights[0].size))

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        own = sum(weight.size for weight in weights[: 1 + self.use_bias])
        return product((*parted(output_shape, self.data_format)[0], own))

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...]:
        return tuple(map(Window, self.kernel_size, self.strides, self.dilation_rate))


class Conv1D(Conv):
    """A convolution over one axis: `(length, channels)` becomes `(windows, filters)`.

    Weights: kernel (kernel length, input channels, filters), bias (filters). The arguments are those of
    `paramcalc.layers.conv.Conv`.

    >>> layer = Conv1D(64, 3, padding="same")
    >>> layer.output_shape((41, 1)), layer.params((41, 1))
    ((41, 64), 256)
    """

    __slots__ = ()
    rank = 1


class Conv2D(Conv):
    """A convolution over two axes: `(height, width, channels)` becomes `(windows, windows, filters)`.

    Weights: kernel (kernel height, kernel width, input channels, filters), bias (filters). The
    arguments are those of `paramcalc.layers.conv.Conv`.

    >>> layer = Conv2D(8, 5)
    >>> layer.output_shape((32, 32, 3)), layer.params((32, 32, 3))
    ((28, 28, 8), 608)
    >>> print(layer.explain((32, 32, 3)))
    Conv2D(8, 5) on (32, 32, 3)
      output height   = input height − kernel height + 1 = 32 − 5 + 1 = 28
      output width    = input width − kernel width + 1 = 32 − 5 + 1 = 28
      output channels = filters = 8
      kernel          = kernel height × kernel width × input channels × filters = 5 × 5 × 3 × 8 = 600
      bias            = filters = 8
      params          = (kernel height × kernel width × input channels + 1) × filters = (5 × 5 × 3 + 1) × 8 = 608
    """

    __slots__ = ()
    rank = 2


class Conv3D(Conv):
    """A convolution over three axes: `(depth, height, width, channels)`, windows for the first three, filters last.

    Weights: kernel (kernel depth, kernel height, kernel width, input channels, filters), bias (filters). The arguments
    are those of `paramcalc.layers.conv.Conv`.

    >>> layer = Conv3D(16, 3, strides=2)
    >>> layer.output_shape((16, 112, 112, 3)), layer.params((16, 112, 112, 3))
    ((7, 55, 55, 16), 1312)
    """

    __slots__ = ()
    rank = 3
