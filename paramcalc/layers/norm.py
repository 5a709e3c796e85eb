"""Normalisation. What is computed from a batch or an example is no weight; what is learnt or kept between batches is.

Knows: which axes have a factor and an offset of their own. Must not know: other families.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import SupportsIndex

import attrs

from paramcalc.arguments import flag
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import Layer
from paramcalc.shapes import LARGEST, LARGEST_RANK, Shape, as_int, as_tuple, axis_names, known
from paramcalc.weights import Weight
from paramcalc.windows import Window


def _one_axis(name: str, value: object) -> int:
    number = as_int(value)
    if number is None or number == 0 or abs(number) > LARGEST_RANK:
        expected = "an int that names an axis: from 1, where 0 would be the batch, or from -1 backwards"
        raise ConfigError(name, expected, shown(value))
    return number


def _axis(value: SupportsIndex) -> int:
    return _one_axis("axis", value)


def _axes(value: SupportsIndex | Sequence[SupportsIndex]) -> int | tuple[int, ...]:
    axes = as_tuple(value)
    if axes is None:
        return _one_axis("axis", value)
    if not axes:
        raise ConfigError("axis", "an int, or one or more of them", shown(value))
    return tuple(_one_axis(f"axis[{index}]", axis) for index, axis in enumerate(axes))


def _groups(value: SupportsIndex) -> int:
    number = as_int(value)
    if number is None or not (number == -1 or 0 < number <= LARGEST):
        raise ConfigError("groups", "an int from 1 to 2**63 - 1, or -1 for a group a channel", shown(value))
    return number


def _center(value: bool) -> bool:
    return flag("center", value)


def _scale(value: bool) -> bool:
    return flag("scale", value)


def _renorm(value: bool) -> bool:
    return flag("renorm", value)


def _position(axis: int, in_shape: Shape) -> int:
    """Where an axis stands in a shape: counted from 1 behind the batch, or backwards, as Keras counts."""
    rank = len(in_shape)
    if not -rank <= axis <= rank:
        expected = f"an axis of the input, from 1 to {rank} or from -1 to {-rank}" if rank else "of an input with axes"
        raise ShapeError("axis", expected, f"{axis} on {shown(in_shape)}")
    return axis - 1 if axis > 0 else rank + axis


class _Normalisation(Layer):
    """What normalisation layers share: the shape stays, and multiplications by a factor are not counted."""

    __slots__ = ()

    def _positions(self, in_shape: Shape) -> tuple[int, ...]:
        """Where the axes stand that have factors of their own."""
        axis: int | tuple[int, ...] = self.axis  # type: ignore[attr-defined]  # every subclass has one
        # Keras sorts several axes by how they are written
        axes = sorted(axis) if isinstance(axis, tuple) else [axis]
        positions = tuple(_position(axis, in_shape) for axis in axes)
        if len(set(positions)) < len(positions):
            raise ShapeError("axis", "different axes", f"{shown(axis)} on {shown(in_shape)}")
        return positions

    def _weight(self, name: str, in_shape: Shape, *, trainable: bool = True) -> Weight:
        data_format = self.layout(in_shape, None)
        names = axis_names(len(in_shape), data_format)
        axes = tuple(
            (names[position], known(in_shape, position, data_format)) for position in self._positions(in_shape)
        )
        return Weight(name, axes, trainable)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        self._positions(in_shape)
        return in_shape

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...] | None:
        # Over the last axis, positions are normalised one by one; over others, each depends on many
        return () if self._positions(in_shape) == (len(in_shape) - 1,) else None


class _ByChannel(_Normalisation):
    """Normalisation whose axis is that of the channels, and so says where they are."""

    __slots__ = ()

    def layout(self, in_shape: Shape, before: str | None) -> str:
        """Where the channels of the input are: first where the axis is the first of several.

        >>> BatchNorm(1).layout((64, 14, 14), None), BatchNorm().layout((14, 14, 64), None)
        ('channels_first', 'channels_last')
        """
        position = self._positions(in_shape)[0]
        if len(in_shape) > 1 and position in (0, len(in_shape) - 1):
            return "channels_first" if position == 0 else "channels_last"
        return super().layout(in_shape, before)


@attrs.frozen(repr=False)
class BatchNorm(_ByChannel):
    """Normalisation of each channel over the batch and all positions (Ioffe and Szegedy, 2015).

    Arguments: `axis`, the axis of the channels, as Keras counts (1 is the first behind the batch, -1 the last); by
    keyword `center` and `scale`, whether an offset and a factor are learnt, and `renorm`, which keeps three more
    statistics (Ioffe, 2017).

    Weights: gamma (channels) and beta (channels), which are trained; moving_mean and moving_variance (channels), which
    never are. Raises `ConfigError` for a wrong argument, `ShapeError` for an axis that the input does not have.

    >>> print(BatchNorm().explain((14, 14, 64)))
    BatchNorm() on (14, 14, 64)
      output height        = input height = 14
      output width         = input width = 14
      output channels      = input channels = 64
      gamma                = input channels = 64
      beta                 = input channels = 64
      moving_mean          = input channels = 64
      moving_variance      = input channels = 64
      params               = 4 × input channels = 4 × 64 = 256
      trainable params     = 2 × input channels = 2 × 64 = 128
      non-trainable params = 2 × input channels = 2 × 64 = 128
    """

    axis: int = attrs.field(default=-1, converter=_axis)
    center: bool = attrs.field(default=True, converter=_center, kw_only=True)
    scale: bool = attrs.field(default=True, converter=_scale, kw_only=True)
    renorm: bool = attrs.field(default=False, converter=_renorm, kw_only=True)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        learnt = ("gamma",) * self.scale + ("beta",) * self.center
        kept = ("moving_mean", "moving_variance", *("moving_stddev", "renorm_mean", "renorm_stddev") * self.renorm)
        return (
            *(self._weight(name, in_shape) for name in learnt),
            *(self._weight(name, in_shape, trainable=False) for name in kept),
        )

    def compute_windows(self, in_shape: Shape) -> tuple[Window, ...]:
        return ()  # once trained, its statistics are numbers like any other


@attrs.frozen(repr=False)
class LayerNorm(_Normalisation):
    """Normalisation of each example over one axis or several (Ba, Kiros and Hinton, 2016).

    Arguments: `axis`, one or several, as Keras counts (1 is the first behind the batch, -1 the last); by keyword
    `center` and `scale`, whether an offset and a factor are learnt.

    Weights: gamma and beta, each of the shape of the axes. Raises `ConfigError` for a wrong argument, `ShapeError` for
    an axis that the input does not have.

    >>> LayerNorm().params((128, 768)), LayerNorm((1, 2)).params((4, 8))
    (1536, 64)
    """

    axis: int | tuple[int, ...] = attrs.field(default=-1, converter=_axes)
    center: bool = attrs.field(default=True, converter=_center, kw_only=True)
    scale: bool = attrs.field(default=True, converter=_scale, kw_only=True)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return tuple(self._weight(name, in_shape) for name in ("gamma",) * self.scale + ("beta",) * self.center)


@attrs.frozen(repr=False)
class GroupNorm(_ByChannel):
    """Normalisation of each example over groups of channels (Wu and He, 2018).

    Arguments: `groups`, -1 for as many as channels; `axis`, the axis of the channels, as Keras counts (1 is the first
    behind the batch, -1 the last); by keyword `center` and `scale`, whether an offset and a factor are learnt.

    Weights: gamma (channels), beta (channels). Raises `ConfigError` for a wrong argument, `ShapeError` for an axis
    that the input does not have and for groups that do not divide it.

    >>> GroupNorm(8).params((14, 14, 64))
    128
    """

    groups: int = attrs.field(default=32, converter=_groups)
    axis: int = attrs.field(default=-1, converter=_axis)
    center: bool = attrs.field(default=True, converter=_center, kw_only=True)
    scale: bool = attrs.field(default=True, converter=_scale, kw_only=True)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        channels = in_shape[self._positions(in_shape)[0]]
        if channels is not None and self.groups > 0 and channels % self.groups:
            raise ShapeError("groups", f"a divisor of the {int(channels)} channels", f"{int(self.groups)}")
        return in_shape

    def compute_windows(self, in_shape: Shape) -> None:
        return None  # a group is taken over all positions

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return tuple(self._weight(name, in_shape) for name in ("gamma",) * self.scale + ("beta",) * self.center)


@attrs.frozen(repr=False)
class RMSNorm(_Normalisation):
    """Division by the root mean square over one axis or several (Zhang and Sennrich, 2019).

    Argument: `axis`, one or several, as Keras counts (1 is the first behind the batch, -1 the last).

    Weights: scale, of the shape of the axes. Raises `ConfigError` for a wrong argument, `ShapeError` for an axis that
    the input does not have.

    >>> RMSNorm().params((128, 768))
    768
    """

    axis: int | tuple[int, ...] = attrs.field(default=-1, converter=_axes)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return (self._weight("scale", in_shape),)


@attrs.frozen(repr=False)
class UnitNorm(_Normalisation):
    """Division by the norm over one axis or several, which leaves vectors of length 1; no weights.

    Argument: `axis`, one or several, as Keras counts (1 is the first behind the batch, -1 the last). Raises
    `ConfigError` for a wrong argument, `ShapeError` for an axis that the input does not have.

    >>> UnitNorm().params((128, 768))
    0
    """

    axis: int | tuple[int, ...] = attrs.field(default=-1, converter=_axes)
