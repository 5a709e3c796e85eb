"""Normalisation by the channels, over all positions: by the statistics of a batch, or of groups of channels.

Knows: that a channel has a factor, an offset and statistics of its own. Must not know: other families.
"""

from __future__ import annotations

from typing import SupportsIndex

import attrs

from paramcalc.arguments import axis, flag
from paramcalc.errors import ConfigError, ShapeError, shown
from paramcalc.layers.base import AXES, Layer
from paramcalc.shapes import LARGEST, Shape, as_int, axis_position, known_axes
from paramcalc.weights import Weight


def _axis(value: SupportsIndex) -> int:
    return axis("axis", value)


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


class _ByChannel(Layer):
    """Normalisation whose axis is that of the channels, and so says where they are."""

    __slots__ = ()

    def _position(self, in_shape: Shape) -> int:
        axis: int = self.axis  # type: ignore[attr-defined]  # every subclass has one
        return axis_position(axis, in_shape)

    def layout(self, in_shape: Shape, before: str | None) -> str:
        """Where the channels of the input are: first where the axis is the first of several.

        >>> BatchNorm(1).layout((64, 14, 14), None), BatchNorm().layout((14, 14, 64), None)
        ('channels_first', 'channels_last')
        """
        position = self._position(in_shape)
        if len(in_shape) > 1 and position in (0, len(in_shape) - 1):
            return "channels_first" if position == 0 else "channels_last"
        return super().layout(in_shape, before)

    def _channels(self, in_shape: Shape) -> tuple[tuple[str, int], ...]:
        position = self._position(in_shape)
        return known_axes(in_shape, (position,), "channels_last" if position else "channels_first")

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        self._position(in_shape)
        return in_shape

    def compute_macs(self, in_shape: Shape, output_shape: Shape, weights: tuple[Weight, ...]) -> int:
        return 0


@attrs.frozen(eq=False, repr=False)
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

    axis: int = attrs.field(default=-1, converter=_axis, metadata={AXES: True})
    center: bool = attrs.field(default=True, converter=_center, kw_only=True)
    scale: bool = attrs.field(default=True, converter=_scale, kw_only=True)
    renorm: bool = attrs.field(default=False, converter=_renorm, kw_only=True)

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        learnt = ("gamma",) * self.scale + ("beta",) * self.center
        kept = ("moving_mean", "moving_variance") + ("moving_stddev", "renorm_mean", "renorm_stddev") * self.renorm
        channels = self._channels(in_shape)
        return tuple([Weight(name, channels, name in learnt) for name in learnt + kept])

    def compute_windows(self, in_shape: Shape) -> tuple[()]:
        return ()  # once trained, its statistics are numbers like any other


@attrs.frozen(eq=False, repr=False)
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
    axis: int = attrs.field(default=-1, converter=_axis, metadata={AXES: True})
    center: bool = attrs.field(default=True, converter=_center, kw_only=True)
    scale: bool = attrs.field(default=True, converter=_scale, kw_only=True)

    def compute_output_shape(self, in_shape: Shape) -> Shape:
        channels = in_shape[self._position(in_shape)]
        if channels is not None and self.groups > 0 and channels % self.groups:
            raise ShapeError("groups", f"a divisor of the {int(channels)} channels", f"{int(self.groups)}")
        return in_shape

    def compute_windows(self, in_shape: Shape) -> None:
        return None  # a group is taken over all positions

    def compute_weights(self, in_shape: Shape) -> tuple[Weight, ...]:
        return tuple(
            Weight(name, self._channels(in_shape)) for name in ("gamma",) * self.scale + ("beta",) * self.center
        )
