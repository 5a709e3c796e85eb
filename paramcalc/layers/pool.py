"""Pooling: in windows, global, and to a size.

Knows: windows that take a maximum or an average of each channel. Must not know: other families.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, cast

import attrs

from paramcalc.arguments import (
    DataFormat,
    OpenPadding,
    Paddings,
    Sizes,
    choice,
    data_format,
    flag,
    padding,
    sizes,
    use_bias,
)
from paramcalc.errors import ConfigError, ParamcalcError, ShapeError, shown
from paramcalc.layers.base import OTHERWISE, STEM, Layer
from paramcalc.shapes import Shape, joined, known_channels, parted, product, slid_over
from paramcalc.weights import Weight
from paramcalc.windows import Padding, Window, counts, rank_said, spread, spread_padding

Mode: TypeAlias = Literal["max", "average"]
MODES = ("max", "average")


def _pool_size(value: Sizes) -> int | tuple[int, ...]:
    return sizes("pool_size", value)


def _output_size(value: Sizes) -> int | tuple[int, ...]:
    return sizes("output_size", value)


def _strides(value: Sizes | None) -> int | tuple[int, ...] | None:
    return None if value is None else sizes("strides", value)


def _padding(value: Paddings) -> OpenPadding:
    return padding("padding", value, ("valid", "same"))


def _mode(value: Mode) -> Mode:
    return cast("Mode", choice("mode", value, MODES))


def _ceil_mode(value: bool) -> bool:
    return flag("ceil_mode", value)


def _use_scale(value: bool) -> bool:
    return flag("use_scale", value)


def _keepdims(value: bool) -> bool:
    return flag("keepdims", value)


def _spatial(in_shape: Shape, data_format: str) -> tuple[Shape, int | None]:
    return slid_over(in_shape, data_format, "pool over")


@attrs.frozen(eq=False, repr=False)
class Pool(Layer):
    """The maximum or the average of windows, channel by channel; as many axes as the input has.

    Arguments: `pool_size` and `strides` (by default the pool size), an int for every axis or one for each; `padding`,
    `"valid"`, `"same"`, an int for every side, or for each axis an int or a (before, after) pair, at most half the
    window. By keyword: `mode`, `"max"` or `"average"`; `ceil_mode`, PyTorch's, where a last window that is cut off
    counts; `use_scale` and `use_bias`, a trained coefficient and a trained bias for each channel, as the subsampling
    of LeNet-5 had; `data_format`.

    Weights: none, or scale (channels) and bias (channels).

    Raises `ConfigError` for a wrong argument; `ShapeError` for a shape that has fewer axes than two or other than the
    arguments say, and for a window that does not fit.

    >>> Pool(2).output_shape((41, 64)), Pool(2, ceil_mode=True).output_shape((41, 64))
    ((20, 64), (21, 64))
    >>> Pool(2, mode="average", use_scale=True, use_bias=True).params((28, 28, 6))  # S2 of LeNet-5
    12
    """

    pool_size: int | tuple[int, ...] = attrs.field(converter=_pool_size, metadata={STEM: "pool"})
    strides: int | tuple[int, ...] | None = attrs.field(
        default=None, converter=_strides, metadata={STEM: "stride", OTHERWISE: "pool_size"}
    )
    padding: OpenPadding = attrs.field(default="valid", converter=_padding, metadata={STEM: "padding"})
    mode: Mode = attrs.field(default="max", converter=_mode, kw_only=True)
    ceil_mode: bool = attrs.field(default=False, converter=_ceil_mode, kw_only=True)
    use_scale: bool = attrs.field(default=False, converter=_use_scale, kw_only=True)
    use_bias: bool = attrs.field(default=False, converter=use_bias, kw_only=True)
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.ceil_mode and self.padding == "same":
            raise ConfigError("ceil_mode", "False with padding='same', which rounds up by itself", "True")
        self._resolved(rank_said(self.pool_size, self.strides, self.padding), ConfigError)

    def _resolved(
        self, rank: int, refused: type[ParamcalcError] = ShapeError
    ) -> tuple[tuple[int, ...], tuple[int, ...], Padding]:
        """The pool size, the strides and the padding for each of the input's axes."""
        strides = self.pool_size if self.strides is None else self.strides
        pool = spread("pool_size", self.pool_size, rank, "pool", refused)
        padding = spread_padding("padding", self.padding, rank, refused)
        if not isinstance(padding, str):
            for axis, size in enumerate(pool):
                if 2 * max(padding[axis]) > size:
                    raise refused("padding", f"at most half of pool_size, {shown(pool)}", shown(padding))
        return pool, spread("strides", strides, rank, "stride", refused), padding

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        spatial, channels = _spatial(in_shape, self.data_format)
        pool, strides, padding = self._resolved(len(spatial))
        positions = counts(
            spatial, pool, strides, None, padding, argument="pool_size", in_shape=in_shape, ceil_mode=self.ceil_mode
        )
        return joined(positions, channels, self.data_format)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        names = ("scale",) * self.use_scale + ("bias",) * self.use_bias
        if not names:
            return ()
        channels = known_channels(in_shape, self.data_format)
        return tuple(Weight(name, (("channels", channels),)) for name in names)

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        pool, _, _ = self._resolved(len(in_shape) - 1)
        inputs = product(pool)
        return product((*output_shape, inputs + 1 if inputs is not None and self.use_bias else inputs))

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...]:
        pool, strides, _ = self._resolved(len(in_shape) - 1)
        return tuple(map(Window, pool, strides))


@attrs.frozen(eq=False, repr=False)
class GAP(Layer):
    """Global pooling: the average, or the maximum, of each channel over all the other axes.

    Arguments, all by keyword: `mode`, `"average"` or `"max"`; `keepdims`, which keeps the pooled axes at 1;
    `data_format`. Weights: none. Raises `ConfigError` for a wrong argument, `ShapeError` for fewer axes than two.

    >>> GAP().output_shape((16, 16, 256)), GAP(keepdims=True).output_shape((16, 16, 256))
    ((256,), (1, 1, 256))
    """

    mode: Mode = attrs.field(default="average", converter=_mode, kw_only=True)
    keepdims: bool = attrs.field(default=False, converter=_keepdims, kw_only=True)
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        spatial, channels = _spatial(in_shape, self.data_format)
        return joined((1,) * len(spatial), channels, self.data_format) if self.keepdims else (channels,)

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_connections(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int | None:
        return product(in_shape)

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...] | None:
        sizes = [size for size in _spatial(in_shape, self.data_format)[0] if size is not None]
        return tuple(map(Window, sizes)) if len(sizes) == len(in_shape) - 1 else None


@attrs.frozen(eq=False, repr=False)
class AdaptivePool(Layer):
    """Pooling to a size: windows as large as it takes, whatever the input; as many axes as the input has.

    Arguments: `output_size`, an int for every axis or one for each; by keyword `mode`, `"average"` or `"max"`, and
    `data_format`. Weights: none. Raises `ConfigError` for a wrong argument, `ShapeError` for a shape that has fewer
    axes than two or other than the size says.

    >>> AdaptivePool(7).output_shape((14, 20, 512)), AdaptivePool((7, 1)).output_shape((None, None, 512))
    ((7, 7, 512), (7, 1, 512))
    """

    output_size: int | tuple[int, ...] = attrs.field(converter=_output_size, metadata={STEM: "output size"})
    mode: Mode = attrs.field(default="average", converter=_mode, kw_only=True)
    data_format: DataFormat = attrs.field(default="channels_last", converter=data_format, kw_only=True)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        spatial, channels = _spatial(in_shape, self.data_format)
        size = spread("output_size", self.output_size, len(spatial), "output size", ShapeError)
        return joined(size, channels, self.data_format)

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...] | None:
        spatial = parted(in_shape, self.data_format)[0]
        wanted = spread("output_size", self.output_size, len(spatial), "output size", ShapeError)
        # Where a size does not divide its axis, its windows are not all alike
        whole = [size // parts for size, parts in zip(spatial, wanted, strict=True) if size and not size % parts]
        return tuple(map(Window, whole, whole)) if len(whole) == len(spatial) else None
